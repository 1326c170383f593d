"""Records, moves and the chain of the log: what is not in the table cannot happen, and what was changed shows."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import (
    NEW,
    Actor,
    Data,
    Entry,
    Fault,
    Move,
    NotNow,
    NotYours,
    Record,
    Table,
    allowed,
    canonical,
    instant,
    move,
    sha256,
    stamp,
    verify,
)

AT = datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC)
Log = list[tuple[str, str]]


def _noted(data: Data, given: Data, entry: Entry) -> Data:
    return {"notes": [*data.get("notes", []), given["note"]], "last": entry.n}


LAMP: Table = {
    (NEW, "fit"): Move(by="electrician", to="off", change=_noted),
    ("off", "switch on"): Move(by="anybody", to="on"),
    ("on", "switch off"): Move(by="anybody", to="off"),
    ("on", "note"): Move(by="anybody", to="on", change=_noted),
    ("off", "note"): Move(by="electrician", to="off", change=_noted),
}
ANN = Actor("p1", "Ann Green", "clerk", frozenset({"electrician", "anybody"}))
BOB = Actor("p2", "Bob Brown", "councillor", frozenset({"anybody"}))


def a_lamp(*actions: str, note: str = "as new") -> tuple[Record, Log]:
    """A lamp that these actions were taken on, and its log as stored."""
    record, log = Record("lamp", "l1"), []
    for n, action in enumerate(("fit", *actions)):
        record, entry = move(LAMP, record, action, ANN, AT + timedelta(minutes=n), {"note": note})
        log.append((entry.body(), entry.hash))
    return record, log


def changed(stored: tuple[str, str], **fields: Any) -> tuple[str, str]:
    """A stored entry rewritten by somebody who knows how its hash is made."""
    body = canonical({**json.loads(stored[0]), **fields})
    return body, sha256(body)


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


@pytest.mark.parametrize(
    "body",
    ["", "nothing", "[]", "{}", '{"n":1}', "null", "12", "[" * 100_000],
    ids=["empty", "no JSON", "a list", "no fields", "one field", "null", "a number", "nested"],
)
def test_what_is_no_entry_is_found_and_stops_nothing(body: str) -> None:
    record, log = a_lamp("switch on", "switch off")
    assert Fault(2, "the entry cannot be read") in verify(record, [log[0], (body, log[1][1]), log[2]])


@pytest.mark.parametrize(
    "fields", [{"n": "2"}, {"n": True}, {"n": None}, {"at": 5}, {"previous": None}, {"given": []}, {"extra": "x"}]
)
def test_an_entry_of_the_wrong_shape_is_found_and_stops_nothing(fields: dict[str, Any]) -> None:
    record, log = a_lamp("switch on", "switch off")
    assert Fault(2, "the entry cannot be read") in verify(record, [log[0], changed(log[1], **fields), log[2]])


def test_a_sound_record_has_no_faults() -> None:
    assert verify(*a_lamp()) == []
    assert verify(*a_lamp("switch on", "note", "switch off")) == []


THREE = "entries 2 to 3 are missing"

FAULTS: dict[str, tuple[Callable[[Record, Log], tuple[Record | None, Log]], list[Fault]]] = {
    "an entry's text was changed": (
        lambda r, log: (r, [log[0], (log[1][0].replace("as new", "as old"), log[1][1]), *log[2:]]),
        [Fault(2, "the entry was changed after it was written")],
    ),
    "an entry was changed with its hash": (
        lambda r, log: (r, [log[0], changed(log[1], name="Mallory"), *log[2:]]),
        [Fault(3, "the entry does not follow from the one before it")],
    ),
    "the last entry was changed with its hash": (
        lambda r, log: (r, [*log[:-1], changed(log[-1], name="Mallory")]),
        [Fault(0, "the record says it has 4 entries, and the log does not end there")],
    ),
    "a stored hash was changed": (
        lambda r, log: (r, [log[0], (log[1][0], "0" * 64), *log[2:]]),
        [
            Fault(2, "the entry was changed after it was written"),
            Fault(3, "the entry does not follow from the one before it"),
        ],
    ),
    "an entry is missing": (lambda r, log: (r, [log[0], *log[2:]]), [Fault(2, "entry 2 is missing")]),
    "two entries are missing": (lambda r, log: (r, [log[0], *log[3:]]), [Fault(2, THREE)]),
    "the first entry is missing": (lambda r, log: (r, log[1:]), [Fault(1, "entry 1 is missing")]),
    "two entries changed places": (
        lambda r, log: (r, [log[0], log[2], log[1], log[3]]),
        [
            Fault(2, "entry 2 is missing"),
            Fault(2, "the entry is out of order"),
            Fault(3, "entry 3 is missing"),
        ],
    ),
    "an entry stands there twice": (
        lambda r, log: (r, [log[0], log[1], *log[1:]]),
        [Fault(2, "the entry is out of order")],
    ),
    "the last entry was taken away": (
        lambda r, log: (r, log[:-1]),
        [Fault(0, "the record says it has 4 entries, and the log does not end there")],
    ),
    "the whole log was taken away": (
        lambda r, _log: (r, []),
        [Fault(0, "the record says it has 4 entries, and the log does not end there")],
    ),
    "the head's data was changed": (
        lambda r, log: (replace(r, data={**r.data, "last": 9}), log),
        [Fault(0, "the record was changed without an entry")],
    ),
    "the head's state was changed": (
        lambda r, log: (replace(r, state="on"), log),
        [Fault(0, "the record was changed without an entry")],
    ),
    "the head was put back to an earlier one": (
        lambda r, log: (replace(r, version=3), log),
        [Fault(0, "the record says it has 3 entries, and the log does not end there")],
    ),
    "the head names another last entry": (
        lambda r, log: (replace(r, tip="0" * 64), log),
        [Fault(0, "the record says it has 4 entries, and the log does not end there")],
    ),
    "the head is missing": (lambda _r, log: (None, log), [Fault(0, "the record itself is missing")]),
    "there is nothing at all": (lambda _r, _log: (None, []), [Fault(0, "the record itself is missing")]),
}


@pytest.mark.parametrize("what", FAULTS)
def test_what_was_tampered_with_is_named(what: str) -> None:
    tamper, faults = FAULTS[what]
    record, log = a_lamp("note", "switch on", "switch off")
    assert verify(*tamper(record, log)) == faults


def test_a_log_of_another_record_is_found() -> None:
    record, _ = a_lamp("switch on")
    _, log = a_lamp("switch on", note="another lamp's")
    moved = [changed(stored, id="l2") for stored in log]
    assert Fault(1, "the entry belongs to another record") in verify(record, moved)
    kind = [changed(stored, kind="torch") for stored in log]
    assert Fault(2, "the entry belongs to another record") in verify(record, kind)


ACTIONS = sorted({action for _, action in LAMP})
GIVEN = st.fixed_dictionaries({"note": st.text(st.characters(codec="utf-8"), max_size=20)})
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from([ANN, BOB]), GIVEN), max_size=12)


def driven(steps: list[tuple[str, Actor, Data]]) -> tuple[Record, Log]:
    """A lamp and its log after whichever of these steps are legal; illegal ones are tried, too."""
    record, first = move(LAMP, Record("lamp", "l1"), "fit", ANN, AT, {"note": "as new"})
    log = [(first.body(), first.hash)]
    for n, (action, actor, what) in enumerate(steps):
        before = record
        try:
            record, entry = move(LAMP, record, action, actor, AT + timedelta(seconds=n), what)
        except (NotNow, NotYours):
            assert record is before
            assert action not in allowed(LAMP, record, actor.capacities)
            continue
        assert action in allowed(LAMP, before, actor.capacities)
        assert (record.version, entry.n) == (before.version + 1, before.version + 1)
        log.append((entry.body(), entry.hash))
    return record, log


@given(STEPS)
def test_the_chain_of_whatever_happened_holds(steps: list[tuple[str, Actor, Data]]) -> None:
    assert verify(*driven(steps)) == []


Tampering = Callable[[Record, Log, int, int], tuple[Record, Log]]


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return {"note": "x" * 21}
    return value + 1 if isinstance(value, int) else f"{value}x"


def _field(log: Log, i: int, pick: int) -> tuple[str, str]:
    fields = sorted(json.loads(log[i][0]).items())
    name, value = fields[pick % len(fields)]
    return changed(log[i], **{name: _other(value)})


def _with(log: Log, i: int, stored: tuple[str, str]) -> Log:
    return [*log[:i], stored, *log[i + 1 :]]


def _another_character(text: str, pick: int) -> str:
    where = pick % len(text)
    return text[:where] + ("?" if text[where] != "?" else "!") + text[where + 1 :]


TAMPERINGS: dict[str, Tampering] = {
    "a character": lambda r, log, i, pick: (r, _with(log, i, (_another_character(log[i][0], pick), log[i][1]))),
    "a field": lambda r, log, i, pick: (r, _with(log, i, (_field(log, i, pick)[0], log[i][1]))),
    "a field and the hash": lambda r, log, i, pick: (r, _with(log, i, _field(log, i, pick))),
    "the hash": lambda r, log, i, pick: (r, _with(log, i, (log[i][0], _another_character(log[i][1], pick)))),
    "left out": lambda r, log, i, _pick: (r, log[:i] + log[i + 1 :]),
    "doubled": lambda r, log, i, _pick: (r, log[: i + 1] + log[i:]),
    "moved to the front": lambda r, log, i, _pick: (r, [log[i], *log[:i], *log[i + 1 :]] if i else log[1:]),
    "cut short": lambda r, log, i, _pick: (r, log[:i]),
    "the head's data": lambda r, log, _i, pick: (replace(r, data={**r.data, "last": -pick - 1}), log),
    "the head's state": lambda r, log, _i, _pick: (replace(r, state=r.state + "?"), log),
    "the head's tip": lambda r, log, _i, pick: (replace(r, tip=_another_character(r.tip, pick)), log),
    "the head's version": lambda r, log, _i, pick: (replace(r, version=r.version + 1 + pick), log),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
@given(STEPS, st.data())
def test_any_one_change_is_found(tampering: str, steps: list[tuple[str, Actor, Data]], data: st.DataObject) -> None:
    record, log = driven(steps)
    i, pick = data.draw(st.integers(0, len(log) - 1)), data.draw(st.integers(0, 500))
    assert verify(*TAMPERINGS[tampering](record, log, i, pick)) != []
