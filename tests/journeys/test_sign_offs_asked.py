"""Whoever has to sign is asked, reminded and listed, wherever mail finds them; and whoever left is not."""

from __future__ import annotations

import re
from datetime import timedelta

from chalicelib import wiring
from tests.journeys.signing_off import SIGN, campaign, clerk_adopts, signature
from tests.journeys.steps import (
    address,
    changes,
    joins,
    leaves,
    link_for,
    presses,
    signed_in,
    subjects_to,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock


def test_who_joins_is_asked_and_who_leaves_is_not_reminded(client: Client, clock: Clock) -> None:
    joins("nell", "Nell Fox", "councillor", since="2026-11-23")
    joins("later", "Lata Singh", "councillor", since="2026-12-01")
    campaign(client)
    assert SIGN in subjects_to(client, "nell")[0]
    assert "Everybody on the Council" in client.mail_to(address("nell"))["text"]
    assert subjects_to(client, "later") == []
    assert "Not yet" not in words(signed_in(client, "clerk").get("/signoffs"))
    client.tick(clock.move(days=8))  # 1 December: the day on which she joins, and past the first reminder.
    assert [SIGN in subject for subject in subjects_to(client, "later")] == [True]
    assert "Reminder" in subjects_to(client, "nell")[1]
    leaves("nell")
    client.tick(clock.move(days=8))
    assert len(subjects_to(client, "nell")) == 2
    record = wiring.store().get("sign-off", "nell")
    assert record is not None
    assert record.state == "excused"


def test_three_reminders_then_the_clerk_has_the_list(client: Client, clock: Clock) -> None:
    joins("nell", "Nell Fox", "councillor", since="2026-11-23")
    campaign(client)
    start = clock()
    told = []
    for day in range(1, 40):
        client.tick(start + timedelta(days=day))
        told.append(len(subjects_to(client, "nell")))
    # The mail that asks, then on days 7, 14 and 28; doubled ticks change nothing.
    assert [told.index(count) + 1 for count in (2, 3, 4)] == [7, 14, 28]
    assert "Last reminder" in subjects_to(client, "nell")[-1]
    lists = [mail for mail in client.inbox() if mail["to"] == address("clerk")]
    assert [mail["subject"] for mail in lists] == ["2 people have not signed version 1 of the policy"]
    assert "- Mr Joe Farrant, asked on 23 November 2026 at 9:00am" in lists[0]["text"]
    assert "- Ms Nell Fox" in lists[0]["text"]
    # It came back, and so does the one that the Chair gets instead: each goes on once.
    for who, instead in (("clerk", "chair"), ("clerk", "chair"), ("chair", "vicechair")):
        client.mail_event(address(who), "Bounce")
        mail = client.mail_to(address(instead), "have not signed version 1")
        assert "This was sent to Mrs Ruth Penhallow and came back." in mail["text"]
        assert "- Ms Nell Fox" in mail["text"]
    assert len([subject for subject in subjects_to(client, "chair") if "have not signed" in subject]) == 1
    client.tick(start + timedelta(days=28))
    assert len(subjects_to(client, "nell")) == 4


def test_a_mail_that_came_back_is_seen_until_another_goes(client: Client, clock: Clock) -> None:
    clerk_adopts()
    campaign(client)
    client.mail_event(address("assistant"), "Bounce")
    client.mail_event(address("assistant"), "Bounce")
    clerk = signed_in(client, "clerk")
    assert words(clerk.get("/signoffs")).count("Undeliverable The mail came back") == 1
    desk = words(signed_in(client, "chair").get("/desk"))
    assert "The mail that asks to sign the policy came back: Mr Joe Farrant" in desk
    assert "9 people have not signed the policy" in desk
    assert "Reminder to sign the policy, if they have not by then: 9 people" in desk
    assert "The Clerk gets the list of those who have not signed the policy: 9 people" in desk
    page = clerk.get("/signoffs/assistant")
    assert "could not be delivered" in words(page)
    assert "look at their address" in words(page)
    # Once a day, the Clerk may have another mail sent.
    refused = clerk.submit(page, status=429)
    assert "A mail went to them" in words(refused)
    clock.move(days=1)
    clerk = signed_in(client, "clerk")
    assert "Another mail is on its way" in words(clerk.follow(clerk.submit(clerk.get("/signoffs/assistant"))))
    assert "A new link" in subjects_to(client, "assistant")[-1]
    assert "Undeliverable" not in words(clerk.get("/signoffs"))
    clerk.get("/signoffs/assistant/ask", status=303)
    for status in (303, 429):
        presses(clerk, "/signoffs/councillor1/ask", status)
    leaves("assistant")
    before = len(subjects_to(client, "assistant"))
    presses(clerk, "/signoffs/assistant/ask")
    assert len(subjects_to(client, "assistant")) == before
    signed_in(client, "chair").post(
        "/signoffs/assistant/ask", "", 404, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )


def test_mail_that_waited_is_not_sent_to_somebody_who_has_signed_meanwhile(client: Client, clock: Clock) -> None:
    client.mail_fails()
    clerk_adopts()
    campaign(client)
    tom = signed_in(client, "councillor1")
    tom.submit(tom.get("/sign-off"), read=True)
    leaves("councillor2")
    client.mail_recovers()
    client.tick(clock.move(days=1))
    assert subjects_to(client, "councillor1") == subjects_to(client, "councillor2") == []
    assert len(subjects_to(client, "councillor3")) == 1
    assert "not sent, as it was not needed any more" in words(signed_in(client, "clerk").get("/signoffs/councillor1"))


def test_a_link_dies_with_its_owner(client: Client, clock: Clock) -> None:
    clerk_adopts()
    campaign(client)
    link = link_for(client, "councillor1", SIGN)
    leaves("councillor1")
    page = client.another().get(link, status=410)
    assert "no longer on the Council" in words(page)
    client.another().post(link, {"read": "y"}, status=410)
    assert not signature("councillor1", 2)


def test_a_new_address_gets_a_new_link_once(client: Client, clock: Clock) -> None:
    clerk_adopts()
    campaign(client)
    dead = link_for(client, "councillor1", SIGN)
    client.mail_event(address("councillor1"), "Bounce")
    clock.move(hours=1)
    changes("councillor1", email="tom@eldersfield.example")
    for _ in range(2):
        campaign(client)
    client.another().get(dead, status=410)
    (mail,) = [
        found for found in client.inbox() if found["to"] == "tom@eldersfield.example" and SIGN in found["subject"]
    ]
    assert "was ended, as it is when an e-mail address on the register is changed" in mail["text"]
    page = words(signed_in(client, "clerk").get("/signoffs/councillor1"))
    assert "Sent a new link, as the one before was ended" in page
    assert "look at their address" not in page
    changes("councillor1", title="Mr")
    campaign(client)
    assert "A new link" in client.mail_to("tom@eldersfield.example", SIGN)["subject"]
    tom = client.another()
    (fresh,) = re.findall(r"http\S+/sign-off/\S+", mail["text"])
    tom.submit(tom.get(fresh), read=True)
    assert signature("councillor1", 2)
