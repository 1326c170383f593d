"""What the functions count for CloudWatch: mail that is due, for how long the oldest request has waited, and ticks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import logs
from tests.journeys.steps import clerk_decides, councillor_asks
from tests.support.client import Client
from tests.support.clock import Clock

DAY = timedelta(days=1)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Name → the figure that was last written under it."""
    last: dict[str, int] = {}
    monkeypatch.setattr(logs, "measured", lambda _at, **figures: last.update(figures))
    return last


def test_the_figures_say_what_waits(client: Client, clock: Clock, figures: dict[str, int]) -> None:
    start = clock()
    client.tick(start)
    assert figures == {"MailsDue": 0, "OldestRequestDays": 0, "Ticks": 1}
    councillor_asks(client)
    client.tick(start + 7 * DAY - timedelta(minutes=1))
    assert figures["OldestRequestDays"] == 6
    client.tick(start + 7 * DAY)
    assert figures["OldestRequestDays"] == 7

    # What SES refuses is not due again at once, and waits all the same.
    client.mail_fails()
    clerk_decides(client)
    client.tick(start + 7 * DAY + timedelta(seconds=1))
    assert figures["MailsDue"] == 3
    # A decided request waits for nobody, though it is still to lapse.
    assert figures["OldestRequestDays"] == 0
    client.mail_recovers()
    client.tick(start + 7 * DAY + timedelta(hours=1))
    client.tick(start + 7 * DAY + timedelta(hours=2))
    assert figures["MailsDue"] == 0
