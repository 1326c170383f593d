"""By when a check request is decided, reminded of and lapses; and whether what was posted is what was approved."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import dates
from chalicelib.checks import rules
from chalicelib.record import instant, stamp
from chalicelib.register.rules import Person, Register
from tests.support.checks import (
    COUNCIL,
    a_request,
)
from tests.support.clock import MONDAY_MORNING

TODAY = date(2026, 11, 23)


def without(*people: Person) -> Register:
    return Register(tuple(person for person in COUNCIL.people if person not in people))


# By when ------------------------------------------------------------------------------------------------------------


def utc(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("jurisdiction", ["england", "wales"])
@pytest.mark.parametrize(
    ("at", "remind", "stand_in", "lapse"),
    [
        (utc(11, 23), utc(11, 24), utc(11, 25), utc(12, 7)),
        (utc(11, 27, 21), utc(11, 30, 21), utc(12, 1, 21), utc(12, 11, 21)),
        (utc(11, 28, 21), utc(12, 1, 0), utc(12, 2, 0), utc(12, 12, 21)),
        (utc(12, 24, 16), utc(12, 29, 16), utc(12, 30, 16), utc(1, 7, 16, year=2027)),
        (utc(4, 2), utc(4, 7), utc(4, 8), utc(4, 16)),
        (utc(3, 27), utc(3, 30, 8), utc(3, 31, 8), utc(4, 10)),
        (utc(10, 23, 8), utc(10, 26, 9), utc(10, 27, 9), utc(11, 6, 8)),
    ],
    ids=str,
)
def test_reminders_go_by_working_days_and_the_lapse_by_days(
    at: datetime, remind: datetime, stand_in: datetime, lapse: datetime, jurisdiction: str
) -> None:
    expected = {"remind": stamp(remind), "ask-stand-in": stamp(stand_in), "lapse": stamp(lapse)}
    assert rules.waiting_deadlines(at, jurisdiction) == expected


MOMENTS = st.integers(1_577_836_800, 2_524_608_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WHERE = st.sampled_from(["england", "wales"])


@given(MOMENTS, WHERE)
def test_the_deadlines_come_one_after_the_other(at: datetime, jurisdiction: str) -> None:
    when = rules.waiting_deadlines(at, jurisdiction)
    assert stamp(at) < when["remind"] < when["ask-stand-in"] < when["lapse"]
    for action in ("remind", "ask-stand-in"):
        assert dates.is_working_day(dates.today(instant(when[action])), jurisdiction)


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (utc(11, 24), {"remind": "2026-11-25T09:00:00Z", "ask-stand-in": "2026-11-26T09:00:00Z"}),
        (utc(12, 3), {"remind": "2026-12-04T09:00:00Z"}),
        (utc(12, 4), {}),
        (utc(12, 7), {}),
    ],
    ids=str,
)
def test_whoever_is_asked_late_has_their_time_and_the_request_lapses_when_it_would_have(
    at: datetime, left: dict[str, str]
) -> None:
    # Asked on Thursday: Monday the 7th, on which it lapses, is the second working day after.
    data = {"deadlines": rules.waiting_deadlines(MONDAY_MORNING, "england")}
    lapse = {"lapse": "2026-12-07T09:00:00Z"}
    assert rules.deadlines_at_last(data, at, "england") == left | lapse


def test_approvals_lapse_after_the_days_that_the_council_has_set() -> None:
    assert rules.lapse_deadline(MONDAY_MORNING, 30) == {"lapse": "2026-12-23T09:00:00Z"}
    assert rules.lapse_deadline(MONDAY_MORNING, 1) == {"lapse": "2026-11-24T09:00:00Z"}


@pytest.mark.parametrize(
    ("at", "action"),
    [
        (utc(11, 23), None),
        (utc(11, 24, 8, 59), None),
        (utc(11, 24, 9), "remind"),
        (utc(11, 25, 8, 59), "remind"),
        (utc(11, 25, 9), "ask-stand-in"),
        (utc(12, 7, 8, 59), "ask-stand-in"),
        (utc(12, 7, 9), "lapse"),
        (utc(1, 1, year=2030), "lapse"),
    ],
    ids=str,
)
def test_after_missed_runs_the_last_of_what_is_due_is_done(at: datetime, action: str | None) -> None:
    assert rules.due_action({"deadlines": rules.waiting_deadlines(MONDAY_MORNING, "england")}, at) == action


def test_nothing_is_due_without_deadlines() -> None:
    assert rules.due_action({"deadlines": {}}, MONDAY_MORNING) is None


@given(st.lists(st.integers(0, 20 * 24), max_size=8))
def test_runs_missed_doubled_and_late_do_each_thing_once_and_never_go_back(hours: list[int]) -> None:
    made, done = a_request(), []
    start = made.at
    for after in sorted(hours):
        at = start + timedelta(hours=after)
        for _ in range(2):
            action = rules.due_action(made.record.data, at)
            if action:
                done.append(action)
                made = made.then(action, rules.TICK, seconds=(at - made.at).total_seconds())
        assert rules.due_action(made.record.data, at) is None
    wanted = ["remind", "ask-stand-in", "lapse"]
    assert done == [action for action in wanted if action in done]
    last = max(hours, default=0)
    assert (made.record.state == "lapsed") is (last >= 14 * 24)
    assert ("ask-stand-in" in done or made.record.state == "lapsed") is (last >= 48)


# What was posted ----------------------------------------------------------------------------------------------------

APPROVED = "The Clerk’s office is “open”.\n\nCome in – Caffi Siân too!"


@pytest.mark.parametrize(
    "posted",
    [
        APPROVED,
        APPROVED.replace("\n", "\r\n"),
        APPROVED.replace("\n", "\r"),
        APPROVED.replace("’", "'").replace("“", '"').replace("”", '"'),
        f"\n  {APPROVED} \n\n",
        APPROVED.replace("\n\n", "  \n\t\n"),
        APPROVED.replace("â", "a\u0302"),
        APPROVED.replace(" ", "\u00a0"),
        APPROVED.replace("The Clerk", "The \u202f Clerk"),
    ],
)
def test_what_platforms_change_in_passing_is_no_difference(posted: str) -> None:
    assert rules.matches(APPROVED, posted)
    assert rules.matches(posted, APPROVED)


@pytest.mark.parametrize(
    "posted",
    [
        "",
        APPROVED.replace("open", "closed"),
        APPROVED.lower(),
        APPROVED.replace("!", "."),
        APPROVED.replace("\n\n", "\n"),
        APPROVED + " More.",
        APPROVED.replace("–", "-"),
        APPROVED.replace("â", "a"),
    ],
)
def test_anything_else_is(posted: str) -> None:
    assert not rules.matches(APPROVED, posted)


@given(st.text(max_size=60))
def test_the_compared_form_is_settled(text: str) -> None:
    once = rules.as_posted(text)
    assert rules.as_posted(once) == once
    assert rules.matches(text, once)


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_goes_both_ways(one: str, other: str) -> None:
    assert rules.matches(one, one)
    assert rules.matches(one, other) == rules.matches(other, one)
