"""The chain of the log: whatever was changed, taken away, doubled or reordered shows, and is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import (
    Actor,
    Data,
    Fault,
    NotNow,
    NotYours,
    Record,
    allowed,
    move,
    verify,
)
from tests.support.lamp import ANN, AT, BOB, LAMP, Log, a_lamp, changed


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
        lambda r, log: (r._replace(data={**r.data, "last": 9}), log),
        [Fault(0, "the record was changed without an entry")],
    ),
    "the head's state was changed": (
        lambda r, log: (r._replace(state="on"), log),
        [Fault(0, "the record was changed without an entry")],
    ),
    "the head was put back to an earlier one": (
        lambda r, log: (r._replace(version=3), log),
        [Fault(0, "the record says it has 3 entries, and the log does not end there")],
    ),
    "the head names another last entry": (
        lambda r, log: (r._replace(tip="0" * 64), log),
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
    "the head's data": lambda r, log, _i, pick: (r._replace(data={**r.data, "last": -pick - 1}), log),
    "the head's state": lambda r, log, _i, _pick: (r._replace(state=r.state + "?"), log),
    "the head's tip": lambda r, log, _i, pick: (r._replace(tip=_another_character(r.tip, pick)), log),
    "the head's version": lambda r, log, _i, pick: (r._replace(version=r.version + 1 + pick), log),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
@given(STEPS, st.data())
def test_any_one_change_is_found(tampering: str, steps: list[tuple[str, Actor, Data]], data: st.DataObject) -> None:
    record, log = driven(steps)
    i, pick = data.draw(st.integers(0, len(log) - 1)), data.draw(st.integers(0, 500))
    assert verify(*TAMPERINGS[tampering](record, log, i, pick)) != []
