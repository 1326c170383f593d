"""Links that do not work: each has a page of its own that says why, and none changes anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import access, wiring
from chalicelib.record import Actor
from chalicelib.register.rules import SELF
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    changes,
    clerk_decides,
    councillor_asks,
    follows_link,
    leaves,
    link_for,
    presses,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.client import Client, link_in
from tests.support.clock import Clock
from tests.support.engines import Engine

APPROVE = {"decision": "approve", "reason": "Fine."}
TOO_OLD, NOT_OURS, NO_LONGER = "This link is too old", "This link is not one of ours", "This link no longer works"


def dead(client: Client, path: str, title: str, status: int = 410) -> None:
    """The link shows this page, to reading and to deciding alike."""
    visitor = client.another()
    for page in (visitor.get(path, status=status), visitor.post(path, APPROVE, status=status)):
        assert words(page, "h1") == title
    assert visitor.head(path, status=status).body == b""


def reviews_to(client: Client, who: str) -> int:
    """How many mails have put a request to an officer."""
    return len([subject for subject in subjects_to(client, who) if REVIEW in subject])


@pytest.mark.both_engines
def test_an_old_link_decides_nothing_and_a_new_one_comes_to_the_registered_address(
    client: Client, clock: Clock, engine: Engine, table: str
) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    clock.move(days=13, hours=23, minutes=59)
    assert words(client.another().get(link), "h1") == "May this be posted?"
    clock.move(minutes=1)
    before = table_dump(engine, table)
    dead(client, link, TOO_OLD)
    assert table_dump(engine, table) == before

    page = client.another().submit(client.another().get(link, status=410), status=200)
    assert words(page, "h1") == "Look in your e-mail"
    assert link_for(client, "clerk") != link
    assert "Here is the new link that you asked for." in client.mail_to(address("clerk"), REVIEW)["text"]
    dead(client, link, TOO_OLD)
    clerk_decides(client)
    assert state_of(reference) == "approved"
    # There is nothing to decide any more, so no further link is sent; the answer is the same.
    clock.move(days=1)
    count = len(client.inbox())
    assert words(presses(client.another(), f"{link}/new", 200), "h1") == "Look in your e-mail"
    assert len(client.inbox()) == count


@pytest.mark.both_engines
def test_a_new_link_is_sent_once_a_minute_and_not_for_ever(client: Client, clock: Clock) -> None:
    councillor_asks(client)
    link = link_for(client, "clerk")
    clock.move(days=14)
    for _ in range(3):
        presses(client.another(), f"{link}/new", 200)
    assert reviews_to(client, "clerk") == 2
    clock.move(minutes=1)
    presses(client.another(), f"{link}/new", 200)
    assert reviews_to(client, "clerk") == 3
    for _ in range(access.LIMITS["new-link-source"][0] - 4):
        presses(client.another(), f"{link}/new", 200)
    clock.move(minutes=1)
    assert words(presses(client.another(), f"{link}/new", 429), "h1") == "Too many tries"
    assert reviews_to(client, "clerk") == 3


@pytest.mark.both_engines
def test_a_link_to_an_earlier_version_leads_to_a_new_one(client: Client, engine: Engine, table: str) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    link = link_for(client, "clerk")
    asks(councillor, text="Another text.", reference=reference, version="2")
    before = table_dump(engine, table)
    dead(client, link, "The text has changed since this link was sent")
    assert table_dump(engine, table) == before
    clerk = client.another()
    assert words(clerk.submit(clerk.get(link, status=410), status=200), "h1") == "Look in your e-mail"
    assert "Another text." in follows_link(client).text
    clerk_decides(client)
    assert state_of(reference) == "approved"
    # Afterwards even the oldest link says what was decided.
    assert "Approved" in words(clerk.get(link))


@pytest.mark.both_engines
def test_a_link_dies_with_its_owners_time_on_the_register(client: Client, engine: Engine, table: str) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    leaves("clerk")
    before = table_dump(engine, table)
    dead(client, link, NO_LONGER)
    presses(client.another(), f"{link}/new", 200)
    assert table_dump(engine, table) == before
    assert reviews_to(client, "clerk") == 1
    assert state_of(reference) == "waiting"


@pytest.mark.both_engines
def test_links_die_when_their_owner_ends_them_all(client: Client, engine: Engine, table: str, clock: Clock) -> None:
    councillor_asks(client)
    link = link_for(client, "clerk")
    clerk = Actor("clerk", "Mrs Ruth Penhallow", "clerk", frozenset({SELF}))
    access.end_all(wiring.store(), "clerk", clerk, "sign-out-everywhere", clock())
    before = table_dump(engine, table)
    dead(client, link, NO_LONGER)
    assert table_dump(engine, table) == before


def test_after_a_change_of_address_the_new_link_goes_to_the_new_one(client: Client) -> None:
    councillor_asks(client)
    link = link_for(client, "clerk")
    changes("clerk", email="new-clerk@council.example")
    dead(client, link, NO_LONGER)
    count = reviews_to(client, "clerk")
    presses(client.another(), f"{link}/new", 200)
    assert reviews_to(client, "clerk") == count
    fresh = client.another().get(link_in(client.mail_to("new-clerk@council.example", REVIEW)))
    assert words(fresh, "h1") == "May this be posted?"


def test_a_token_that_was_tampered_with_is_not_known(client: Client, engine: Engine, table: str) -> None:
    reference = councillor_asks(client)
    path, _, token = link_for(client, "clerk").rpartition("/")
    other = "A" if token[5] != "A" else "B"
    before, count = table_dump(engine, table), len(client.inbox())
    for wrong in (
        token[:-1],
        token + "A",
        token[:5] + other + token[6:],
        token.swapcase(),
        token[::-1],
        "%00" + token,
        token + "%0d%0a",
        "%ED%A0%80",
        "%F0%9F%8E%89",
        "x" * 5000,
        access.digest(token),
        reference,
    ):
        dead(client, f"{path}/{wrong}", NOT_OURS, 404)
        page = presses(client.another(), f"{path}/{wrong}/new", 200)
        assert words(page, "h1") == "Look in your e-mail"
    assert table_dump(engine, table) == before
    assert len(client.inbox()) == count


@pytest.mark.both_engines
def test_a_link_is_good_for_its_own_purpose_only(client: Client, engine: Engine, table: str) -> None:
    councillor_asks(client)
    decide = link_for(client, "clerk")
    presses(client.another(), "/sign-in", email=address("clerk"))
    sign_in = link_for(client, "clerk", "sign in")
    clerk_decides(client)
    not_me = link_for(client, "clerk", "Receipt")
    tokens = {path: link.rpartition("/")[2] for path, link in (("decide", decide), ("not-me", not_me))}
    tokens["sign-in"] = sign_in.rpartition("/")[2]
    before = table_dump(engine, table)
    for path in ("decide", "not-me"):
        for purpose, token in tokens.items():
            if purpose != path:
                dead(client, f"/{path}/{token}", NOT_OURS, 404)
    for purpose in ("decide", "not-me"):
        path = f"/sign-in/{tokens[purpose]}"
        assert 400 <= client.another().get(path, status="*").status_code < 500
        assert 400 <= presses(client.another(), path, "*").status_code < 500
    assert table_dump(engine, table) == before
    # None of this has used up the sign-in link.
    visitor = client.another()
    assert "Ruth Penhallow" in visitor.follow(visitor.submit(visitor.get(sign_in))).text


@pytest.mark.both_engines
def test_a_used_link_shows_what_was_decided_by_whom_and_when(client: Client, engine: Engine, table: str) -> None:
    councillor_asks(client)
    clerk_decides(client, "reject", reason="It names a resident.")
    before = table_dump(engine, table)
    page = follows_link(client)
    for said in ("Rejected", "It names a resident.", "Mrs Ruth Penhallow, Clerk", "23 November 2026 at 9:00am"):
        assert said in words(page)
    again = client.another().post(link_for(client, "clerk"), APPROVE, status=409)
    assert "What you have just sent was not recorded." in words(again)
    assert "Mrs Ruth Penhallow (Clerk) decided on 23 November 2026 at 9:00am" in words(again)
    assert table_dump(engine, table) == before


def test_a_receipts_link_ends_after_thirty_days(client: Client, clock: Clock, engine: Engine, table: str) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    link = link_for(client, "chair", "Receipt")
    clock.move(days=29, hours=23)
    assert "Was this decision not made by Mrs Ruth Penhallow?" in words(client.another().get(link))
    clock.move(hours=1)
    before = table_dump(engine, table)
    dead(client, link, TOO_OLD)
    assert table_dump(engine, table) == before
    assert state_of(reference) == "approved"


def test_a_link_that_the_table_has_forgotten_is_not_known(client: Client, clock: Clock) -> None:
    councillor_asks(client)
    link = link_for(client, "clerk")
    # Long after it expired the table has forgotten it, and the page says what can still be said.
    wiring.store().delete(("link#" + access.digest(link.rpartition("/")[2]), "link"))
    clock.at += timedelta(days=120)
    dead(client, link, NOT_OURS, 404)
