"""What people do in the journeys, in the words of the story; each step goes through the gateway and the real app."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from bs4 import BeautifulSoup
from webtest import TestResponse

from chalicelib import access, dates, wiring
from chalicelib.policy import shelf
from chalicelib.record import stamp
from chalicelib.register import service as register
from chalicelib.register.rules import Person, keepers
from chalicelib.sign_offs.service import signing
from chalicelib.store import keyed
from tests.support.builders import FORM
from tests.support.client import Client, link_in
from tests.support.engines import Engine

_SOUPS: WeakKeyDictionary[TestResponse, BeautifulSoup] = WeakKeyDictionary()

REVIEW = "May this be posted"
"""What the subject of a mail says that puts a draft to an officer."""


def address(who: str) -> str:
    """The registered address of somebody of the demo council, by their id."""
    return f"{'vice-chair' if who == 'vicechair' else who}@council.example"


def signed_in(client: Client, who: str) -> Client:
    """Somebody who has signed in already, on a device of their own; the sign-in pages have journeys of their own."""
    store, at, person = wiring.store(), wiring.now(), _person(who)
    secret = access.token()
    until = at + access.SESSION
    store.put(
        keyed(
            ("session#" + access.digest(secret), "session"),
            person=person.id,
            epoch=person.epoch,
            made=stamp(at),
            until=stamp(until),
            expires_at=access.epoch(until),
        )
    )
    visitor = client.another()
    visitor.web.set_cookie("clerkwell", secret)
    for cookie in visitor.web.cookiejar:
        # WebTest puts it in quotation marks, which browsers do not.
        cookie.value = secret
    return visitor


def reference_of(answer: TestResponse) -> str:
    """The reference of the request that a redirect leads to."""
    return str(answer.location).rpartition("/")[2].partition("?")[0]


def asks(visitor: Client, **answers: Any) -> str:
    """Send a whole request, as the last page of the form does; its reference."""
    return reference_of(visitor.post("/check", {**FORM, **answers}))


def councillor_asks(client: Client, who: str = "councillor1", **answers: Any) -> str:
    """Somebody signs in and asks; the reference."""
    return asks(signed_in(client, who), **answers)


def link_for(client: Client, who: str, subject: str = REVIEW) -> str:
    """The path of the one link in the newest mail to this person about this."""
    return link_in(client.mail_to(address(who), subject))


def follows_link(client: Client, who: str = "clerk", subject: str = REVIEW) -> TestResponse:
    """Open the link of the newest such mail on a device that is not signed in."""
    return client.another().get(link_for(client, who, subject))


def decides(visitor: Client, page: TestResponse, decision: str = "approve", **fields: Any) -> TestResponse:
    """Fill in the decision page and send it; the page that follows."""
    return visitor.follow(visitor.submit(page, decision=decision, **fields))


def clerk_decides(client: Client, decision: str = "approve", who: str = "clerk", **fields: Any) -> TestResponse:
    """Follow the link in the newest mail and decide; the page that follows."""
    officer = client.another()
    return decides(officer, officer.get(link_for(client, who)), decision, **fields)


def presses(visitor: Client, path: str, status: Any = 303, **fields: Any) -> TestResponse:
    """Send a form that has little or nothing but its button."""
    return visitor.post(path, urlencode(fields), status=status, content_type="application/x-www-form-urlencoded")


def state_of(reference: str) -> str:
    """The state of a request as the table has it."""
    record = wiring.store().get("check", reference)
    assert record is not None
    return record.state


def subjects_to(client: Client, who: str) -> list[str]:
    """The subjects of every mail to somebody so far, oldest first."""
    return [mail["subject"] for mail in client.inbox() if mail["to"] == address(who)]


def soup(page: TestResponse) -> BeautifulSoup:
    """The page, parsed once: WebTest does it anew each time that it is asked."""
    if page not in _SOUPS:
        _SOUPS[page] = page.html
    return _SOUPS[page]


def words(page: TestResponse, part: str = "main") -> str:
    """What a part of the page says, with single blanks; nothing where there is no such part."""
    found = soup(page).select_one(part)
    return " ".join(found.get_text(" ").split()) if found else ""


def parts(page: TestResponse, selector: str) -> list[str]:
    """The text of each such element of the page, to the letter."""
    return [str(found.get_text()) for found in soup(page).select(selector)]


def message_at(page: TestResponse, field: str) -> str:
    """The message that stands beside a field; nothing where there is none."""
    return words(page, f"#{field}-error")


def typed_in(page: TestResponse, name: str) -> str:
    """What stands in a field of the page's main form, or which radio is chosen."""
    found = soup(page).select(f"main [name={name}]")
    if found[0].name == "textarea":
        # The line feed that opens it is HTML's, not the writer's.
        return str(found[0].get_text()).removeprefix("\n")
    chosen = [field for field in found if field.get("type") != "radio" or field.has_attr("checked")]
    return str(chosen[0].get("value", "")) if chosen else ""


def ticked(page: TestResponse, name: str) -> list[str]:
    """The values of the boxes that are ticked."""
    return [str(box["value"]) for box in soup(page).select(f"input[type=checkbox][name={name}][checked]")]


def table_dump(engine: Engine, table: str) -> dict[tuple[str, str], Any]:
    """Everything in the table, by key, but for what comes and goes by itself: the counters of the limits, the last
    tick, and the looks and notices that a change of the register leaves behind."""
    pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    found = {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}
    passing = ("limit#", "salt", "tick", "campaign#", "notice#")
    return {key: item for key, item in found.items() if not key[0].startswith(passing)}


def joins(id: str, name: str, *roles: str, since: str = "2026-11-01") -> None:
    """Put somebody on the register, as the Clerk (or, without one, the Chair) does."""
    store, at = wiring.store(), wiring.now()
    fields = {"name": name, "title": "Ms", "email": address(id), "roles": list(roles), "since": since}
    register.add(store, _keeper(), id, fields, at)


def signs(*who: str) -> None:
    """Sign the policy in force, so that nothing more is asked of these people; signing has journeys of its own."""
    store, at = wiring.store(), wiring.now()
    current = shelf.read(store).current
    assert current is not None
    for id in who:
        signing.sign(store, _person(id), current, "signed-in", at, signing.find(store, id))


def leaves(who: str) -> None:
    """Somebody leaves the register today."""
    store, at = wiring.store(), wiring.now()
    person = _person(who)
    register.end(store, _keeper(), who, register.shown(person), dates.today(at), at)


def changes(who: str, **fields: Any) -> None:
    """Change what the register says of somebody."""
    store, at = wiring.store(), wiring.now()
    person = _person(who)
    line = {"name": person.name, "title": person.title, "email": person.email, "roles": list(person.roles)}
    line |= {"since": person.since.isoformat(), **fields}
    register.change(store, _keeper(), who, register.shown(person), line, at)


def _person(who: str) -> Person:
    found = access.register(wiring.store()).person(who)
    assert found is not None
    return found


def _keeper() -> Person:
    people = access.register(wiring.store())
    return keepers(people, dates.today(wiring.now()))[0]
