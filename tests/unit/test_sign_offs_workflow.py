"""The sign-offs' table of moves: every state, action and capacity; what each move does to the record."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.record import NEW, Actor, NotNow, NotYours, Record, allowed, canonical, instant, move, stamp, verify
from chalicelib.register.rules import KEEPER, SELF
from chalicelib.sign_offs import rules
from chalicelib.sign_offs.rules import REMINDERS, SYSTEM
from chalicelib.sign_offs.workflow import ASKED, EXCUSED, KIND, SIGNED, STATES, TABLE, Unfit
from tests.support.clock import MONDAY_MORNING

ANYWHERE = {"ask": (SYSTEM, ASKED), "sign": (SELF, SIGNED), "paper": (KEEPER, SIGNED)}
STRIKE = "strike-paper"
LEGAL: dict[str, dict[str, tuple[str, str]]] = {
    NEW: ANYWHERE,
    SIGNED: ANYWHERE | {STRIKE: (KEEPER, SIGNED)},
    EXCUSED: ANYWHERE | {"earlier-paper": (KEEPER, EXCUSED), STRIKE: (KEEPER, EXCUSED)},
    ASKED: ANYWHERE
    | {
        "earlier-paper": (KEEPER, ASKED),
        STRIKE: (KEEPER, ASKED),
        "remind-7": (SYSTEM, ASKED),
        "remind-14": (SYSTEM, ASKED),
        "remind-28": (SYSTEM, ASKED),
        "list": (SYSTEM, ASKED),
        "ask-again": (KEEPER, ASKED),
        "renew-link": (SYSTEM, ASKED),
        "undeliverable": (SYSTEM, ASKED),
        "excuse": (SYSTEM, EXCUSED),
    },
}
"""The whole workflow once more, as the product tells it: state → action → (who, where it leads)."""

ACTIONS = sorted({action for actions in LEGAL.values() for action in actions})
EVERY = [
    pytest.param(state, action, capacity, id=f"{state} {action} {capacity}")
    for state in LEGAL
    for action in [*ACTIONS, "delete"]
    for capacity in (SELF, KEEPER, SYSTEM, "")
]
CAPACITY = {"sign": SELF, **dict.fromkeys(("paper", "earlier-paper", STRIKE, "ask-again"), KEEPER)}
LATER = MONDAY_MORNING + timedelta(days=2)
TOM = "councillor1"


def given(action: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    what: dict[str, Any] = {"version": version, "sha256": f"{version:064x}", "name": "Cllr Tom Eldersfield", "epoch": 0}
    if action == "ask":
        what |= {"deadlines": rules.deadlines(MONDAY_MORNING), "supersedes": 0}
    if action == "sign":
        what |= {"how": "link"}
    if action.endswith("paper"):
        what |= {"on": "2026-11-20", "kept": "The blue folder", "adopted": "2026-11-10"}
    return what | changes


def actor(action: str) -> Actor:
    return Actor("somebody", "Somebody", "clerk", frozenset({CAPACITY.get(action, SYSTEM)}))


class Life:
    """A person's record with its log, made by moves."""

    def __init__(self, *actions: str) -> None:
        self.record, self.log = Record(KIND, TOM), list[tuple[str, str]]()
        for action in actions:
            self.then(action)

    def then(self, action: str, version: int = 1, at: Any = MONDAY_MORNING, **changes: Any) -> "Life":
        self.record, entry = move(TABLE, self.record, action, actor(action), at, given(action, version, **changes))
        self.log.append((entry.body(), entry.hash))
        return self


LIVES = {NEW: (), ASKED: ("paper", "ask"), SIGNED: ("ask", "paper"), EXCUSED: ("paper", "ask", "excuse")}
"""State → how somebody came there who signed version 1 on paper."""


def test_the_table_says_what_the_product_says() -> None:
    told = {(state, action): step for state, actions in LEGAL.items() for action, step in actions.items()}
    assert {key: (legal.by, legal.to) for key, legal in TABLE.items()} == told
    assert set(STATES) == set(LEGAL) - {NEW} == {legal.to for legal in TABLE.values()}


@pytest.mark.parametrize(("state", "action", "capacity"), EVERY)
def test_every_action_in_every_state_by_every_capacity(state: str, action: str, capacity: str) -> None:
    record = Life(*LIVES[state]).record
    before = canonical([record.state, record.version, record.tip, record.data])
    who = Actor("somebody", "Somebody", "clerk", frozenset({capacity}) - {""})
    what = given(action, 1 if action == STRIKE else 2)
    step = LEGAL[state].get(action)
    if step and step[0] == capacity:
        after, entry = move(TABLE, record, action, who, LATER, what)
        assert (after.state, after.version) == (step[1], record.version + 1)
        assert (entry.before, entry.after, entry.action) == (state, step[1], action)
    else:
        with pytest.raises(NotYours if step else NotNow):
            move(TABLE, record, action, who, LATER, what)
    assert (action in allowed(TABLE, record, {capacity})) == bool(step and step[0] == capacity)
    assert canonical([record.state, record.version, record.tip, record.data]) == before


