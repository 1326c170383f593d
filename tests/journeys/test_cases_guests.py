"""Those who are let in: by link and code, to named items, for a time; each look is an entry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.cases.service import handling, records
from chalicelib.record import Record
from chalicelib.register.rules import Register
from chalicelib.store import Store
from tests.journeys.test_cases import CLERK, a_case, act, text_of
from tests.support.cases import acted
from tests.support.client import Client, link_in
from tests.support.clock import Clock

WITNESS = "eve@witness.example"
FILE = {"name": "reporter-1.png", "type": "image/png", "size": 2048, "sha256": "a" * 64, "key": "evidence/x/a.png"}


def let_in(client: Client, record: Record, kind: str = "witness", email: str = WITNESS) -> tuple[str, str]:
    """Give somebody access for a week; the link and the code that they got."""
    page = client.get(f"/cases/{record.id}/let-in-{kind}")
    client.submit(page, name="Eve Dale", email=email, items=["report", FILE["sha256"]], days="7", reason="She saw it.")
    code_mail = client.mail_to(email, "Your code")
    link = link_in(client.mail_to(email, "show you something"))
    assert link not in code_mail["text"]
    code = next(line for line in code_mail["text"].splitlines() if len(line) == 19 and line.count("-") == 3)
    assert code not in client.mail_to(email, "show you something")["text"]
    return link, code


@pytest.fixture
def record(client: Client, store: Store, people: Register, clock: Clock) -> Record:
    """A case with a file, whose handler is signed in."""
    made, _ = a_case(store, people, clock, contact_name="Sam Lee", contact_email="sam@mail.example")
    given = {"evidence": [FILE], "url": "x", "seen": "x", "reason": "x", "text": "x"}
    made = acted(store, wiring.settings(), people, made, "clerk", "observe", clock(), **given)
    client.sign_in(CLERK)
    return made


def test_a_witness_sees_the_named_items_and_each_look_is_an_entry(
    client: Client, store: Store, record: Record, clock: Clock
) -> None:
    link, code = let_in(client, record)
    eve = client.another()
    version = records.find(store, record.id).version
    eve.get(link)
    assert eve.head(link).body == b""
    page = eve.get(link)
    assert record.id not in page.text
    wrong = eve.submit(page, status=422, code="2222-2222-2222-2222")
    assert "not the code" in wrong.text
    assert records.find(store, record.id).version == version
    seen = eve.submit(page, status=200, code=code.lower().replace("-", " "))
    assert "food bank" in seen.text
    assert "Sam Lee" not in seen.text
    assert "sam@mail.example" not in seen.text
    assert record.id not in seen.text
    assert "nothing to see" in eve.post(link, {"code": code, "file": "report"}, status=410).text
    file = eve.submit(seen, status=303)
    assert "response-content-disposition=attachment" in str(file.location)
    log = text_of(client, f"/cases/{record.id}")
    assert log.count("Looked at") >= 2
    assert "Eve Dale, witness" in log
    clock.move(days=8)
    for status, visit in ((410, eve.get(link, status=410)), (410, eve.submit(page, status=410, code=code))):
        assert "nothing to see" in visit.text, status
    client.tick(clock())
    assert records.find(store, record.id).data["guests"]
    assert all(guest["ended"] for guest in records.find(store, record.id).data["guests"].values())


def test_access_can_be_ended_and_never_was_for_whom_the_case_is_about(
    client: Client, store: Store, people: Register, record: Record, clock: Clock
) -> None:
    link, code = let_in(client, record)
    guest = next(iter(records.find(store, record.id).data["guests"]))
    act(client, record.id, "end-access", guest=guest, reason="No longer needed.")
    eve = client.another()
    assert eve.get(link, status=410).text == eve.get("/case-access/" + "x" * 43, status=410).text
    link, code = let_in(client, record, email="councillor3@council.example")
    page = client.another().get(link)
    act(client, record.id, "people", subjects=["councillor3"], track="member")
    eve.submit(page, status=410, code=code)
    again = client.get(f"/cases/{record.id}/let-in-witness")
    refused = client.submit(
        again, status=422, name="C", email="councillor3@council.example", items=["report"], days="7", reason="x"
    )
    assert "the case is about them" in refused.text
    nothing = client.submit(again, status=422, name="C", email=WITNESS, items=[], days="7", reason="x")
    assert "Tick what they may see" in nothing.text


def test_a_code_opens_only_its_own_link_and_guessing_ends(client: Client, record: Record, clock: Clock) -> None:
    link, _ = let_in(client, record)
    _, other = let_in(client, record, email="other@witness.example")
    eve = client.another()
    page = eve.get(link)
    assert "not the code" in eve.submit(page, status=422, code=other).text
    assert "Enter the code" in eve.submit(page, status=422, code="").text
    for _ in range(29):
        eve.submit(page, status="*", code="2222-2222-2222-2222")
    eve.submit(page, status=429, code="2222-2222-2222-2222")


def test_nobody_is_let_in_to_investigate_a_member(
    client: Client, store: Store, people: Register, clock: Clock, record: Record
) -> None:
    act(client, record.id, "acknowledge")
    act(client, record.id, "people", subjects=["councillor3"], track="member")
    for kind in ("investigator", "panel"):
        client.get(f"/cases/{record.id}/let-in-{kind}", status=303)
        client.post(
            f"/cases/{record.id}/let-in-{kind}",
            {"name": "X", "email": "x@y.example", "items": "report", "days": "7", "reason": "x"},
            status=409,
        )
    assert not records.find(store, record.id).data["guests"]
    by = next(person for person in people.people if person.id == "clerk")
    assert handling.is_handler(wiring.settings(), people, record, by, clock() + timedelta(days=1))
