"""A decision rests on the register as it stands when it is written, not as it was when the page was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import access, wiring
from chalicelib.checks.service import deciding, requests
from chalicelib.record import NotYours, Record
from chalicelib.store import Store
from tests.journeys import steps
from tests.support.builders import Requests, a_decision
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted
from tests.support.engines import Engine

pytestmark = pytest.mark.both_engines


def decide(store: Store, record: Record, clock: Clock, meanwhile: Callable[[], object] = lambda: None) -> Record:
    """The Chair decides on a request, and something happens between reading and writing."""
    register = access.register(store)
    chair = register.person("chair")
    assert chair is not None
    meanwhile()
    return deciding.decide(store, wiring.settings(), register, chair, record, a_decision(record), clock())


HAPPENS: dict[str, Callable[[], Any]] = {
    "they left": lambda: steps.leaves("chair"),
    "they are an officer no longer": lambda: steps.changes("chair", roles=["councillor"]),
    "they are named by another name": lambda: steps.changes("chair", name="Percy Vane"),
    "they are the one who asks": lambda: steps.changes("chair", name="Tom Eldersfield"),
}


@pytest.mark.parametrize("what", HAPPENS)
def test_who_may_decide_no_longer_does_not(store: Store, a_request: Requests, clock: Clock, what: str) -> None:
    record = a_request(text="As Percy Vane said, the hall is open.")
    with pytest.raises(NotYours):
        decide(store, record, clock, HAPPENS[what])
    assert requests.find(store, record.id).state == "waiting"


def test_all_their_links_and_sessions_were_ended(store: Store, a_request: Requests, clock: Clock) -> None:
    record = a_request()
    with pytest.raises(NotYours):
        decide(store, record, clock, lambda: steps.changes("chair", email="thistlewood@council.example"))


def test_what_else_changes_in_the_register_keeps_nobody_from_deciding(
    store: Store, a_request: Requests, clock: Clock, engine: Engine
) -> None:
    record = a_request()
    decided, made = counted(
        engine.client, lambda: decide(store, record, clock, lambda: steps.joins("p9", "Percy Vane", "councillor"))
    )
    assert decided.state == "approved"
    assert made["TransactWriteItems"] == 3, "one for who joined, one that was refused, one that was not"


def test_a_page_that_was_read_before_says_so(store: Store, a_request: Requests, client: Client) -> None:
    record = a_request()
    chair = steps.signed_in(client, "chair")
    page = chair.get(f"/check/{record.id}/decision")
    steps.changes("chair", name="Tom Eldersfield")
    answer = chair.submit(page, status=403, decision="approve")
    assert "not yours to decide" in steps.words(answer) or "cannot decide" in steps.words(answer)
    assert requests.find(store, record.id).state == "waiting"
