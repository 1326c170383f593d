"""The referral pack: what is in it, that it grows without memory, and that its verifier finds whatever was changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib import files as files_module
from chalicelib import settings
from chalicelib.cases import pack, rules
from chalicelib.cases.pack import DOCUMENT, HEAD, LOG, MANIFEST, Wanted
from chalicelib.cases.service import records
from chalicelib.cases.workflow import KIND
from chalicelib.record import Actor, Data, Record, canonical, sha256
from chalicelib.store import History
from infra import verify_pack
from infra.local import demo
from tests.support.cases import ANSWERS, CLERK, PEOPLE
from tests.support.clock import MONDAY_MORNING

CONTENT = {f"{n}" * 64: bytes([n]) * 1000 for n in (1, 2)}
"""What the files hold."""

NAMED = Wanted("The Monitoring Officer", "Because.", "An apology.", named=True)


def evidence() -> list[dict[str, Any]]:
    """Two files."""
    sums = [hashlib.sha256(content).hexdigest() for content in CONTENT.values()]
    return [
        {
            "name": f"{n}.png",
            "type": "image/png",
            "size": 1000,
            "sha256": sum_,
            "key": f"evidence/C/{sum_}.png",
        }
        for n, sum_ in enumerate(sums, 1)
    ]


def a_case() -> History:
    """A case with its log: reported by the Clerk's address, with two files and a note."""
    made = settings.read(demo.environment("http://127.0.0.1:8000/api"))
    given: dict[str, Any] = {
        "answers": {**ANSWERS, "contact_name": "Sam Lee", "contact_email": "chair@council.example"},
        "cited": [],
        "policy": 1,
        "reporter": "",
        "receipt": "x",
        "evidence": evidence(),
        "checks": [],
        "track": "",
        "deadlines": {},
    }
    log = []
    record = Record(KIND, "2222-2222-2222")
    by = Actor("clerk", CLERK.styled, "clerk", frozenset({rules.HANDLER}))
    steps: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
        ("report", rules.SOMEBODY, given),
        ("note", by, {"text": "A note <b>in</b> ‘quotes’."}),
        ("acknowledge", by, {"tell": "Thank you."}),
    )
    for action, actor, what in steps:
        commit = records.made(made, PEOPLE, record, action, actor, MONDAY_MORNING, what)
        record = commit.record
        log.append((commit.entry.body(), commit.entry.hash))
    return History(record, tuple(log), (), ())


def content(one: Data) -> Iterator[bytes]:
    """A file, piece by piece."""
    whole = next(text for text in CONTENT.values() if hashlib.sha256(text).hexdigest() == one["sha256"])
    yield from (whole[:300], whole[300:])


