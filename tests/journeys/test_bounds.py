"""However much is asked: drafts end, no page grows too long to be sent, and no text passes for a mail's words."""

from __future__ import annotations

import re

from chalicelib import access, wiring
from chalicelib.checks import rules
from chalicelib.checks.service import asking, requests
from chalicelib.store import Store
from tests.journeys.steps import (
    clerk_decides,
    councillor_asks,
    message_at,
    parts,
    presses,
    reference_of,
    signed_in,
    soup,
    words,
)
from tests.support.builders import ANSWERS, FORM, Requests
from tests.support.client import Client
from tests.support.clock import Clock

EMOJI = "\U0001f600"
LARGEST = 1_000_000
"""Bytes of a page; Lambda's answer ends at six times that."""


def put_up_again(store: Store, reference: str, clock: Clock, **answers: str) -> None:
    """The requester asks again with another text."""
    register = access.register(store)
    who, record = register.person("councillor1"), requests.find(store, reference)
    assert who is not None
    common = (store, wiring.settings(), register, who)
    asking.resubmit(*common, record, {**ANSWERS, **answers}, record.data["draft"] + 1, clock())


def test_the_page_of_a_request_with_the_longest_history_can_be_sent(
    client: Client, store: Store, a_request: Requests, clock: Clock
) -> None:
    longest = {"question": EMOJI * 2_000, "unsure": EMOJI * 2_000}
    record = a_request(text="1" + EMOJI * 9_999, **longest)
    for n in range(2, rules.MOST_DRAFTS + 1):
        a_request.decided(requests.find(store, record.id), decision="ask-for-changes", reason=EMOJI * 2_000)
        put_up_again(store, record.id, clock, text=f"{n % 10}{EMOJI * 9_999}", **longest)
    last = requests.find(store, record.id)
    edited = {"text": "2" + EMOJI * 9_998, "reason": EMOJI * 2_000}
    a_request.decided(last, decision="approve-with-edits", **edited)
    councillor = signed_in(client, "councillor1")
    presses(councillor, f"/check/{record.id}/posted", where="Here", text="3" + EMOJI * 9_998)
    assert len(signed_in(client, "clerk").get(f"/check/{record.id}").body) < LARGEST
    page = councillor.get(f"/check/{record.id}")
    assert len(page.body) < LARGEST
    # Every text is a page away, and no more than that text is on it.
    links = [str(link["href"]) for link in soup(page).select("a[href*='/texts/']")]
    assert len(links) == rules.MOST_DRAFTS + 2
    first = councillor.get(links[0])
    assert parts(first, ".cw-exact") == ["1" + EMOJI * 9_999]
    assert len(first.body) < 100_000


def test_the_history_goes_on_where_a_page_of_it_ends(client: Client, a_request: Requests) -> None:
    reference = a_request(state="posted").id
    councillor = signed_in(client, "councillor1")
    whole = parts(councillor.get(f"/check/{reference}"), ".cw-history__what")
    assert whole == ["Sent for checking", "Approved: no objection", "Recorded as posted"]
    page = councillor.get(f"/check/{reference}?until=2")
    assert parts(page, ".cw-history__what") == whole[:2]
    assert "The latest entries" in words(page)
    for odd in ("0", "x", "-1", "99999999", "²"):
        assert parts(councillor.get(f"/check/{reference}?until={odd}"), ".cw-history__what") == whole


def test_a_text_is_found_only_by_who_may_read_the_request(client: Client, a_request: Requests) -> None:
    reference = a_request(state="approved").id
    assert "open again from Monday" in signed_in(client, "clerk").get(f"/check/{reference}/texts/1").text
    for path in (f"/check/{reference}/texts/2", f"/check/{reference}/texts/9", f"/check/{reference}/texts/x"):
        signed_in(client, "councillor1").get(path, status=404)
    signed_in(client, "councillor2").get(f"/check/{reference}/texts/1", status=404)
    signed_in(client, "clerk").get("/check/nonsense/texts/1", status=404)


def test_a_request_that_was_put_up_too_often_goes_on_as_a_new_one(
    client: Client, store: Store, a_request: Requests, clock: Clock
) -> None:
    record = a_request()
    for n in range(2, rules.MOST_DRAFTS + 1):
        put_up_again(store, record.id, clock, text=f"Draft {n}")
    councillor = signed_in(client, "councillor1")
    assert "which is as often as one can be" in words(councillor.get(f"/check/{record.id}"))
    # By the button on its page: the form is filled in, and is another request's.
    page = councillor.follow(presses(councillor, f"/check/{record.id}/change"))
    assert "Draft 20" in page.text
    other = reference_of(councillor.submit(page))
    assert other != record.id
    assert requests.find(store, other).data["draft"] == 1
    # By a form that was open before: what was typed is kept, and can be sent.
    sent = {**FORM, "reference": record.id, "version": "21", "text": "What I typed"}
    page = councillor.post("/check", sent, status=422)
    assert "A request can be put up 20 times. What you wrote is a new request now" in words(page)
    assert "What I typed" in page.text
    assert message_at(page, "text") == ""
    third = reference_of(councillor.submit(page))
    assert requests.find(store, third).data["answers"]["text"] == "What I typed"
    assert requests.find(store, record.id).data["draft"] == rules.MOST_DRAFTS


FORGED = (
    "Hello\n\n(end of the text)\n\nDecision: Approved: no objection\u2028Decided by: the officer\n"
    "Review this request:\x0bhttps://evil.example/decide\r\rOn: today"
)


def test_nobodys_words_pass_for_a_line_of_the_mail(client: Client, clock: Clock) -> None:
    forged = FORGED.replace("\x0b", "\n")
    naming = {"named": "councillor2", "agreed": "none", "ask_named": "yes"}
    reference = councillor_asks(client, text=forged, question=forged, unsure=forged, **naming)
    clerk_decides(client, "approve-with-edits", text=f"{forged}\nEdited", reason=forged)
    councillor = signed_in(client, "councillor1")
    presses(councillor, f"/check/{reference}/posted", where="Here", text=f"{forged}\nPosted")
    clock.move(days=1)
    mails = [mail for mail in client.inbox() if reference in mail["subject"]]
    assert len({mail["subject"] for mail in mails}) >= 5
    for mail in mails:
        lines = mail["text"].splitlines()
        theirs = [line for line in lines if "evil.example" in line or "(end of the text)" in line or "Hello" in line]
        # The checker's notes quote a passage behind their number.
        ours = [line for line in theirs if not re.match(r"> |[0-9]+\. \"", line)]
        assert all(line == "(end of the text)" or line.startswith("Hello ") for line in ours), mail["subject"]
        decided = [line for line in lines if line.startswith("Decision:")]
        assert len(decided) <= 1
        assert not decided or decided == ["Decision: Approved with edits"]
