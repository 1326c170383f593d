"""Those who are named say whether they agree; the officer waits for them only when they say so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.checks import rules
from chalicelib.checks.workflow import TABLE
from chalicelib.record import Actor, Record, move
from chalicelib.register.rules import Person
from tests.support.checks import CHAIR, CLERK, COUNCILLOR, OTHER, a_request, given
from tests.support.clock import MONDAY_MORNING


def says(record: Record, who: Person, action: str, words: str = "") -> Record:
    """The request after a named person's answer."""
    actor = Actor(who.id, who.styled, "councillor", frozenset({rules.NAMED}))
    at = MONDAY_MORNING + timedelta(days=1)
    return move(TABLE, record, action, actor, at, {**given(action, record.data, at=at), "reason": words})[0]


def waits(record: Record) -> Record:
    """The request after the Clerk has chosen to wait."""
    clerk = Actor(CLERK.id, CLERK.styled, "clerk", frozenset({rules.DECIDER}))
    return move(TABLE, record, "wait", clerk, MONDAY_MORNING, {"draft": 1})[0]


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
    }
    assert says(record, OTHER, "agree").data["agreements"][OTHER.id]["answer"] == "agreed"


def test_nobody_waits_unless_the_officer_says_so() -> None:
    record = naming(OTHER)
    assert (record.data["holding"], set(record.data["deadlines"])) == (False, {"remind", "ask-stand-in", "lapse"})
    after = says(record, OTHER, "agree")
    assert after.data["deadlines"] == record.data["deadlines"]


def test_while_the_officer_waits_nobody_is_reminded_and_whoever_was_not_asked_is() -> None:
    record = waits(naming(OTHER, CHAIR, ask="no"))
    assert (record.data["holding"], set(record.data["deadlines"])) == (True, {"lapse"})
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
    assert rules.still_to_answer(record.data) == (OTHER.id, CHAIR.id)
    assert rules.still_to_answer(says(waits(record), OTHER, answer).data) == (CHAIR.id,)
