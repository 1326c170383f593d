"""The policy is read and signed: by link, signed in, on the way to a check, on paper; and officers see who has."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import wiring
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.policy.rules import Version
from chalicelib.record import sha256
from chalicelib.sign_offs import roll
from tests.journeys.doors import on_day
from tests.journeys.steps import (
    address,
    asks,
    changes,
    follows_link,
    joins,
    leaves,
    link_for,
    message_at,
    presses,
    signed_in,
    soup,
    state_of,
    subjects_to,
    table_dump,
    typed_in,
    words,
)
from tests.support.builders import FORM
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

SIGN = "sign version"
NEVER = "You cannot sign without it"


def current() -> Version:
    found = shelf.read(wiring.store()).current
    assert found is not None
    return found


def clerk_adopts(meeting: str = "2026-11-20", *, material: bool = True, words_: str = "Be kind to everybody.") -> int:
    """The council adopts another version, with one more clause; its number."""
    from tests.journeys.steps import _keeper

    store, at, by = wiring.store(), wiring.now(), _keeper()
    number = shelf.read(store).next_number
    draft = policy.begin(store, by, number, "copy", "", at)
    clause = {"mark": "", "heading": "", "text": words_, "kind": "rule", "grave": False, "topics": [], "id": ""}
    given = {"after": draft.data["clauses"][-1]["id"], "becomes": [clause]}
    draft = policy.edit(store, by, number, draft.version, "add-clause", given, at)
    act = {"meeting": meeting, "minute": "26/101", "material": material}
    policy.adopt(store, by, number, draft.version, act, at)
    return number


def campaign(client: Client) -> None:
    """Let the minute's run ask whoever has to be asked, and send."""
    client.site.run_outbox()


def signature(who: str, version: int) -> dict[str, Any]:
    record = wiring.store().get("sign-off", who)
    found = record.data["signed"].get(str(version), {}) if record else {}
    return dict(found)


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
    client.tick(start + timedelta(days=28))
    assert len(subjects_to(client, "nell")) == 4


def test_officers_see_who_has_signed_and_take_it_with_them(client: Client, clock: Clock) -> None:
    changes("councillor2", name='=HYPERLINK("http://evil.example")')
    leaves("councillor3")
    campaign(client)
    clock.move(days=1)
    for who in ("clerk", "chair", "vicechair"):
        page = signed_in(client, who).get("/signoffs")
        said = words(page)
        assert "8 have signed it, 1 has not." in said
        assert "Mr Joe Farrant Employee" in said
    clerk = signed_in(client, "clerk")
    answer = clerk.get("/signoffs/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "sign-offs-version-1-2026-11-24.csv" in answer.headers["Content-Disposition"]
    assert answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(rows) == 9
    by_name = {row["Name"]: row for row in rows}
    assert by_name["Cllr Dafydd Larkham"]["On the register"] == "no"
    assert by_name["Mr Joe Farrant"]["Signed"] == "no"
    assert by_name["Mr Joe Farrant"]["Asked on"] == "2026-11-23"
    assert by_name["Mrs Ruth Penhallow"]["SHA-256 of the text"] == current().sha256
    signed_in(client, "councillor1").get("/signoffs", status=404)
    signed_in(client, "councillor1").get("/signoffs/csv", status=404)
    clerk.get("/signoffs?version=7", status=404)
    clerk.get("/signoffs?version=x", status=404)
    clerk.get("/signoffs/nobody", status=404)
    # After a new version the old register still answers.
    clerk_adopts("2026-11-23")
    campaign(client)
    old = words(clerk.get("/signoffs?version=1"))
    assert "This version is not in force." in old
    assert "Cllr Dafydd Larkham no longer on the register" in old
    assert "8 have signed it, 1 has not." in old
    assert "0 have signed it, 8 have not." in words(clerk.get("/signoffs"))


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


def test_the_clerk_records_a_signature_on_paper(client: Client, engine: Engine, table: str, clock: Clock) -> None:
    clerk_adopts("2026-11-10")
    campaign(client)
    clerk = signed_in(client, "clerk")
    path = "/signoffs/councillor1/paper"
    form = {"version": "2", "kept": "The blue folder", **on_day("on", 12, 11, 2026)}
    for wrong, where, message in (
        (on_day("on", 24, 11, 2026), "on", "still to come"),
        (on_day("on", 9, 11, 2026), "on", "Version 2 was adopted on 10 November 2026"),
        (on_day("on", 31, 2, 2026), "on", "real date"),
        ({"kept": ""}, "kept", "Say where the paper is kept"),
        ({"kept": "x" * 201}, "kept", "200 characters or fewer"),
        ({"kept": "a\x00b"}, "kept", "cannot be kept"),
        ({"version": "7"}, "version", "Choose a version"),
        ({"version": "1"}, "version", "Version 1 has been signed already"),
    ):
        answer = clerk.post(path, {**form, **wrong}, status=422)
        assert message in message_at(answer, where), wrong
    assert not signature("councillor1", 2)
    done = clerk.follow(clerk.post(path, form))
    assert "The signature on paper is recorded" in words(done)
    assert "On paper Kept: The blue folder" in words(done)
    paper = signature("councillor1", 2)
    assert (paper["how"], paper["on"], paper["by"], paper["sha256"]) == (
        "paper",
        "2026-11-12",
        "clerk",
        current().sha256,
    )
    before = table_dump(engine, table)
    clerk.post(path, form)
    assert {key: item for key, item in table_dump(engine, table).items() if "session" not in key[0]} == {
        key: item for key, item in before.items() if "session" not in key[0]
    }
    # Somebody who is asked for version 2 signed version 1 on paper long ago: they are still asked.
    assistant = "/signoffs/assistant/paper"
    clerk.post(assistant, {**form, "version": "1", **on_day("on", 1, 6, 2024)})
    record = wiring.store().get("sign-off", "assistant")
    assert record is not None
    assert record.state == "asked"
    assert roll.of(wiring.store().item(roll.KEY)).signed("assistant") == (1,)
    signed_in(client, "chair").get(path, status=404)


def test_who_signed_is_answerable_after_everything(client: Client, clock: Clock) -> None:
    first = current().sha256
    leaves("councillor1")
    for year in (2027, 2028):
        clock.move(days=365)
        clerk_adopts(f"{year}-05-14", words_=f"The rule of {year}.")
        campaign(client)
    page = words(signed_in(client, "clerk").get("/signoffs/councillor1"))
    assert f"Fingerprint of the text: {first}" in page
    assert "Signed version 1 23 November 2026 at 9:00am , Cllr Tom Eldersfield" in page
    assert "They are not on the register now" in page
    assert "Verified" in page
    assert "Cllr Tom Eldersfield" in words(signed_in(client, "clerk").get("/signoffs?version=1"))


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


def test_asking_for_a_check_after_signing_by_the_link_needs_no_new_session(client: Client) -> None:
    clerk_adopts()
    campaign(client)
    tom = signed_in(client, "councillor1")
    tom.get("/check", status=303)
    page = follows_link(client, "councillor1", SIGN)
    client.another().submit(page, read=True)
    tom.get("/check")
    assert state_of(asks(tom)) == "waiting"
