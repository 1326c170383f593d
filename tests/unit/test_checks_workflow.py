"""The check request's table of moves: every state, action and capacity; what each move does to the request."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.checks import rules
from chalicelib.checks.rules import DECIDER, DISPUTER, NAMED, REQUESTER, SYSTEM
from chalicelib.checks.workflow import DECISIONS, STATES, TABLE, OtherText
from chalicelib.record import NEW, Actor, NotNow, NotYours, Record, allowed, canonical, move, stamp, verify
from tests.support import checks
from tests.support.checks import CHAIR, CLERK, COUNCILLOR, a_request, given
from tests.support.clock import MONDAY_MORNING

LEGAL = {
    NEW: {"submit": (REQUESTER, "waiting")},
    "waiting": {
        "approve": (DECIDER, "approved"),
        "approve-with-edits": (DECIDER, "approved"),
        "ask-for-changes": (DECIDER, "changes-asked"),
        "reject": (DECIDER, "rejected"),
        "remind": (SYSTEM, "waiting"),
        "ask-stand-in": (SYSTEM, "waiting"),
        "ask": (SYSTEM, "waiting"),
        "wait": (DECIDER, "waiting"),
        "agree": (NAMED, "waiting"),
        "decline": (NAMED, "waiting"),
        "remind-named": (SYSTEM, "waiting"),
        "stop-waiting": (SYSTEM, "waiting"),
        "unreached": (SYSTEM, "waiting"),
        "undeliverable": (SYSTEM, "waiting"),
        "lapse": (SYSTEM, "lapsed"),
        "withdraw": (REQUESTER, "withdrawn"),
        "resubmit": (REQUESTER, "waiting"),
    },
    "approved": {
        "agree": (NAMED, "approved"),
        "decline": (NAMED, "approved"),
        "lapse": (SYSTEM, "approval-lapsed"),
        "reopen": (DISPUTER, "waiting"),
        "resubmit": (REQUESTER, "waiting"),
        "record-posted": (REQUESTER, "posted"),
        "never-posted": (REQUESTER, "not-posted"),
    },
    "changes-asked": {
        "agree": (NAMED, "changes-asked"),
        "decline": (NAMED, "changes-asked"),
        "lapse": (SYSTEM, "lapsed"),
        "reopen": (DISPUTER, "waiting"),
        "withdraw": (REQUESTER, "withdrawn"),
        "resubmit": (REQUESTER, "waiting"),
    },
    "rejected": {"reopen": (DISPUTER, "waiting"), "resubmit": (REQUESTER, "waiting")},
    "lapsed": {"resubmit": (REQUESTER, "waiting")},
    "approval-lapsed": {
        "reopen": (DISPUTER, "waiting"),
        "resubmit": (REQUESTER, "waiting"),
        "record-posted": (REQUESTER, "posted"),
        "never-posted": (REQUESTER, "not-posted"),
    },
    "posted": {"reopen": (DISPUTER, "waiting")},
    "not-posted": {"reopen": (DISPUTER, "waiting")},
    "withdrawn": {},
}
"""The whole workflow once more, as the product tells it: state → action → (who, where it leads)."""

ACTIONS = sorted({action for actions in LEGAL.values() for action in actions})
CAPACITIES = (REQUESTER, DECIDER, DISPUTER, NAMED, SYSTEM)
EVERY = [
    pytest.param(state, action, capacity, id=f"{state} {action} {capacity}")
    for state in LEGAL
    for action in [*ACTIONS, "delete"]
    for capacity in [*CAPACITIES, ""]
]


def in_state(state: str) -> Record:
    return Record("check", "7F3K-9QXM") if state == NEW else a_request(state).record


def text_of(record: Record) -> str:
    return canonical([record.kind, record.id, record.state, record.version, record.tip, record.data])


def test_the_table_says_what_the_product_says() -> None:
    told = {(state, action): step for state, actions in LEGAL.items() for action, step in actions.items()}
    assert {key: (legal.by, legal.to) for key, legal in TABLE.items()} == told


def test_every_state_is_written_in_words_and_can_be_reached() -> None:
    assert set(STATES) == set(LEGAL) - {NEW} == {legal.to for legal in TABLE.values()}
    assert len(set(STATES.values())) == len(STATES)


@pytest.mark.parametrize(("state", "action", "capacity"), EVERY)
def test_every_action_in_every_state_by_every_capacity(state: str, action: str, capacity: str) -> None:
    record = in_state(state)
    before = text_of(record)
    who = Actor("p-any", "Anybody", "clerk", frozenset({capacity}) - {""})
    data = record.data or checks.new_data()
    step = LEGAL[state].get(action)
    if step and step[0] == capacity:
        after, entry = move(TABLE, record, action, who, MONDAY_MORNING, given(action, data))
        assert (after.state, after.version) == (step[1], record.version + 1)
        assert (entry.before, entry.after, entry.action) == (state, step[1], action)
        assert action in allowed(TABLE, record, {capacity})
    else:
        with pytest.raises(NotYours if step else NotNow):
            move(TABLE, record, action, who, MONDAY_MORNING, given(action, data))
        assert action not in allowed(TABLE, record, {capacity})
    assert text_of(record) == before


@pytest.mark.parametrize("state", STATES)
def test_a_request_in_every_state_has_a_sound_log(state: str) -> None:
    made = a_request(state)
    assert verify(made.record, made.log) == []


def requester(id: str = COUNCILLOR.id) -> Actor:
    return Actor(id, "Cllr Tom Eldersfield", "councillor", frozenset({REQUESTER}))


def decider(id: str = CLERK.id, role: str = "clerk") -> Actor:
    return Actor(id, "Mrs Ruth Penhallow", role, frozenset({DECIDER}))


def moved(record: Record, action: str, who: Actor, **changes: Any) -> Record:
    return move(TABLE, record, action, who, MONDAY_MORNING, given(action, record.data) | changes)[0]


def test_a_request_begins_with_its_requester_its_text_and_whom_it_is_put_to() -> None:
    data = a_request(text="Hello").record.data
    assert (data["requester"], data["answers"]["text"], data["draft"]) == (COUNCILLOR.id, "Hello", 1)
    assert (data["submitted_at"], data["since"]) == (stamp(MONDAY_MORNING), 1)
    assert (data["asked"], data["undeliverable"]) == ([CLERK.id], [])
    assert (data["decision"], data["posted"]) == (None, None)
    assert set(data["deadlines"]) == {"remind", "ask-stand-in", "lapse"}


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_keeps_the_text_that_it_holds_for(action: str) -> None:
    before = a_request(text="Hello").record
    record = moved(before, action, decider(), reason="Because", clauses=["honesty"])
    decision = record.data["decision"]
    text = "Hello All are welcome." if action == "approve-with-edits" else "Hello"
    assert decision == {
        "outcome": action,
        "reason": "Because",
        "clauses": ["honesty"],
        "by": CLERK.id,
        "name": "Mrs Ruth Penhallow",
        "role": "clerk",
        "at": stamp(MONDAY_MORNING),
        "draft": 1,
        "text": text,
        "flags": [],
        "n": 2,
    }
    assert record.data["answers"] == before.data["answers"]
    assert set(record.data["deadlines"]) == (set() if action == "reject" else {"lapse"})


@pytest.mark.parametrize("action", DECISIONS)
@pytest.mark.parametrize("shown", ["", "0" * 64, rules.digest(checks.answers(text="Another text"))])
def test_a_decision_on_another_text_than_the_one_that_waits_is_refused(action: str, shown: str) -> None:
    record = a_request().record
    before = text_of(record)
    with pytest.raises(OtherText):
        moved(record, action, decider(), shown=shown)
    assert text_of(record) == before


@pytest.mark.parametrize("change", [{"text": "x"}, {"named": ["p-joe"]}, {"in_name_of": "council"}, {"links": "x"}])
def test_whatever_else_is_asked_needs_a_decision_of_its_own(change: dict[str, Any]) -> None:
    record = a_request().record
    other = checks.answers(**change)
    with pytest.raises(OtherText):
        moved(record, "approve", decider(), shown=rules.digest(other))


@pytest.mark.parametrize("state", ["waiting", "approved", "changes-asked", "rejected", "lapsed", "approval-lapsed"])
def test_asking_again_is_a_new_draft_without_a_decision(state: str) -> None:
    before = a_request(state).record
    after = moved(before, "resubmit", requester(), answers=checks.answers(text="Better"), asked=[CHAIR.id])
    assert (after.data["draft"], after.data["answers"]["text"]) == (2, "Better")
    assert (after.data["decision"], after.data["asked"], after.data["undeliverable"]) == (None, [CHAIR.id], [])
    assert (after.data["requester"], after.data["submitted_at"]) == (COUNCILLOR.id, before.data["submitted_at"])
    assert after.data["since"] == after.version


def test_nobody_becomes_the_requester_by_asking_again() -> None:
    after = moved(a_request("rejected").record, "resubmit", requester("p-mallory"))
    assert after.data["requester"] == COUNCILLOR.id


@pytest.mark.parametrize("state", ["approved", "changes-asked", "rejected", "approval-lapsed", "posted", "not-posted"])
def test_a_reopened_request_waits_as_if_it_had_just_been_asked(state: str) -> None:
    before = a_request(state).record
    after = moved(before, "reopen", Actor(CHAIR.id, CHAIR.styled, "chair", frozenset({DISPUTER})))
    assert (after.data["decision"], after.data["posted"], after.data["since"]) == (None, None, after.version)
    assert (after.data["answers"], after.data["draft"]) == (before.data["answers"], before.data["draft"])
    assert (after.data["asked"], set(after.data["deadlines"])) == ([CLERK.id], {"remind", "ask-stand-in", "lapse"})


def test_a_deadline_that_is_met_is_over_with_those_before_it() -> None:
    record = a_request().record
    reminded = moved(record, "remind", rules.TICK)
    assert set(reminded.data["deadlines"]) == {"ask-stand-in", "lapse"}
    assert reminded.data["asked"] == [CLERK.id]
    assert set(moved(reminded, "ask-stand-in", rules.TICK).data["deadlines"]) == {"lapse"}
    late = moved(record, "ask-stand-in", rules.TICK)
    assert set(late.data["deadlines"]) == {"lapse"}
    assert late.data["asked"] == [CLERK.id, CHAIR.id]


def test_a_deadline_met_twice_takes_nothing_more_away() -> None:
    reminded = moved(a_request().record, "remind", rules.TICK)
    assert moved(reminded, "remind", rules.TICK).data["deadlines"] == reminded.data["deadlines"]


def test_an_officer_whom_mail_does_not_reach_is_noted_and_the_next_is_asked() -> None:
    after = moved(a_request().record, "undeliverable", rules.TICK)
    assert (after.data["undeliverable"], after.data["asked"]) == ([CLERK.id], [CLERK.id, CHAIR.id])


def test_a_request_that_nobody_could_decide_is_put_to_somebody_later() -> None:
    record = a_request().record
    unasked = record._replace(data={**record.data, "asked": []})
    assert moved(unasked, "ask", rules.TICK).data["asked"] == [CLERK.id]


@pytest.mark.parametrize("state", ["withdrawn", "lapsed", "approval-lapsed", "posted", "not-posted", "rejected"])
def test_nothing_is_due_any_more_in_a_state_that_waits_for_nothing(state: str) -> None:
    assert a_request(state).record.data["deadlines"] == {}


@pytest.mark.parametrize(
    ("approved", "posted", "matches"),
    [("Hello", "Hello", True), ("Hello", "Hullo", False), ("“Hello”", '"Hello" ', True), ("", "Hello", None)],
)
def test_what_was_posted_is_held_against_what_was_approved(approved: str, posted: str, matches: bool | None) -> None:
    record = a_request("approved", text=approved, question="May I?").record
    after = moved(record, "record-posted", requester(), where="On my page", text=posted)
    assert after.data["posted"] == {
        "where": "On my page",
        "text": posted,
        "matches": matches,
        "at": stamp(MONDAY_MORNING),
    }


def test_what_was_posted_is_held_against_the_officers_edits() -> None:
    record = moved(a_request(text="Hello").record, "approve-with-edits", decider())
    posted = moved(record, "record-posted", requester(), text="Hello")
    assert posted.data["posted"]["matches"] is False
    posted = moved(record, "record-posted", requester(), text="Hello All are welcome.")
    assert posted.data["posted"]["matches"] is True


def test_an_approval_may_be_recorded_as_posted_after_it_lapsed() -> None:
    made = a_request("approved")
    late = made.then("lapse", rules.TICK, days=31).then("record-posted", requester())
    assert late.record.state == "posted"
    assert late.at - made.at > timedelta(days=31)
