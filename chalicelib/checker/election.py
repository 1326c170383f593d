"""The weeks between notice of an election and the poll, when the Council says nothing that could sway it.

Rules: only posts on behalf of the Council, only for a day that is known; the period begins on the day of the notice,
or, where that is not known, on the 25th working day before polling day. Working days leave out Saturdays, Sundays,
Christmas Eve, Christmas Day, Good Friday and bank holidays. Source: Local Elections (Parishes and Communities)
(England and Wales) Rules 2006, Schedule 2, rules 1 and 2; Local Government Act 1986, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from chalicelib.checker.model import Election

WORKING_DAYS_OF_NOTICE = 25
IsWorkingDay = Callable[[date], bool]


def covers(wanted: date, elections: Sequence[Election], is_working_day: IsWorkingDay) -> Election | None:
    """The election in whose period the wanted day falls, if there is one. Polling day itself is inside."""
    for election in elections:
        if wanted > election.polling_day or wanted < election.polling_day - timedelta(days=90):
            continue
        if wanted >= (election.notice or last_notice(election.polling_day, is_working_day)):
            return election
    return None


def last_notice(polling_day: date, is_working_day: IsWorkingDay) -> date:
    """The last day on which notice of the election may be given."""
    day, left = polling_day, WORKING_DAYS_OF_NOTICE
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days(jurisdiction: str) -> IsWorkingDay:
    """The calendar of England or Wales. Loads the holidays when it is first asked for."""
    country = "WLS" if jurisdiction == "wales" else "ENG"

    def is_working_day(day: date) -> bool:
        if day.weekday() >= 5 or (day.month, day.day) == (12, 24):
            return False
        return day not in _bank_holidays(country, day.year)

    return is_working_day


@lru_cache(maxsize=16)
def _bank_holidays(country: str, year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("GB", subdiv=country, years=year))
