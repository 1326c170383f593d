"""Signing in by a link, from the first page to the last, at nine in the evening on a telephone."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib import access, wiring
from chalicelib.register import service as keeping
from chalicelib.register.rules import Register
from chalicelib.store import Store
from infra.local.mailbox import Mailbox
from infra.local.site import Site
from tests.journeys.doors import (
    CLERK,
    TOM,
    asks_for_a_link,
    content,
    heading,
    signed_in_as,
)
from tests.support.client import HOST, Client, link_in
from tests.support.clock import Clock
from tests.support.engines import Engine, counting


def test_a_councillor_signs_in_by_a_link(client: Client) -> None:
    page = asks_for_a_link(client, TOM)
    assert heading(page) == "Check your e-mail"
    mail = client.mail_to(TOM)
    assert mail["subject"] == "Your link to sign in"
    for half in (mail["text"], mail["html"]):
        assert "once" in half
        assert "10 minutes" in half
        assert "need do nothing" in half
    page = client.get(link_in(mail))
    assert heading(page) == "Sign in as Cllr Tom Eldersfield"
    assert signed_in_as(page) == ""
    page = client.follow(client.submit(page))
    assert page.request.path == "/api/"
    assert signed_in_as(page) == "Cllr Tom Eldersfield"
    assert "Sign out" in page.text
    for public in ("/", "/privacy", "/sign-in", "/sign-in/sent"):
        assert signed_in_as(client.get(public)) == "Cllr Tom Eldersfield"


@pytest.mark.both_engines
def test_the_clerk_comes_out_where_she_wanted_to_go(client: Client) -> None:
    answer = client.get("/register", status=303)
    assert str(answer.location).endswith("/api/sign-in?next=%2Fregister")
    page = client.follow(client.submit(client.follow(answer), email=" CLERK@Council.Example "))
    assert page.request.query_string == "next=%2Fregister"
    assert "/sign-in?next=%2Fregister" in page.text
    page = client.follow(client.submit(client.get(link_in(client.mail_to(CLERK)))))
    assert heading(page) == "Register"


@pytest.mark.parametrize(
    "next",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=y", "javascript:alert(1)", "é"],
)
def test_nobody_is_led_away_from_here(client: Client, next: str) -> None:
    answer = client.post("/sign-in", {"email": TOM, "next": next})
    assert str(answer.location).startswith(("/api/sign-in/sent", f"http://{HOST}/api/sign-in/sent"))
    assert "evil" not in client.follow(answer).text
    answer = client.submit(client.get(link_in(client.mail_to(TOM))))
    assert answer.location in ("/api/", f"http://{HOST}/api/")
    assert list(answer.headers.getall("Set-Cookie")) != []
    assert "evil" not in client.get("/sign-in", params={"next": next}).text


@pytest.mark.both_engines
def test_the_answer_tells_nobody_who_is_on_the_register(
    client: Client, engine: Engine, table: str, store: Store, people: Register, clock: Clock, mailbox: Mailbox
) -> None:
    clerk, harold = people.person("clerk"), people.person("councillor5")
    assert clerk
    assert harold
    keeping.end(store, clerk, harold.id, keeping.shown(harold), date(2026, 11, 23), clock())
    asks_for_a_link(client, "somebody-before@elsewhere.example")
    seen = []
    for address in (TOM, "stranger@elsewhere.example", harold.email, TOM.upper()):
        before = content(engine, table)
        client.site.streams = False
        with counting(engine.client) as made:
            answer = client.post("/sign-in", {"email": address})
        after = content(engine, table)
        new = [after[key] for key in sorted(set(after) - set(before)) if key[0].startswith("sign-in#")]
        kinds = [sorted(set(item) - {"queue", "due"}) for item in new]
        headers = sorted(name for name in answer.headers if name.lower() != "x-amzn-requestid")
        page = client.follow(answer).text
        seen.append((answer.status, answer.location, headers, made[:], kinds, len(new), page))
    assert all(one == seen[0] for one in seen)
    assert seen[0][3].count("TransactWriteItems") == 1
    client.site.streams = True
    client.site.run_outbox()
    assert [mail["to"] for mail in client.inbox()] == [TOM, TOM]


def test_an_address_that_is_not_known_is_not_kept(client: Client, engine: Engine, table: str) -> None:
    asks_for_a_link(client, "stranger@elsewhere.example")
    assert "stranger" not in str(content(engine, table))


def test_what_is_written_of_a_link_is_gone_after_a_while(client: Client, engine: Engine, table: str) -> None:
    before = set(content(engine, table))
    client.sign_in(TOM)
    new = [item for key, item in content(engine, table).items() if key not in before]
    assert new
    assert all("expires_at" in item for item in new)


def test_six_links_in_an_hour_are_five_mails_and_one_answer(client: Client, clock: Clock) -> None:
    pages = {asks_for_a_link(client, TOM).text for _ in range(6)}
    assert len(pages) == 1
    assert len(client.inbox()) == 5
    asks_for_a_link(client, CLERK)
    assert len(client.inbox()) == 6
    clock.move(hours=1)
    asks_for_a_link(client, TOM)
    assert len(client.inbox()) == 7


def test_a_source_that_asks_without_end_is_told_to_wait(client: Client, clock: Clock) -> None:
    for n in range(30):
        client.post("/sign-in", {"email": f"guess{n}@council.example"})
    page = client.post("/sign-in", {"email": TOM}, status=429)
    assert heading(page) == "Too many tries"
    assert client.inbox() == []
    elsewhere = client.another()
    elsewhere.web.extra_environ["REMOTE_ADDR"] = "192.0.2.7"
    elsewhere.post("/sign-in", {"email": TOM})
    assert len(client.inbox()) == 1
    clock.move(hours=1)
    client.post("/sign-in", {"email": TOM})


def test_a_mail_that_ses_refuses_comes_later_by_itself(client: Client, clock: Clock) -> None:
    client.mail_fails()
    asks_for_a_link(client, TOM)
    assert client.inbox() == []
    client.mail_recovers()
    client.tick(clock.move(hours=3))
    page = client.get(link_in(client.mail_to(TOM)))
    assert signed_in_as(client.follow(client.submit(page))) == "Cllr Tom Eldersfield"


def test_a_link_that_nobody_waits_for_any_more_is_not_sent(client: Client, clock: Clock) -> None:
    client.mail_fails()
    asks_for_a_link(client, TOM)
    client.mail_recovers()
    client.tick(clock.move(days=1))
    assert client.inbox() == []


def test_the_first_clerk_of_all_signs_in_on_an_empty_register(local_site: Site, store: Store) -> None:
    assert access.register(store).people == ()
    page = Client(local_site).sign_in(CLERK)
    assert signed_in_as(page) == "Ruth Penhallow"
    assert {person.id for person in access.register(store).people} == {"clerk", "chair"}


def test_the_first_tick_makes_the_register(local_site: Site, store: Store, clock: Clock) -> None:
    assert Client(local_site).tick(clock())["daily"]["register"] == 2
    assert Client(local_site).tick(clock())["daily"]["register"] == 0
    assert len(access.register(store).people) == 2


def test_it_works_as_well_under_a_domain_of_its_own(store: Store, people: Register, mailbox: Mailbox) -> None:
    wiring.use(settings=wiring.settings()._replace(public_url=f"http://{HOST}"))
    visitor = Client(Site(mailbox, prefixed=False), prefix="")
    page = visitor.follow(visitor.get("/register", status=303))
    page = visitor.follow(visitor.submit(page, email=CLERK))
    page = visitor.follow(visitor.submit(visitor.get(link_in(visitor.mail_to(CLERK)))))
    assert (heading(page), page.request.path) == ("Register", "/register")
