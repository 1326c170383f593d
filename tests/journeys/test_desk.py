"""The officers' desk, everybody's own requests, and what is not there for somebody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.checks.workflow import STATES, WAITING
from chalicelib.desk.parts import LISTED
from tests.journeys.crowd import crowd
from tests.journeys.steps import (
    asks,
    clerk_decides,
    councillor_asks,
    decides,
    link_for,
    parts,
    presses,
    signed_in,
    signs,
    words,
)
from tests.support.builders import Requests
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

UNKNOWN = "2345-6789"


def sections(client: Client, who: str) -> dict[str, str]:
    """What stands under each heading of somebody's desk: caption or heading → its words."""
    page = signed_in(client, who).get("/desk")
    tables = [(table.select("caption")[0], table) for table in page.html.select("main table")]
    found = {str(caption.text): " ".join(table.get_text(" ").split()) for caption, table in tables}
    return found | {str(heading.text): "" for heading in page.html.select("main h2")}


def listed(page_text: str) -> list[str]:
    """The references on a page, in order."""
    return list(dict.fromkeys(re.findall(r"/check/([0-9A-Z]{4}-[0-9A-Z]{4})\"", page_text)))


@pytest.mark.both_engines
def test_the_desk_says_what_waits_on_whom_and_what_was_decided(client: Client) -> None:
    signs("assistant")  # Else the desk would tell of that as well.
    assert sections(client, "clerk") == {"Waiting on you": "", "Decided": ""}
    first = councillor_asks(client, text="First post", when="2026-12-24")
    second = asks(signed_in(client, "clerk"), text="Second post")
    third = councillor_asks(client, "councillor2", text="Third post")
    clerk_decides(client, "reject", reason="No.")
    fourth = councillor_asks(client, "councillor3", text="Fourth post")
    clerk_decides(client)

    clerk, chair, vice = (sections(client, who) for who in ("clerk", "chair", "vicechair"))
    answered = "Answered, waiting on the person who asked: 1"
    due = "Due in the next 90 days"
    assert list(clerk) == ["Waiting on you: 1", due, "Waiting on others: 1", answered, "Decided"]
    assert list(chair) == list(clerk)
    assert list(vice) == ["Waiting on others: 2", *list(clerk)[3:], "Waiting on you"]
    lapses, wanted = "7 December 2026 What “First post”: lapses", "24 December 2026 What “First post”: wanted"
    assert clerk[due].index(lapses) < clerk[due].index(wanted)
    assert "Second post" not in clerk[due]
    assert "Second post" in chair[due]
    assert first in clerk["Waiting on you: 1"]
    assert "Wanted on 24 December 2026" in clerk["Waiting on you: 1"]
    assert second in clerk["Waiting on others: 1"]
    assert "Cllr Alan Thistlewood" in clerk["Waiting on others: 1"]
    assert second in chair["Waiting on you: 1"]
    assert fourth in clerk[answered]
    for decided in (third, "Rejected", fourth, "Approved", "Mrs Ruth Penhallow, Clerk"):
        assert decided in clerk["Decided"]
    # Decided from there, it leaves the list of what waits.
    visitor = signed_in(client, "clerk")
    decides(visitor, visitor.get("/desk").click(href=f"/check/{first}/decision"))
    assert "Waiting on you: 1" not in sections(client, "clerk")


def test_what_lapsed_is_found_on_the_desk(client: Client, a_request: Requests, clock: Clock) -> None:
    reference = a_request(state="lapsed").id
    clock.move(days=16)
    decided = sections(client, "chair")["Decided"]
    assert reference in decided
    assert "Lapsed" in decided


def test_a_decision_that_was_undone_does_not_stand_as_made(client: Client, a_request: Requests, clock: Clock) -> None:
    reference = councillor_asks(client, text="Whose decision was this?")
    clerk_decides(client)
    link = link_for(client, "chair", "Receipt")
    others = []
    for state in ("approved", "rejected"):
        clock.move(minutes=5)
        others.append(a_request(state=state).id)
    client.site.run_outbox()
    chair = client.another()
    chair.submit(chair.get(link), status=200)
    decided = sections(client, "vicechair")["Decided"]
    row = decided[decided.index("Whose decision") :]
    assert decided.count(reference) == 1
    assert "Decision undone" in row
    assert "Made in the name of Mrs Ruth Penhallow, Clerk, 23 November 2026 at 9:00am, but not by them" in row
    assert "Approved: no objection" not in row
    assert all(other in decided for other in others)
    # The request waits again, and is decided again: that stands beside it.
    clerk_decides(client, who="chair")
    assert "Approved: no objection" in sections(client, "vicechair")["Decided"]


def test_a_page_ends_well_between_a_decision_and_what_undid_it(
    client: Client, a_request: Requests, clock: Clock, engine: Engine, table: str
) -> None:
    oldest = a_request(state="rejected").id
    clock.move(minutes=5)
    undone = councillor_asks(client, text="Whose decision was this?")
    clerk_decides(client)
    chair = client.another()
    chair.submit(chair.get(link_for(client, "chair", "Receipt")), status=200)
    clock.move(minutes=5)
    newest = a_request(state="rejected").id
    crowd(engine, table, newest, LISTED - 2)
    page = signed_in(client, "vicechair").get("/desk")
    decided = page.text.partition("Decided</caption>")[2]
    assert listed(decided)[-1] == undone
    assert oldest not in decided
    page = page.click("Older decisions")
    assert listed(page.text.partition("Decided</caption>")[2]) == [oldest]