@pytest.fixture
def packed(tmp_path: Path) -> Callable[..., Path]:
    """Makes a pack; its path."""

    def make(wanted: Wanted = NAMED, found: History | None = None) -> Path:
        history = found or a_case()
        path = tmp_path / "pack.zip"
        council = settings.read(demo.environment("http://127.0.0.1:8000/api")).council
        assert history.record
        check = {
            "reference": "R",
            "requester": "X",
            "text": "Hello",
            "outcome": "approve",
            "by": "Y",
            "at": "then",
        }
        with path.open("wb") as out:
            pack.written(out, history, history.record, PEOPLE, council, [check], wanted, content, MONDAY_MORNING)
        return path

    return make


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The pack with one file changed, or taken out."""
    other = path.with_stem(path.stem + "-changed")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(other, "w") as after:
        for each in before.namelist():
            held: bytes | None = before.read(each)
            held = change(held or b"") if each == name else held
            if held is not None:
                after.writestr(each, held)
    return other


def with_sums(path: Path) -> Path:
    """The pack with a manifest that fits what is in it: a forger who knows how it is made."""
    with zipfile.ZipFile(path) as held:
        manifest = json.loads(held.read(MANIFEST))
        for one in manifest["files"]:
            text = held.read(one["name"])
            one |= {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    return rewritten(path, MANIFEST, lambda _: json.dumps(manifest).encode())


def test_a_pack_holds_everything_and_verifies(packed: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = packed()
    assert verify_pack.main([str(path)]) == 0
    assert "all is as it was packed" in capsys.readouterr().out
    with zipfile.ZipFile(path) as held:
        document = held.read(DOCUMENT).decode()
        assert len([name for name in held.namelist() if name.startswith("evidence/")]) == 2
    for told in (
        "Sam Lee",
        "food bank",
        "The Monitoring Officer",
        "An apology.",
        "Check request R",
        "&lt;b&gt;in",
    ):
        assert told in document
    assert "<script" not in document


def test_who_reported_can_be_withheld_and_the_rest_still_verifies(
    packed: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(replace(NAMED, named=False))
    assert verify_pack.main([str(path)]) == 0
    with zipfile.ZipFile(path) as held:
        everything = b"".join(held.read(name) for name in held.namelist()).decode("utf-8", "replace")
        assert HEAD not in held.namelist()
    for told in ("Sam Lee", "chair@council.example", "They reported it"):
        assert told not in everything
    assert "Withheld" in everything
    assert capsys.readouterr().out


def line_of(log: bytes, n: int, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> bytes:
    """The log with its line `n` changed, or taken out."""
    lines = [json.loads(line) for line in log.decode().splitlines()]
    changed = [change(line) if line["n"] == n else line for line in lines]
    return "".join(canonical(line) + "\n" for line in changed if line is not None).encode()


def reworded(line: dict[str, Any]) -> dict[str, Any]:
    """An entry with other words."""
    return {**line, "body": line["body"].replace("A note", "No note")}


def rehashed(line: dict[str, Any]) -> dict[str, Any]:
    """The same, with the hash that fits it."""
    return {**reworded(line), "hash": sha256(reworded(line)["body"])}


@pytest.mark.parametrize("forged", [False, True])
@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (LOG, lambda log: line_of(log, 2, reworded), "entry 2: it was changed after it was written"),
        (LOG, lambda log: line_of(log, 2, rehashed), "entry 3: it does not follow from the one before it"),
        (LOG, lambda log: line_of(log, 2, lambda _: None), "entry 2: it is missing"),
        (LOG, lambda log: line_of(log, 3, lambda _: None), "the log: it does not end with entry 3"),
        (HEAD, lambda head: head.replace(b"food bank", b"food shop"), "the record was changed without an entry"),
    ],
)
def test_a_tampered_and_a_missing_entry_are_found_even_where_the_manifest_was_made_to_fit(
    packed: Callable[..., Path], name: str, change: Callable[[bytes], bytes], told: str, forged: bool
) -> None:
    path = rewritten(packed(), name, change)
    if forged:
        path = with_sums(path)
    found = list(verify_pack.faults(path))
    assert any(told in fault for fault in found), found
    assert forged or f"{name}: it was changed" in found


def test_one_changed_byte_of_evidence_is_found(packed: Callable[..., Path]) -> None:
    path = packed()
    with zipfile.ZipFile(path) as held:
        name = next(name for name in held.namelist() if name.startswith("evidence/02"))
    changed = rewritten(path, name, lambda text: text[:-1] + b"!")
    assert list(verify_pack.faults(changed)) == [f"{name}: it was changed"]
    assert any("file 2 of the case" in fault for fault in verify_pack.faults(with_sums(changed)))
    assert list(verify_pack.faults(rewritten(path, name, lambda _: None))) == [f"{name}: it is missing"]
    raw = bytearray(path.read_bytes())
    raw[raw.index(bytes([2]) * 100) + 5] = 9
    spoilt = path.with_name("spoilt.zip")
    spoilt.write_bytes(raw)
    assert list(verify_pack.faults(spoilt)) == [f"{name}: it was changed"]


def test_what_was_put_in_is_found_and_what_is_no_pack_is_told(
    packed: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed()
    more = tmp_path / "more.zip"
    shutil.copy(path, more)
    with zipfile.ZipFile(more, "a") as held:
        held.writestr("evidence/99-new.png", b"x")
    assert verify_pack.main([str(more)]) == 1
    assert "evidence/99-new.png: the manifest does not know it" in capsys.readouterr().out
    for text in (b"", b"no zip"):
        (tmp_path / "no.zip").write_bytes(text)
        assert verify_pack.main([str(tmp_path / "no.zip")]) == 2
    assert verify_pack.main([str(tmp_path / "absent.zip")]) == 2


class Bucket:
    """S3, as far as an object that is written in parts needs it; it keeps no content."""

    def __init__(self) -> None:
        self.sizes: dict[int, int] = {}
        self.ended = ""

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        """Begin."""
        return {"UploadId": "1"}

    def upload_part(self, PartNumber: int, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803  (S3's names)
        """Take a part."""
        self.sizes[PartNumber] = len(Body)
        return {"ETag": str(PartNumber)}

    def complete_multipart_upload(self, MultipartUpload: dict[str, Any], **_: Any) -> None:  # noqa: N803  (S3's names)
        """End well."""
        self.ended = ",".join(part["ETag"] for part in MultipartUpload["Parts"])


def test_a_pack_of_many_files_is_never_held_in_memory() -> None:
    history = a_case()
    assert history.record
    council = settings.read(demo.environment("http://127.0.0.1:8000/api")).council
    one = history.record.data["evidence"][0]
    record = history.record._replace(data={**history.record.data, "evidence": [one] * 20})
    piece = bytes(256 * 1024)
    bucket = Bucket()
    out = files_module.Files(bucket, "b").writing("uploads/packs/x.zip")
    tracemalloc.start()
    pack.written(out, history, record, PEOPLE, council, [], NAMED, lambda _: (piece for _ in range(40)), MONDAY_MORNING)
    out.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(bucket.sizes.values()) > 20 * 10 * 1024 * 1024
    assert peak < 80 * 1024 * 1024
    assert bucket.ended == ",".join(str(n) for n in range(1, len(bucket.sizes) + 1))
    assert all(size >= 5 * 1024 * 1024 for n, size in bucket.sizes.items() if n < len(bucket.sizes))


def test_a_pack_that_fails_leaves_no_object() -> None:
    bucket = Bucket()
    out = files_module.Files(bucket, "b").writing("uploads/packs/x.zip")
    out.write(b"x")
    out.abort()
    assert not bucket.ended
