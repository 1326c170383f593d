"""The annual review: prepared on the year's figures, resolved by the Council, closed by two statements."""

from __future__ import annotations

import pytest

from chalicelib import access, hooks
from chalicelib.policy import service as policy
from chalicelib.store import Store
from tests.journeys.reviewing import (
    DUE,
    LONG_AGO,
    MEETING,
    POINTS,
    SIGN,
    actions,
    chair_signs,
    clerk_signs,
    opened,
    resolved,
)
from tests.journeys.steps import (
    address,
    clerk_decides,
    councillor_asks,
    link_for,
    message_at,
    parts,
    presses,
    signed_in,
    table_dump,
    typed_in,
    words,
)
from tests.support.builders import Requests
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted, requests
from tests.support.engines import Engine

pytestmark = pytest.mark.usefixtures("bell")


def recommends(clerk: Client) -> None:
    """The Clerk says clause by clause what should become of the policy, plans the meeting, takes the agenda item."""
    page = clerk.get(f"/review/{DUE}/clauses/honesty")
    page = clerk.follow(clerk.submit(page, what="change", words="Be honest, and kind.", why="Two complaints."))
    assert "Be honest, and kind." in words(page)
    clerk.submit(clerk.get(f"/review/{DUE}/clauses/new-1"), words="Say who took a picture.", why="")
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    page = clerk.follow(clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned))
    assert "Meeting 8 December 2026" in words(page)
    item = "\n".join(parts(clerk.get(f"/review/{DUE}/agenda"), ".cw-exact"))
    for said in ("For the meeting on 8 December 2026", "Proposed words: Be honest, and kind.", "Why: Two complaints.",
                 "Say who took a picture.", "Rejected: 1", "as a new version, from today."):  # fmt: skip
        assert said in item, said


@pytest.mark.both_engines
def test_an_overdue_review_is_prepared_resolved_and_closed(client: Client, store: Store, clock: Clock) -> None:
    reference = councillor_asks(client)
    clock.move(hours=5)
    clerk_decides(client, "reject", reason="It is not ours to say.", clauses=["honesty"])
    clerk = signed_in(client, "clerk")
    page = clerk.get("/review")
    assert "was due on 14 May 2025 and is overdue" in words(page)
    assert "fell due on 14 May 2025 and on 14 May 2026" in words(page)
    page = clerk.follow(clerk.submit(page))
    assert "The review is open, and the figures are gathered" in words(page)
    read = words(page)
    assert "Rejected 1" in read
    assert "Half of them were made within 5 hours" in read
    assert reference not in page.text
    assert "Have signed the policy as they should 8 of 9 (88%)" in read
    assert parts(page, "figure svg title") == ["Check requests by outcome", "Clauses most cited in decisions"]
    recommends(clerk)
    clock.move(days=16)
    clerk = signed_in(client, "clerk")
    form = clerk.get(f"/review/{DUE}/resolution")
    assert form.forms[0]["meeting-day"].value == "8"
    page = clerk.follow(clerk.submit(form, minute="26/113", outcome="unchanged"))
    assert "The resolution is recorded" in words(page)
    assert "Due 8 December 2027" in words(clerk.get("/review"))
    chair_signs(client)
    clerk_signs(client)
    for who in ("clerk", "chair"):
        assert "8 December 2027" in client.mail_to(address(who), "is closed")["text"]
    page = signed_in(client, "vicechair").get(f"/review/{DUE}")
    for said in (*POINTS.values(), "Cllr Alan Thistlewood (Chair)", "minute 26/113", "Verified", "Rejected"):
        assert said in words(page), said
    assert actions(store) == ["begin", "recommend", "recommend", "plan", "resolve", "sign-as-chair", "sign-as-clerk"]
    listed = words(signed_in(client, "chair").get("/review/history"))
    assert "Re-adopted unchanged, 8 December 2026, minute 26/113" in listed


