"""Mail to an officer comes back: the stand-in is asked, the desk says so, and nothing happens twice."""

from __future__ import annotations

import pytest

from infra.local.mailbox import Mailbox
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    councillor_asks,
    joins,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine


def reviews(client: Client, who: str) -> int:
    """How many mails have put a request to an officer."""
    return len([subject for subject in subjects_to(client, who) if REVIEW in subject])


def news(client: Client, mailbox: Mailbox, who: str, kind: str, n: int = 0) -> None:
    """SES tells of the n-th mail that somebody got."""
    mails = [mail for mail in mailbox.messages if mail.to == (address(who),)]
    client.site.mail_event(mails[n], kind)


@pytest.mark.both_engines
@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
def test_the_stand_in_is_asked_and_the_desk_says_why(client: Client, kind: str) -> None:
    reference = councillor_asks(client)
    client.mail_event(address("clerk"), kind)
    assert "Mail to the officer who was asked came back" in client.mail_to(address("chair"), REVIEW)["text"]
    for who in ("clerk", "chair", "vicechair"):
        desk = words(signed_in(client, who).get("/desk"))
        assert "Look at this Mail to Mrs Ruth Penhallow came back" in desk
    page = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert "It was put to Mrs Ruth Penhallow, then Cllr Alan Thistlewood" in page
    assert "Mail to Mrs Ruth Penhallow came back." in page
    assert "Mail to the officer came back" in page
    assert {"Bounce": "could not be delivered", "Complaint": "marked as unwanted"}[kind] in page
    clerk_decides(client, who="chair")
    assert state_of(reference) == "approved"


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "events",
    [("Bounce", "Bounce"), ("Delivery", "Bounce"), ("Bounce", "Delivery"), ("Bounce", "Complaint", "Delivery")],
    ids="-".join,
)
def test_news_doubled_or_out_of_order_counts_once(
    client: Client, mailbox: Mailbox, engine: Engine, table: str, events: tuple[str, ...]
) -> None:
    reference = councillor_asks(client)
    for kind in events:
        news(client, mailbox, "clerk", kind)
    before = table_dump(engine, table)
    for kind in events:
        news(client, mailbox, "clerk", kind)
    assert table_dump(engine, table) == before
    assert reviews(client, "chair") == 1
    history = words(signed_in(client, "chair").get(f"/check/{reference}"))
    assert history.count("Mail to the officer came back") == 1
    assert "Verified Each of the 2 entries follows" in history


@pytest.mark.both_engines
def test_a_delivery_changes_nothing_but_what_is_said_of_the_mail(client: Client) -> None:
    reference = councillor_asks(client)
    client.mail_event(address("clerk"), "Delivery")
    page = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert "Request to decide to Mrs Ruth Penhallow: delivered" in page
    assert reviews(client, "chair") == 0


def test_a_mailbox_that_is_full_for_a_day_is_not_out_of_reach(client: Client) -> None:
    councillor_asks(client)
    client.web.post_json("/_local/mail-event", {"to": address("clerk"), "type": "Bounce", "transient": True})
    assert reviews(client, "chair") == 0
    assert "came back" not in words(signed_in(client, "clerk").get("/desk"))


@pytest.mark.both_engines
def test_what_comes_back_too_late_changes_nothing(client: Client, mailbox: Mailbox) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    asks(councillor, text="Another text.", reference=reference, version="2")
    news(client, mailbox, "clerk", "Bounce")
    assert reviews(client, "chair") == 0  # It was about the first version.
    clerk_decides(client)
    news(client, mailbox, "clerk", "Bounce", 1)
    assert reviews(client, "chair") == 0
    assert state_of(reference) == "approved"
    client.mail_event(address("councillor1"), "Bounce")
    assert state_of(reference) == "approved"


@pytest.mark.both_engines
def test_when_nobody_can_be_reached_the_desk_says_so_and_whoever_joins_is_asked(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    for who in ("clerk", "chair", "vicechair"):
        assert reviews(client, who) == 1
        client.mail_event(address(who), "Bounce")
    desk = words(signed_in(client, "clerk").get("/desk"))
    assert "Mail to Mrs Ruth Penhallow, Cllr Alan Thistlewood, Cllr Priya Marchbanks came back" in desk
    client.tick(clock.move(days=1))
    assert [reviews(client, who) for who in ("clerk", "chair", "vicechair")] == [1, 1, 1]
    assert state_of(reference) == "waiting"
    joins("deputy", "Bronwen Achterberg", "deputy-clerk")
    client.tick(clock.move(hours=1))
    assert reviews(client, "deputy") == 1
    clerk_decides(client, who="deputy")
    assert state_of(reference) == "approved"


def test_a_reminder_goes_to_whoever_can_be_reached(client: Client, clock: Clock) -> None:
    councillor_asks(client)
    client.mail_event(address("clerk"), "Bounce")
    client.tick(clock.move(days=1))
    assert reviews(client, "chair") == 2
    # The Clerk's mailbox may have been put right since: one more mail does no harm.
    assert reviews(client, "clerk") == 2