@pytest.mark.parametrize("more", [0, 1, LISTED + 3])
def test_older_decisions_are_a_page_away(
    client: Client, a_request: Requests, engine: Engine, table: str, more: int
) -> None:
    first = a_request(state="rejected").id
    everything = {first, *crowd(engine, table, first, LISTED - 1 + more)}
    clerk, found = signed_in(client, "clerk"), []
    page = clerk.get("/desk")
    while True:
        here = listed(page.text)
        assert 0 < len(here) <= LISTED
        found += here
        if "Older decisions" not in page.text:
            break
        page = page.click("Older decisions")
    assert len(found) == len(everything)
    assert set(found) == everything


@pytest.mark.both_engines
def test_ones_own_requests_are_listed_the_newest_first(
    client: Client, a_request: Requests, clock: Clock, engine: Engine, table: str
) -> None:
    councillor = signed_in(client, "councillor1")
    assert "You have not asked for a check yet." in words(councillor.get("/checks"))
    made = []
    for state in STATES:
        made.append(a_request(state=state).id)
        clock.move(minutes=1)
    a_request(by="councillor2")
    page = councillor.get("/checks")
    assert listed(page.text) == made[::-1]
    assert STATES["not-posted"] in words(page)
    crowd(engine, table, made[0], 45)
    page = councillor.get("/checks")
    assert len(listed(page.text)) == 50
    page = page.click("Older requests")
    assert len(listed(page.text)) == 4
    assert "Older requests" not in page.text


@pytest.mark.both_engines
def test_an_address_with_an_odd_mark_begins_at_the_newest(client: Client, a_request: Requests) -> None:
    reference = a_request(by="clerk", decided_by="chair", state="approved").id
    clerk = signed_in(client, "clerk")
    for mark in ("", "x", "%00", "x" * 3000, "%FF", "%F0%9F%8E%89", "2026-11-23T09:00:00Z", "~~"):
        for path in ("/desk", "/checks"):
            assert reference in clerk.get(f"{path}?before={mark}").text


PATHS = ("", "/withdraw", "/posted", "/never-posted", "/change", "/decision", "/wait")
"""What hangs below a request's address."""


@pytest.mark.both_engines
@pytest.mark.parametrize("who", ["councillor2", "assistant"])
def test_somebody_elses_request_is_not_found_in_the_same_words_as_none(client: Client, who: str) -> None:
    theirs = councillor_asks(client, named=[who], agreed="all")
    visitor = signed_in(client, who)
    for path in PATHS:
        answers = []
        for reference in (theirs, UNKNOWN, "nonsense"):
            fields = {"where": "Here", "text": "A text"} if path == "/posted" else {}
            read = visitor.get(f"/check/{reference}{path}", status="*")
            if read.status_code == 303:
                # On to the request itself, which is not found.
                read = visitor.get(str(read.location), status="*")
            sent = presses(visitor, f"/check/{reference}{path}", "*", **fields) if path else read
            answers.append((read.status_code, words(read), sent.status_code, words(sent)))
        assert answers[0] == answers[1] == answers[2], path
        assert answers[0][0] == answers[0][2] == 404
        assert "Page not found" in answers[0][1]
    assert theirs not in visitor.get("/checks").text


def test_every_officer_may_read_a_request_and_its_history(client: Client, a_request: Requests) -> None:
    for state in STATES:
        reference = a_request(state=state).id
        for who in ("chair", "vicechair"):
            page = signed_in(client, who).get(f"/check/{reference}")
            assert STATES[state] in parts(page, ".govuk-tag")
            assert "Verified" in parts(page, ".govuk-tag")
            assert ("Decide on this request" in words(page)) == (state == WAITING and who == "chair")


def test_a_history_that_was_tampered_with_says_so(
    client: Client, a_request: Requests, engine: Engine, table: str
) -> None:
    reference = a_request(state="approved").id
    item = client_item(engine, table, reference)
    item["body"]["S"] = item["body"]["S"].replace("Ruth", "Rita")
    engine.client.put_item(TableName=table, Item=item)
    page = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert "The record does not verify" in page
    assert "Entry 2: the entry was changed after it was written" in page


def client_item(engine: Engine, table: str, reference: str) -> dict[str, dict[str, str]]:
    """The second entry of a request, as the table has it."""
    key = {"pk": {"S": f"check#{reference}"}, "sk": {"S": "entry#000002"}}
    found: dict[str, dict[str, str]] = engine.client.get_item(TableName=table, Key=key)["Item"]
    return found


def test_a_link_to_a_page_is_found_again_after_signing_in(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    answer = client.another().get(f"/check/{reference}", status=303)
    assert "/sign-in?next=%2Fcheck%2F" in str(answer.location)
    councillor = signed_in(client, "councillor1")
    clock.at += timedelta(hours=13)
    page = councillor.post(f"/check/{reference}/posted", {"where": "Here", "text": "What I typed"}, status=403)
    assert "What I typed" in words(page)
