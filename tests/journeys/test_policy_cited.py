"""Decisions rest on clauses of the version in force when they are made, and keep saying so."""

from __future__ import annotations

from chalicelib.checks.service import requests
from chalicelib.policy.standard import CLAUSES
from chalicelib.store import Store
from tests.journeys.test_policy import adopts, begins, clerk
from tests.support.builders import Requests
from tests.support.client import Client, link_in
from tests.support.engines import Engine, counting


def test_a_decision_names_the_version_and_its_clauses_for_ever(
    client: Client, a_request: Requests, store: Store
) -> None:
    record = a_request()
    client.site.run_outbox()
    officer = client.another()
    page = officer.get(link_in(client.mail_to("clerk@council.example", "May this be posted")))
    officer.submit(page, decision="reject", reason="It is not honest.", clauses=["honesty", "links"])
    decision = requests.find(store, record.id).data["decision"]
    assert (decision["policy"], decision["clauses"]) == (1, ["links", "honesty"])
    begins(clerk(client), "Another policy\n\nRules\n\n• Smile at people.")
    adopts(clerk(client), 2)
    client.sign_in("councillor1@council.example")
    shown = client.get(f"/check/{record.id}")
    links = {str(link["href"]): link.text for link in shown.html.select("a[href*='/policy/versions/']")}
    assert links == {f"/api/policy/versions/1#{id}": CLAUSES[id] for id in ("links", "honesty")}
    for href in links:
        assert href.partition("#")[2] in client.get(href).text
    assert CLAUSES["honesty"] in client.mail_to("councillor1@council.example", "Rejected")["text"]


def test_a_new_version_offers_its_own_clauses_and_a_page_from_before_is_told(
    client: Client, a_request: Requests, store: Store
) -> None:
    record = a_request()
    client.site.run_outbox()
    officer = client.another()
    link = link_in(client.mail_to("clerk@council.example", "May this be posted"))
    old = officer.get(link)
    begins(clerk(client), "Another policy\n\nRules\n\n• Be honest and open with people.\n• Smile at people.")
    adopts(clerk(client), 2)
    again = officer.submit(old, status=422, decision="reject", reason="It is not kind.", clauses=["honesty"])
    assert "The Council’s policy has changed meanwhile" in again.text
    assert "Smile at people" in again.text
    assert "It is not kind." in again.text
    officer.submit(again, clauses=["smile-people"])
    decision = requests.find(store, record.id).data["decision"]
    assert (decision["policy"], decision["clauses"], decision["cited"]) == (2, ["smile-people"], ["Smile at people"])


def test_without_clauses_a_page_from_before_a_new_version_still_decides(client: Client, a_request: Requests) -> None:
    a_request()
    client.site.run_outbox()
    officer = client.another()
    old = officer.get(link_in(client.mail_to("clerk@council.example", "May this be posted")))
    begins(clerk(client))
    adopts(clerk(client), 2)
    officer.submit(old, decision="approve")


def test_a_decision_costs_no_more_for_knowing_the_policy(client: Client, a_request: Requests, engine: Engine) -> None:
    record = a_request()
    client.site.run_outbox()
    officer = client.another()
    link = link_in(client.mail_to("clerk@council.example", "May this be posted"))
    client.site.streams = False
    with counting(engine.client) as made:
        page = officer.get(link)
    assert made == ["Query", "BatchGetItem"]
    with counting(engine.client) as made:
        officer.submit(page, decision="reject", reason="No.", clauses=["honesty"])
    assert made == ["Query", "BatchGetItem", "TransactWriteItems"]
    chair = client.another()
    client.site.streams = True
    chair.sign_in("chair@council.example")
    with counting(engine.client) as made:
        chair.get(f"/check/{record.id}/decision")
    assert made == ["BatchGetItem", "GetItem"]
