"""An officer decides: by the e-mailed link and from the desk, in each of the four ways."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.policy.standard import CLAUSES
from tests.journeys.steps import (
    clerk_decides,
    councillor_asks,
    decides,
    follows_link,
    link_for,
    message_at,
    parts,
    signed_in,
    state_of,
    table_dump,
    ticked,
    typed_in,
    words,
)
from tests.support.builders import TEXT
from tests.support.client import Client, link_in
from tests.support.engines import Engine

EDITED = TEXT.replace("from Monday", "from Tuesday")
QUESTION = "May I say what was discussed about the car park?"


@pytest.mark.both_engines
def test_the_clerk_approves_and_everybody_concerned_is_told(client: Client) -> None:
    reference = councillor_asks(client)
    page = follows_link(client)
    assert "You are deciding as Mrs Ruth Penhallow, Clerk" in words(page)
    assert TEXT in page.text
    page = clerk_decides(client)
    assert "Your decision is recorded" in page.text
    told = client.mail_to("councillor1@council.example", "Approved")
    assert TEXT in told["text"]
    assert "you stay personally responsible" in told["text"]
    for officer in ("clerk", "chair"):
        assert "/not-me/" in link_in(client.mail_to(f"{officer}@council.example", "Receipt"))
    assert state_of(reference) == "approved"


@pytest.mark.both_engines
def test_edits_are_shown_word_by_word_to_whoever_asked(client: Client) -> None:
    reference = councillor_asks(client)
    page = clerk_decides(client, "approve-with-edits", text=EDITED, reason="It opens on Tuesday.")
    assert "from Tuesday" in words(page)
    told = client.mail_to("councillor1@council.example", "Approved with edits")
    assert "from [-Monday.-]{+Tuesday.+} Everybody" in told["text"]
    assert "<del>Monday.</del>" in told["html"]
    shown = signed_in(client, "councillor1").get(f"/check/{reference}")
    assert any("Tuesday." in added for added in parts(shown, ".cw-exact ins"))
    assert any("Monday." in removed for removed in parts(shown, ".cw-exact del"))
    assert EDITED in parts(shown, ".cw-exact")


@pytest.mark.both_engines
def test_the_chair_asks_for_changes_from_the_desk_and_cites_clauses(client: Client) -> None:
    reference = councillor_asks(client)
    chair = signed_in(client, "chair")
    page = chair.get("/desk").click(href=f"/check/{reference}$").click("Decide on this request")
    decides(chair, page, "ask-for-changes", reason="Say who pays.", clauses=["honesty", "links"])
    told = client.mail_to("councillor1@council.example", "Changes asked for")
    assert "Decided by: Cllr Alan Thistlewood, Chair" in told["text"]
    for wanted in ("Say who pays.", CLAUSES["honesty"], CLAUSES["links"]):
        assert wanted in told["text"]
        assert wanted in words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert state_of(reference) == "changes-asked"
    # The Clerk, who was asked, hears of it too, and sees it behind the link that is now of no use.
    client.mail_to("clerk@council.example", "Receipt")
    assert "Decided already" in follows_link(client, "clerk").text


@pytest.mark.both_engines
def test_the_clerk_rejects_and_the_link_shows_it_ever_after(client: Client) -> None:
    reference = councillor_asks(client)
    clerk_decides(client, "reject", reason="It gives away a tender price.", clauses=["confidentiality"])
    assert "It gives away a tender price." in client.mail_to("councillor1@council.example", "Rejected")["text"]
    page = follows_link(client)
    assert "Your decision is recorded" in page.text
    assert "It gives away a tender price." in page.text
    assert state_of(reference) == "rejected"


@pytest.mark.both_engines
def test_a_question_without_a_draft_gets_an_answer(client: Client, engine: Engine, table: str) -> None:
    reference = councillor_asks(client, text="", question=QUESTION)
    officer, link = client.another(), link_for(client, "clerk", "A question about posting")
    page = officer.get(link)
    assert QUESTION in page.text
    before = table_dump(engine, table)
    for decision in ("approve", "reject", "ask-for-changes"):
        again = officer.submit(page, status=422, decision=decision, reason=" \n ")
        assert "Write your answer" in message_at(again, "reason")
    assert table_dump(engine, table) == before
    page = decides(officer, page, "approve", reason="Only what stands in the minutes.")
    assert "Only what stands in the minutes." in page.text
    assert "Only what stands in the minutes." in client.mail_to("councillor1@council.example", "Approved")["text"]
    # There is no text to hold against the post, and none that is asked for.
    councillor = signed_in(client, "councillor1")
    page = councillor.get(f"/check/{reference}")
    page = councillor.follow(councillor.submit(page, where="My page", text="The minutes are out."))
    assert "What you posted has been recorded" in page.text
    assert "Differs" not in page.text


@pytest.mark.parametrize(
    ("fields", "beside", "message"),
    [
        ({}, "decision", "Choose a decision"),
        ({"decision": "reject"}, "reason", "Give a reason"),
        ({"decision": "ask-for-changes"}, "reason", "Give a reason"),
        ({"decision": "approve-with-edits", "text": EDITED}, "reason", "Give a reason"),
        ({"decision": "approve-with-edits", "reason": "Wrong day"}, "text", "Change the text"),
        ({"decision": "approve-with-edits", "reason": "Wrong day", "text": " "}, "text", "Change the text"),
        ({"decision": "approve", "text": EDITED}, "text", "You have changed the text"),
        ({"decision": "reject", "reason": "No", "text": EDITED}, "text", "You have changed the text"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(
    client: Client, engine: Engine, table: str, fields: dict[str, Any], beside: str, message: str
) -> None:
    councillor_asks(client)
    officer = client.another()
    page = officer.get(link_for(client, "clerk"))
    before = table_dump(engine, table)
    again = officer.submit(page, status=422, clauses=["links"], **fields)
    assert message in message_at(again, beside)
    assert words(again, "title").startswith("Error: ")
    assert ticked(again, "clauses") == ["links"]
    for name, value in fields.items():
        assert typed_in(again, name) == value
    assert table_dump(engine, table) == before
