"""Somebody who is named is asked whether they agree; the officer sees the answer, and waits for it only by choice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.checks.service import requests
from tests.journeys import steps
from tests.support.builders import FORM
from tests.support.client import Client
from tests.support.clock import Clock

pytestmark = pytest.mark.both_engines

NAMING = {"named": "councillor2", "agreed": "none", "ask_named": "yes", "text": "Cllr Okonjo-Webb cleared the site."}
AGREE = "Do you agree"


def data_of(reference: str) -> dict[str, object]:
    return dict(requests.find(wiring.store(), reference).data)


def test_the_named_person_agrees_and_the_officer_sees_it(client: Client) -> None:
    reference = steps.councillor_asks(client, **NAMING)
    page = steps.follows_link(client, "clerk")
    assert "Grace Okonjo-Webb has not answered yet" in page.text
    asked = steps.follows_link(client, "councillor2", AGREE)
    assert "Cllr Okonjo-Webb cleared the site." in asked.text
    answered = client.another().submit(asked, 200, answer="agree", reason="With pleasure.")
    assert "Your answer is recorded" in answered.text
    page = steps.follows_link(client, "clerk")
    assert "Grace Okonjo-Webb agrees: “With pleasure.”" in page.text
    assert "With pleasure." in steps.follows_link(client, "councillor2", AGREE).forms[0]["reason"].value
    history = steps.signed_in(client, "councillor1").get(f"/check/{reference}").text
    assert "Agrees to be named" in history
    assert "With pleasure." in history


def test_nobody_is_asked_unless_the_requester_wants_it(client: Client) -> None:
    steps.councillor_asks(client, **(NAMING | {"ask_named": "no"}))
    assert [mail for mail in client.inbox() if "agree" in mail["subject"]] == []


def test_the_officer_waits_and_is_told_when_everybody_has_answered(client: Client, clock: Clock) -> None:
    reference = steps.councillor_asks(client, **(NAMING | {"ask_named": "no"}))
    page = steps.follows_link(client, "clerk")
    wait = next(form for form in page.forms.values() if form.action.endswith("/wait"))
    page = client.another().follow(wait.submit())
    assert "You are waiting for the answers" in page.text
    sent = len(client.inbox())
    client.tick(clock() + timedelta(days=4))
    new = [(mail["to"], mail["subject"]) for mail in client.inbox()[sent:]]
    assert [who for who, _ in new] == [steps.address("councillor2")], "only who is named is reminded meanwhile"
    assert new[0][1].startswith("Reminder: do you agree?")
    assert "Waiting for those who are named" in steps.signed_in(client, "chair").get("/desk").text
    asked = steps.follows_link(client, "councillor2", AGREE)
    client.another().submit(asked, 200, answer="decline", reason="")
    mail = client.mail_to("clerk@council.example", steps.REVIEW)
    assert "has answered" in mail["text"]
    assert "Grace Okonjo-Webb does not agree" in mail["text"]
    assert data_of(reference)["holding"] is False


def holds(client: Client, **changes: str) -> str:
    """A request whose officer waits for somebody who is named; its reference."""
    reference = steps.councillor_asks(client, **(NAMING | changes))
    page = steps.follows_link(client, "clerk")
    wait = next(form for form in page.forms.values() if form.action.endswith("/wait"))
    client.another().follow(wait.submit())
    return reference


def test_waiting_ends_by_itself_after_five_working_days(client: Client, clock: Clock) -> None:
    reference = holds(client)
    for days in (2, 3, 4, 5, 6):
        client.tick(clock() + timedelta(days=days))
    reminders = [subject for subject in steps.subjects_to(client, "councillor2") if subject.startswith("Reminder")]
    assert len(reminders) == 1
    assert data_of(reference)["holding"] is True
    client.tick(clock() + timedelta(days=7))
    assert data_of(reference)["holding"] is False
    mail = client.mail_to("clerk@council.example", steps.REVIEW)
    assert "Not all have answered in five working days, so it waits for them no longer" in mail["text"]
    # The officer's own clocks begin then.
    client.tick(clock() + timedelta(days=7, hours=1))
    assert client.mail_to("clerk@council.example", steps.REVIEW)["text"] == mail["text"]
    client.tick(clock() + timedelta(days=8, hours=1))
    assert "still waits for your decision" in client.mail_to("clerk@council.example", "Reminder")["text"]
    history = steps.words(steps.signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert "No longer waiting for those who are named" in history
    assert "Why: They have had five working days" in history


def test_nobody_waits_for_somebody_who_has_left(client: Client, clock: Clock) -> None:
    reference = holds(client)
    steps.leaves("councillor2")
    client.tick(clock() + timedelta(hours=21))
    assert data_of(reference)["holding"] is False
    assert "has left the register" in client.mail_to("clerk@council.example", steps.REVIEW)["text"]
    page = steps.follows_link(client, "clerk")
    assert "Ask them, and wait" not in page.text, "there is nobody to wait for"


def test_nobody_waits_for_somebody_whom_mail_does_not_reach(client: Client) -> None:
    reference = holds(client)
    client.mail_event("councillor2@council.example", "Bounce")
    assert data_of(reference)["holding"] is False
    mail = client.mail_to("clerk@council.example", steps.REVIEW)
    assert "Mail to whoever had not answered came back" in mail["text"]
    sent = len(client.inbox())
    client.mail_event("councillor2@council.example", "Bounce")
    client.mail_event("councillor2@council.example", "Complaint")
    assert len(client.inbox()) == sent
    history = steps.words(steps.signed_in(client, "clerk").get(f"/check/{reference}"))
    assert "Mail to somebody who is named came back" in history


def test_a_no_that_changes_after_the_approval_is_told_once(client: Client) -> None:
    reference = steps.councillor_asks(client, **NAMING)
    asked = steps.follows_link(client, "councillor2", AGREE)
    steps.decides(client.another(), steps.follows_link(client, "clerk"))
    for n in range(10):
        answer = "agree" if n % 3 == 2 else "decline"
        client.another().submit(asked, 200, answer=answer, reason=f"No. {n}")
    page = client.another().submit(asked, 409, answer="decline", reason="Once more")
    assert "You have changed your answer as often as this page takes it" in page.text
    for who in ("councillor1", "clerk"):
        told = [subject for subject in steps.subjects_to(client, who) if "does not agree" in subject]
        assert len(told) == 1, who
    page = steps.signed_in(client, "clerk").get(f"/check/{reference}")
    assert "No. 9" in page.text


def test_a_decision_need_not_wait(client: Client) -> None:
    steps.councillor_asks(client, **NAMING)
    page = steps.follows_link(client, "clerk")
    assert "Your decision is recorded" in steps.decides(client.another(), page).text


def test_whoever_declines_after_the_approval_is_heard(client: Client) -> None:
    steps.councillor_asks(client, **NAMING)
    asked = steps.follows_link(client, "councillor2", AGREE)
    steps.decides(client.another(), steps.follows_link(client, "clerk"))
    client.another().submit(asked, 200, answer="decline", reason="I was not there.")
    for who in ("councillor1", "clerk"):
        assert "I was not there." in client.mail_to(steps.address(who), "does not agree")["text"]


def test_an_answer_can_be_changed_and_the_same_answer_twice_is_one(client: Client) -> None:
    reference = steps.councillor_asks(client, **NAMING)
    asked = steps.follows_link(client, "councillor2", AGREE)
    for answer in ("agree", "agree", "decline"):
        client.another().submit(asked, 200, answer=answer, reason="")
    found = wiring.store().history("check", reference)
    assert [entry.action for entry in found.entries()] == ["submit", "agree", "decline"]
    assert "you <strong>do not agree</strong>" in steps.follows_link(client, "councillor2", AGREE).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reason": ""}, "Say whether you agree"),
        ({"answer": "perhaps"}, "Choose one of the answers"),
        ({"answer": "agree", "reason": "x" * 501}, "must be 500 characters or fewer"),
        ({"answer": "agree", "reason": "\x00"}, "cannot be kept"),
        ({"answer": "agree", "extra": "x"}, "no field called extra"),
    ],
)
def test_a_bad_answer_is_told_and_changes_nothing(client: Client, fields: dict[str, str], told: str) -> None:
    reference = steps.councillor_asks(client, **NAMING)
    before = data_of(reference)
    page = client.another().post(steps.link_for(client, "councillor2", AGREE), fields, status=422)
    assert told in page.text
    assert data_of(reference) == before


def test_the_link_is_for_one_version_of_the_text(client: Client) -> None:
    reference = steps.councillor_asks(client, **NAMING)
    link = steps.link_for(client, "councillor2", AGREE)
    councillor = steps.signed_in(client, "councillor1")
    councillor.post("/check", {**FORM, **NAMING, "reference": reference, "version": "2", "text": "Another text."})
    assert "no longer needed" in client.another().get(link, status=410).text
    newer = steps.follows_link(client, "councillor2", AGREE)
    assert "Another text." in newer.text


def test_the_link_decides_nothing_and_the_decision_link_does_not_agree(client: Client) -> None:
    steps.councillor_asks(client, **NAMING)
    agree = steps.link_for(client, "councillor2", AGREE).rpartition("/")[2]
    decide = steps.link_for(client, "clerk").rpartition("/")[2]
    client.another().get(f"/decide/{agree}", status=404)
    client.another().get(f"/agree/{decide}", status=404)


def test_the_councillor_sees_the_advice_before_sending_and_the_officer_sees_the_same(client: Client) -> None:
    text = "Ring Jo on 07700 900123 about the hedge."
    councillor = steps.signed_in(client, "councillor1")
    page = councillor.get("/check")
    for answers in (
        {"in_name_of": "council"},
        {"platform": "facebook"},
        {"text": text},
        {},
        {"has_pictures": "no"},
        {},
        {},
    ):
        page = councillor.follow(councillor.submit(page, **answers))
    assert "What the checker noticed" in page.text
    assert [mark.text for mark in page.html.select("mark")] == ["07700 900123"]
    (told,) = [note.text for note in page.html.select("#note-1 .govuk-body")][:1]
    councillor.submit(page)
    decision = steps.follows_link(client, "clerk")
    assert [mark.text for mark in decision.html.select("mark")] == ["07700 900123"]
    assert told in decision.html.text
    assert "07700 900123" in client.mail_to("clerk@council.example", steps.REVIEW)["text"]
    steps.decides(client.another(), decision)
    (line,) = wiring.store().listed("decided", 1)
    entry = wiring.store().history("check", line["pk"].partition("#")[2]).entries()[-1]
    assert entry.given["flags"] == ["contact-details 11-23"]


def test_a_question_without_a_text_gets_no_advice(client: Client) -> None:
    steps.councillor_asks(client, text="", question="May I ring Jo on 07700 900123?")
    page = steps.follows_link(client, "clerk", "A question")
    assert "What the checker noticed" not in page.text
