"""Dates as a council reckons them: London time, working days by the bank holidays, deadlines.

Everything takes the moment as an argument and returns aware UTC moments or plain dates; nothing here reads a clock.
Bank holidays come from the `holidays` library; those of the years that are asked for stand in `bank_days`, because the
library is a tenth of a page that needs one day.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.bank_days import DAYS, FIRST, LAST

LONDON = ZoneInfo("Europe/London")

_SUBDIVISION = {"england": "ENG", "wales": "WLS"}


@cache
def bank_holidays(jurisdiction: str) -> Container[date]:
    """The bank holidays of `england` or `wales`, every year's. Raises KeyError for another jurisdiction."""
    return BankHolidays(_SUBDIVISION[jurisdiction])


class BankHolidays:
    """Every bank holiday of a subdivision (`ENG` or `WLS`, which have the same): from the list, or for the years that
    it does not hold from the library."""

    def __init__(self, subdivision: str) -> None:
        self._subdivision = subdivision
        self._library: Container[date] | None = None

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        if FIRST <= day.year <= LAST:
            return day.isoformat() in DAYS
        if self._library is None:
            import holidays

            # The library adds a year when a date in it is first asked for.
            self._library = holidays.country_holidays("GB", subdiv=self._subdivision)
        return day in self._library


def london(at: datetime) -> datetime:
    """The same moment on a London clock."""
    return at.astimezone(LONDON)


def today(at: datetime) -> date:
    """The calendar date in London at this moment."""
    return london(at).date()


def is_working_day(day: date, jurisdiction: str) -> bool:
    """Monday to Friday and no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(jurisdiction)


def next_working_day(day: date, jurisdiction: str) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day, jurisdiction):
        day += timedelta(days=1)
    return day


def after_working_days(at: datetime, days: int, jurisdiction: str) -> datetime:
    """The moment (UTC) when `days` whole working days have gone by since `at`.

    A clock that starts on a working day ends at the same time of day; one that starts on a day off starts at midnight
    of the next working day, because nobody was at work to see it before.
    """
    start = london(at)
    day, clock = start.date(), start.time().replace(tzinfo=None)
    if not is_working_day(day, jurisdiction):
        day, clock = next_working_day(day, jurisdiction), time.min
    for _ in range(days):
        day = next_working_day(day, jurisdiction)
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)


def working_time(begin: datetime, end: datetime, jurisdiction: str) -> timedelta:
    """How much of the time between two moments fell on working days, counting each as 24 hours; none when `end` comes
    first."""
    found, day, last = timedelta(), today(begin), today(end)
    while day <= last:
        if is_working_day(day, jurisdiction):
            opens, closes = midnight(day), midnight(day + timedelta(days=1))
            found += max(timedelta(), min(end, closes) - max(begin, opens))
        day += timedelta(days=1)
    return found


def midnight(day: date) -> datetime:
    """The moment (UTC) at which a day begins in London."""
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


def years_after(day: date, years: int) -> date:
    """The anniversary of a day: 29 February is 28 February in common years, and 29 February again in leap years if it
    is counted from the day itself."""
    from dateutil.relativedelta import relativedelta

    found: date = day + relativedelta(years=years)
    return found


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last; to be counted from the day itself."""
    from dateutil.relativedelta import relativedelta

    found: date = day + relativedelta(months=months)
    return found


def on_day(day: date) -> str:
    """`23 November 2026`: how a date is written in pages and mails."""
    return f"{day.day} {day:%B %Y}"


def at_time(at: datetime) -> str:
    """`23 November 2026 at 3:04pm`, on a London clock."""
    local = london(at)
    return f"{on_day(local.date())} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
