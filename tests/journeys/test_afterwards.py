"""What the person who asked does afterwards: withdraws, changes it and asks again, records what was posted."""

from __future__ import annotations

import pytest

from chalicelib import tick, wiring
from chalicelib.checks.workflow import STATES, TABLE
from chalicelib.store import Commit, Store
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    councillor_asks,
    follows_link,
    link_for,
    parts,
    presses,
    reference_of,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.builders import TEXT, Requests
from tests.support.client import Client, main_form
from tests.support.clock import Clock
from tests.support.engines import Engine

ACTIONS = {"withdraw": "withdraw", "posted": "record-posted", "never-posted": "never-posted", "change": "resubmit"}
POSTED = {"where": "Our page", "text": TEXT}


@pytest.mark.both_engines
def test_a_request_is_withdrawn_after_a_second_thought(client: Client, engine: Engine, table: str) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    link = link_for(client, "clerk")
    before = table_dump(engine, table)
    page = councillor.get(f"/check/{reference}").click("Withdraw this request")
    assert words(page, "h1") == "Withdraw this request?"
    assert table_dump(engine, table) == before
    page = councillor.follow(councillor.submit(page))
    assert "Your request has been withdrawn" in words(page)
    assert "Withdrawn" in words(page, ".govuk-tag")
    assert "There is nothing left to decide" in client.mail_to(address("clerk"), "was withdrawn")["text"]

    after = table_dump(engine, table)
    assert "Withdrawn" in words(client.another().get(link))
    late = client.another().post(link, {"decision": "approve"}, status=409)
    assert "was not recorded" in words(late)
    presses(councillor, f"/check/{reference}/withdraw")
    assert table_dump(engine, table) == after


