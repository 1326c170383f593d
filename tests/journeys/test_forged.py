"""Whatever somebody sends who may not decide, the request stays as it was: by page, by link, by forged field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.checks import rules
from chalicelib.checks.service import requests
from chalicelib.checks.workflow import DECISIONS
from chalicelib.store import Store
from tests.journeys.steps import (
    address,
    asks,
    changes,
    clerk_decides,
    councillor_asks,
    follows_link,
    link_for,
    message_at,
    presses,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.builders import FORM, TEXT
from tests.support.client import Client
from tests.support.engines import Engine

IN_WRITING = {"text": "Mrs Penhallow has earned our thanks. Well done, ruth\nPENHALLOW!"}
TICKED = {"named": ["clerk"], "agreed": "all"}


def shown(store: Store, reference: str) -> str:
    """The digest that a decision page for the request would carry."""
    return rules.digest(requests.find(store, reference).data["answers"])


@pytest.mark.both_engines
@pytest.mark.parametrize("answers", [None, IN_WRITING, TICKED], ids=["own", "named-in-writing", "named-by-a-tick"])
def test_an_officer_finds_no_page_to_decide_it_on(
    client: Client, store: Store, engine: Engine, table: str, answers: dict[str, Any] | None
) -> None:
    clerk = signed_in(client, "clerk")
    reference = asks(clerk) if answers is None else councillor_asks(client, **answers)
    assert not [subject for subject in subjects_to(client, "clerk") if "May this be posted" in subject]
    before = table_dump(engine, table)
    whole = {"shown": shown(store, reference), "reason": "It is fine."}
    for decision in (*DECISIONS, "reopen", "lapse", "withdraw", "", "approve\x00"):
        page = clerk.post(f"/check/{reference}/decision", {**whole, "decision": decision}, status=403)
        assert "You cannot decide this request" in page.text
        assert TEXT not in page.text
    clerk.get(f"/check/{reference}/decision", status=403)
    assert table_dump(engine, table) == before
    assert "Decide on this request" not in clerk.get(f"/check/{reference}").text


def test_a_link_to_one_request_decides_no_other(client: Client, store: Store) -> None:
    theirs = councillor_asks(client)
    link = link_for(client, "clerk")
    own = asks(signed_in(client, "clerk"), text="Mine")
    forged = {"decision": "approve", "shown": shown(store, own)}
    client.another().post(link, {**forged, "reference": own}, status=409)
    client.another().post(f"{link}?reference={own}", forged, status=409)
    presses(client.another(), f"{link}/new", 200)
    assert (state_of(theirs), state_of(own)) == ("waiting", "waiting")
    assert len([one for one in subjects_to(client, "clerk") if "May this be posted" in one]) == 2
    clerk_decides(client)
    assert (state_of(theirs), state_of(own)) == ("approved", "waiting")


def test_a_link_is_dead_once_a_new_version_names_its_owner(client: Client, store: Store) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    link = link_for(client, "clerk")
    asks(councillor, **IN_WRITING, reference=reference, version="2")
    clerk = client.another()
    for fields in ({"decision": "approve"}, {"decision": "approve", "shown": shown(store, reference)}):
        assert "The text has changed" in clerk.post(link, fields, status=410).text
    # No new one comes to somebody who may not decide, and nobody is told so.
    count = len(client.inbox())
    assert "Look in your e-mail" in presses(clerk, f"{link}/new", 200).text
    assert len(client.inbox()) == count
    assert state_of(reference) == "waiting"
    clerk_decides(client, who="chair")
    assert state_of(reference) == "approved"


def test_a_link_is_no_use_to_somebody_who_has_lost_their_role(client: Client) -> None:
    reference = councillor_asks(client, ask="chair")
    link = link_for(client, "chair")
    changes("chair", roles=["councillor"])
    assert "You cannot decide" in client.another().get(link, status=403).text
    client.another().post(link, {"decision": "approve"}, status=403)
    assert state_of(reference) == "waiting"


@pytest.mark.parametrize("who", ["councillor1", "councillor2", "assistant", ""])
def test_somebody_without_an_officers_role_does_not_find_the_page(client: Client, store: Store, who: str) -> None:
    reference = councillor_asks(client)
    visitor = signed_in(client, who) if who else client.another()
    fields = {"decision": "approve", "shown": shown(store, reference)}
    visitor.post(f"/check/{reference}/decision", fields, status=404 if who else 403)
    visitor.get(f"/check/{reference}/decision", status=404 if who else 303)
    assert state_of(reference) == "waiting"


@pytest.mark.parametrize(
    ("fields", "beside", "status"),
    [
        ({"requester": "councillor2"}, "", 422),
        ({"by": "chair"}, "", 422),
        ({"named": ["clerk", "nobody"]}, "named", 422),
        ({"named": "councillor1"}, "named", 422),
        ({"version": "2"}, "", 404),
        ({"reference": "../../etc"}, "", 422),
        ({"reference": "7f3k-9qxm"}, "", 422),
        ({"asked": "chair"}, "", 422),
        ({"pictures": "x"}, "", 422),
    ],
)
def test_fields_that_the_form_does_not_have_are_refused(
    client: Client, engine: Engine, table: str, fields: dict[str, Any], beside: str, status: int
) -> None:
    visitor = signed_in(client, "councillor1")
    before = table_dump(engine, table)
    page = visitor.post("/check", {**FORM, "reference": "7F3K-9QXM", **fields}, status=status)
    assert not beside or message_at(page, beside)
    assert status != 422 or TEXT in page.text
    assert table_dump(engine, table) == before


def test_nobody_asks_again_in_somebody_elses_name(client: Client, engine: Engine, table: str) -> None:
    reference = councillor_asks(client)
    other = signed_in(client, "councillor2")
    before = table_dump(engine, table)
    for version in ("2", "3", "999"):
        other.post("/check", {**FORM, "reference": reference, "version": version}, status=404)
    page = other.post("/check", {**FORM, "text": "Mine", "reference": reference}, status="*")
    assert 400 <= page.status_code < 500
    for action in ("withdraw", "posted", "never-posted", "change"):
        fields = {"where": "Here", "text": TEXT} if action == "posted" else {}
        presses(other, f"/check/{reference}/{action}", 404, **fields)
    assert table_dump(engine, table) == before


@pytest.mark.parametrize(
    "decision", ["reopen", "lapse", "withdraw", "never-posted", "record-posted", "submit", "", "x"]
)
@pytest.mark.parametrize("state", ["waiting", "approved"])
def test_a_decision_is_one_of_the_four_and_nothing_else(
    client: Client, store: Store, engine: Engine, table: str, decision: str, state: str
) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    if state == "approved":
        clerk_decides(client)
    before = table_dump(engine, table)
    fields = {"decision": decision, "reason": "Because.", "shown": shown(store, reference)}
    page = client.another().post(link, fields, status=422 if state == "waiting" else 409)
    assert message_at(page, "decision") if state == "waiting" else "was not recorded" in page.text
    assert table_dump(engine, table) == before


def test_clauses_are_those_of_the_list(client: Client) -> None:
    councillor_asks(client)
    fields = {"decision": "approve", "clauses": ["honesty", "no-such-clause"]}
    page = client.another().post(link_for(client, "clerk"), fields, status=422)
    assert "Choose only clauses from the list" in message_at(page, "clauses")


@pytest.mark.both_engines
@pytest.mark.parametrize("digest", ["", "0" * 64, "x"])
def test_from_the_desk_a_decision_needs_the_text_that_was_shown(client: Client, digest: str) -> None:
    reference = councillor_asks(client)
    clerk = signed_in(client, "clerk")
    page = clerk.post(f"/check/{reference}/decision", {"decision": "approve", "shown": digest}, status=409)
    assert "Read it again, then decide" in words(page)
    assert state_of(reference) == "waiting"
    clerk.submit(page, decision="approve")
    assert state_of(reference) == "approved"


FORGED = {
    "decision": st.sampled_from([*DECISIONS, "reopen", ""]),
    "shown": st.sampled_from(["right", "", "0" * 64]),
    "reason": st.sampled_from(["Because.", ""]),
    "clauses": st.sampled_from(["honesty", "none"]),
    "text": st.sampled_from([TEXT, "Another", ""]),
    "reference": st.just("right"),
    "version": st.sampled_from(["1", "2"]),
    "by": st.sampled_from(["chair", "clerk"]),
    "who": st.just("chair"),
    "role": st.just("chair"),
    "named": st.just("chair"),
    "requester": st.just("councillor1"),
    "token": st.just("x"),
}


def test_no_mixture_of_forged_fields_decides_ones_own(client: Client, store: Store, engine: Engine, table: str) -> None:
    clerk = signed_in(client, "clerk")
    reference = asks(clerk, text="Mine")
    councillor_asks(client)
    others = link_for(client, "clerk")
    right = {"shown": shown(store, reference), "reference": reference}

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.fixed_dictionaries({}, optional=FORGED), st.sampled_from(["desk", "link", "query"]))
    def tried(fields: dict[str, str], way: str) -> None:
        sent = {name: right.get(name, value) if value == "right" else value for name, value in fields.items()}
        path = f"/check/{reference}/decision"
        if way == "link":
            sent["shown"] = right["shown"]
            path = others
        elif way == "query":
            path += "?token=" + others.rpartition("/")[2]
        page = clerk.post(path, sent, status="*")
        assert 400 <= page.status_code < 500

    before = table_dump(engine, table)
    tried()
    assert table_dump(engine, table) == before
    assert "Cllr Alan Thistlewood" in client.mail_to(address("clerk"), "has been sent")["text"]
    assert "Decide on request" in words(follows_link(client, "chair"), "title")
