"""The form as people really use it: left half-way, corrected from its last page, sent back with a message."""

from __future__ import annotations

import pytest

from chalicelib.checks.service import requests
from chalicelib.store import Store
from tests.journeys.steps import (
    asks,
    clerk_decides,
    councillor_asks,
    message_at,
    parts,
    presses,
    reference_of,
    signed_in,
    typed_in,
    words,
)
from tests.support.builders import FORM, TEXT, Requests
from tests.support.client import Client
from tests.support.clock import Clock

BEGUN = "You have a check that you began"


def test_a_form_that_was_begun_can_be_gone_on_with_or_thrown_away(client: Client, clock: Clock, store: Store) -> None:
    councillor = signed_in(client, "councillor1")
    assert BEGUN not in words(councillor.get("/checks"))
    for text in ("First thoughts", "Second thoughts"):
        page = councillor.follow(councillor.submit(councillor.get("/check"), in_name_of="own"))
        page = councillor.follow(councillor.submit(page, platform="facebook"))
        councillor.submit(page, text=text)
        clock.move(minutes=1)
    page = councillor.get("/check").click("go on with it under My requests")
    assert f"{BEGUN}: “Second thoughts”. It has not been sent." in words(page)
    assert words(page).count(BEGUN) == 2
    page = page.click("with Second thoughts")
    assert "Second thoughts" in words(page)
    reference = str(page.request.path).split("/")[-2]
    assert BEGUN not in words(signed_in(client, "councillor2").get("/checks"))
    presses(signed_in(client, "councillor2"), f"/check/new/{reference}/throw-away")
    # Thrown away twice is thrown away once; only one's own is.
    assert words(councillor.get("/checks")).count(BEGUN) == 2
    for _ in range(2):
        page = councillor.follow(presses(councillor, f"/check/new/{reference}/throw-away"))
        assert "What you had begun has been thrown away" in words(page)
        assert "Second thoughts" not in words(page)
        assert "First thoughts" in words(page)
    councillor.get(f"/check/new/{reference}/throw-away", status=303)
    councillor.get("/check/new/nonsense/throw-away", status=404)
    presses(councillor, "/check/new/nonsense/throw-away", 404)
    # What is sent is not begun any more, and what is old is forgotten.
    page = councillor.get("/checks").click("with First thoughts")
    sent = reference_of(councillor.submit(page))
    assert requests.find(store, sent).data["answers"]["text"] == "First thoughts"
    assert BEGUN not in words(councillor.get("/checks"))
    councillor.submit(councillor.get("/check"), in_name_of="own")
    assert BEGUN in words(councillor.get("/checks"))
    clock.move(days=8)
    assert BEGUN not in words(signed_in(client, "councillor1").get("/checks"))