def test_signing_keeps_what_was_signed_and_ends_all_asking() -> None:
    life = Life("ask", "remind-7", "undeliverable").then("sign", at=LATER)
    data = life.record.data
    assert data["signed"] == {"1": {"at": stamp(LATER), "how": "link", "sha256": f"{1:064x}"}}
    assert (data["version"], data["asked_at"], data["deadlines"], data["mailed"]) == (0, "", {}, [])
    assert data["undeliverable"] is False
    assert verify(life.record, life.log) == []


def test_a_later_version_supersedes_and_the_clock_begins_again() -> None:
    first = Life("ask", "remind-7")
    data = first.then("ask", 2, at=LATER, deadlines=rules.deadlines(LATER)).record.data
    assert (data["version"], data["asked_at"], data["mailed"]) == (2, stamp(LATER), [])
    assert data["deadlines"] == rules.deadlines(LATER)


@pytest.mark.parametrize("action", ["sign", "paper"])
def test_what_is_signed_is_signed_once(action: str) -> None:
    with pytest.raises(Unfit, match="has been signed already"):
        Life("sign").then(action)


def test_signatures_of_several_versions_stand_side_by_side() -> None:
    life = Life("ask", "sign").then("ask", 2).then("earlier-paper", 3).then("sign", 2)
    assert sorted(life.record.data["signed"]) == ["1", "2", "3"]


def test_a_paper_recorded_by_mistake_is_struck_out_and_nothing_else_ever_is() -> None:
    life = Life("ask").then("earlier-paper", 2).then("sign", 3)
    data = life.then(STRIKE, 2).record.data
    assert list(data["signed"]) == ["3"]
    assert verify(life.record, life.log) == []
    for version in (1, 2, 3):
        with pytest.raises(Unfit, match=f"no signature on paper of version {version}"):
            life.then(STRIKE, version)


def test_a_paper_of_an_earlier_version_leaves_open_what_is_asked_for() -> None:
    asked = Life().then("ask", 2).record.data
    data = Life().then("ask", 2).then("earlier-paper", 1).record.data
    assert {**data, "signed": {}} == asked
    paper = data["signed"]["1"]
    assert (paper["how"], paper["on"], paper["kept"], paper["by"]) == (
        "paper",
        "2026-11-20",
        "The blue folder",
        "somebody",
    )


@pytest.mark.parametrize(
    ("on", "refused"),
    [("2026-11-24", "still to come"), ("2026-11-23", ""), ("2026-11-10", ""), ("2026-11-09", "10 November 2026")],
)
def test_a_paper_is_signed_between_the_adoption_and_today(on: str, refused: str) -> None:
    if not refused:
        assert Life().then("paper", on=on).record.state == SIGNED
        return
    with pytest.raises(Unfit, match=refused) as unfit:
        Life().then("paper", on=on)
    assert unfit.value.field == "on"


def test_reminders_go_one_by_one_and_one_stands_for_those_that_were_missed() -> None:
    life, data = Life("ask"), Life("ask").record.data
    for done, left in (("remind-7", ["remind-14", "remind-28", "list"]), ("remind-28", ["list"]), ("list", [])):
        data = life.then(done).record.data
        assert list(data["deadlines"]) == left
    assert len(data["mailed"]) == 2
    assert "remind-7" not in Life("ask", "remind-14").record.data["deadlines"]


def test_another_mail_goes_a_day_after_the_last_at_the_soonest() -> None:
    day = MONDAY_MORNING + rules.AGAIN
    with pytest.raises(Unfit, match="A mail went to them on 23 November 2026 at 9:00am"):
        Life("ask").then("ask-again", at=day - timedelta(seconds=1))
    life = Life("ask", "undeliverable").then("ask-again", at=day)
    assert (life.record.data["mailed"], life.record.data["undeliverable"]) == ([stamp(day)], False)
    with pytest.raises(Unfit, match="24 November"):
        life.then("ask-again", at=day + timedelta(hours=23))


def test_reminders_fall_due_at_midnight_in_london() -> None:
    # Asked in winter time; summer time begins on 28 March 2027.
    asked = instant("2027-03-27T23:30:00Z")
    assert rules.deadlines(asked) == {
        "remind-7": "2027-04-02T23:00:00Z",
        "remind-14": "2027-04-09T23:00:00Z",
        "remind-28": "2027-04-23T23:00:00Z",
        "list": "2027-04-23T23:00:00Z",
    }
    data = {"deadlines": rules.deadlines(asked)}
    for day, due in ((2, ""), (3, "remind-7"), (9, "remind-7"), (10, "remind-14"), (30, "remind-28")):
        at = instant(f"2027-04-{day:02}T06:00:00Z")
        assert rules.due_reminder(data, at) == due
        assert rules.list_due(data, at) == (due == "remind-28")
    assert rules.due_reminder({"deadlines": {}}, instant("2030-01-01T00:00:00Z")) == ""
    assert set(REMINDERS) < set(data["deadlines"])
    assert date(2027, 4, 3) - date(2027, 3, 27) == timedelta(days=REMINDERS["remind-7"])