def test_a_new_version_is_resolved_on_and_overtakes_nothing_that_is_open(
    client: Client, store: Store, clock: Clock
) -> None:
    clerk = opened(client)
    form = clerk.get(f"/review/{DUE}/resolution")
    refused = clerk.submit(form, status=422, **MEETING, outcome="new-version")
    assert "record its adoption first" in message_at(refused, "version")
    refused = clerk.submit(form, status=422, **MEETING, outcome="new-version", version="1")
    assert "after the review had opened" in message_at(refused, "version")
    person = access.register(store).person("clerk")
    assert person is not None
    draft = policy.begin(store, person, 2, "copy", "", clock())
    act = {"meeting": "2026-11-17", "minute": "26/101", "material": False}
    policy.adopt(store, person, 2, draft.version, act, clock())
    client.tick(clock())
    page = clerk.get("/review")
    assert "Due 17 November 2027" in words(page)
    assert "Recommendations, clause by clause" in words(page)
    page = clerk.follow(
        clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **MEETING, outcome="new-version", version="2")
    )
    assert "A new version adopted: version 2" in words(page)
    assert actions(store) == ["begin", "resolve"]


def test_a_wrong_record_of_the_resolution_is_corrected_and_both_are_asked_again(client: Client, store: Store) -> None:
    clerk = resolved(client)
    old = link_for(client, "chair", SIGN)
    client.another().submit(client.another().get(old), confirmed=True)
    form = clerk.get(f"/review/{DUE}/resolution")
    assert form.forms[0]["minute"].value == "26/101"
    clerk.submit(form, minute="26/102")
    told = client.another().get(old, status=410)
    assert "was corrected after this link was sent" in words(told)
    assert "minute 26/102" in words(told)
    fresh = link_for(client, "chair", SIGN)
    assert fresh != old
    assert "26/102" in words(client.another().get(fresh))
    assert actions(store) == ["begin", "resolve", "sign-as-chair", "correct"]


@pytest.mark.parametrize(
    ("path", "fields", "field", "told"),
    [
        ("clauses/honesty", {"what": "", "words": ""}, "what", "Choose what you recommend"),
        ("clauses/honesty", {"what": "burn", "words": ""}, "what", "Choose one of the answers on the page"),
        ("clauses/honesty", {"what": "change", "words": " "}, "words", "Write the clause as it should read"),
        ("clauses/honesty", {"what": "keep", "words": "x"}, "words", "You have proposed words"),
        ("clauses/honesty", {"what": "change", "words": "x" * 5001}, "words", "must be 5,000 characters or fewer"),
        ("clauses/honesty", {"what": "change", "words": "a\x00"}, "words", "a character that cannot be kept"),
        ("clauses/new-1", {"words": ""}, "words", "Write the clause as it should read"),
        ("meeting", {"planned-day": "31", "planned-month": "2", "planned-year": "2027"}, "planned", "a real date"),
        ("resolution", {**MEETING, "outcome": ""}, "outcome", "Choose what the Council resolved"),
        ("resolution", {**MEETING, "outcome": "so"}, "outcome", "Choose one of the answers on the page"),
        ("resolution", {**MEETING, "outcome": "unchanged", "minute": ""}, "minute", "Enter the minute reference"),
        ("resolution", {**MEETING, "outcome": "unchanged", "minute": "a\nb"}, "minute", "must be on one line"),
        ("resolution", {**MEETING, "outcome": "unchanged", "version": "1"}, "version", "You have chosen a version"),
        ("resolution", {**MEETING, "outcome": "unchanged", "meeting-day": "24"}, "meeting", "still to come"),
        ("resolution", {**MEETING, "outcome": "unchanged", **LONG_AGO}, "meeting",
         "must be after 14 May 2024"),
    ],
)  # fmt: skip
def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    client: Client, store: Store, path: str, fields: dict[str, str], field: str, told: str
) -> None:
    clerk = opened(client)
    before = store.get("review", DUE)
    shown = clerk.get(f"/review/{DUE}/{path}").forms[0]
    sent = {
        **({"seen": shown["seen"].value} if "seen" in shown.fields else {}),
        **({"why": ""} if "why" in shown.fields else {}),
    }
    page = clerk.post(f"/review/{DUE}/{path}", {**sent, **fields}, status=422)
    assert told in message_at(page, field)
    assert words(page, "title").startswith("Error: ")
    assert store.get("review", DUE) == before


