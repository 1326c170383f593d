"""What is kept of a report while it is written, for how long, and how it is cleared; sent twice it is one."""

from __future__ import annotations

import json

from chalicelib import wiring
from chalicelib.cases import drafts
from chalicelib.files import EVIDENCE
from tests.journeys.reporting import (
    PNG,
    REPORT,
    STORY,
    answers,
    begins,
    cookies,
    receipt,
    reports,
)
from tests.journeys.steps import parts, presses, table_dump, typed_in, words
from tests.journeys.test_pictures import sends
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

FILES = "/report/new/evidence"


def test_one_press_clears_everything_and_leaves(client: Client, engine: Engine, table: str) -> None:
    visitor = client.another()
    answers(visitor)
    sends(visitor, FILES, PNG)
    token = cookies(visitor)["clerkwell-report"]
    for path in ("/report/new/what", FILES, "/report/new/answers"):
        page = visitor.get(path)
        assert parts(page, ".cw-leave button") == ["Clear everything and leave this page now"]
    left = visitor.follow(presses(visitor, "/report/leave"))
    assert words(left, "h1") == "May I post this?"
    assert "clerkwell-report" not in cookies(visitor)
    assert "food bank" not in json.dumps(list(table_dump(engine, table).values()))
    assert wiring.files().uploaded(drafts.Draft(token, {}).folder, EVIDENCE) == []
    visitor.web.set_cookie("clerkwell-report", token)
    assert typed_in(visitor.get("/report/new/what"), "what_happened") == ""
    # Without anything to clear it leaves all the same, and the receipt can be cleared as well.
    presses(client.another(), "/report/leave")
    reports(visitor)
    presses(visitor, "/report/leave")
    assert str(visitor.get("/report/sent", status=303).location).endswith("/report")


def test_a_report_begun_by_somebody_else_in_the_same_browser_is_not_shown(client: Client) -> None:
    visitor = client.another()
    answers(visitor)
    assert "food bank" not in words(visitor.get("/report"))
    assert typed_in(begins(visitor), "what_happened") == ""


def test_after_two_hours_and_without_cookies_the_whole_report_can_be_sent_from_one_page(
    client: Client, clock: Clock
) -> None:
    visitor = client.another()
    page = answers(visitor)
    clock.move(hours=2, minutes=1)
    # The page to check them carries everything, so it can be sent as it stands.
    receipt(visitor.follow(visitor.submit(page)))
    visitor = client.another()
    answers(visitor)
    clock.move(hours=2, minutes=1)
    lost = visitor.get("/report/new/answers")
    assert "We have no answers of yours" in words(lost)
    page = visitor.submit(lost, status=422, what_happened="Written again")
    assert typed_in(page, "what_happened") == "Written again"
    page = visitor.submit(page, status=200, subject="clerk")
    reference, code = receipt(page)
    # Sent again from the same page, as a reload does, it is one report.
    again = visitor.post("/report", {**REPORT, "what_happened": "Written again", "subject": "clerk"}, status=303)
    assert receipt(visitor.follow(again)) == (reference, code)
    # A script: nothing but the fields.
    script = client.another()
    assert receipt(script.post("/report", REPORT, status=200)) != (reference, code)


def test_sent_twice_it_is_one_report_and_other_words_are_not_lost_in_silence(client: Client) -> None:
    visitor = client.another()
    page = answers(visitor)
    first = receipt(visitor.follow(visitor.submit(page)))
    assert receipt(visitor.follow(visitor.submit(page))) == first
    page = visitor.submit(page, status=409, what_happened="Something else")
    assert "What you have changed since has not been added" in words(page)
    assert "Something else" in words(page)
    history = wiring.store().history("case", first[0])
    assert len(history.log) == 1


def test_the_receipt_is_shown_for_a_quarter_of_an_hour(client: Client, clock: Clock) -> None:
    visitor = client.another()
    reports(visitor)
    clock.move(minutes=16)
    assert str(visitor.get("/report/sent", status=303).location).endswith("/report")
    assert str(client.another().get("/report/sent", status=303).location).endswith("/report")


def test_reading_the_pages_of_a_report_changes_nothing(client: Client, engine: Engine, table: str) -> None:
    visitor = client.another()
    page = answers(visitor)
    sends(visitor, FILES, PNG)
    reading = ["/report", *(f"/report/new/{step}" for step in STORY), FILES, "/report/new/answers", "/report/sent"]
    for sent in (False, True):
        if sent:
            receipt(visitor.follow(visitor.submit(page)))
        before = table_dump(engine, table)
        for path in reading:
            visitor.get(path, status="*")
            assert visitor.head(path, status="*").body == b""
        assert table_dump(engine, table) == before
