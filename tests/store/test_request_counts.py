"""What each page and each run costs in requests to the table, the session's one read aside; as docs/architecture.md
tables it. Measured through the gateway and the whole app, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import hooks, outbox, tick, wiring
from chalicelib.checks.workflow import STATES
from tests.journeys import steps
from tests.journeys.steps import link_for, presses, signed_in
from tests.support.builders import FORM, Requests
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted
from tests.support.engines import Engine

SESSION = {"BatchGetItem": 1}

pytestmark = pytest.mark.both_engines

Cost = Callable[[Callable[[], Any]], dict[str, int]]


@pytest.fixture
def cost(engine: Engine, client: Client) -> Cost:
    """Runs something while no stream follows it: the requests that it made."""

    def measure(run: Callable[[], Any]) -> dict[str, int]:
        client.site.streams = False
        _, made = counted(engine.client, run)
        client.site.streams = True
        return dict(made)

    return measure


def test_a_page_that_knows_nobody_asks_nothing(client: Client, cost: Cost) -> None:
    assert cost(lambda: [client.get(path) for path in ("/", "/privacy", "/accessibility", "/sign-in")]) == {}


def test_beginning_the_form_is_the_session_alone(client: Client, cost: Cost) -> None:
    councillor = signed_in(client, "councillor1")
    assert cost(lambda: councillor.get("/check")) == SESSION


def test_sending_a_request_is_one_transaction(client: Client, cost: Cost) -> None:
    councillor = signed_in(client, "councillor1")
    assert cost(lambda: councillor.post("/check", dict(FORM))) == SESSION | {"TransactWriteItems": 1}


def test_showing_a_reports_form_asks_nothing(client: Client, cost: Cost) -> None:
    assert cost(lambda: [client.get(path) for path in ("/report", "/report/new/what", "/report/follow-up")]) == {}


def test_sending_a_report_is_one_read_a_count_and_one_transaction(client: Client, cost: Cost) -> None:
    report = {"what_happened": "A post mocks us", "subject": "unknown"}
    client.web.post_json(client.whole("/breach-reports"), report, status=201)  # The day's salt is there after this.
    count = {"GetItem": 1, "UpdateItem": 1}
    sending = {"BatchGetItem": 1, "TransactWriteItems": 1} | count
    assert cost(lambda: client.web.post_json(client.whole("/breach-reports"), report, status=201)) == sending
    # Where it names a post, it is looked for who approved that: 1 Query for each address, ten at the most.
    report["where"] = "\n".join(f"https://social.example/{n}" for n in range(12))
    named = sending | {"Query": 10}
    assert cost(lambda: client.web.post_json(client.whole("/breach-reports"), report, status=201)) == named


def test_opening_an_e_mailed_link_is_two_reads(client: Client, a_request: Requests, cost: Cost) -> None:
    a_request()
    client.site.run_outbox()
    link = link_for(client, "clerk")
    assert cost(lambda: client.another().get(link)) == {"Query": 1, "BatchGetItem": 1}
    assert cost(lambda: client.another().head(link)) == {"Query": 1, "BatchGetItem": 1}


def test_deciding_by_the_link_is_opening_it_and_one_transaction(
    client: Client, a_request: Requests, cost: Cost
) -> None:
    a_request()
    client.site.run_outbox()
    officer = client.another()
    page = officer.get(link_for(client, "clerk"))
    deciding = {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    assert cost(lambda: officer.submit(page, decision="approve")) == deciding


def test_deciding_from_the_desk_is_one_read_and_one_transaction(
    client: Client, a_request: Requests, cost: Cost
) -> None:
    record = a_request()
    clerk = signed_in(client, "clerk")
    page = clerk.get(f"/check/{record.id}/decision")
    # The policy came with the session.
    deciding = {"BatchGetItem": 1, "GetItem": 1, "TransactWriteItems": 1}
    assert cost(lambda: clerk.submit(page, decision="approve")) == deciding


def test_withdrawing_is_one_read_and_one_transaction(client: Client, a_request: Requests, cost: Cost) -> None:
    record = a_request()
    councillor = signed_in(client, "councillor1")
    path = f"/check/{record.id}/withdraw"
    assert cost(lambda: presses(councillor, path)) == SESSION | {"GetItem": 1, "TransactWriteItems": 1}


@pytest.mark.parametrize("state", STATES)
def test_a_request_with_its_whole_history_is_one_query(
    client: Client, a_request: Requests, cost: Cost, state: str
) -> None:
    record = a_request(state=state)
    councillor = signed_in(client, "councillor1")
    assert cost(lambda: councillor.get(f"/check/{record.id}")) == SESSION | {"Query": 1}


def test_the_desk_is_five_queries_and_two_reads_however_much_was_ever_done(
    client: Client, a_request: Requests, cost: Cost
) -> None:
    clerk = signed_in(client, "clerk")
    assert cost(lambda: clerk.get("/desk")) == {"BatchGetItem": 2, "Query": 5, "GetItem": 1}
    for state in STATES:
        a_request(state=state)
    assert cost(lambda: clerk.get("/desk")) == {"BatchGetItem": 2, "Query": 5, "GetItem": 1}


def test_reading_and_signing_the_policy(client: Client, cost: Cost) -> None:
    steps.joins("nell", "Nell Fox", "councillor")
    client.site.run_outbox()
    opening = {"Query": 1, "BatchGetItem": 1}
    visitor, link = client.another(), link_for(client, "nell", "sign version")
    page = visitor.get(link)
    assert cost(lambda: visitor.get(link)) == opening
    assert cost(lambda: visitor.submit(page, read=True)) == opening | {"TransactWriteItems": 1}
    joe = signed_in(client, "assistant")
    # To be led to it costs nothing more, and neither does it to have signed.
    assert cost(lambda: joe.get("/check", status=303)) == SESSION
    page = joe.get("/sign-off")
    assert cost(lambda: joe.get("/sign-off")) == SESSION | {"GetItem": 1}
    assert cost(lambda: joe.submit(page, read=True)) == SESSION | {"GetItem": 1, "TransactWriteItems": 1}
    assert cost(lambda: joe.get("/check")) == SESSION


def test_the_register_of_sign_offs_is_two_queries(client: Client, cost: Cost) -> None:
    clerk = signed_in(client, "clerk")
    assert cost(lambda: clerk.get("/signoffs")) == SESSION | {"Query": 2}
    assert cost(lambda: clerk.get("/signoffs/csv")) == SESSION | {"Query": 2}
    assert cost(lambda: clerk.get("/signoffs/assistant")) == SESSION | {"Query": 1}


def test_ones_own_requests_are_one_query_and_one_for_what_was_begun(
    client: Client, a_request: Requests, cost: Cost
) -> None:
    for _ in range(3):
        a_request()
    councillor = signed_in(client, "councillor1")
    assert cost(lambda: councillor.get("/checks")) == SESSION | {"Query": 2}


def test_a_run_with_nothing_due_is_one_query_for_each_kind(a_request: Requests, cost: Cost, clock: Clock) -> None:
    for state in STATES:
        a_request(state=state)
    run = cost(lambda: tick.run(wiring.store(), wiring.settings(), clock()))
    # Beside them the register is looked at, whether it has been made.
    assert run == {"Query": len(hooks.DUE) - 1 + len(hooks.WORK), "GetItem": 1}


def test_a_reminder_is_two_reads_and_one_transaction(a_request: Requests, cost: Cost, clock: Clock) -> None:
    a_request()
    at = clock.move(days=1)
    run = cost(lambda: tick.run(wiring.store(), wiring.settings(), at))
    assert run == {"Query": len(hooks.DUE) - 1 + len(hooks.WORK), "GetItem": 3, "TransactWriteItems": 1}


def test_sending_a_mail_is_three_reads_and_three_writes(client: Client, a_request: Requests, cost: Cost) -> None:
    client.site.run_outbox()
    assert cost(lambda: outbox.sweep(wiring.store(), wiring.mailer(), wiring.settings(), wiring.now())) == {"Query": 1}
    a_request()
    # To the Clerk, with a link and something to look at first; to the requester, with neither.
    run = cost(lambda: outbox.sweep(wiring.store(), wiring.mailer(), wiring.settings(), wiring.now()))
    assert run == {"Query": 1, "GetItem": 3, "UpdateItem": 4, "PutItem": 1}
