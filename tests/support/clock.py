"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Where every test begins: a Monday in a week without a bank holiday, in winter time."""


class Clock:
    """Call it for the moment it shows: aware, in UTC, whole seconds."""

    def __init__(self, at: datetime = MONDAY_MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        """Move it on by so many days, hours, minutes or seconds, as in `move(days=1)`; what it shows then."""
        self.at += timedelta(**by)
        return self.at
