"""SES refuses, throttles, hangs, or takes a mail and loses its answer: what was done stands, the mail comes later."""

from __future__ import annotations

import re

import pytest

from chalicelib import aws, wiring
from chalicelib.mail import Mailer
from infra.local.mailbox import Mailbox
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    councillor_asks,
    link_for,
    presses,
    signed_in,
    state_of,
    subjects_to,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock


@pytest.fixture
def hurried(client: Client, monkeypatch: pytest.MonkeyPatch) -> Mailer:
    """A sender that waits for SES for a fraction of a second only, and asks once."""
    assert client.inbox() == []
    monkeypatch.setattr(aws, "READ_SECONDS", 0.2)
    monkeypatch.setattr(aws, "ATTEMPTS", 1)
    return Mailer(aws.client("sesv2"), wiring.settings().mail_from, "")


def texts(client: Client, who: str, subject: str) -> list[tuple[str, str]]:
    """What every mail to somebody about this says, in both its halves."""
    return [
        (mail["text"], mail["html"])
        for mail in client.inbox()
        if mail["to"] == address(who) and subject in mail["subject"]
    ]


@pytest.mark.parametrize("how", ["refuse", "throttle", "hang"])
def test_a_request_stands_and_its_mail_comes_by_itself(client: Client, hurried: Mailer, clock: Clock, how: str) -> None:
    patient = wiring.mailer()
    wiring.use(mailer=hurried)
    client.mail_fails(how)
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    page = councillor.get(f"/check/{reference}?done=sent")
    assert "Your request has been sent" in words(page)
    assert words(page).count("delayed: it is tried again by itself") == 2
    # The Clerk finds it on the desk without any mail.
    assert reference in words(signed_in(client, "clerk").get("/desk"))
    client.tick(clock.move(minutes=2))
    assert client.inbox() == []

    wiring.use(mailer=patient)
    client.mail_recovers()
    client.tick(clock.move(minutes=4))
    assert [len(subjects_to(client, who)) for who in ("clerk", "councillor1")] == [1, 1]
    clerk_decides(client)
    assert state_of(reference) == "approved"
    client.tick(clock.move(hours=1))
    assert len(texts(client, "councillor1", "Approved")) == 1


@pytest.mark.both_engines
def test_a_decision_made_while_ses_is_down_is_told_when_it_recovers(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    client.mail_fails()
    clerk = client.another()
    page = clerk.follow(clerk.submit(clerk.get(link), decision="reject", reason="Not this."))
    assert "Your decision is recorded" in words(page)
    assert texts(client, "councillor1", "Rejected") == []
    assert "Not this." in words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    client.mail_recovers()
    client.tick(clock.move(minutes=2))
    assert len(texts(client, "councillor1", "Rejected")) == 1
    assert [len(texts(client, who, "Receipt")) for who in ("clerk", "chair")] == [1, 1]


@pytest.mark.both_engines
def test_a_decision_that_is_overtaken_before_its_mail_goes_is_never_told(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    client.mail_fails()
    clerk = client.another()
    clerk.submit(clerk.get(link), decision="ask-for-changes", reason="First thoughts.")
    asks(signed_in(client, "councillor1"), text="Another text.", reference=reference, version="2")
    client.mail_recovers()
    client.tick(clock.move(minutes=2))
    clerk_decides(client, "reject", reason="Second thoughts.")
    assert not [mail for mail in client.inbox() if "First thoughts." in mail["text"]]
    assert len(texts(client, "councillor1", "Rejected")) == 1
    assert len(texts(client, "councillor1", "Changes asked for")) == 0


@pytest.mark.both_engines
@pytest.mark.parametrize("delivered", [True, False])
def test_an_answer_that_is_lost_makes_no_second_decision_with_other_words(
    client: Client, clock: Clock, delivered: bool
) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    client.mail_fails("lose")
    clerk = client.another()
    clerk.submit(clerk.get(link), decision="approve-with-edits", text="On Tuesday.", reason="Not on Monday.")
    told = texts(client, "councillor1", "Approved with edits")
    assert len(set(told)) == 1
    if delivered:
        # SES's own news of the mail does for the answer that was lost.
        for who in ("councillor1", "clerk", "chair"):
            client.mail_event(address(who), "Delivery")
    client.mail_recovers()
    clock.move(minutes=2)
    presses(signed_in(client, "councillor1"), f"/check/{reference}/never-posted")
    for _ in range(3):
        client.tick(clock.move(minutes=2))
    after = texts(client, "councillor1", "Approved with edits")
    assert set(after) == set(told)
    assert len(after) == len(told) + (not delivered)
    assert state_of(reference) == "not-posted"


def test_a_mail_that_dies_between_acceptance_and_bookkeeping_keeps_its_words_and_its_links(
    client: Client, clock: Clock, mailbox: Mailbox
) -> None:
    client.mail_fails("lose")
    reference = councillor_asks(client)
    client.mail_recovers()
    client.tick(clock.move(minutes=2))
    reviews = [mail.part("plain") for mail in mailbox.messages if REVIEW in mail.subject()]
    links = {line for text in reviews for line in text.splitlines() if "/decide/" in line}
    # Each attempt has a link of its own, and every one of them works; but for that they say the same.
    assert len(reviews) >= len(links) == 2
    assert len({re.sub(r"/decide/\S+", "", text) for text in reviews}) == 1
    first, second = links
    clerk = client.another()
    clerk.submit(clerk.get(first), decision="approve")
    assert "Your decision is recorded" in words(clerk.get(second))
    assert state_of(reference) == "approved"


def test_a_mail_about_a_request_that_was_withdrawn_meanwhile_is_not_sent(client: Client, clock: Clock) -> None:
    client.mail_fails()
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    presses(councillor, f"/check/{reference}/withdraw")
    client.mail_recovers()
    client.tick(clock.move(minutes=2))
    # It has lost its point: the Clerk only hears that there is nothing to do.
    assert subjects_to(client, "clerk") == [f"Nothing to do: request {reference} was withdrawn"]
