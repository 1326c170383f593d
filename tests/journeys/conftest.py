"""Who is there already when a journey begins."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from chalicelib import logs
from chalicelib.policy import shelf
from chalicelib.register.rules import Register
from chalicelib.review.service import scheduled
from chalicelib.store import Store
from infra.local import demo
from infra.local.mailbox import Mailbox
from tests.journeys.doors import CLERK
from tests.support.client import Client
from tests.support.clock import Clock


class _Heard(logging.Handler):
    """Keeps every line that anything logs, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(logs.Lines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def nothing_of_anybody_is_logged(mailbox: Mailbox) -> Iterator[None]:
    """Fails a journey during which somebody's name or address, a link's token or words of a mail were logged."""
    heard, loggers = _Heard(), (logging.getLogger(), logging.getLogger("clerkwell"))
    for logger in loggers:
        logger.addHandler(heard)
    yield
    for logger in loggers:
        logger.removeHandler(heard)
    said = "".join(heard.lines)
    secret = {word for person in demo.PEOPLE for word in (person.name, person.email)}
    for message in mailbox.messages:
        text = message.part("plain")
        secret |= set(re.findall(r"/([A-Za-z0-9_-]{43})\b", text))
        # A draft stands in the mails that ask about it.
        secret |= {line.strip() for line in text.splitlines() if len(line.strip()) > 20}
    assert not [word for word in secret if word in said]


@pytest.fixture
def clerk(client: Client) -> Client:
    """The Clerk, signed in."""
    client.sign_in(CLERK)
    return client


@pytest.fixture
def bell(people: Register, store: Store, clock: Clock) -> None:
    """The demo council's adoption has just been recorded, so the next daily run looks at what is due."""
    kept = shelf.read(store).current
    assert people.people
    assert kept is not None
    store.write(*scheduled.rung(kept, clock()))
