"""Links that do not work each say why, and nothing but the button uses one up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib import access
from chalicelib.register import service as keeping
from chalicelib.register.rules import Register
from chalicelib.store import Store
from tests.journeys.doors import (
    CHAIR,
    CLERK,
    TOM,
    content,
    heading,
    link_for,
    part,
    press,
    signed_in_as,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine


def dead(visitor: Client, link: str, code: int, engine: Engine, table: str) -> str:
    """The heading of the page of a link that does not work, which offers a new one and changes nothing."""
    before = content(engine, table)
    page = visitor.get(link, status=code)
    visitor.head(link, status=code)
    pressed = press(visitor, link, code)
    assert heading(pressed) == heading(page)
    assert content(engine, table) == before
    assert "Set-Cookie" not in pressed.headers
    assert "Send me a new one" in page.text
    return heading(page)


@pytest.mark.both_engines
def test_each_dead_link_has_a_page_of_its_own(
    client: Client, engine: Engine, table: str, store: Store, people: Register, clock: Clock
) -> None:
    clerk, grace = people.person("clerk"), people.person("councillor2")
    assert clerk
    assert grace
    used, old = link_for(client, TOM), link_for(client, CHAIR)
    left = link_for(client, grace.email)
    client.submit(client.get(used))
    keeping.end(store, clerk, grace.id, keeping.shown(grace), date(2026, 11, 23), clock())
    client.site.run_outbox()
    visitor = client.another()
    assert dead(visitor, used, 410, engine, table) == "This link has been used"
    assert dead(visitor, left, 410, engine, table) == "This link no longer works"
    clock.move(minutes=10)
    assert dead(visitor, old, 410, engine, table) == "This link is too old"
    for tampered in (old[:-1], old + "x", old[:-5] + "%00abc", "/sign-in/x", "/sign-in/" + "y" * 2000):
        assert dead(visitor, tampered, 404, engine, table) == "This link is not one of ours"


def test_a_link_for_something_else_signs_nobody_in(
    client: Client, engine: Engine, table: str, store: Store, clock: Clock
) -> None:
    secret = access.token()
    store.put(access.link_item(secret, "decide", "clerk", 0, clock(), kind="check", id="x", version=1))
    assert dead(client, f"/sign-in/{secret}", 404, engine, table) == "This link is not one of ours"


def test_a_new_link_leads_where_the_old_one_would_have(client: Client, clock: Clock) -> None:
    link = link_for(client, CLERK, "/sign-in?next=/register")
    clock.move(minutes=11)
    page = client.get(link, status=410)
    again = str(part(page, "main a.govuk-button")["href"])
    page = client.follow(client.submit(client.get(link_for(client, CLERK, again))))
    assert heading(page) == "Register"


def test_a_scanner_that_opens_the_link_uses_nothing_up(client: Client, engine: Engine, table: str) -> None:
    link = link_for(client, TOM)
    before, scanner = content(engine, table), client.another()
    for _ in range(10):
        scanner.head(link)
        scanner.get(link)
    assert content(engine, table) == before
    assert signed_in_as(client.follow(client.submit(client.get(link)))) == "Cllr Tom Eldersfield"


def test_the_button_pressed_twice_signs_in_once(client: Client) -> None:
    page = client.get(link_for(client, TOM))
    client.submit(page)
    again = client.submit(page, status=410)
    assert heading(again) == "This link has been used"
    # Whoever pressed twice is signed in all the same, and is told how to go on.
    assert "You are signed in as Cllr Tom Eldersfield" in again.text
    assert signed_in_as(client.get("/")) == "Cllr Tom Eldersfield"


def test_two_who_press_at_once_are_one(client: Client, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    link, other, real = link_for(client, TOM), client.another(), store.write

    def late(*writes: Any) -> None:
        monkeypatch.setattr(store, "write", real)
        press(other, link)
        real(*writes)

    monkeypatch.setattr(store, "write", late)
    assert heading(press(client, link, 410)) == "This link has been used"
    assert signed_in_as(other.get("/")) == "Cllr Tom Eldersfield"
    assert signed_in_as(client.get("/")) == ""
