"""Dates as a council reckons them: London time, working days by the bank holidays, and how they are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import dates
from infra import bank_days

JURISDICTIONS = ("england", "wales")
MOMENTS = st.integers(946_684_800, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 2000 to 2065, to the second."""
DAYS = st.dates(date(2000, 1, 1), date(2065, 1, 1))
WHERE = st.sampled_from(JURISDICTIONS)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@pytest.mark.parametrize(
    "day",
    [
        # From the list that the Government publishes for England and Wales (gov.uk/bank-holidays), weekends left out.
        date(2025, 1, 1),
        date(2025, 4, 18),
        date(2025, 4, 21),
        date(2025, 5, 5),
        date(2025, 5, 26),
        date(2025, 8, 25),
        date(2025, 12, 25),
        date(2025, 12, 26),
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 12, 27),
        date(2027, 12, 28),
        # Days given once, for a jubilee, a funeral and a coronation, and one that was moved.
        date(2022, 6, 2),
        date(2022, 6, 3),
        date(2022, 9, 19),
        date(2023, 5, 8),
    ],
    ids=str,
)
def test_bank_holidays_are_no_working_days(day: date, jurisdiction: str) -> None:
    assert day.weekday() < 5
    assert not dates.is_working_day(day, jurisdiction)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@pytest.mark.parametrize(
    "day",
    # Holidays in Scotland, in Northern Ireland, or in none of them.
    [date(2026, 1, 2), date(2026, 3, 17), date(2026, 7, 13), date(2026, 8, 3), date(2026, 11, 30), date(2026, 3, 2)],
    ids=str,
)
def test_holidays_of_elsewhere_are_working_days(day: date, jurisdiction: str) -> None:
    assert dates.is_working_day(day, jurisdiction)


def test_another_jurisdiction_is_an_error() -> None:
    with pytest.raises(KeyError):
        dates.is_working_day(date(2026, 11, 23), "scotland")


@given(DAYS, WHERE)
def test_the_next_working_day_is_the_first_one(day: date, jurisdiction: str) -> None:
    found = dates.next_working_day(day, jurisdiction)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days)]
    assert dates.is_working_day(found, jurisdiction)
    assert found > day
    assert not any(dates.is_working_day(other, jurisdiction) for other in between)
    # The longest run without one is Good Friday to Easter Monday, or Christmas with a weekend.
    assert (found - day).days <= 5


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        # A Monday in winter: the next day at the same time.
        (utc(2026, 11, 23, 9, 30), 1, utc(2026, 11, 24, 9, 30)),
        (utc(2026, 11, 23, 9, 30), 2, utc(2026, 11, 25, 9, 30)),
        (utc(2026, 11, 23, 9, 30), 0, utc(2026, 11, 23, 9, 30)),
        # Friday evening: the weekend does not count.
        (utc(2026, 11, 27, 21, 0), 1, utc(2026, 11, 30, 21, 0)),
        # Saturday and Sunday: as if asked at midnight on Monday.
        (utc(2026, 11, 28, 21, 0), 1, utc(2026, 12, 1, 0, 0)),
        (utc(2026, 11, 29, 8, 0), 1, utc(2026, 12, 1, 0, 0)),
        (utc(2026, 11, 28, 21, 0), 0, utc(2026, 11, 30, 0, 0)),
        # Over Christmas 2026: Friday and Monday are holidays.
        (utc(2026, 12, 24, 16, 0), 1, utc(2026, 12, 29, 16, 0)),
        (utc(2026, 12, 24, 16, 0), 2, utc(2026, 12, 30, 16, 0)),
        # Over Easter 2026.
        (utc(2026, 4, 2, 9, 0), 1, utc(2026, 4, 7, 9, 0)),
        # On a bank holiday itself.
        (utc(2026, 5, 4, 9, 0), 1, utc(2026, 5, 5, 23, 0)),
        # From winter into summer time (29 March 2026): the same time on a London clock.
        (utc(2026, 3, 27, 9, 0), 1, utc(2026, 3, 30, 8, 0)),
        # From summer into winter time (25 October 2026).
        (utc(2026, 10, 23, 8, 0), 1, utc(2026, 10, 26, 9, 0)),
        # Half past midnight in London, in summer, is still the day before in UTC.
        (utc(2026, 7, 6, 23, 30), 1, utc(2026, 7, 7, 23, 30)),
        # Sunday 23:30 UTC in summer is Monday 00:30 in London.
        (utc(2026, 7, 5, 23, 30), 1, utc(2026, 7, 6, 23, 30)),
        # In the hour that comes twice, and on the day that lacks one: both are Sundays.
        (utc(2026, 10, 25, 0, 30), 1, utc(2026, 10, 27, 0, 0)),
        (utc(2026, 10, 25, 1, 30), 1, utc(2026, 10, 27, 0, 0)),
        (utc(2026, 3, 29, 1, 30), 1, utc(2026, 3, 30, 23, 0)),
    ],
    ids=str,
)
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_working_days_go_by(at: datetime, days: int, expected: datetime, jurisdiction: str) -> None:
    assert dates.after_working_days(at, days, jurisdiction) == expected


