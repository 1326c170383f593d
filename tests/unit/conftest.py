"""The HTTP edge alone: a small app instead of the whole one, and sessions without a table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from chalicelib import access, web, wiring
from chalicelib.access import Visitor
from chalicelib.policy import standard
from tests.support.checks import COUNCIL
from tests.support.clock import Clock
from tests.support.edge import Call, asked_as_api_gateway, small_app


@pytest.fixture
def visitors(embedded: object, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions without a table: a token is the id of whoever holds it."""
    monkeypatch.setattr(web, "ROUTES", {})
    wiring.forget()
    wiring.use(store=None, clock=clock)

    def visitor(_store: None, token: str, _at: object) -> Visitor | None:
        person = COUNCIL.person(token)
        return Visitor(person, COUNCIL, standard.VERSION, "digest") if person else None

    monkeypatch.setattr(access, "visitor", visitor)
    yield
    wiring.forget()


@pytest.fixture
def call(visitors: None) -> Call:
    """Asks the small app for a page."""
    return partial(asked_as_api_gateway, small_app())
