"""Those who are named say whether they agree; the officer waits for them only when they say so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.checks import rules
from chalicelib.checks.workflow import TABLE
from chalicelib.record import Actor, Record, move
from chalicelib.register.rules import Person, Register
from tests.support.checks import CHAIR, CLERK, COUNCIL, COUNCILLOR, OTHER, a_request, given
from tests.support.clock import MONDAY_MORNING

TODAY = date(2026, 11, 23)


def says(record: Record, who: Person, action: str, words: str = "") -> Record:
    """The request after a named person's answer."""
    actor = Actor(who.id, who.styled, "councillor", frozenset({rules.NAMED}))
    at = MONDAY_MORNING + timedelta(days=1)
    return move(
        TABLE, record, action, actor, at, {**given(action, record.data, at=at, answering=who.id), "reason": words}
    )[0]


def waits(record: Record) -> Record:
    """The request after the Clerk has chosen to wait."""
    clerk = Actor(CLERK.id, CLERK.styled, "clerk", frozenset({rules.DECIDER}))
    return move(TABLE, record, "wait", clerk, MONDAY_MORNING, given("wait", record.data))[0]


def naming(*people: Person, ask: str = "yes") -> Record:
    """A request that names these, who are asked or not."""
    return a_request(named=[person.id for person in people], ask_named=ask).record


def test_only_those_are_asked_whom_the_requester_wants_asked() -> None:
    assert set(naming(OTHER, CHAIR).data["agreements"]) == {OTHER.id, CHAIR.id}
    assert naming(OTHER, ask="no").data["agreements"] == {}
    assert a_request(ask_named="yes").record.data["agreements"] == {}


def test_an_answer_is_kept_with_its_words_and_can_be_changed() -> None:
    record = says(naming(OTHER), OTHER, "decline", "Not yet, please.")
    assert record.data["agreements"][OTHER.id] == {
        "answer": "declined",
        "words": "Not yet, please.",
        "at": "2026-11-24T09:00:00Z",
        "times": 1,
        "told": 0,
    }
    assert says(record, OTHER, "agree").data["agreements"][OTHER.id]["answer"] == "agreed"


def test_nobody_waits_unless_the_officer_says_so() -> None:
    record = naming(OTHER)
    assert (record.data["holding"], set(record.data["deadlines"])) == (False, {"remind", "ask-stand-in", "lapse"})
    after = says(record, OTHER, "agree")
    assert after.data["deadlines"] == record.data["deadlines"]


def test_while_the_officer_waits_only_those_who_are_named_are_reminded_and_who_was_not_asked_is() -> None:
    record = waits(naming(OTHER, CHAIR, ask="no"))
    assert (record.data["holding"], set(record.data["deadlines"])) == (
        True,
        {"remind-named", "stop-waiting", "lapse"},
    )
    assert {answer["answer"] for answer in record.data["agreements"].values()} == {""}
    assert set(record.data["agreements"]) == {OTHER.id, CHAIR.id}


def test_the_last_answer_sets_the_clocks_going_again_and_keeps_the_day_of_the_lapse() -> None:
    before = waits(naming(OTHER, CHAIR))
    one = says(before, OTHER, "agree")
    assert one.data["holding"]
    both = says(one, CHAIR, "decline")
    assert not both.data["holding"]
    assert set(both.data["deadlines"]) == {"remind", "ask-stand-in", "lapse"}
    assert both.data["deadlines"]["lapse"] == before.data["deadlines"]["lapse"]


def test_a_new_text_is_asked_about_anew() -> None:
    record = says(naming(OTHER), OTHER, "agree")
    asker = Actor(COUNCILLOR.id, COUNCILLOR.styled, "councillor", frozenset({rules.REQUESTER}))
    again, _ = move(TABLE, record, "resubmit", asker, MONDAY_MORNING, given("resubmit", record.data))
    assert again.data["agreements"][OTHER.id]["answer"] == ""


@pytest.mark.parametrize("answer", ["agree", "decline"])
def test_still_to_answer(answer: str) -> None:
    record = naming(OTHER, CHAIR, ask="no")
    assert rules.still_to_answer(COUNCIL, record.data, TODAY) == (OTHER.id, CHAIR.id)
    assert rules.still_to_answer(COUNCIL, says(waits(record), OTHER, answer).data, TODAY) == (CHAIR.id,)


def test_nobody_waits_for_somebody_who_has_left_or_cannot_be_reached() -> None:
    record = waits(naming(OTHER))
    assert rules.why_stop_waiting(COUNCIL, record.data, TODAY) == ""
    gone = Register(tuple(who._replace(until=TODAY) if who == OTHER else who for who in COUNCIL.people))
    assert rules.still_to_answer(gone, record.data, TODAY) == ()
    assert rules.why_stop_waiting(gone, record.data, TODAY) == "gone"
    lost = move(TABLE, record, "unreached", rules.TICK, MONDAY_MORNING, {"person": OTHER.id})[0]
    assert rules.still_to_answer(COUNCIL, lost.data, TODAY) == ()
    assert rules.why_stop_waiting(COUNCIL, lost.data, TODAY) == "unreached"


def test_waiting_ends_by_itself_while_there_is_time_left_to_decide() -> None:
    record = waits(naming(OTHER))
    assert record.data["deadlines"] == {
        "remind-named": "2026-11-25T09:00:00Z",
        "stop-waiting": "2026-11-30T09:00:00Z",
        "lapse": "2026-12-07T09:00:00Z",
    }
    late = rules.holding_deadlines(record.data, MONDAY_MORNING + timedelta(days=12), "england")
    assert late == dict.fromkeys(("remind-named", "stop-waiting"), "2026-12-06T09:00:00Z") | {
        "lapse": "2026-12-07T09:00:00Z"
    }
    after = move(TABLE, record, "stop-waiting", rules.TICK, MONDAY_MORNING, given("stop-waiting", record.data))[0]
    assert (after.data["holding"], set(after.data["deadlines"])) == (False, {"remind", "ask-stand-in", "lapse"})
    found = move(TABLE, record, "ask", rules.TICK, MONDAY_MORNING, given("ask", record.data))[0]
    assert not found.data["holding"], "who is asked now says for themselves whether they wait"


def test_one_no_after_a_decision_is_told_and_no_more() -> None:
    record = naming(OTHER)
    clerk = Actor(CLERK.id, CLERK.styled, "clerk", frozenset({rules.DECIDER}))
    record = move(TABLE, record, "approve", clerk, MONDAY_MORNING, given("approve", record.data))[0]
    told = [says(record, OTHER, "agree")]
    told.append(says(told[-1], OTHER, "decline", "No"))
    told.append(says(told[-1], OTHER, "decline", "No!"))
    assert [one.data["agreements"][OTHER.id]["told"] for one in told] == [0, 2, 2]
