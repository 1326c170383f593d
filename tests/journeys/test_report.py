"""Reporting a breach page by page: without a name, with an address, signed in; nothing is lost, nothing is left."""

from __future__ import annotations

import hashlib
import json
import logging

import pytest
import urllib3

from chalicelib import access, dates, wiring
from chalicelib.cases import codes, rules
from tests.journeys.reporting import (
    JPEG,
    PDF,
    PNG,
    REPORT,
    STORY,
    answers,
    begins,
    case,
    compressed,
    cookies,
    opens,
    receipt,
    reports,
)
from tests.journeys.steps import message_at, parts, presses, signed_in, table_dump, ticked, typed_in, words
from tests.journeys.test_pictures import sends
from tests.support.cases import acted
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

FILES = "/report/new/evidence"


def comes_back(client: Client, reference: str, code: str, clock: Clock) -> Client:
    """Answer a question, add evidence, and leave; the browser in which that was done."""
    store, settings, register, record = (
        wiring.store(),
        wiring.settings(),
        access.register(wiring.store()),
        case(reference),
    )
    back = client.another()
    page = opens(back, reference.lower().replace("-", " "), f" {code.lower()} ")
    assert "Somebody who is not involved" in words(page)
    assert "reporter-1" in words(page)
    assert "You hear from us by" in words(page)
    (handler,) = rules.handlers(register, record.data, dates.today(clock()))
    acted(store, settings, register, record, handler.id, "tell", clock(), tell="When was it?")
    page = back.get("/report/follow-up")
    assert "When was it?" in words(page, ".cw-history")
    page = back.follow(back.submit(page, text="On Sunday,\nafter church."))
    assert "Your message has been sent" in words(page)
    # Whom the reporter names now has lost it at once, whoever they are.
    page = back.submit(page, text="It was the one who asks me.", named=handler.styled)
    assert rules.handlers(register, case(reference).data, dates.today(clock())) != (handler,)
    assert case(reference).data["conflicts"][handler.id] == "named"
    page = back.follow(page)
    assert "after church." in words(page, ".cw-history")
    page = sends(back, "/report/follow-up/evidence", JPEG, PNG)
    assert "2 files so far" in words(page)
    page = back.follow(presses(back, "/report/follow-up/evidence"))
    assert "Your evidence has been added" in words(page)
    # What was there already is there once.
    (added,) = case(reference).data["evidence"][2:]
    assert (added["sha256"], added["name"]) == (hashlib.sha256(JPEG).hexdigest(), "reporter-3.jpg")
    page = back.follow(presses(back, "/report/follow-up/leave"))
    assert "You have left your report" in words(page)
    assert "food bank" not in words(page)
    return back


