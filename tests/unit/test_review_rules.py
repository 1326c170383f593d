"""When the review is due: anniversaries, milestones and past reviews, over every date there can be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import dates
from chalicelib.policy.rules import ADOPTED, Adoption, Shelf
from chalicelib.policy.rules import Line as PolicyLine
from chalicelib.register.rules import Person, Register
from chalicelib.review import rules
from chalicelib.review.rules import CHAIR, CLERK, Book, Line
from chalicelib.review.workflow import STATES

DAYS = st.dates(date(1900, 1, 1), date(2150, 1, 1))
TODAY = date(2026, 11, 23)


def shelf(*adopted: date) -> Shelf:
    """The shelf of a council that adopted versions at these meetings."""
    lines = (
        PolicyLine(n, ADOPTED, "Policy", Adoption(day, f"m{n}", material=True, sha256=""))
        for n, day in enumerate(adopted, 1)
    )
    return Shelf(lines=tuple(lines))


def test_a_leap_day_is_the_28th_in_common_years_and_the_29th_again_in_leap_years() -> None:
    leap = date(2024, 2, 29)
    found = [dates.years_after(leap, years) for years in range(1, 5)]
    assert found == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@given(DAYS, st.integers(1, 50))
def test_an_anniversary_is_the_same_day_of_the_year(day: date, years: int) -> None:
    found = dates.years_after(day, years)
    assert found.year == day.year + years
    assert (found.month, found.day) in {(day.month, day.day), (2, 28)}
    assert (found.month, found.day) == (day.month, day.day) or (day.month, day.day) == (2, 29)


def test_the_months_overdue_are_counted_from_the_day_itself() -> None:
    due = date(2025, 1, 31)
    found = [rules.day_of(due, rules.DUE + months) for months in range(4)]
    assert found == [due, date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]


@given(DAYS, DAYS)
def test_what_is_reached_is_the_last_milestone_that_has_come(due: date, today: date) -> None:
    place = rules.reached(due, today)
    assert place == -1 or rules.day_of(due, place) <= today
    assert rules.day_of(due, place + 1) > today


@given(DAYS)
def test_milestones_follow_one_another_and_each_has_a_name_of_its_own(due: date) -> None:
    days = [rules.day_of(due, place) for place in range(30)]
    assert days == sorted(set(days))
    names = [rules.name(place) for place in range(30)]
    assert names[:6] == ["t-90", "t-60", "t-30", "due", "overdue-1", "overdue-2"]
    assert len(set(names)) == 30


def test_without_an_adopted_policy_nothing_is_due() -> None:
    assert rules.standing(Shelf(), Book()) is None


def test_the_anchor_is_the_latest_adoption_or_resolution() -> None:
    adopted, met = date(2024, 5, 14), date(2025, 5, 20)
    alone = rules.standing(shelf(adopted), Book())
    assert alone is not None
    assert (alone.due, alone.opens, alone.told) == (date(2025, 5, 14), date(2025, 3, 15), -1)
    reviewed = Book().with_lines(Line(date(2025, 5, 14), rules.CLOSED, 3, met))
    after = rules.standing(shelf(adopted), reviewed)
    assert after is not None
    assert (after.anchor, after.due) == (met, date(2026, 5, 20))
    newer = rules.standing(shelf(adopted, date(2025, 9, 9), date(2021, 1, 1)), reviewed)
    assert newer is not None
    assert newer.due == date(2026, 9, 9)


@given(st.lists(DAYS, min_size=1, max_size=3), st.lists(st.tuples(DAYS, st.sampled_from([*STATES])), max_size=4))
def test_how_things_stand_is_told_in_brief(adopted: list[date], found: list[tuple[date, str]]) -> None:
    lines = {due: Line(due, state, 1, None if state in rules.UNFINISHED else due) for due, state in found}
    standing = rules.standing(shelf(*adopted), Book().with_lines(*lines.values()))
    assert standing is not None
    assert rules.of_brief(standing.brief()) == standing


def test_two_meetings_with_one_anniversary_are_two_reviews() -> None:
    reviewed = Book().with_lines(Line(date(2025, 2, 28), rules.CLOSED, 3, date(2024, 2, 29)))
    found = rules.standing(shelf(date(2024, 2, 28)), reviewed)
    assert found is not None
    assert found.due == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("meeting", "due"),
    [
        (date(2024, 6, 1), date(2025, 5, 14)),
        (date(2025, 5, 20), date(2025, 5, 14)),
        (date(2026, 5, 12), date(2026, 5, 14)),
        (date(2026, 2, 1), date(2026, 5, 14)),
        (date(2024, 5, 14), None),
        (date(2023, 1, 1), None),
    ],
)
def test_a_past_review_counts_for_the_nearest_anniversary(meeting: date, due: date | None) -> None:
    assert rules.due_of_past(meeting, [date(2024, 5, 14)]) == due


@given(st.lists(DAYS, min_size=1, max_size=5), DAYS)
def test_a_past_review_is_never_more_than_the_first_year_early_or_half_a_year_late(
    known: list[date], meeting: date
) -> None:
    due = rules.due_of_past(meeting, known)
    if due is None:
        assert meeting <= min(known)
    else:
        assert -184 <= (due - meeting).days <= 366


@given(DAYS, DAYS)
def test_the_missed_anniversaries_are_those_that_went_by(anchor: date, today: date) -> None:
    found = rules.missed(anchor, today)
    assert all(anchor < day <= today for day in found)
    assert dates.years_after(anchor, len(found) + 1) > today


@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS)), max_size=5))
def test_the_book_is_kept_as_it_is(found: list[tuple[date, date | None]]) -> None:
    lines = [Line(due, rules.OPEN, 2, met, "1", "", 0, met) for due, met in found]
    book = Book().with_lines(*{one.due: one for one in lines}.values())
    assert rules.book_of(book.data()) == book
    assert book.serial == 1


def person(id: str, *roles: str) -> Person:
    return Person(id, id.title(), "", f"{id}@council.example", roles, date(2024, 1, 1), None)


@pytest.mark.parametrize(
    ("people", "prepares", "as_clerk", "as_chair"),
    [
        ([("ann", "clerk"), ("bob", "chair"), ("cat", "deputy-clerk")], ["ann"], ["ann"], ["bob"]),
        ([("bob", "chair"), ("cat", "deputy-clerk")], ["cat"], ["cat"], ["bob"]),
        ([("ann", "clerk"), ("dan", "vice-chair")], ["ann"], ["ann"], ["dan"]),
        ([("bob", "chair")], ["bob"], [], ["bob"]),
        ([("ann", "clerk", "chair"), ("dan", "vice-chair")], ["ann"], ["ann"], ["dan"]),
        ([("ann", "clerk", "chair")], ["ann"], ["ann"], []),
        # Cllr Ann stands in the register twice, with two addresses.
        ([("ann", "clerk"), ("ANN", "chair"), ("dan", "vice-chair")], ["ann"], ["ann"], ["dan"]),
        ([("eve", "councillor")], [], [], []),
    ],
)
def test_who_has_which_part(
    people: list[tuple[str, ...]], prepares: list[str], as_clerk: list[str], as_chair: list[str]
) -> None:
    register = Register(tuple(person(id, *roles) for id, *roles in people))
    assert [one.id for one in rules.preparers(register, TODAY)] == prepares
    found = {seat: [one.id for one in held] for seat, held in rules.seats(register, TODAY).items()}
    assert found == {CLERK: as_clerk, CHAIR: as_chair}


def test_whoever_gave_one_statement_does_not_give_the_other() -> None:
    ann, dan = person("ann", "chair"), person("dan", "vice-chair")
    register = Register((ann, dan))
    # Ann was the Clerk when she gave the Clerk's statement, and is the Chair now.
    held = rules.capacities(register, {"statements": {CLERK: {"by": "ann"}}}, ann, TODAY)
    assert rules.SIGNER[CHAIR] not in held
    assert rules.SIGNER[CHAIR] in rules.capacities(register, {"statements": {}}, ann, TODAY)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-11-20T17:00:00", "2026-11-23T10:00:00", 17),
        ("2026-11-21T09:00:00", "2026-11-22T09:00:00", 0),
        ("2026-11-23T09:00:00", "2026-11-24T09:00:00", 24),
        ("2026-11-24T09:00:00", "2026-11-23T09:00:00", 0),
        ("2026-12-24T12:00:00", "2026-12-29T12:00:00", 24),
    ],
)
def test_only_the_hours_of_working_days_count(begin: str, end: str, hours: int) -> None:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=dates.LONDON) for text in (begin, end))
    assert dates.working_time(first, last, "england") == timedelta(hours=hours)
