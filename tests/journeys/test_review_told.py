"""The annual review's mails: each notice in its time and in words for who reads it, the links to the statements, mail
that comes back; and what the desk says of it all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.store import Store
from tests.journeys.reviewing import (
    DUE,
    MEETING,
    SIGN,
    actions,
    chair_signs,
    changed_into,
    clerk_signs,
    opened,
    resolved,
)
from tests.journeys.steps import (
    address,
    joins,
    leaves,
    link_for,
    presses,
    signed_in,
    subjects_to,
    table_dump,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

pytestmark = pytest.mark.usefixtures("bell")


def test_the_daily_run_announces_opens_reminds_and_goes_on_reminding(client: Client, store: Store) -> None:
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    for who in ("clerk", "chair"):
        assert subjects_to(client, who) == ["The annual review of the policy is overdue"]
    assert "18 months ago" in client.mail_to(address("clerk"), "overdue")["text"]
    client.tick(datetime(2026, 12, 14, 6, tzinfo=UTC))
    client.tick(datetime(2026, 12, 15, 6, tzinfo=UTC))
    assert len(subjects_to(client, "clerk")) == 2
    assert actions(store) == ["open", "notify"]
    client.tick(datetime(2026, 12, 14, 6, tzinfo=UTC))  # An event that comes late, and once more.
    assert client.get("/healthz").json == {"status": "ready", "last_tick": "2026-12-15T06:00:00Z"}


def test_each_notice_says_what_is_to_be_done(client: Client, clock: Clock) -> None:
    resolved(client)
    due = datetime(2027, 11, 17, 6, tzinfo=UTC)
    told = {}
    for days in (-90, -60, -30, 0, 30):
        client.tick(due + timedelta(days=days))
        mail = client.mail_to(address("clerk"), "annual review of the policy")
        told[mail["subject"]] = mail["text"]
    assert list(told) == [
        "The annual review of the policy is due in three months, on 17 November 2027",
        "The annual review of the policy is open",
        "The annual review of the policy is due in a month, on 17 November 2027",
        "The annual review of the policy is due today",
        "The annual review of the policy is overdue",
    ]
    assert "a month ago, and is still open" in told["The annual review of the policy is overdue"]
    assert all("/review\n" in text for text in told.values())
    overdue = client.mail_to(address("chair"), "is overdue")["text"]
    assert "ask the Clerk to record that" in overdue
    assert "You get this as Chair of" in overdue
    assert "ask the Clerk" not in told["The annual review of the policy is overdue"]


def test_the_deputy_and_the_vice_chair_stand_in(client: Client, store: Store) -> None:
    joins("deputy", "Dora Pym", "deputy-clerk")
    leaves("clerk")
    deputy = opened(client, "deputy")
    signed_in(client, "chair").get(f"/review/{DUE}/resolution", status=404)
    leaves_as_chair = changed_into(store, "chair", "councillor")
    deputy.submit(deputy.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    assert leaves_as_chair not in {mail["to"] for mail in client.inbox() if SIGN in mail["subject"]}
    vice = client.another()
    page = vice.get(link_for(client, "vicechair", SIGN))
    assert "Cllr Priya Marchbanks , Vice-Chair" in words(page)
    vice.submit(page, confirmed=True)
    # Whoever gave one statement and comes to hold the other office gives no second.
    changed_into(store, "vicechair", "clerk")
    clerk = signed_in(client, "vicechair")
    assert "Nobody holds the office" in words(clerk.follow(presses(clerk, f"/review/{DUE}/links")))
    assert "sign-as-clerk" not in actions(store)


def test_scanners_open_the_links_of_the_statements_and_change_nothing(
    client: Client, engine: Engine, table: str
) -> None:
    resolved(client)
    scanner, before = client.another(), table_dump(engine, table)
    for who in ("clerk", "chair"):
        for _ in range(10):
            scanner.get(link_for(client, who, SIGN))
            scanner.head(link_for(client, who, SIGN))
    assert table_dump(engine, table) == before


def test_links_are_sent_again_and_old_ones_say_why_they_do_not_work(client: Client, clock: Clock) -> None:
    clerk = resolved(client)
    link = link_for(client, "chair", SIGN)
    clock.move(days=31)
    clerk = signed_in(client, "clerk")
    assert "too old" in words(client.another().get(link, status=410))
    for _ in range(2):
        page = clerk.follow(presses(clerk, f"/review/{DUE}/links"))
        assert "New links are on their way" in words(page)
    assert subjects_to(client, "chair").count("Your statement on the annual review of the policy") == 2
    client.another().submit(client.another().get(link_for(client, "chair", SIGN)), confirmed=True)
    assert "not one of ours" in words(client.get("/sign-review/" + "x" * 43, status=404))


def test_the_desk_says_what_falls_due_and_whether_the_daily_run_still_comes(client: Client, clock: Clock) -> None:
    def desk(who: str = "clerk") -> str:
        return words(signed_in(client, who).get("/desk"))

    assert "14 May 2025 Overdue What The annual review of the policy is due" in desk("vicechair")
    assert "The daily run has not come yet" in desk()
    client.tick(clock())
    assert "14 May 2025 Overdue What The annual review of the policy is due" in desk()
    clock.move(hours=26)
    assert "The daily run last came on 23 November 2026 at 9:00am" in desk()
    assert "Reminders wait" not in desk()
    clock.move(minutes=1)
    assert "Look at this The daily run last came on 23 November 2026 at 9:00am. Reminders wait" in desk()
    clerk = signed_in(client, "clerk")
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned)
    assert "8 December 2026 What The Council considers the annual review" in desk()
    clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    assert "was due on 14 May 2025: resolved, two statements to come" in desk()
    assert "The annual review of the policy is due" not in desk()
    clock.at = datetime(2027, 9, 1, 9, tzinfo=UTC)
    client.tick(clock())
    assert "18 September 2027 What The annual review of the policy opens" in desk()
    assert "17 November 2027 What The annual review of the policy is due" in desk()


def test_mail_that_comes_back_goes_to_the_next_officer_and_shows(client: Client, store: Store) -> None:
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    before = len(subjects_to(client, "chair"))
    for _ in range(2):
        client.mail_event(address("clerk"), "Bounce")
    assert len(subjects_to(client, "chair")) == before + 1
    mail = client.mail_to(address("chair"), "did not reach Mrs Ruth Penhallow")
    assert "It said: The annual review of the policy is overdue." in mail["text"]
    for who in ("chair", "vicechair"):
        assert "Mail about the annual review came back: Mrs Ruth Penhallow" in words(
            signed_in(client, who).get("/desk")
        )
        assert "Mail about this review came back: Mrs Ruth Penhallow." in words(signed_in(client, who).get("/review"))
    # The Chair's comes back too, and is about the first still; the next notice tries both again.
    client.mail_event(address("chair"), "Bounce")
    assert "did not reach Mrs Ruth Penhallow" in subjects_to(client, "vicechair")[-1]
    client.tick(datetime(2026, 12, 14, 6, tzinfo=UTC))
    assert "came back" not in words(signed_in(client, "chair").get("/review"))
    assert actions(store) == ["open", "undeliverable", "undeliverable", "notify"]
    history = words(signed_in(client, "chair").get(f"/review/{DUE}"))
    assert "To: Mrs Ruth Penhallow Told instead: Cllr Alan Thistlewood" in history


def test_a_statements_mail_that_comes_back_is_told_until_it_is_given(client: Client, store: Store) -> None:
    resolved(client)
    client.mail_event(address("chair"), "Bounce")
    mail = client.mail_to(address("clerk"), "did not reach Cllr Alan Thistlewood")
    assert "the statement that falls to them as Chair" in mail["text"]
    told = "Mail about the annual review came back: Cllr Alan Thistlewood"
    assert told in words(signed_in(client, "clerk").get("/desk"))
    chair_signs(client)
    assert told not in words(signed_in(client, "clerk").get("/desk"))
    clerk_signs(client)
    # Of a review that is closed nothing waits for the mail.
    client.mail_event(address("clerk"), "Bounce")
    assert actions(store)[-1] == "sign-as-clerk"