def test_two_windows_do_not_write_over_each_other(client: Client, store: Store) -> None:
    one, other = opened(client), signed_in(client, "clerk")
    path = f"/review/{DUE}/clauses/honesty"
    mine, theirs = one.get(path), other.get(path)
    for _ in range(2):
        one.submit(mine, what="remove")
    told = other.submit(theirs, status=409, what="change", words="Be kind.")
    assert "nothing was saved" in words(told)
    assert typed_in(told, "words") == "Be kind."
    other.submit(told)
    one.submit(one.get(path), button="act=drop")
    assert actions(store) == ["begin", "recommend", "recommend", "drop"]
    one.submit(one.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    late = other.submit(told, status=409)
    assert "What you sent was not saved" in words(late)
    other.get(path, status=303)


def test_only_officers_read_it_and_only_the_clerk_prepares_it(client: Client, engine: Engine, table: str) -> None:
    opened(client)
    before = table_dump(engine, table)
    paths = ["", "/history", f"/{DUE}", f"/{DUE}/agenda"]
    prepare = [f"/{DUE}/{what}" for what in ("resolution", "meeting", "clauses/honesty")] + ["/past"]
    chair, member = signed_in(client, "chair"), signed_in(client, "councillor1")
    before = table_dump(engine, table)
    for path in paths:
        assert "Record the resolution" not in chair.get(f"/review{path}").text
        member.get(f"/review{path}", status=404)
        client.get(f"/review{path}", status=303)
    for path in prepare:
        chair.get(f"/review{path}", status=404)
        presses(chair, f"/review{path}", status=404)
        presses(member, f"/review{path}", status=404)
    for path in ("begin", "figures", "links"):
        presses(chair, f"/review/{DUE}/{path}", status=404)
    clerk = signed_in(client, "clerk")
    for bad in ("2025-05-15", "x", "2025-13-01", "20250514", DUE + "/clauses/new-99", DUE + "/clauses/no-such"):
        clerk.get(f"/review/{bad}", status=404)
    presses(clerk, "/review/2030-01-01/begin", status=404)
    presses(clerk, "/review/2030-01-01/figures", status=409)
    assert {key for key in table_dump(engine, table) if not key[0].startswith("session")} == {
        key for key in before if not key[0].startswith("session")
    }


def test_figures_are_gathered_anew_without_a_scan_and_undone_decisions_are_told(
    client: Client, store: Store, a_request: Requests, engine: Engine
) -> None:
    clerk = opened(client)
    for state in ("approved", "rejected", "withdrawn", "lapsed"):
        a_request(state=state)
    client.site.run_outbox()
    client.site.streams = False
    page, made = counted(engine.client, lambda: presses(clerk, f"/review/{DUE}/figures"))
    # The session, the review, its transaction; and what each part reads, however much it holds.
    assert made.total() <= 3 + 4 * len(hooks.EVIDENCE)
    assert "Scan" not in made
    rows = words(clerk.follow(page), "figure")
    for told in (
        "Approved: no objection 1",
        "Rejected 1",
        "Withdrawn before a decision 1",
        "Lapsed without a decision",
    ):
        assert told in rows
    assert actions(store) == ["begin", "refresh"]


def test_reading_the_review_costs_what_the_decision_record_says(client: Client, engine: Engine) -> None:
    clerk = opened(client)
    for path, reads in (("", 3), ("/history", 2), (f"/{DUE}", 2), (f"/{DUE}/agenda", 2)):
        with requests(engine.client) as made:
            clerk.get(f"/review{path}")
        assert (made.reads, made.writes) == (reads, 0), path
