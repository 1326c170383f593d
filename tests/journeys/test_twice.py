"""Everything may be sent twice, by an impatient finger or because the answer was lost: it happens once, and the second
answer is the first one's. And of two who decide, one does, and the other is told who did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from webtest import TestResponse

from chalicelib import dynamodb
from chalicelib.store import Commit, Store
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    councillor_asks,
    link_for,
    presses,
    reference_of,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.builders import FORM, TEXT
from tests.support.client import Client, main_form
from tests.support.engines import Engine

pytestmark = pytest.mark.both_engines

REFERENCE = "7F3K-9QXM"
POSTED = {"where": "Our page", "text": TEXT}


@pytest.fixture
def answer_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The next commit is made, and nobody hears of it."""
    commit = store.commit

    def lost(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        commit(*commits)
        raise ConnectionResetError

    return lambda: monkeypatch.setattr(store, "commit", lost)


def requests(engine: Engine, table: str) -> list[str]:
    """The references of all requests there are."""
    return [pk.partition("#")[2] for pk, sk in table_dump(engine, table) if pk.startswith("check#") and sk == "head"]


def test_the_same_form_sent_twice_is_one_request(client: Client, engine: Engine, table: str) -> None:
    councillor = signed_in(client, "councillor1")
    answers = [councillor.post("/check", {**FORM, "reference": REFERENCE}) for _ in range(3)]
    assert {answer.location for answer in answers} == {f"/api/check/{REFERENCE}?done=sent"}
    assert "Your request has been sent" in words(councillor.follow(answers[2]))
    assert requests(engine, table) == [REFERENCE]
    assert [len(subjects_to(client, who)) for who in ("clerk", "councillor1")] == [1, 1]


def test_another_text_under_the_same_reference_is_not_taken_and_not_lost(client: Client) -> None:
    councillor = signed_in(client, "councillor1")
    asks(councillor, reference=REFERENCE)
    page = councillor.post("/check", {**FORM, "reference": REFERENCE, "text": "Another text."}, status=409)
    assert words(page, "h1") == "This request was sent already"
    assert "Another text." in words(page)
    assert len(subjects_to(client, "clerk")) == 1
    assert TEXT in client.mail_to(address("clerk"), REVIEW)["text"]


def test_a_form_whose_reference_cannot_be_used_gets_another(client: Client, engine: Engine, table: str) -> None:
    councillor_asks(client, "councillor2", reference=REFERENCE)
    councillor = signed_in(client, "councillor1")
    for reference in (REFERENCE, "damaged", ""):
        text = TEXT if reference else ""
        page = councillor.post("/check", {**FORM, "reference": reference, "text": text}, status=422)
        form = main_form(page)
        assert form["reference"].value not in (REFERENCE, "damaged", "")
        form["text"] = f"Text after {reference}."
        assert form.submit(status=303).location == form.submit(status=303).location
    assert len(requests(engine, table)) == 4


def test_a_request_whose_answer_was_lost_is_sent_again_and_is_one(
    client: Client, engine: Engine, table: str, answer_is_lost: Callable[[], None]
) -> None:
    councillor = signed_in(client, "councillor1")
    answer_is_lost()
    page = councillor.post("/check", {**FORM, "reference": REFERENCE}, status=500)
    assert "Sending the same form twice does no harm" in words(page)
    assert reference_of(councillor.post("/check", {**FORM, "reference": REFERENCE})) == REFERENCE
    assert requests(engine, table) == [REFERENCE]
    assert [len(subjects_to(client, who)) for who in ("clerk", "councillor1")] == [1, 1]


def test_an_answer_lost_on_the_way_from_the_table_is_asked_for_again(
    client: Client, engine: Engine, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    councillor = signed_in(client, "councillor1")
    sent: list[str] = []
    really = dynamodb.Client._answer

    def lost(self: dynamodb.Client, operation: str, body: bytes) -> Any:
        sent.append(operation)
        answer = really(self, operation, body)
        if operation == "TransactWriteItems" and sent.count(operation) == 1:
            raise dynamodb.Unreachable
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb.Client, "_answer", lost)
        assert reference_of(councillor.post("/check", {**FORM, "reference": REFERENCE})) == REFERENCE
    assert sent.count("TransactWriteItems") == 2
    assert requests(engine, table) == [REFERENCE]
    assert len(subjects_to(client, "clerk")) == 1


def _decide(client: Client, _reference: str) -> TestResponse:
    fields = {"decision": "approve-with-edits", "reason": "It is Tuesday.", "text": "On Tuesday.", "clauses": "honesty"}
    return client.another().post(link_for(client, "clerk"), fields, status="*")


def _by_requester(path: str, **fields: str) -> Callable[[Client, str], TestResponse]:
    def send(client: Client, reference: str) -> TestResponse:
        return presses(signed_in(client, "councillor1"), f"/check/{reference}/{path}", "*", **fields)

    return send


def _resubmit(client: Client, reference: str) -> TestResponse:
    fields = {**FORM, "text": "Another text.", "reference": reference, "version": "2"}
    return signed_in(client, "councillor1").post("/check", fields, status="*")


@pytest.mark.parametrize(
    ("send", "decided", "state"),
    [
        (_decide, False, "approved"),
        (_resubmit, False, "waiting"),
        (_by_requester("withdraw"), False, "withdrawn"),
        (_by_requester("posted", **POSTED), True, "posted"),
        (_by_requester("never-posted"), True, "not-posted"),
    ],
    ids=["decide", "resubmit", "withdraw", "posted", "never-posted"],
)
def test_whatever_is_retried_after_a_lost_answer_is_done_once(
    client: Client,
    engine: Engine,
    table: str,
    answer_is_lost: Callable[[], None],
    send: Callable[[Client, str], TestResponse],
    decided: bool,
    state: str,
) -> None:
    reference = councillor_asks(client)
    if decided:
        clerk_decides(client)
    answer_is_lost()
    assert send(client, reference).status_code == 500
    assert state_of(reference) == state
    client.site.run_outbox()
    before, count = table_dump(engine, table), len(client.inbox())
    first, second = send(client, reference), send(client, reference)
    assert (first.status_code, first.location) == (303, second.location)
    after = {key: item for key, item in table_dump(engine, table).items() if not key[0].startswith("session#")}
    assert after == {key: item for key, item in before.items() if not key[0].startswith("session#")}
    assert len(client.inbox()) == count


def test_the_button_pressed_twice_is_one_decision_and_other_words_are_refused(
    client: Client, engine: Engine, table: str
) -> None:
    reference = councillor_asks(client)
    assert _decide(client, reference).status_code == 303
    before = table_dump(engine, table)
    assert _decide(client, reference).status_code == 303
    link, fields = link_for(client, "clerk"), {"decision": "approve-with-edits", "reason": "It is Tuesday."}
    for other in ({"text": "On Wednesday."}, {"text": "On Tuesday.", "reason": "No."}, {"text": "On Tuesday."}):
        page = client.another().post(link, {**fields, "clauses": "links", **other}, status=409)
        assert "What you have just sent was not recorded." in words(page)
    assert table_dump(engine, table) == before


def test_the_second_of_two_officers_is_told_who_decided_what_and_when(client: Client) -> None:
    reference = councillor_asks(client)
    clerk, chair = client.another(), signed_in(client, "chair")
    page = chair.get(f"/check/{reference}/decision")
    clerk_decides(client, "reject", reason="It names a resident.")
    late = chair.submit(page, status=409, decision="approve")
    assert words(late, "h1") == "Decided already"
    assert "Mrs Ruth Penhallow (Clerk) decided on 23 November 2026 at 9:00am, and the first decision stands" in words(
        late
    )
    assert "It names a resident." in words(late)
    assert state_of(reference) == "rejected"
    assert not [subject for subject in subjects_to(client, "councillor1") if "Approved" in subject]
    assert "Rejected" in words(clerk.get(link_for(client, "clerk")))


def test_of_two_who_decide_between_reading_and_writing_one_does(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = councillor_asks(client)
    chair, clerk, commit = signed_in(client, "chair"), client.another(), store.commit
    page, theirs = clerk.get(link_for(client, "clerk")), chair.get(f"/check/{reference}/decision")

    def chair_first(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        chair.submit(theirs, decision="reject", reason="It names a resident.")
        commit(*commits)

    monkeypatch.setattr(store, "commit", chair_first)
    late = clerk.submit(page, status=409, decision="approve")
    assert "Cllr Alan Thistlewood (Chair) decided on" in words(late)
    assert "It names a resident." in words(late)
    assert state_of(reference) == "rejected"


def test_a_version_that_comes_between_reading_and_writing_is_not_decided_on(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    councillor = signed_in(client, "councillor1")
    reference, commit = asks(councillor), store.commit
    clerk, chair = client.another(), signed_in(client, "chair")
    by_link, at_desk = clerk.get(link_for(client, "clerk")), chair.get(f"/check/{reference}/decision")

    def next_version_first(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        version = len(subjects_to(client, "clerk")) + 1
        asks(councillor, text=f"Version {version}.", reference=reference, version=str(version))
        commit(*commits)

    monkeypatch.setattr(store, "commit", next_version_first)
    late = clerk.submit(by_link, status=410, decision="approve")
    assert words(late, "h1") == "The text has changed since this link was sent"
    late = chair.submit(at_desk, status=409, decision="reject", reason="It is wrong.")
    assert "Read it again, then decide" in words(late)
    assert "Version 2." in words(late)
    assert main_form(late)["reason"].value == "It is wrong."
    assert state_of(reference) == "waiting"
