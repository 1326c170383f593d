"""What a reporter does in the journeys, and what they see of it."""

from __future__ import annotations

import gzip
from typing import Any

from webtest import TestResponse

from chalicelib import wiring
from chalicelib.record import Record
from tests.journeys.steps import parts, words
from tests.support.client import Client

PNG, JPEG, PDF = b"\x89PNG\r\n\x1a\n" + b"p" * 2000, b"\xff\xd8\xff\xe0" + b"j" * 30, b"%PDF-1.7\n" + b"d" * 50

REPORT: dict[str, Any] = {"what_happened": "A post mocks the people at the food bank.", "subject": "unknown"}
"""The least that a report needs."""

STORY: dict[str, dict[str, Any]] = {
    "what": {"what_happened": "A post mocks the people at the food bank.\nIt names my sister."},
    "where": {"where": "https://social.example/posts/1\nthe village group"},
    "when": {"when": "Sunday evening"},
    "who": {"subject": "member", "subject_name": "Cllr Nobody Known"},
    "witnesses": {"witnesses": "Ann Other"},
    "rules": {},
    "harassment": {"harassment": "unsure"},
    "contact": {},
    "confidential": {"confidential": "That my sister is meant"},
}
"""Page → what is answered there."""


def begins(client: Client) -> TestResponse:
    """Somebody presses "Start" on a device of their own; the first question."""
    return client.follow(client.submit(client.get("/report")))


def answers(client: Client, **pages: dict[str, Any]) -> TestResponse:
    """Answer every page, these with other answers; the page to check them."""
    begins(client)
    for step, fields in {**STORY, **pages}.items():
        page = client.get(f"/report/new/{step}")
        assert str(client.submit(page, **fields).location)
    return client.get("/report/new/answers")


def receipt(page: TestResponse) -> tuple[str, str]:
    """The reference and the receipt code that a page shows."""
    assert words(page, "h1") == "Report sent"
    reference, code = parts(page, ".cw-receipt__code")
    return reference, code


def reports(client: Client, **pages: dict[str, Any]) -> tuple[str, str]:
    """Report, page by page; reference and receipt code."""
    return receipt(client.follow(client.submit(answers(client, **pages))))


def opens(client: Client, reference: str, code: str) -> TestResponse:
    """Come back with reference and code; the report."""
    page = client.submit(client.get("/report/follow-up"), reference=reference, code=code)
    return client.follow(page)


def case(reference: str) -> Record:
    """The case as the table has it."""
    record = wiring.store().get("case", reference)
    assert record is not None
    return record


def cookies(client: Client) -> dict[str, str]:
    """The cookies that the browser holds."""
    return {cookie.name: str(cookie.value) for cookie in client.web.cookiejar}


def compressed(client: Client, path: str) -> int:
    """Bytes of a page and its style sheets, as they travel."""
    page = client.get(path)
    sheets = [client.get(str(link["href"])) for link in page.html.select("link[rel=stylesheet]")]
    return sum(len(gzip.compress(answer.body)) for answer in (page, *sheets))
