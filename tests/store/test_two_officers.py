"""Two officers who decide at the same instant, against Amazon's own engine: one decision, and the other is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from chalicelib import settings as settings_module
from chalicelib import wiring
from chalicelib.checks.service import deciding
from chalicelib.record import NotNow, Record, verify
from chalicelib.register.rules import Person, Register
from chalicelib.store import Store
from infra.local import demo
from tests.support.builders import Requests, a_decision
from tests.support.clock import Clock

TIMES = 200
SETTINGS = settings_module.read(demo.environment("https://checks.council.example"))
WISHES = {"clerk": "approve", "chair": "reject"}

pytestmark = pytest.mark.dynamodb_local


@pytest.fixture
def council(real: Store, clock: Clock) -> Iterator[Register]:
    """The demo council in Amazon's own engine."""
    wiring.use(store=real, clock=clock, settings=SETTINGS)
    yield demo.seed(real, SETTINGS, clock())
    wiring.forget()


def decide(
    store: Store, council: Register, record: Record, ready: Barrier, clock: Clock, who: Person
) -> Record | NotNow:
    """What an officer is told who presses the button when the other does."""
    wish = a_decision(record, WISHES[who.id])
    ready.wait()
    try:
        return deciding.decide(store, SETTINGS, council, who, record, wish, clock())
    except NotNow as late:
        return late


def test_of_two_officers_who_decide_at_once_one_decides_and_the_other_is_told_who_did(
    real: Store, council: Register, clock: Clock
) -> None:
    officers = [person for person in council.people if person.id in WISHES]
    ask = Requests(real, SETTINGS, clock)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(TIMES):
            record = ask()
            press = partial(decide, real, council, record, Barrier(2), clock)
            told = dict(zip((officer.id for officer in officers), threads.map(press, officers), strict=True))
            (winner,) = [id for id, answer in told.items() if isinstance(answer, Record)]
            (late,) = [answer for answer in told.values() if isinstance(answer, NotNow)]
            history = real.history("check", record.id)
            assert history.record is not None
            decision = history.record.data["decision"]
            assert (decision["by"], decision["outcome"]) == (winner, WISHES[winner])
            assert late.record == history.record == told[winner]
            assert [entry.action for entry in history.entries()] == ["submit", WISHES[winner]]
            assert verify(history.record, history.log) == []
            # To the requester, and a receipt to each of the two officers; of one decision only.
            assert {mail["context"]["decision"]["outcome"] for mail in history.mails[-3:]} == {WISHES[winner]}