@given(MOMENTS, st.integers(0, 30), WHERE)
def test_as_many_working_days_lie_between_as_were_asked_for(at: datetime, days: int, jurisdiction: str) -> None:
    end = dates.after_working_days(at, days, jurisdiction)
    assert end.tzinfo is UTC
    first, last = dates.today(at), dates.today(end)
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    passed = sum(dates.is_working_day(day, jurisdiction) for day in between)
    started = dates.is_working_day(first, jurisdiction)
    assert dates.is_working_day(last, jurisdiction)
    assert passed == days + (not started)
    same_time = dates.london(at).time() if started else datetime.min.time()
    assert dates.london(end).time() == same_time
    assert end >= at


@given(MOMENTS, MOMENTS, st.integers(0, 10), WHERE)
def test_who_asks_later_is_due_later(one: datetime, other: datetime, days: int, jurisdiction: str) -> None:
    first, second = sorted((one, other))
    assert dates.after_working_days(first, days, jurisdiction) <= dates.after_working_days(second, days, jurisdiction)


@given(MOMENTS, st.integers(0, 10), WHERE)
def test_more_days_end_later(at: datetime, days: int, jurisdiction: str) -> None:
    shorter = dates.after_working_days(at, days, jurisdiction)
    assert shorter < dates.after_working_days(at, days + 1, jurisdiction)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (utc(2026, 7, 1, 22, 59), date(2026, 7, 1)),
        (utc(2026, 7, 1, 23, 0), date(2026, 7, 2)),
        (utc(2026, 12, 31, 23, 59), date(2026, 12, 31)),
        (utc(2027, 1, 1, 0, 0), date(2027, 1, 1)),
        (utc(2026, 3, 29, 0, 59), date(2026, 3, 29)),
    ],
    ids=str,
)
def test_the_day_is_that_of_london(at: datetime, day: date) -> None:
    assert dates.today(at) == day


@given(MOMENTS)
def test_a_london_clock_shows_the_same_moment(at: datetime) -> None:
    there = dates.london(at)
    assert there == at
    assert there.utcoffset() in (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize(
    ("day", "written"), [(date(2026, 11, 3), "3 November 2026"), (date(2028, 2, 29), "29 February 2028")]
)
def test_a_day_is_written_in_words(day: date, written: str) -> None:
    assert dates.on_day(day) == written


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (utc(2026, 11, 23, 15, 4), "23 November 2026 at 3:04pm"),
        (utc(2026, 11, 3, 9, 0), "3 November 2026 at 9:00am"),
        (utc(2026, 11, 23, 12, 0), "23 November 2026 at 12:00pm"),
        (utc(2026, 11, 23, 12, 59), "23 November 2026 at 12:59pm"),
        (utc(2026, 11, 23, 0, 0), "23 November 2026 at 12:00am"),
        (utc(2026, 11, 23, 0, 5), "23 November 2026 at 12:05am"),
        (utc(2026, 7, 1, 15, 4), "1 July 2026 at 4:04pm"),
        (utc(2026, 7, 1, 23, 30), "2 July 2026 at 12:30am"),
        (utc(2026, 10, 25, 0, 30), "25 October 2026 at 1:30am"),
        (utc(2026, 10, 25, 1, 30), "25 October 2026 at 1:30am"),
        (utc(2026, 3, 29, 1, 0), "29 March 2026 at 2:00am"),
    ],
    ids=str,
)
def test_a_time_is_written_as_a_london_clock_shows_it(at: datetime, written: str) -> None:
    assert dates.at_time(at) == written


def test_the_list_of_bank_holidays_is_what_the_library_knows() -> None:
    source = bank_days.TARGET.read_text("utf-8")
    assert bank_days.written(source) == source, "python -m infra.bank_days writes it anew"
    assert bank_days.known("WLS") == bank_days.known("ENG")


def test_before_and_after_the_list_the_library_is_asked() -> None:
    for day in (date(2012, 6, 5), date(2055, 12, 27)):  # The Diamond Jubilee; Boxing Day, moved from a Sunday.
        assert day in dates.bank_holidays("wales")
        assert day - timedelta(days=14) not in dates.bank_holidays("wales")
    assert "2026-12-25" not in dates.bank_holidays("wales")
