"""What the journeys of the register and of signing in share: ways in, and ways of reading a page."""

from __future__ import annotations

import re
from typing import Any

from webtest import TestResponse

from tests.support.client import Client, link_in
from tests.support.engines import Engine

CLERK, CHAIR, TOM = "clerk@council.example", "chair@council.example", "councillor1@council.example"
NELL: dict[str, Any] = {"title": "Cllr", "name": "Nell Fox", "email": "nell@council.example", "roles": ["councillor"]}
"""Somebody new, as the form for adding sends her."""
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
Items = dict[tuple[str, str], dict[str, Any]]

PATHS = (
    "/register",
    "/register/add",
    "/register/people/councillor1",
    "/register/people/councillor1/change",
    "/register/people/councillor1/end",
    "/register/people/councillor1/return",
)
"""The register's pages."""


def content(engine: Engine, table: str) -> Items:
    """Everything in the table, by key."""
    pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def part(page: TestResponse, selector: str) -> Any:
    """The first element of a page that a CSS selector finds."""
    found = page.html.select_one(selector)
    assert found is not None, f"no {selector} on the page"
    return found


def text_of(page: TestResponse, selector: str = "main") -> str:
    """The words in it, blanks made one."""
    return " ".join(part(page, selector).get_text(" ").split())


def heading(page: TestResponse) -> str:
    """The page's h1."""
    return text_of(page, "h1")


def signed_in_as(page: TestResponse) -> str:
    """Whom a page greets, or nobody."""
    found = re.search(r"Signed in as ([^<]+)\.\s*<", page.text)
    return found[1] if found else ""


def cookie_of(answer: TestResponse) -> dict[str, str]:
    """The parts of the one cookie that an answer sets; its name under "name"."""
    (cookie,) = answer.headers.getall("Set-Cookie")
    first, *rest = [part.strip().partition("=") for part in cookie.split(";")]
    return {"name": first[0], "value": first[2], **{name: value for name, _, value in rest}}


def press(visitor: Client, path: str, status: int = 303, **headers: str) -> TestResponse:
    """Send a form that has nothing but its button."""
    return visitor.post(path, "", status=status, headers={**FORM_TYPE, **headers})


def asks_for_a_link(visitor: Client, address: str, path: str = "/sign-in") -> TestResponse:
    """Ask, and see the page that follows."""
    return visitor.follow(visitor.submit(visitor.get(path), email=address))


def link_for(visitor: Client, address: str, path: str = "/sign-in") -> str:
    """Ask for a link and take it from the mail."""
    asks_for_a_link(visitor, address, path)
    return link_in(visitor.mail_to(address, "sign in"))


def on_day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    """A date as its three boxes send it."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def clerk_adds(clerk: Client, **changes: Any) -> TestResponse:
    """Add Nell, or somebody else; the page that follows."""
    return clerk.follow(clerk.submit(clerk.get("/register/add"), **{**NELL, **changes}))
