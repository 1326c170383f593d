"""Bad input to every form of the checks: a plain page, a message beside the field, what was typed kept, none saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.journeys.steps import (
    address,
    clerk_decides,
    councillor_asks,
    link_for,
    message_at,
    signed_in,
    table_dump,
    typed_in,
    words,
)
from tests.support.builders import FORM
from tests.support.client import Client
from tests.support.engines import Engine

FORM_TYPE = "application/x-www-form-urlencoded"
NEW = "/check/new/7F3K-9QXM"


@dataclass(frozen=True)
class Sent:
    """A form as somebody may send it: who, where to, and fields that are well."""

    who: str
    path: str
    fields: dict[str, Any]


def _step(name: str, **fields: Any) -> Callable[[Client], Sent]:
    return lambda _client: Sent("councillor1", f"{NEW}/{name}", fields)


def _whole(_client: Client) -> Sent:
    return Sent("councillor1", "/check", dict(FORM))


def _asked(path: str, *, decided: bool, **fields: Any) -> Callable[[Client], Sent]:
    def make(client: Client) -> Sent:
        reference = councillor_asks(client)
        if decided:
            clerk_decides(client)
        return Sent("councillor1", f"/check/{reference}/{path}", fields)

    return make


def _by_link(path: str = "", **fields: Any) -> Callable[[Client], Sent]:
    def make(client: Client) -> Sent:
        councillor_asks(client, named=["councillor2"], agreed="none", ask_named="yes")
        return Sent("", link_for(client, "clerk") + path, fields)

    return make


def _not_me(client: Client) -> Sent:
    councillor_asks(client)
    clerk_decides(client)
    return Sent("", link_for(client, "clerk", "Receipt"), {})


def _agree(client: Client) -> Sent:
    councillor_asks(client, named=["councillor2"], agreed="none", ask_named="yes")
    return Sent("", link_for(client, "councillor2", ""), {"answer": "agree"})


def _desk(path: str, **fields: Any) -> Callable[[Client], Sent]:
    def make(client: Client) -> Sent:
        reference = councillor_asks(client, named=["councillor2"], agreed="none")
        return Sent("clerk", f"/check/{reference}/{path}", fields)

    return make


FORMS: dict[str, Callable[[Client], Sent]] = {
    "whole": _whole,
    "name": _step("name", in_name_of="own"),
    "where": _step("where", platform="x"),
    "what": _step("what", text="A text"),
    "links": _step("links", links=""),
    "pictures": _step("pictures", has_pictures="no"),
    "people": _step("people"),
    "when": _step("when"),
    "withdraw": _asked("withdraw", decided=False),
    "change": _asked("change", decided=False),
    "posted": _asked("posted", decided=True, where="Here", text="A text"),
    "never-posted": _asked("never-posted", decided=True),
    "decide": _by_link(decision="approve"),
    "decide-new": _by_link("/new"),
    "decide-wait": _by_link("/wait"),
    "decision": _desk("decision", decision="approve"),
    "wait": _desk("wait"),
    "not-me": _not_me,
    "agree": _agree,
}
"""Every form of the checks, but for the one that takes a picture out: see test_pictures.py."""

BODIES: dict[str, tuple[int, bytes]] = {
    "broken-utf-8": (400, b"text=%FF%FE"),
    "bytes-that-are-no-text": (400, b"text=\xff\xfe"),
    "lone-surrogate": (400, b"text=%ED%A0%80"),
    "overlong": (400, b"text=%C0%80"),
    "not-a-form": (400, b"\x00\x01\x02"),
    "201-fields": (400, b"&".join(b"text=a" for _ in range(201))),
    "a-megabyte": (413, b"text=" + b"a" * 1_000_000),
    "7-megabytes": (413, b"text=" + b"a" * 7_000_000),
    "unknown-field": (422, b"no_such_field=1"),
}
"""Bodies that no browser would send of our pages → how they are answered."""


WIDELY_TRIED = ("whole", "what", "decide", "change")
"""Forms that get every such body; the others, which are read by the same code, get some."""


def sender(client: Client, sent: Sent) -> Client:
    """The visitor who sends the form."""
    return signed_in(client, sent.who) if sent.who else client.another()


@pytest.mark.parametrize("form", FORMS)
def test_what_no_browser_sends_is_a_plain_page_and_saves_nothing(
    client: Client, engine: Engine, table: str, form: str
) -> None:
    sent = FORMS[form](client)
    visitor = sender(client, sent)
    before = table_dump(engine, table)
    for name in BODIES if form in WIDELY_TRIED else ("broken-utf-8", "201-fields", "unknown-field"):
        status, body = BODIES[name]
        page = visitor.post(sent.path, body, status="*", content_type=FORM_TYPE)
        assert page.status_code == status, name
        assert words(page, "h1"), name
    kinds = ("application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense")
    for kind in kinds if form in WIDELY_TRIED else kinds[:1]:
        page = visitor.post(sent.path, b"{}", status=415, content_type=kind)
        assert "We cannot read that" in words(page, "h1")
    # A field too many, beside fields that are well.
    whole = urlencode({**sent.fields, "is_admin": "1"}, doseq=True)
    page = visitor.post(sent.path, whole, status=422, content_type=FORM_TYPE)
    assert "no field called is_admin" in words(page)
    assert table_dump(engine, table) == before


@pytest.mark.parametrize("form", ["whole", "name", "where", "what", "posted", "decide", "decision", "agree"])
def test_an_empty_form_says_what_is_missing(client: Client, engine: Engine, table: str, form: str) -> None:
    sent = FORMS[form](client)
    visitor = sender(client, sent)
    before = table_dump(engine, table)
    page = visitor.post(sent.path, "", status=422, content_type=FORM_TYPE)
    assert words(page, "title").startswith("Error: ")
    assert page.html.select(".govuk-error-summary a[href^='#']")
    assert table_dump(engine, table) == before


@pytest.mark.parametrize("form", [name for name, make in FORMS.items() if name not in ("links", "pictures")])
def test_a_field_sent_twice_is_refused(client: Client, engine: Engine, table: str, form: str) -> None:
    sent = FORMS[form](client)
    if not sent.fields:
        return
    name = next(iter(sent.fields))
    visitor = sender(client, sent)
    before = table_dump(engine, table)
    twice = [*((key, value) for key, value in sent.fields.items()), (name, "other")]
    page = visitor.post(sent.path, urlencode(twice), status=422, content_type=FORM_TYPE)
    assert f"one field only called {name}" in words(page)
    assert table_dump(engine, table) == before


CHOICES = [
    ("whole", "in_name_of", "Choose one of the answers"),
    ("whole", "platform", "Choose one of the answers"),
    ("whole", "has_pictures", "Choose one of the answers"),
    ("whole", "picture_consent", "Choose one of the answers"),
    ("whole", "agreed", "Choose one of the answers"),
    ("whole", "ask_named", "Choose one of the answers"),
    ("whole", "ask", "Choose one of the answers"),
    ("whole", "named", "Choose only people from the list"),
    ("name", "in_name_of", "Choose one of the answers"),
    ("where", "platform", "Choose one of the answers"),
    ("people", "named", "Choose only people from the list"),
    ("decide", "decision", "Choose one of the answers"),
    ("decide", "clauses", "Choose only clauses from the list"),
    ("agree", "answer", "Choose one of the answers"),
]


@pytest.mark.parametrize(("form", "field", "message"), CHOICES)
def test_what_was_not_offered_cannot_be_chosen(
    client: Client, engine: Engine, table: str, form: str, field: str, message: str
) -> None:
    sent = FORMS[form](client)
    visitor = sender(client, sent)
    before = table_dump(engine, table)
    for value in ("nobody", "council\x00"):
        page = visitor.post(sent.path, {**sent.fields, field: value}, status=422)
        assert message in message_at(page, field)
    assert table_dump(engine, table) == before


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "date",
    [("31", "2", "2027"), ("0", "1", "2027"), ("1", "13", "2027"), ("1", "1", "99"), ("a", "b", "c"), ("1", "", "")],
    ids="-".join,
)
def test_a_date_that_there_is_not_is_told_and_kept(
    client: Client, engine: Engine, table: str, date: tuple[str, str, str]
) -> None:
    visitor = signed_in(client, "councillor1")
    before = table_dump(engine, table)
    typed = dict(zip(("when-day", "when-month", "when-year"), date, strict=True))
    for path, fields in ((f"{NEW}/when", {}), ("/check", FORM)):
        page = visitor.post(path, {**fields, **typed}, status=422)
        assert "date" in message_at(page, "when")
        assert [typed_in(page, name) for name in typed] == list(date)
    assert "date" in message_at(visitor.post("/check", {**FORM, "when": "2027-02-31"}, status=422), "when")
    assert table_dump(engine, table) == before


def test_the_mail_of_a_refused_form_is_never_sent(client: Client) -> None:
    visitor = signed_in(client, "councillor1")
    visitor.post("/check", {**FORM, "text": "x" * 10_001}, status=422)
    assert not [mail for mail in client.inbox() if mail["to"] == address("clerk")]
