"""Two officers decide at the same instant, many times over: one decision each time, and the other is told whose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib import access, wiring
from chalicelib.checks.service import deciding, requests
from chalicelib.record import NotNow, Record, verify
from chalicelib.register.rules import Register
from chalicelib.store import Store
from tests.support.builders import Requests, a_decision
from tests.support.clock import Clock
from tests.support.engines import DYNAMODB_LOCAL, MOTO, Engine

TIMES = {DYNAMODB_LOCAL: 200, MOTO: 10}
"""How often on each engine; on moto, which lets one request in at a time, a few times are as good as many."""

DECISIONS = {"clerk": "approve", "chair": "reject"}


@pytest.mark.both_engines
def test_of_two_at_the_same_instant_one_decides_and_the_other_is_told(
    engine: Engine, store: Store, a_request: Requests, clock: Clock
) -> None:
    register, ready = access.register(store), Barrier(2)

    def decide(who: str, seen: Record) -> Record | NotNow:
        person = register.person(who)
        assert person is not None
        made = a_decision(seen, DECISIONS[who])
        ready.wait(30)
        try:
            return deciding.decide(store, wiring.settings(), register, person, seen, made, clock())
        except NotNow as late:
            return late

    winners = []
    with ThreadPoolExecutor(2) as officers:
        for _ in range(TIMES[engine.name]):
            seen = a_request()
            tried = {who: officers.submit(decide, who, seen) for who in DECISIONS}
            answers = {who: answer.result(60) for who, answer in tried.items()}
            winners.append(_winner(store, seen.id, answers, register))
    assert len(winners) == TIMES[engine.name]


def _winner(store: Store, reference: str, answers: dict[str, Record | NotNow], register: Register) -> str:
    """Who decided. Raises AssertionError unless exactly one did, and all that is left says so."""
    (winner,) = (who for who, answer in answers.items() if isinstance(answer, Record))
    (told,) = (answer for answer in answers.values() if isinstance(answer, NotNow))
    found = store.history(requests.KIND, reference)
    assert found.record is not None
    assert verify(found.record, found.log) == []
    decision = found.record.data["decision"]
    assert (decision["by"], decision["outcome"]) == (winner, DECISIONS[winner])
    assert [entry.action for entry in found.entries()] == ["submit", DECISIONS[winner]]
    # The other is told who decided what, by the page that is made of this.
    assert told.record == found.record
    assert decision["name"] == register.named(winner)
    decided = [mail for mail in found.mails if mail["template"] == "check-decided"]
    assert [mail["context"]["decision"]["by"] for mail in decided] == [winner]
    return winner
