"""Reading changes nothing: mail scanners, browsers that fetch ahead and people who press reload all read.

Every page that a visitor can reach is opened: every route, every link on every page, every link in every mail; one of
each kind ten times with GET and ten times with HEAD; and the table is compared with what it was.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

import app as app_module
from chalicelib import web
from chalicelib.checks.workflow import STATES
from infra.local.gateway import route_of
from infra.local.mailbox import Mailbox
from tests.support.builders import Requests
from tests.support.client import HOST, Client, links_in
from tests.support.engines import Engine

TIMES = 5
"""So often each page is asked for by GET and by HEAD."""
FILLED = {
    "reference": "7F3K-9QXM",
    "token": "x" * 43,
    "id": "councillor1",
    "step": "what",
    "action": "note",
    "name": "theme.css",
    "n": "1",
    "due": "2025-05-14",
    "clause": "honesty",
}
"""Something for each path parameter; what is really there is reached by the links."""


def content(engine: Engine, table: str) -> dict[tuple[str, str], Any]:
    """Everything in the table, by key."""
    pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def routes() -> list[str]:
    """The path of every route that can be read, its parameters filled."""
    readable = [path for (path, method) in web.ROUTES if method == "GET"]
    return [re.sub(r"{(\w+)}", lambda match: FILLED[match[1]], path) for path in readable]


def everything_reachable(visitor: Client, from_paths: list[str]) -> dict[tuple[str, ...], str]:
    """Every page of ours that can be reached from these, themselves included, without sending a form.

    One address for each kind of page: those of one route with one status and one structure are of a kind.
    """
    seen: set[str] = set()
    waiting = list(from_paths)
    kinds: dict[tuple[str, ...], str] = {}
    while waiting:
        path = visitor.whole(waiting.pop())
        if path in seen:
            continue
        seen.add(path)
        answer = visitor.get(path, status="*")
        assert answer.status_code < 500, f"{path} answered {answer.status}"
        route = route_of(urlsplit(path).path.removeprefix(visitor.prefix), "GET", app_module.app.routes)
        tags: list[str] = []
        if answer.content_type == "text/html":
            tags = [tag.name for tag in answer.html.find_all(True)]
            found = [str(link["href"]) for link in answer.html.select("a[href], link[href]")]
            waiting += [href for href in found if href.startswith(visitor.prefix + "/")]
        if "Location" in answer.headers and urlsplit(answer.headers["Location"]).netloc in ("", HOST):
            waiting.append(str(answer.headers["Location"]))
        kinds.setdefault((route[0] if route else "", answer.status, *tags), path)
    return kinds


@pytest.mark.parametrize("who", ["", "councillor1@council.example", "clerk@council.example"])
def test_reading_anything_any_number_of_times_changes_nothing(
    client: Client, a_request: Requests, mailbox: Mailbox, engine: Engine, table: str, who: str
) -> None:
    references = [a_request(state=state).id for state in STATES]
    client.site.run_outbox()
    if who:
        client.sign_in(who)
    client.another().post("/sign-in", {"email": "councillor2@council.example"})
    mailed = [link for mail in client.inbox() for link in links_in(mail) if HOST in link]
    assert mailed

    before, sent = content(engine, table), len(mailbox.messages)
    start = [*routes(), *mailed, *(f"/check/{reference}" for reference in references)]
    reachable = everything_reachable(client, start)
    assert content(engine, table) == before

    for path in sorted(reachable.values()):
        for _ in range(TIMES - 1):
            client.get(path, status="*")
        for _ in range(TIMES):
            assert client.head(path, status="*").body == b""
    assert content(engine, table) == before
    assert len(mailbox.messages) == sent


def test_every_route_that_can_be_read_is_among_them() -> None:
    readable = [path for path, methods in app_module.app.routes.items() if "GET" in methods]
    assert len(routes()) == len(readable)
