"""Reports by machines, and more of them than any network sends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib import access
from tests.journeys.reporting import (
    REPORT,
    STORY,
    answers,
    begins,
    receipt,
    reports,
)
from tests.journeys.steps import table_dump, typed_in, words
from tests.support.client import Client
from tests.support.engines import Engine


@pytest.mark.parametrize("at_once", [True, False])
def test_a_machine_that_fills_in_everything_is_thanked_and_nothing_is_kept(
    client: Client, engine: Engine, table: str, at_once: bool
) -> None:
    machine = client.another()
    before = table_dump(engine, table)
    if at_once:
        answer = machine.post("/report", {**REPORT, "homepage": "https://spam.example"})
    else:
        answer = machine.submit(begins(machine), what_happened="Buy this", homepage="https://spam.example")
    page = machine.follow(answer)
    reference, code = receipt(page)
    human = client.another()
    one, other = reports(human)
    theirs = human.get("/report/sent")
    assert words(page).replace(reference, "").replace(code, "") == words(theirs).replace(one, "").replace(other, "")
    kept = table_dump(engine, table)
    fresh = [item for key, item in kept.items() if key not in before]
    assert "spam" not in json.dumps(fresh)
    assert "Buy this" not in json.dumps(fresh)
    assert ("case#" + reference, "head") not in kept


def test_too_many_reports_from_one_network_are_put_off_and_what_was_typed_stays(client: Client) -> None:
    visitor = client.another()
    page = answers(visitor)
    for n in range(access.LIMITS["report-source"][0]):
        client.web.post_json(client.whole("/breach-reports"), {**REPORT, "when": str(n)}, status=201)
    refused = client.web.post_json(client.whole("/breach-reports"), REPORT, status=429)
    assert list(refused.json) == ["errors"]
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    page = visitor.submit(page, status=429)
    assert page.headers["Retry-After"] == refused.headers["Retry-After"]
    assert "Try again in an hour" in words(page, ".govuk-error-summary")
    assert typed_in(page, "what_happened") == STORY["what"]["what_happened"]


def test_too_many_beginnings_from_one_network_are_put_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.LIMITS, "report-draft-source", (1, timedelta(hours=1)))
    visitor = client.another()
    visitor.submit(begins(visitor), what_happened="One")
    visitor.submit(visitor.get("/report/new/what"), what_happened="The same, changed")
    page = visitor.submit(begins(visitor), status=429, what_happened="Two")
    assert "Try again in an hour" in words(page, ".govuk-error-summary")
    assert typed_in(page, "what_happened") == "Two"
