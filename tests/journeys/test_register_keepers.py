"""Who keeps the register, that somebody always does, and two who do so at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib import access
from chalicelib.register import service
from chalicelib.register.rules import Register
from chalicelib.store import Commit, Store
from tests.journeys.doors import (
    CHAIR,
    CLERK,
    NELL,
    PATHS,
    TOM,
    content,
    on_day,
    part,
    text_of,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine, counting


@pytest.mark.parametrize("address", [CHAIR, "vice-chair@council.example", TOM, "assistant@council.example"])
def test_for_everybody_but_the_clerk_there_is_no_register(
    client: Client, engine: Engine, table: str, address: str
) -> None:
    client.sign_in(address)
    before = content(engine, table)
    nowhere = text_of(client.get("/assets/nothing", status=404))
    for path in PATHS:
        assert text_of(client.get(path, status=404)) == nowhere
        client.head(path, status=404)
    for path in PATHS[1:2] + PATHS[3:]:
        client.post(path, {"name": "x", "until": "2026-12-01"}, status=404)
    assert content(engine, table) == before
    assert ">Register<" not in client.get("/").text


def test_whoever_is_not_signed_in_is_asked_to(client: Client, engine: Engine, table: str) -> None:
    before = content(engine, table)
    for path in PATHS:
        assert "/sign-in?next=" in str(client.get(path, status=303).location)
    for path in PATHS[1:2] + PATHS[3:]:
        assert "Your sign-in has ended" in client.post(path, {"name": "x"}, status=403).text
    assert content(engine, table) == before


def test_the_chair_keeps_it_while_there_is_no_clerk(clerk: Client, clock: Clock) -> None:
    clerk.submit(clerk.get("/register/people/clerk/end"), **on_day("until", 24, 11, 2026))
    clock.move(days=1)
    chair = clerk.another()
    chair.sign_in(CHAIR)
    assert "There is no Clerk" in text_of(chair.get("/register"))
    page = chair.submit(chair.get("/register/add"), **{**NELL, "roles": ["clerk"]})
    # Once there is a Clerk again, it is the Clerk who keeps it.
    assert text_of(chair.follow(page), "h1") == "Your own line is changed"
    chair.get("/register", status=404)
    nell = chair.another()
    nell.sign_in("nell@council.example")
    assert "Cllr Alan Thistlewood (Chair)" in text_of(nell.get("/register/people/" + _id_of(nell, "Nell Fox")))


def _id_of(keeper: Client, name: str) -> str:
    found = re.search(rf"/register/people/(\w+)\">[^<]*{name}", keeper.get("/register").text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["", "/change", "/end", "/return"])
def test_somebody_who_is_not_there_is_not_found(clerk: Client, engine: Engine, table: str, path: str) -> None:
    before = content(engine, table)
    for id in ("nobody", "%00", "clerk%0D%0A", "..%2fclerk", "x" * 3000):
        clerk.get(f"/register/people/{id}{path}", status=404)
        if path:
            clerk.post(f"/register/people/{id}{path}", {"seen": "0" * 16}, status=404)
    assert content(engine, table) == before


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_sites_page_changes_nobody(clerk: Client, engine: Engine, table: str, headers: dict[str, str]) -> None:
    before = content(engine, table)
    fields = {"id": "a1", **NELL, "roles": "councillor", **on_day("since", 1, 12, 2026)}
    clerk.post("/register/add", fields, status=403, headers=headers)
    clerk.post("/register/people/councillor1/end", on_day("until", 1, 12, 2026), status=403, headers=headers)
    assert content(engine, table) == before


def test_reading_changes_nothing(clerk: Client, engine: Engine, table: str) -> None:
    before = content(engine, table)
    for path in PATHS[:-1]:
        clerk.get(path)
        clerk.head(path)
    assert content(engine, table) == before


def test_a_clerk_types_a_new_address_of_her_own_twice(clerk: Client) -> None:
    form = clerk.get("/register/people/clerk/change")
    assert "This is your own line" in text_of(form)
    once = clerk.submit(form, status=422, email="ruth@council.example")
    assert "the same as above" in text_of(once, "#again-error")
    other = clerk.submit(once, status=422, again="ruht@council.example")
    page = clerk.follow(clerk.submit(other, again="Ruth@council.example"))
    assert text_of(page, "h1") == "Your own line is changed"
    clerk.get("/register", status=303)
    assert "Signed in as" in clerk.sign_in("ruth@council.example").text
    assert text_of(clerk.get("/register"), "h1") == "Register"


def test_a_clerk_who_changes_only_her_name_stays(clerk: Client) -> None:
    page = clerk.follow(clerk.submit(clerk.get("/register/people/clerk/change"), name="Ruth Penhallow-Fox"))
    assert "Mrs Ruth Penhallow-Fox is saved" in text_of(page)


def test_the_last_who_keeps_the_register_cannot_go(clerk: Client, engine: Engine, table: str) -> None:
    clerk.submit(clerk.get("/register/people/chair/end"), **on_day("until", 24, 11, 2026))
    assert "nobody stands in for the Clerk" not in text_of(clerk.get("/register"))
    form = clerk.get("/register/people/clerk/end")
    clerk.site.streams = False
    before = content(engine, table)
    refused = clerk.submit(form, status=422, **on_day("until", 24, 11, 2026))
    told = text_of(refused, ".govuk-error-summary")
    assert "Nobody would be left to keep the register from 24 November 2026" in told
    assert part(refused, "#until")["value"] == "24"
    change = clerk.get("/register/people/clerk/change")
    clerk.submit(change, status=422, roles=["employee"])
    assert content(engine, table) == before


def test_the_last_who_keeps_it_is_warned_before(clerk: Client, clock: Clock) -> None:
    assert "the only one who keeps" not in text_of(clerk.get("/register/people/clerk/end"))
    clerk.submit(clerk.get("/register/people/chair/end"), **on_day("until", 24, 11, 2026))
    clock.move(days=1)
    clerk.sign_in(CLERK)
    assert "There is no Chair" in text_of(clerk.get("/register"))
    warned = text_of(clerk.get("/register/people/clerk/end"))
    assert "Mrs Ruth Penhallow is the only one who keeps this register now" in warned


@pytest.mark.both_engines
def test_whoever_comes_second_to_a_line_sees_what_it_says_now(
    clerk: Client, store: Store, people: Register, clock: Clock
) -> None:
    form = clerk.get("/register/people/councillor1/change")
    ruth, tom = people.person("clerk"), people.person("councillor1")
    assert ruth
    assert tom
    fields = {"name": "Thomas E.", "title": "Cllr", "email": TOM, "roles": ["councillor"], "since": "2024-05-14"}
    service.change(store, ruth, tom.id, service.shown(tom), fields, clock())
    page = clerk.submit(form, status=409, name="Tommy Eldersfield")
    assert "Somebody else changed this line while you had it open" in text_of(page, ".govuk-error-summary")
    assert "Cllr Thomas E." in text_of(page, "dl")
    assert part(page, "#name")["value"] == "Tommy Eldersfield"
    saved = clerk.follow(clerk.submit(page))
    assert "Name: Thomas E. → Tommy Eldersfield" in text_of(saved)


def test_a_keeper_who_is_replaced_in_the_same_moment_changes_nothing(
    clerk: Client, store: Store, people: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, real = clerk.get("/register/add"), store.commit
    ruth = people.person("clerk")
    assert ruth
    fields = {"name": ruth.name, "title": "", "email": CLERK, "roles": ["employee"], "since": "2024-05-14"}

    def late(commit: Commit) -> None:
        monkeypatch.setattr(store, "commit", real)
        service.change(store, ruth, ruth.id, service.shown(ruth), fields, clock())
        real(commit)

    monkeypatch.setattr(store, "commit", late)
    page = clerk.submit(form, status=403, **NELL)
    assert "You no longer keep the register, so nothing was changed." in page.text
    assert access.register(store).by_email("nell@council.example", clock().date()) is None


def test_when_no_turn_is_found_the_page_says_to_try_again(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise service.Busy

    adding, ending = clerk.get("/register/add"), clerk.get("/register/people/councillor1/end")
    monkeypatch.setattr(service, "add", busy)
    monkeypatch.setattr(service, "end", busy)
    assert "not working at the moment" in clerk.submit(adding, status=503, **NELL).text
    assert "not working at the moment" in clerk.submit(ending, status=503, **on_day("until", 1, 12, 2026)).text


def test_a_change_costs_one_read_and_one_transaction_beside_the_session(clerk: Client, engine: Engine) -> None:
    form = clerk.get("/register/people/councillor1/change")
    clerk.site.streams = False
    with counting(engine.client) as made:
        clerk.submit(form, name="Thomas")
    assert made == ["BatchGetItem", "GetItem", "TransactWriteItems"]
