"""The command that checks a whole table finds every way in which a record and its log can disagree."""

from __future__ import annotations

import pytest

from chalicelib.register.rules import Register
from chalicelib.sign_offs import roll
from chalicelib.store import Store, entry_key, head_key, keyed, to_item
from infra import verify
from tests.support.builders import Requests
from tests.support.engines import Engine

pytestmark = pytest.mark.both_engines


def test_all_is_well(engine: Engine, table: str, a_request: Requests, capsys: pytest.CaptureFixture[str]) -> None:
    record = a_request(state="approved")
    assert verify.main([table], engine.client) == 0
    assert "12 records checked, 0 do not agree" in capsys.readouterr().out, (
        "the register, the policy, a request, sign-offs"
    )
    assert verify.main([table, "check", record.id], engine.client) == 0


def test_what_was_tampered_with_is_named(
    engine: Engine, table: str, store: Store, a_request: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, missing, beheaded, sound = (a_request(state="approved") for _ in range(4))
    item = store.item(entry_key("check", changed.id, 2))
    assert item is not None
    store.put(item | {"body": item["body"].replace("approve", "reject", 1)})
    for key in (entry_key("check", missing.id, 1), head_key("check", beheaded.id)):
        engine.client.delete_item(TableName=table, Key=to_item(keyed(key)))
    assert verify.main([table], engine.client) == 1
    said = capsys.readouterr().out
    assert f"check {changed.id}: entry 2: the entry was changed after it was written" in said
    assert f"check {missing.id}: entry 1: entry 1 is missing" in said
    assert f"check {beheaded.id}: head: the record itself is missing" in said
    assert sound.id not in said
    assert "15 records checked, 3 do not agree" in said


def test_the_roll_is_compared_with_the_sign_offs(
    engine: Engine, table: str, store: Store, people: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people.people
    for id in ("assistant", "nobody"):
        store.write(roll.write(id, [1]))
    assert verify.main([table], engine.client) == 1
    said = capsys.readouterr().out
    assert "sign-off assistant: head: the roll says that versions [1] were signed, and the record does not" in said
    assert "roll: nobody stands on it, and has no record of sign-offs" in said
    assert verify.main([table, "sign-off", "clerk"], engine.client) == 0


def test_a_record_that_is_not_there(engine: Engine, table: str, store: Store) -> None:
    assert verify.main([table, "check", "2222-2222"], engine.client) == 2


def test_a_kind_without_an_id_is_refused(table: str, engine: Engine) -> None:
    with pytest.raises(SystemExit):
        verify.main([table, "check"], engine.client)