@pytest.mark.both_engines
def test_a_changed_text_is_a_new_version_that_needs_a_decision_of_its_own(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    answers = {"account": "Our page", "links": "https://a.example/", "named": ["councillor2"], "agreed": "all"}
    reference = asks(councillor, **answers, when="2026-12-24", ask="clerk", unsure="Too early?")
    old = link_for(client, "clerk")
    clerk_decides(client, "ask-for-changes", reason="Say who may come.")
    assert "Change it and ask again" in client.mail_to(address("councillor1"), "Changes asked for")["text"]

    page = councillor.get(f"/check/{reference}")
    page = councillor.follow(councillor.submit(page, status=303))
    for kept in (TEXT, "Our page", "https://a.example/", "Cllr Grace Okonjo-Webb", "24 December 2026", "Too early?"):
        assert kept in words(page)
    page = page.click(href=f"/check/new/{reference}/what", index=0)
    assert main_form(page)["text"].value == TEXT
    page = councillor.follow(councillor.submit(page, text="Members of the hall may come."))
    assert words(page, "h1") == "Check your answers"
    answer = councillor.submit(page)
    assert reference_of(answer) == reference
    page = councillor.follow(answer)
    assert "version 2" in words(page)
    assert "Members of the hall may come." in parts(page, ".cw-exact")
    assert TEXT in parts(councillor.get(f"/check/{reference}/texts/1"), ".cw-exact")

    client.another().post(old, {"decision": "approve"}, status=410)
    assert "has changed a request and asks again" in client.mail_to(address("clerk"), REVIEW)["text"]
    clerk_decides(client)
    told = client.mail_to(address("councillor1"), "Approved")
    assert "Members of the hall may come." in told["text"]
    assert TEXT not in told["text"]


@pytest.mark.both_engines
def test_edits_after_an_approval_need_a_new_decision(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    reference = asks(councillor)
    clerk_decides(client)
    asks(councillor, text="Vote for me.", reference=reference, version="2")
    assert state_of(reference) == "waiting"
    page = councillor.get(f"/check/{reference}")
    assert "The decision" not in words(page)
    assert "Have you posted it?" not in words(page)
    assert "not possible any more" in words(presses(councillor, f"/check/{reference}/posted", 409, **POSTED))
    clerk_decides(client, "reject", reason="No canvassing.")
    assert state_of(reference) == "rejected"
    # What is asked for in vain does not bring the earlier approval back.
    assert "not possible any more" in words(presses(councillor, f"/check/{reference}/posted", 409, **POSTED))


@pytest.mark.parametrize(
    "posted",
    [TEXT, f"{TEXT}\r\n", f"\n{TEXT}  "],
    ids=["to-the-letter", "line-end", "blanks-around"],
)
def test_what_was_posted_matches(client: Client, posted: str) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    councillor = signed_in(client, "councillor1")
    count = len(client.inbox())
    page = councillor.follow(councillor.submit(councillor.get(f"/check/{reference}"), where="Our page", text=posted))
    assert "Matches what was approved" in words(page)
    assert len(client.inbox()) == count


@pytest.mark.both_engines
def test_what_was_posted_differs_and_whoever_decided_is_told(client: Client) -> None:
    reference = councillor_asks(client)
    clerk_decides(client, "approve-with-edits", text=TEXT.replace("Monday", "Tuesday"), reason="Tuesday.")
    councillor = signed_in(client, "councillor1")
    page = councillor.follow(councillor.submit(councillor.get(f"/check/{reference}"), **POSTED))
    assert "Differs from what was approved" in words(page)
    assert any("Monday" in added for added in parts(page, ".cw-exact ins"))
    assert any("Tuesday" in removed for removed in parts(page, ".cw-exact del"))
    told = client.mail_to(address("clerk"), "What was posted differs")
    assert "[-Tuesday.-]{+Monday.+}" in told["text"]
    assert not [subject for subject in subjects_to(client, "chair") if "differs" in subject]


def test_that_it_was_never_posted_is_recorded(client: Client) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    councillor = signed_in(client, "councillor1")
    for _ in range(2):
        page = councillor.follow(presses(councillor, f"/check/{reference}/never-posted"))
        assert "recorded that you did not post it" in words(page)
    assert state_of(reference) == "not-posted"
    assert "not possible any more" in words(presses(councillor, f"/check/{reference}/posted", 409, **POSTED))


def test_what_was_posted_is_recorded_once_and_another_text_is_told_so(client: Client) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    councillor = signed_in(client, "councillor1")
    for _ in range(2):
        presses(councillor, f"/check/{reference}/posted", **POSTED)
    page = presses(councillor, f"/check/{reference}/posted", 409, where="Our page", text="Something else.")
    assert "has moved on in the meantime: Posted" in words(page)
    assert "Something else." in parts(page, ".cw-exact")
    assert "Matches what was approved" in words(councillor.get(f"/check/{reference}"))


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_possible_in_a_state_is_a_plain_page(
    client: Client, a_request: Requests, engine: Engine, table: str, state: str
) -> None:
    record = a_request(state=state)
    client.site.run_outbox()
    councillor = signed_in(client, "councillor1")
    shown = words(councillor.get(f"/check/{record.id}"))
    words_of = {"withdraw": "Withdraw this", "record-posted": "Record what", "resubmit": "Change it and ask again"}
    for action, button in words_of.items():
        assert (button in shown) == ((state, action) in TABLE)
    before = table_dump(engine, table)
    for path, action in ACTIONS.items():
        if (state, action) in TABLE or (path, state) in (("withdraw", "withdrawn"), ("never-posted", "not-posted")):
            continue
        fields = {"where": "There", "text": "Other"} if path == "posted" else {}
        page = presses(councillor, f"/check/{record.id}/{path}", "*", **fields)
        assert page.status_code == (303 if path == "change" else 409)
    if (state, "resubmit") not in TABLE:
        fields = {"text": "New", "reference": record.id, "version": "2"}
        page = councillor.post("/check", {"in_name_of": "own", "platform": "x", **fields}, status=409)
        assert "not possible any more" in words(page)
        assert "New" in parts(page, ".cw-exact")
    assert table_dump(engine, table) == before


@pytest.mark.both_engines
@pytest.mark.parametrize("what", ["withdraw", "resubmit", "decide"])
def test_a_reminder_at_the_same_moment_stands_in_nobodys_way(
    client: Client, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    reference = councillor_asks(client)
    officer = client.another()
    page = officer.get(link_for(client, "clerk"))
    clock.move(days=1)
    councillor, commit = signed_in(client, "councillor1"), store.commit

    def tick_first(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        assert tick.run(store, wiring.settings(), clock())["check"] == 1
        commit(*commits)

    monkeypatch.setattr(store, "commit", tick_first)
    if what == "withdraw":
        presses(councillor, f"/check/{reference}/withdraw")
        assert state_of(reference) == "withdrawn"
    elif what == "resubmit":
        asks(councillor, text="Another text.", reference=reference, version="2")
        assert "Another text." in follows_link(client).text
    else:
        officer.submit(page, decision="approve")
        assert state_of(reference) == "approved"