@pytest.mark.both_engines
def test_somebody_without_a_name_reports_and_goes_through_the_whole_dialogue(
    client: Client, engine: Engine, table: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    visitor = client.another()
    page = visitor.get("/report")
    assert "call 999" in words(page, ".govuk-warning-text")
    assert "101" in words(page, ".govuk-warning-text")
    answers(visitor)
    page = sends(visitor, FILES, PNG, PDF)
    assert "2 files so far" in words(page)
    page = visitor.get("/report/new/answers")
    for step in STORY.values():
        for typed in step.values():
            assert str(typed).split("\n")[0] in words(page) or typed in ("member", "unsure")
    assert "Not given: anonymous" in words(page)
    assert "File 1: PNG picture, 2 kB" in words(page)
    page = visitor.follow(visitor.submit(page))
    reference, code = receipt(page)
    # It can be loaded again, and says the same, for a while.
    assert receipt(visitor.get("/report/sent")) == (reference, code)
    assert len(code.replace("-", "")) == 20

    record = case(reference)
    assert record.data["answers"]["what_happened"] == STORY["what"]["what_happened"]
    assert record.data["receipt"] == codes.receipt(code)
    kept = {one["sha256"]: one for one in record.data["evidence"]}
    assert [one["name"] for one in record.data["evidence"]] == ["reporter-1.png", "reporter-2.pdf"]
    for content, kind in ((PNG, "image/png"), (PDF, "application/pdf")):
        one = kept[hashlib.sha256(content).hexdigest()]
        assert (one["type"], one["size"]) == (kind, len(content))
        seen = urllib3.request("GET", wiring.files().attachment(one, one["name"]))
        assert seen.data == content
        assert seen.headers["Content-Disposition"].startswith("attachment")
        assert seen.headers["Content-Type"] == "application/octet-stream"

    back = comes_back(client, reference, code, clock)
    # Nobody is told who it was, by the table or by a log line.
    found = json.dumps(list(table_dump(engine, table).values()))
    everything = json.dumps(
        [item for answer in engine.client.get_paginator("scan").paginate(TableName=table) for item in answer["Items"]]
    )
    assert "127.0.0.1" not in everything
    for secret in (code, code.replace("-", ""), *cookies(visitor).values(), *cookies(back).values()):
        assert secret not in everything
        assert secret not in caplog.text
    assert "food bank" not in caplog.text
    assert reference not in caplog.text
    # The draft is empty.
    assert found.count("It names my sister") == 2  # The head, and the entry.


def test_what_was_answered_survives_errors_going_back_and_changing(client: Client) -> None:
    visitor = client.another()
    page = begins(visitor)
    page = visitor.submit(page, status=422, what_happened=" ")
    assert "Say what happened" in message_at(page, "what_happened")
    page = visitor.follow(visitor.submit(page, what_happened="One\n\ntwo"))
    assert words(page, "h1") == "Where did it happen?"
    page = page.click("^Back$")
    assert typed_in(page, "what_happened") == "One\n\ntwo"
    page = visitor.submit(visitor.get("/report/new/who"), status=422, subject_name="Jo Marsh")
    assert "Choose whom it is about" in message_at(page, "subject")
    assert typed_in(page, "subject_name") == "Jo Marsh"
    visitor.submit(page, subject="clerk")
    clauses = visitor.get("/report/new/rules")
    offered = [str(box["value"]) for box in clauses.html.select("input[name=clauses]")]
    visitor.submit(clauses, clauses=offered[:2])
    assert ticked(visitor.get("/report/new/rules"), "clauses") == offered[:2]
    page = visitor.get("/report/new/answers")
    page = page.click("when it happened")
    page = visitor.follow(visitor.submit(page, when="Last week"))
    assert words(page, "h1") == "Check your answers"
    assert "Last week" in words(page)
    page = visitor.follow(visitor.submit(page))
    record = case(receipt(page)[0])
    assert record.data["answers"]["clauses"] == offered[:2]
    assert len(record.data["cited"]) == 2
    # The pages of a report that was sent lead to its receipt; a new one begins empty.
    assert str(visitor.get("/report/new/when", status=303).location).endswith("/report/sent")
    assert str(visitor.get(FILES, status=303).location).endswith("/report/sent")
    assert typed_in(begins(visitor), "what_happened") == ""


def test_an_incomplete_report_says_what_is_missing_and_where(client: Client) -> None:
    visitor = client.another()
    visitor.submit(visitor.get("/report/new/when"), when="Sunday")
    page = visitor.get("/report/new/answers")
    assert "Something is still missing" in words(page)
    links = [str(link["href"]) for link in page.html.select(".govuk-error-summary a")]
    assert [link.partition("/new/")[2] for link in links] == ["what?then=answers", "who?then=answers"]


def test_who_gives_an_address_gets_mails_that_hold_nothing(client: Client) -> None:
    visitor = client.another()
    contact = {"contact_name": "Sam Lee", "contact_email": "sam@mail.example"}
    page = visitor.submit(begins(visitor), **STORY["what"])
    page = visitor.submit(visitor.get("/report/new/contact"), status=422, contact_email="sam at mail")
    assert "Enter an e-mail address" in message_at(page, "contact_email")
    reference, code = reports(visitor, contact=contact)
    mail = client.mail_to("sam@mail.example")
    whole = json.dumps(mail)
    assert reference in mail["text"]
    for private in (code, "food bank", "sister", "Nobody Known"):
        assert private not in whole
    assert reference not in mail["subject"]
    for other in client.inbox():
        if other["to"] != "sam@mail.example":
            assert all(word not in json.dumps(other) for word in (reference, "food bank", "Sam Lee", "sam@mail"))


def test_a_person_who_is_signed_in_is_told_so_and_has_no_part_in_it(client: Client, clock: Clock) -> None:
    clerk = signed_in(client, "clerk")
    assert "the report will say that it comes from you" in words(clerk.get("/report"))
    page = answers(clerk)
    assert "the report will say that it comes from you" in words(page)
    reference, _ = receipt(clerk.follow(clerk.submit(page)))
    record = case(reference)
    assert record.data["reporter"] == "clerk"
    register = access.register(wiring.store())
    assert "clerk" not in [person.id for person in rules.handlers(register, record.data, dates.today(clock()))]
    # Signed out, it is nobody's.
    anonymous = client.another()
    assert "signed in" not in words(anonymous.get("/report"))
    reference, _ = reports(anonymous)
    assert case(reference).data["reporter"] == ""


def test_nobody_at_the_council_may_see_it_so_it_says_where_to_go(client: Client) -> None:
    register = access.register(wiring.store())
    day = dates.today(wiring.now())
    officers = [person.styled for role in rules.ORDER for person in register.holding(role, day)]
    visitor = client.another()
    answers(visitor, who={"subject": "unknown", "subject_name": ", ".join(officers)})
    page = visitor.follow(visitor.submit(visitor.get("/report/new/answers")))
    reference, code = receipt(page)
    for shown in (page, opens(client.another(), reference, code)):
        assert "Nobody at the Council may deal with your report" in words(shown)
        assert "Monitoring Officer" in words(shown)
    answer = client.web.post_json(
        client.whole("/breach-reports"), {**REPORT, "subject_name": ", ".join(officers)}, status=201
    )
    assert "Nobody at the Council" in answer.json["status"]
    assert len(answer.json["outside"]) == 6


def test_the_first_page_is_light(client: Client) -> None:
    assert compressed(client, "/report") <= 40_000
    assert compressed(client, "/report/new/what") <= 40_000


def test_the_ways_in_are_there_for_everybody(client: Client) -> None:
    for visitor in (client.another(), signed_in(client, "councillor1"), signed_in(client, "clerk")):
        page = visitor.get("/")
        assert "Report a breach" in parts(page, ".cw-menu__link")
        assert words(page.click("Report a breach of the policy"), "h1") == "Report a breach of the policy"
