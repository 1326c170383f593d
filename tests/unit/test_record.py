"""Records, moves and the chain of the log: what is not in the table cannot happen, and what was changed shows."""

from datetime import UTC, datetime, timedelta, timezone
from traceback import format_exception

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import (
    Actor,
    Entry,
    NotNow,
    NotYours,
    Record,
    allowed,
    canonical,
    instant,
    move,
    sha256,
    stamp,
)
from tests.support.lamp import ANN, AT, BOB, LAMP, a_lamp


def test_a_move_gives_the_record_after_it_and_the_entry_that_tells_of_it() -> None:
    before, _ = a_lamp()
    after, entry = move(LAMP, before, "note", ANN, AT, {"note": "flickers"})
    assert (after.state, after.version, after.tip) == ("off", 2, entry.hash)
    assert after.data == {"notes": ["as new", "flickers"], "last": 2}
    assert (entry.kind, entry.id, entry.n) == ("lamp", "l1", 2)
    assert (entry.at, entry.who, entry.name, entry.role) == ("2026-11-23T15:04:05Z", "p1", "Ann Green", "clerk")
    assert (entry.action, entry.before, entry.after) == ("note", "off", "off")
    assert entry.given == {"note": "flickers"}
    assert (entry.previous, entry.head) == (before.tip, after.fingerprint)


def test_a_move_leaves_the_record_it_was_given_alone() -> None:
    before, _ = a_lamp()
    kept = canonical([before.state, before.version, before.tip, before.data])
    move(LAMP, before, "note", ANN, AT, {"note": "flickers"})
    assert canonical([before.state, before.version, before.tip, before.data]) == kept


@pytest.mark.parametrize("action", ["fit", "switch off", "break", "", "__class__"])
def test_what_the_table_does_not_list_cannot_happen(action: str) -> None:
    record, _ = a_lamp()
    with pytest.raises(NotNow) as stop:
        move(LAMP, record, action, ANN, AT, {})
    assert (stop.value.record, stop.value.action) == (record, action)


def test_a_legal_move_of_somebody_else_says_what_they_lack() -> None:
    record, _ = a_lamp()
    with pytest.raises(NotYours) as stop:
        move(LAMP, record, "note", BOB, AT, {"note": "hello"})
    assert (stop.value.action, stop.value.needed) == ("note", "electrician")


@pytest.mark.parametrize(("actor", "action"), [(ANN, "break"), (BOB, "note")])
def test_what_stops_a_move_tells_a_log_nothing_of_what_the_record_holds(actor: Actor, action: str) -> None:
    record, _ = a_lamp()
    with pytest.raises((NotNow, NotYours)) as stop:
        move(LAMP, record, action, actor, AT, {"note": "hello"})
    assert "lamp l1" in str(stop.value)
    assert "as new" in repr(record)
    assert "as new" not in "".join(format_exception(stop.value))


def test_nobody_without_a_capacity_moves_anything() -> None:
    nobody = Actor("p3", "Cy", "")
    record, _ = a_lamp()
    for action in ("note", "switch on"):
        with pytest.raises(NotYours):
            move(LAMP, record, action, nobody, AT, {"note": ""})


@pytest.mark.parametrize("value", [AT, {1, 2}, b"bytes", float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_hold_stops_the_move(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        move(LAMP, Record("lamp", "l1"), "fit", ANN, AT, {"note": value})


def test_the_buttons_are_the_moves_that_are_legal_now_and_held_by_these_capacities() -> None:
    lamp, _ = a_lamp()
    assert allowed(LAMP, lamp, {"electrician", "anybody"}) == ("switch on", "note")
    assert allowed(LAMP, lamp, ["anybody"]) == ("switch on",)
    assert allowed(LAMP, lamp, ()) == ()
    assert allowed(LAMP, Record("lamp", "l2"), {"electrician"}) == ("fit",)


def test_equal_values_have_one_text() -> None:
    assert canonical({"b": [1, None, True], "a": "Llŷn – “ok” 😀"}) == '{"a":"Llŷn – “ok” 😀","b":[1,null,true]}'
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})
    assert canonical(("x",)) == canonical(["x"])


def test_the_hash_is_that_of_the_utf8_bytes() -> None:
    # The examples of FIPS 180-2, and one beyond ASCII reckoned by coreutils' sha256sum.
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_times_are_written_in_utc_to_the_second_and_sort_as_text() -> None:
    summer = datetime(2026, 7, 1, 0, 30, 59, 999999, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(summer) == "2026-06-30T23:30:59Z"
    assert instant("2026-06-30T23:30:59Z") == datetime(2026, 6, 30, 23, 30, 59, tzinfo=UTC)
    assert instant("2026-07-01T00:30:59+01:00") == instant("2026-06-30T23:30:59Z")
    assert instant("2026-07-01T00:30:59+01:00").tzinfo is UTC


@given(st.integers(-(2**31), 2**33))
def test_a_written_time_is_read_again(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds + 0.25, UTC)
    assert instant(stamp(at)) == at.replace(microsecond=0)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        stamp(naive)
    for text in ("2026-11-23T15:04:05", "2026-11-23", "tomorrow", ""):
        with pytest.raises(ValueError, match=r"time zone|isoformat"):
            instant(text)


def test_an_entry_is_read_again_from_its_body() -> None:
    _, entry = move(LAMP, Record("lamp", "l1"), "fit", ANN, AT, {"note": "“new” 😀"})
    assert Entry.from_body(entry.body()) == entry
    assert Entry.from_body(entry.body()).hash == entry.hash
