"""A handler makes the referral pack and fetches it from the bucket; that is an entry, and it verifies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import urllib3

from chalicelib import wiring
from chalicelib.cases.service import records
from chalicelib.register.rules import Register
from chalicelib.store import Store
from infra import verify_pack
from tests.journeys.test_cases import CHAIR, CLERK, a_case, text_of
from tests.support.cases import acted
from tests.support.client import Client
from tests.support.clock import Clock

PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture" * 100


def test_the_pack_is_made_fetched_and_written_down(
    client: Client, store: Store, people: Register, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256(PICTURE).hexdigest()
    key = f"evidence/X/{digest}.png"
    out = wiring.files().writing(key)
    out.write(PICTURE)
    out.close()
    record, _ = a_case(store, people, clock, contact_name="Sam Lee", contact_email="sam@mail.example")
    file = {"name": "1.png", "type": "image/png", "size": len(PICTURE), "sha256": digest, "key": key}
    given = {"evidence": [file], "url": "x", "seen": "x", "reason": "x", "text": "x"}
    acted(store, wiring.settings(), people, record, "clerk", "observe", clock(), **given)
    client.sign_in(CLERK)
    page = client.get(f"/cases/{record.id}/take-pack")
    client.submit(page, status=422, who="")
    typed = {"who": "The Monitoring Officer", "reason": "It is for them.", "remedy": "An apology."}
    answer = client.submit(page, named="no", **typed)

    path = tmp_path / "pack.zip"
    path.write_bytes(urllib3.PoolManager().request("GET", str(answer.location)).data)
    assert "attachment" in str(answer.location)
    assert verify_pack.main([str(path)]) == 0
    manifest = capsys.readouterr().out.split()[-1]
    log = text_of(client, f"/cases/{record.id}")
    assert f"SHA-256: {manifest}" in log
    assert "To whom: The Monitoring Officer" in log
    version = records.find(store, record.id).version
    chair = client.another()
    chair.sign_in(CHAIR)
    chair.get(f"/cases/{record.id}/take-pack", status=404)
    chair.post(f"/cases/{record.id}/take-pack", {**typed, "named": "no", "id": "x"}, status=404)
    assert records.find(store, record.id).version == version
