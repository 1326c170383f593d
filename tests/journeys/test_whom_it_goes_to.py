"""Whom a request is put to: the Clerk, else the Chair, else whoever comes next; nobody ever decides their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    changes,
    clerk_decides,
    councillor_asks,
    joins,
    leaves,
    signed_in,
    signs,
    state_of,
    subjects_to,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock

pytestmark = pytest.mark.both_engines

OFFICERS = ("clerk", "chair", "vicechair", "deputy")


def put_to(client: Client) -> list[str]:
    """Which officers have a request for a decision in their mailbox."""
    return [who for who in OFFICERS if any(REVIEW in subject for subject in subjects_to(client, who))]


def test_the_clerks_own_request_goes_to_the_chair(client: Client) -> None:
    clerk = signed_in(client, "clerk")
    reference = asks(clerk)
    assert put_to(client) == ["chair"]
    assert "Cllr Alan Thistlewood" in client.mail_to(address("clerk"), "has been sent")["text"]
    page = clerk_decides(client, who="chair")
    assert "Your decision is recorded" in page.text
    # The second receipt goes to somebody who is not the one who asked.
    assert "Receipt: decision on request" in " ".join(subjects_to(client, "vicechair"))
    assert not [subject for subject in subjects_to(client, "clerk") if "Receipt" in subject]
    assert state_of(reference) == "approved"


def test_whoever_would_rather_ask_the_chair_does(client: Client) -> None:
    councillor_asks(client, ask="chair")
    assert put_to(client) == ["chair"]
    councillor_asks(client, "councillor2", ask="clerk")
    assert put_to(client) == ["clerk", "chair"]


def test_whoever_is_named_is_passed_over(client: Client) -> None:
    councillor_asks(client, ask="chair", named=["chair"], agreed="all")
    assert put_to(client) == ["clerk"]


def test_with_both_out_the_vice_chair_is_asked_and_may_decide(client: Client) -> None:
    reference = asks(signed_in(client, "clerk"), named=["chair"], agreed="none")
    assert put_to(client) == ["vicechair"]
    clerk_decides(client, "reject", who="vicechair", reason="Ask the Chair first.")
    told = client.mail_to(address("clerk"), "Rejected")
    assert "Decided by: Cllr Priya Marchbanks, Vice-Chair" in told["text"]
    assert state_of(reference) == "rejected"


def test_after_the_vice_chair_come_the_deputies(client: Client) -> None:
    joins("deputy", "Bronwen Achterberg", "deputy-clerk")
    asks(signed_in(client, "clerk"), named=["chair", "vicechair"], agreed="none")
    assert put_to(client) == ["deputy"]
    clerk_decides(client, "approve", who="deputy")
    assert "Deputy Clerk" in client.mail_to(address("clerk"), "Approved")["text"]


def test_the_vice_chair_decides_nothing_while_the_clerk_or_chair_can(client: Client) -> None:
    reference = councillor_asks(client)
    page = signed_in(client, "vicechair").get(f"/check/{reference}/decision", status=403)
    assert "You cannot decide this request" in page.text


def test_when_nobody_is_left_the_request_is_kept_until_somebody_joins(client: Client, clock: Clock) -> None:
    clerk = signed_in(client, "clerk")
    reference = asks(clerk, named=["chair", "vicechair"], agreed="none")
    assert put_to(client) == []
    assert "nobody on the register at the moment who may decide" in client.mail_to(address("clerk"), "sent")["text"]
    assert "There is nobody on the register at the moment" in words(clerk.get(f"/check/{reference}"))
    assert "no officer is left who may decide it" in words(signed_in(client, "chair").get("/desk"))
    for day in range(1, 6):
        client.tick(clock() + timedelta(days=day))
    assert state_of(reference) == "waiting"
    history = words(signed_in(client, "chair").get(f"/check/{reference}"))
    assert "Officer reminded" not in history
    assert "Stand-in asked" not in history

    clock.move(days=7)
    joins("deputy", "Bronwen Achterberg", "deputy-clerk")
    signs("deputy")
    client.tick(clock())
    assert put_to(client) == ["deputy"]
    # They have as long as anybody else before they are reminded.
    client.tick(clock())
    client.tick(clock() + timedelta(hours=20))
    assert len(subjects_to(client, "deputy")) == 1
    client.tick(clock() + timedelta(days=1))
    assert subjects_to(client, "deputy")[1].startswith("Reminder")
    clerk_decides(client, who="deputy")
    assert state_of(reference) == "approved"


def test_a_request_that_nobody_could_take_lapses_like_any_other(client: Client, clock: Clock) -> None:
    reference = asks(signed_in(client, "clerk"), named=["chair", "vicechair"], agreed="none")
    client.tick(clock() + timedelta(days=14, hours=-1))
    assert state_of(reference) == "waiting"
    client.tick(clock() + timedelta(days=14))
    assert state_of(reference) == "lapsed"
    client.mail_to(address("clerk"), "has lapsed")


def test_an_officer_who_is_one_no_longer_is_not_reminded_and_cannot_decide(client: Client, clock: Clock) -> None:
    councillor_asks(client, ask="chair")
    assert put_to(client) == ["chair"]
    joins("newchair", "Idris Pomfret", "chair", "councillor")
    changes("chair", roles=["councillor"])
    client.tick(clock() + timedelta(days=1))
    client.tick(clock() + timedelta(days=2))
    assert len([subject for subject in subjects_to(client, "chair") if REVIEW in subject]) == 1
    assert subjects_to(client, "newchair")
    client.mail_to(address("newchair"), REVIEW)


def test_when_whoever_was_asked_has_left_the_next_is_asked_in_their_turn(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    leaves("clerk")
    client.tick(clock() + timedelta(days=1))
    client.tick(clock() + timedelta(days=2))
    assert "Reminder" not in " ".join(subjects_to(client, "clerk"))
    clerk_decides(client, who="chair")
    assert state_of(reference) == "approved"