def test_a_correction_that_is_sent_back_still_leads_to_the_last_page(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    page = councillor.follow(presses(councillor, f"/check/{reference}/change"))
    page = page.click(href=f"/check/new/{reference}/what", index=0)
    page = councillor.submit(page, 422, text="x" * 10_001)
    assert "must be 10,000 characters or fewer" in message_at(page, "text")
    page = councillor.follow(councillor.submit(page, text="Shorter"))
    assert words(page, "h1") == "Check your answers"


def test_a_wanted_day_lies_ahead(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    told = "The day on which you would like to post it must be today or later"
    for day in ("2026-11-23", "2027-03-01"):
        councillor.post("/check", {**FORM, "when": day}, status=303)
    page = councillor.post("/check", {**FORM, "when": "2026-11-22"}, status=422)
    assert message_at(page, "when").endswith(told)
    page = councillor.post(
        "/check/new/7F3K-9QXM/when", {"when-day": "1", "when-month": "1", "when-year": "2026"}, status=422
    )
    assert message_at(page, "when").endswith(told)
    assert typed_in(page, "when-year") == "2026"


def test_a_day_that_has_gone_by_since_is_asked_for_anew(client: Client, clock: Clock) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor, when="2026-11-24")
    clock.move(days=3)
    councillor = signed_in(client, "councillor1")
    page = councillor.follow(presses(councillor, f"/check/{reference}/change"))
    assert "must be today or later" in words(page)
    page = councillor.submit(page.click("must be today or later"), **{"when-day": "30"})
    assert words(councillor.follow(page), "h1") == "Check your answers"


@pytest.mark.parametrize(
    "link",
    [
        *("https://a.example/", "http://a.example/x?y=z#w", "www.example.org", "example.org/a/b", "HTTPS://A.Example"),
        *("https://käse.example/ä", "https://a.example:8443/x", "facebook.com/groups/1", "https://a.example/?q=<b>"),
    ],
)
def test_what_looks_like_a_link_is_taken(client: Client, link: str) -> None:
    signed_in(client, "councillor1").post("/check", {**FORM, "links": f" {link} "}, status=303)


@pytest.mark.parametrize(
    "link",
    ["see below", "the hall", "javascript:alert(1)", "mailto:a@b.example", "ftp://a.example", "https://", "12.30"],
)
def test_what_does_not_is_named(client: Client, link: str) -> None:
    page = signed_in(client, "councillor1").post(
        "/check", {**FORM, "links": f"https://a.example/\n{link}\n"}, status=422
    )
    assert message_at(page, "links").endswith(
        f"“{link}” does not look like a link. Write each on a line of its own, like www.example.org/page"
    )
    assert link in typed_in(page, "links")


def test_many_that_do_not_are_told_in_one_line(client: Client) -> None:
    links = "\n".join(f"no link {n} {'x' * 80}" for n in range(5))
    page = signed_in(client, "councillor1").post("/check", {**FORM, "links": links}, status=422)
    assert "…” and 2 more do not look like links" in message_at(page, "links")


def test_somewhere_else_asks_for_where(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    page = councillor.post("/check", {**FORM, "platform": "other"}, status=422)
    assert message_at(page, "account").endswith("You chose “Somewhere else”: say where you would post it")
    reference = asks(councillor, platform="other", account="The village notice board app")
    assert "Somewhere else: The village notice board app" in words(councillor.get(f"/check/{reference}"))


def test_what_the_officer_said_stands_beside_the_form_that_changes_it(client: Client, a_request: Requests) -> None:
    reference = councillor_asks(client)
    clerk_decides(client, "approve-with-edits", text=f"{TEXT} Bring a chair.", reason="There are few chairs.")
    councillor = signed_in(client, "councillor1")
    page = councillor.follow(presses(councillor, f"/check/{reference}/change"))
    for shown in (page, page.click(href=f"/check/new/{reference}/what", index=0)):
        assert "What Mrs Ruth Penhallow said: Approved with edits" in words(shown)
        assert "There are few chairs." in parts(shown, ".cw-exact")
        assert "Bring a chair." in words(shown, "ins.cw-added:not(.cw-diff__legend ins)")
    assert "said:" not in words(councillor.get("/check"))
    undecided = asks(councillor)
    page = councillor.follow(presses(councillor, f"/check/{undecided}/change"))
    assert "said:" not in words(page)


def test_the_hint_about_a_colleague_leads_to_where_they_are_ticked(client: Client) -> None:
    reference = councillor_asks(client, text="Thanks to Grace Okonjo-Webb.")
    councillor = signed_in(client, "councillor1")
    page = councillor.follow(presses(councillor, f"/check/{reference}/change"))
    people = page.click("tick them under who is named")
    assert "named or meant" in words(people)
    assert "tick them" not in words(councillor.get(f"/check/{reference}"))


def test_late_mail_is_told_as_it_is(client: Client, clock: Clock) -> None:
    client.mail_fails()
    reference = councillor_asks(client)
    client.site.run_outbox()
    councillor = signed_in(client, "councillor1")
    page = words(councillor.get(f"/check/{reference}"))
    assert "Your request stands: it is on the officer’s desk already" in page
    assert reference in signed_in(client, "clerk").get("/desk").text
    client.mail_recovers()
    clock.move(minutes=10)
    client.site.run_outbox()
    assert "Your request stands" not in words(councillor.get(f"/check/{reference}"))
