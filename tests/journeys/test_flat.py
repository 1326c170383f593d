"""No page and no run costs more requests to the table, or a larger answer, because more has been done before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import hooks, tick, wiring
from chalicelib.checks.workflow import APPROVED, POSTED
from tests.journeys.crowd import crowd
from tests.journeys.steps import asks, link_for, presses, signed_in
from tests.support.builders import TEXT, Requests
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted
from tests.support.engines import Engine

pytestmark = pytest.mark.both_engines


def test_nothing_costs_more_with_two_hundred_records_than_with_ten(
    client: Client, a_request: Requests, engine: Engine, table: str, clock: Clock
) -> None:
    def cost(run: Callable[[], Any]) -> dict[str, int]:
        client.site.streams = False
        _, made = counted(engine.client, run)
        client.site.streams = True
        client.site.run_outbox()
        return dict(made)

    def costs() -> dict[str, dict[str, int]]:
        clerk, councillor = signed_in(client, "clerk"), signed_in(client, "councillor1")
        reference = asks(councillor)
        link = link_for(client, "clerk")
        path = f"/check/{reference}"
        return {
            "form": cost(lambda: councillor.get("/check")),
            "submit": cost(lambda: asks(councillor)),
            "mine": cost(lambda: councillor.get("/checks")),
            "desk": cost(lambda: clerk.get("/desk")),
            "request": cost(lambda: clerk.get(path)),
            "link": cost(lambda: client.another().get(link)),
            "decide": cost(lambda: client.another().post(link, {"decision": "approve"})),
            "posted": cost(lambda: presses(councillor, f"{path}/posted", where="Here", text=TEXT)),
            "tick": cost(lambda: tick.run(wiring.store(), wiring.settings(), clock())),
        }

    waiting, approved, posted = a_request(), a_request(state=APPROVED), a_request(state=POSTED)
    client.site.run_outbox()
    for record in (waiting, approved, posted):
        crowd(engine, table, record.id, 2)
    few = costs()
    for record in (waiting, approved, posted):
        crowd(engine, table, record.id, 65)
    assert costs() == few
    session = {"BatchGetItem": 1}
    assert few == {
        "form": session,
        "submit": session | {"TransactWriteItems": 1},
        "mine": session | {"Query": 2},
        # The second is of the cases, and made when there is none as well (handling.of_these).
        "desk": {"BatchGetItem": 2, "Query": 5, "GetItem": 1},
        "request": session | {"Query": 1},
        "link": {"Query": 1, "BatchGetItem": 1},
        "decide": {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1},
        "posted": session | {"GetItem": 1, "TransactWriteItems": 1},
        "tick": {"Query": len(hooks.DUE) - 1 + len(hooks.WORK), "GetItem": 1},
    }
