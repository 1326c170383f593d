"""The policy is read and signed: by link, signed in, and on the way to a check."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import wiring
from chalicelib.policy import shelf
from chalicelib.record import sha256
from tests.journeys.signing_off import NEVER, SIGN, campaign, clerk_adopts, current, signature
from tests.journeys.steps import (
    address,
    asks,
    follows_link,
    link_for,
    message_at,
    presses,
    signed_in,
    soup,
    state_of,
    subjects_to,
    typed_in,
    words,
)
from tests.support.builders import FORM
from tests.support.client import Client
from tests.support.clock import Clock


@pytest.mark.both_engines
def test_everybody_signs_a_material_version_by_the_link(client: Client, clock: Clock) -> None:
    clock.move(days=1)
    number = clerk_adopts()
    campaign(client)
    mail = client.mail_to(address("councillor1"), SIGN)
    assert "You signed version 1" in mail["text"]
    assert "adopted version 2 on 20 November 2026 (minute 26/101)" in mail["text"]
    assert sorted({found["to"] for found in client.inbox()}) == sorted(
        address(who) for who in ("assistant", "chair", "clerk", "vicechair", *(f"councillor{n}" for n in range(1, 6)))
    )
    tom = client.another()
    link = link_for(client, "councillor1", SIGN)
    page = tom.get(link)
    # Every word that was adopted stands on the page, in its order.
    shown = " ".join(words(page).split())
    for clause in current().clauses:
        for said in (clause.heading, *clause.text.split("\n")):
            assert " ".join(said.split()) in shown
    assert "see what changed" in shown
    assert NEVER in message_at(tom.submit(page, status=422), "read")
    assert signature("councillor1", 2) == {}
    at = clock.move(hours=3)
    done = tom.submit(tom.get(link), read=True)
    assert "You have signed the policy" in words(tom.follow(done))
    assert signature("councillor1", number) == {
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "how": "link",
        "sha256": sha256(current().text),
    }
    # Opened again, and pressed again, it says what was signed and when, and nothing more is written.
    assert "Version 2 Signed by Cllr Tom Eldersfield When 24 November 2026 at 12:00pm" in words(tom.get(link))
    again = tom.post(link, {"read": "y", "shown": f"2.{current().sha256}"})
    assert "You have signed the policy" in words(tom.follow(again))
    record = wiring.store().get("sign-off", "councillor1")
    assert record is not None
    assert (record.state, record.version) == ("signed", 3)


def test_a_change_that_does_not_matter_asks_only_those_who_have_not_signed(client: Client, clock: Clock) -> None:
    old = client.another()
    client.site.run_outbox()
    clock.move(days=1)
    clerk_adopts(material=False)
    campaign(client)
    assert {found["to"] for found in client.inbox()} == {address("assistant")}
    page = words(signed_in(client, "councillor1").get("/sign-off"))
    assert "Version 2 is in force. It changed nothing that matters" in page
    register = words(signed_in(client, "clerk").get("/signoffs"))
    assert "0 have signed it, 1 has not. 8 need not" in register
    old.get("/sign-off", status=303)


def test_an_unsigned_person_is_led_to_the_policy_and_back_with_what_they_typed(client: Client) -> None:
    joe = signed_in(client, "assistant")
    led = joe.get("/check", status=303)
    assert urlsplit(str(led.location)).path.endswith("/sign-off")
    page = joe.follow(led)
    assert "what you have typed is kept" in words(page)
    # A whole request, as a script or a page from before the adoption sends it.
    sent = joe.post("/check", dict(FORM))
    on = parse_qs(urlsplit(str(sent.location)).query)["next"][0]
    assert on.endswith("/answers")
    page = joe.submit(joe.follow(sent), status=422)
    assert typed_in(page, "next") == on
    back = joe.submit(page, read=True)
    assert str(back.location).endswith(on)
    answers = joe.follow(back)
    assert FORM["text"] in words(answers)
    reference = on.split("/")[3]
    joe.submit(answers)
    assert state_of(reference) == "waiting"
    assert signature("assistant", 1)["how"] == "signed-in"


def test_the_wizard_keeps_each_answer_when_the_policy_changes_in_the_middle(client: Client, clock: Clock) -> None:
    tom = signed_in(client, "councillor1")
    page = tom.follow(tom.submit(tom.get("/check"), in_name_of="council"))
    clock.move(hours=1)
    clerk_adopts()
    led = tom.follow(tom.submit(page, platform="facebook"), 303)  # The answer is saved; the next page leads on.
    page = tom.follow(tom.submit(tom.follow(led), read=True))
    assert page.request.path.endswith("/what")
    back = str(soup(page).select_one("a.govuk-back-link")["href"])  # type: ignore[index]  # the page has one
    assert "facebook" in tom.get(back).text


def test_invalid_forms_come_back_before_anybody_is_led_away(client: Client) -> None:
    joe = signed_in(client, "assistant")
    page = joe.post("/check", {**FORM, "text": "", "question": ""}, status=422)
    assert "There is a problem" in words(page)


def test_links_that_are_too_old_or_for_a_version_before(client: Client, clock: Clock) -> None:
    clerk_adopts()
    campaign(client)
    link = link_for(client, "councillor1", SIGN)
    clock.move(days=1)
    clerk_adopts("2026-11-23", words_="Do not shout.")
    # A link for version 2 leads on to version 3, and signs that.
    tom = client.another()
    page = tom.get(link)
    assert "Your link was sent for version 2. The Council has adopted version 3 since" in words(page)
    tom.submit(page, read=True)
    assert signature("councillor1", 3)["sha256"] == current().sha256
    assert signature("councillor1", 2) == {}
    campaign(client)
    clock.move(days=31)
    # Too old, and not signed: a new one goes to the registered address, once a minute.
    link = link_for(client, "councillor2", SIGN)
    page = client.another().get(link, status=410)
    assert "This link is too old" in words(page)
    before = len(subjects_to(client, "councillor2"))
    for _ in range(2):
        assert "Look in your e-mail" in words(client.another().submit(page, status=200))
    assert len(subjects_to(client, "councillor2")) == before + 1
    assert "A new link" in subjects_to(client, "councillor2")[-1]
    fresh = client.another()
    fresh.submit(fresh.get(link_for(client, "councillor2", "A new link")), read=True)
    assert signature("councillor2", 3)
    # Too old, and signed long ago: it says so. Nobody gets another.
    clock.move(days=40)
    link = link_for(client, "councillor2", "A new link")
    assert "Version 3 Signed by" in words(client.another().get(link))
    before = len(subjects_to(client, "councillor2"))
    presses(client.another(), urlsplit(link).path.removeprefix("/api") + "/new", 200)
    assert len(subjects_to(client, "councillor2")) == before
    assert "not one of ours" in words(client.another().get("/sign-off/" + "x" * 43, status=404))


def test_a_form_of_another_text_signs_nothing(client: Client, clock: Clock) -> None:
    joe = signed_in(client, "assistant")
    page = joe.get("/sign-off")
    clock.move(minutes=5)
    clerk_adopts()
    answer = joe.submit(page, status=409, read=True)
    assert "was changed while you were reading it" in words(answer)
    assert "Be kind to everybody." in words(answer)
    assert not signature("assistant", 1)
    assert not signature("assistant", 2)
    joe.submit(answer, read=True)
    assert signature("assistant", 2)


def test_a_text_that_is_not_the_adopted_one_cannot_be_signed(client: Client) -> None:
    store = wiring.store()
    item = store.item(shelf.KEY)
    assert item is not None
    item["data"]["current"]["title"] = "Another policy"
    store.put(item)
    joe = signed_in(client, "assistant")
    assert "not the one that the Council adopted" in words(joe.get("/sign-off", status=503))
    joe.post("/sign-off", {"read": "y"}, status=503)


def test_without_a_policy_nobody_is_asked(client: Client) -> None:
    store = wiring.store()
    store.delete(shelf.KEY)
    joe = signed_in(client, "assistant")
    assert "The Council has not adopted a policy here yet" in words(joe.get("/sign-off"))
    joe.get("/check")
    clerk = signed_in(client, "clerk")
    assert "nobody is asked to sign" in words(clerk.get("/signoffs"))
    clerk.get("/signoffs/csv", status=404)
    clerk.get("/signoffs/assistant/paper", status=404)


def test_asking_for_a_check_after_signing_by_the_link_needs_no_new_session(client: Client) -> None:
    clerk_adopts()
    campaign(client)
    tom = signed_in(client, "councillor1")
    tom.get("/check", status=303)
    page = follows_link(client, "councillor1", SIGN)
    client.another().submit(page, read=True)
    tom.get("/check")
    assert state_of(asks(tom)) == "waiting"
