"""Signing in and out, from the first page to the last, at nine in the evening on a telephone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from webtest import TestResponse

from chalicelib import access, wiring
from chalicelib.register import service as keeping
from chalicelib.register.rules import Register
from chalicelib.store import Store
from infra.local.mailbox import Mailbox
from infra.local.site import Site
from tests.support.client import HOST, Client, link_in
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

CLERK, CHAIR, TOM = "clerk@council.example", "chair@council.example", "councillor1@council.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Items = dict[tuple[str, str], dict[str, Any]]


def content(engine: Engine, table: str) -> Items:
    """Everything in the table, by key."""
    pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def asks_for_a_link(visitor: Client, address: str, path: str = "/sign-in") -> TestResponse:
    """Ask, and see the page that follows."""
    return visitor.follow(visitor.submit(visitor.get(path), email=address))


def link_for(visitor: Client, address: str, path: str = "/sign-in") -> str:
    """Ask for a link and take it from the mail."""
    asks_for_a_link(visitor, address, path)
    return link_in(visitor.mail_to(address))


def signed_in_as(page: TestResponse) -> str:
    """Whom a page greets, or nobody."""
    found = re.search(r"Signed in as ([^<]+)<", page.text)
    return found[1] if found else ""


def heading(page: TestResponse) -> str:
    """The page's h1."""
    return text_of(page, "h1")


def part(page: TestResponse, selector: str) -> Any:
    """The first element of a page that a CSS selector finds."""
    found = page.html.select_one(selector)
    assert found is not None, f"no {selector} on the page"
    return found


def text_of(page: TestResponse, selector: str) -> str:
    """The words in it."""
    return str(part(page, selector).get_text())


def press(visitor: Client, path: str, status: int = 303, **headers: str) -> TestResponse:
    """Send a form that has nothing but its button."""
    return visitor.post(path, "", status=status, headers={**FORM, **headers})


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


# Links that do not work ---------------------------------------------------------------------------------------------


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


# Sessions -----------------------------------------------------------------------------------------------------------


def cookie_of(answer: TestResponse) -> dict[str, str]:
    """The parts of the one cookie that an answer sets; its name under "name"."""
    (cookie,) = answer.headers.getall("Set-Cookie")
    first, *rest = [part.strip().partition("=") for part in cookie.split(";")]
    return {"name": first[0], "value": first[2], **{name: value for name, _, value in rest}}


@pytest.mark.parametrize(
    ("address", "own_device", "seconds"),
    [(TOM, False, 43_200), (TOM, True, 2_592_000), ("assistant@council.example", True, 2_592_000)],
)
def test_the_cookie_lasts_as_long_as_the_session(client: Client, address: str, own_device: bool, seconds: int) -> None:
    page = client.get(link_for(client, address))
    cookie = cookie_of(client.submit(page, own_device=own_device))
    assert (cookie["name"], cookie["Max-Age"], cookie["Path"]) == ("clerkwell", str(seconds), "/")
    assert (cookie["SameSite"], "HttpOnly" in cookie, "Secure" in cookie) == ("Lax", True, False)
    assert re.fullmatch(r"[\w-]{43}", cookie["value"])


def test_over_https_the_cookie_is_bound_to_the_host(client: Client) -> None:
    link = link_for(client, TOM)
    headers = {**FORM, "Origin": f"https://{HOST}"}
    answer = client.post(link, "", extra_environ={"wsgi.url_scheme": "https"}, headers=headers)
    cookie = cookie_of(answer)
    assert (cookie["name"], "Secure" in cookie, "HttpOnly" in cookie, cookie["Path"]) == (
        "__Host-clerkwell",
        True,
        True,
        "/",
    )
    assert "Domain" not in cookie


@pytest.mark.parametrize("address", [CLERK, CHAIR, "vice-chair@council.example"])
def test_an_officer_stays_for_twelve_hours_whatever_the_form_says(client: Client, address: str) -> None:
    link = link_for(client, address)
    page = client.get(link)
    assert "own_device" not in page.text
    assert "12 hours" in page.text
    assert cookie_of(client.post(link, {"own_device": "y"}))["Max-Age"] == "43200"


def test_a_session_ends_by_itself(client: Client, clock: Clock) -> None:
    client.sign_in(CLERK)
    clock.move(hours=11, minutes=59)
    assert heading(client.get("/register")) == "Register"
    clock.move(minutes=1)
    client.get("/register", status=303)
    assert signed_in_as(client.get("/")) == ""


def test_a_form_that_this_page_does_not_have_signs_nobody_in(client: Client) -> None:
    link = link_for(client, TOM)
    page = client.post(link, {"person": "clerk"}, status=422)
    assert "no field called person" in page.text
    client.submit(client.get(link))


def test_whoever_opens_their_own_link_twice_is_told_they_are_in(client: Client) -> None:
    client.sign_in(TOM)
    page = client.get(link_for(client, TOM))
    assert "You are signed in already" in page.text


def test_a_link_for_somebody_else_says_whose_sign_in_ends(client: Client) -> None:
    client.sign_in(TOM)
    old = dict(client.web.cookies)
    page = client.get(link_for(client, CHAIR))
    assert "You are signed in as Cllr Tom Eldersfield" in page.text
    assert heading(page) == "Sign in as Cllr Alan Thistlewood"
    page = client.follow(client.submit(page))
    assert signed_in_as(page) == "Cllr Alan Thistlewood"
    left_behind = client.another()
    for name, value in old.items():
        left_behind.web.set_cookie(name, value)
    assert signed_in_as(left_behind.get("/")) == ""


def test_the_sign_in_page_says_who_is_signed_in(client: Client) -> None:
    client.sign_in(TOM)
    assert "You are signed in as Cllr Tom Eldersfield" in client.get("/sign-in").text


@pytest.mark.parametrize(
    "cookie", ["clerkwell", "clerkwell=", 'clerkwell="', "clerkwell=é", "clerkwell=" + "x" * 5000, "; ;=;\x7f"]
)
def test_a_broken_cookie_is_nobodys(client: Client, cookie: str) -> None:
    page = client.get("/sign-in", headers={"Cookie": cookie.encode("utf-8").decode("latin-1")})
    assert signed_in_as(page) == ""


# Signing out --------------------------------------------------------------------------------------------------------


def test_signing_out_ends_this_session_only(client: Client) -> None:
    client.sign_in(TOM)
    tablet = client.another()
    tablet.sign_in(TOM)
    page = client.get("/sign-out")
    assert heading(page) == "Sign out"
    answer = client.submit(page)
    assert cookie_of(answer)["Max-Age"] == "0"
    assert heading(client.follow(answer)) == "You are signed out"
    assert heading(client.follow(client.submit(page))) == "You are signed out"
    assert signed_in_as(client.get("/")) == ""
    assert signed_in_as(tablet.get("/")) == "Cllr Tom Eldersfield"


def test_a_session_that_was_signed_out_is_worth_nothing_to_a_thief(client: Client) -> None:
    client.sign_in(TOM)
    stolen = dict(client.web.cookies)
    client.submit(client.get("/sign-out"))
    thief = client.another()
    for name, value in stolen.items():
        thief.web.set_cookie(name, value)
    assert signed_in_as(thief.get("/")) == ""


def test_signing_out_everywhere_ends_all_sessions_and_links(client: Client, store: Store) -> None:
    client.sign_in(TOM)
    tablet = client.another()
    tablet.sign_in(TOM)
    link = link_for(client, TOM)
    for _ in range(2):
        answer = press(client, "/sign-out/everywhere")
        assert heading(client.follow(answer)) == "You are signed out"
    assert signed_in_as(tablet.get("/")) == ""
    assert heading(tablet.get(link, status=410)) == "This link no longer works"
    entries = store.history("register", "register").entries()
    assert [(e.action, e.who) for e in entries].count(("sign-out-everywhere", "councillor1")) == 1
    assert signed_in_as(client.sign_in(TOM)) == "Cllr Tom Eldersfield"


# Bad input and other people's pages -----------------------------------------------------------------------------------

FORMAT = "Enter an e-mail address in the correct format, like name@example.com"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter your e-mail address"),
        ("   ", "Enter your e-mail address"),
        ("tom", FORMAT),
        ("tom@", FORMAT),
        ("tom@council.example, clerk@council.example", FORMAT),
        ("tom\x00@council.example", "character that cannot be kept"),
        ("tom@council.example\r\nBcc: all@evil.example", "must be on one line"),
        ("x" * 10_001, "must be 254 characters or fewer. It has 10,001"),
        ('"><script>alert(1)</script>@x.example', FORMAT),
        ("توم 🎉", FORMAT),
    ],
)
def test_what_is_no_address_is_refused_beside_the_field(
    client: Client, engine: Engine, table: str, typed: str, told: str
) -> None:
    before = content(engine, table)
    page = client.post("/sign-in", {"email": typed, "next": "/desk"}, status=422)
    assert told in text_of(page, "#email-error")
    assert part(page, ".govuk-error-summary a")["href"] == "#email"
    assert text_of(page, "title").startswith("Error: ")
    kept = part(page, "#email")["value"]
    assert kept == typed.strip().replace("\r\n", "\n").replace("\x00", "\ufffd")
    assert part(page, "input[name=next]")["value"] == "/desk"
    assert "<script>" not in page.text
    assert content(engine, table) == before


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"email=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"email=\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b'{"email": "a@x.example"}', "application/x-www-form-urlencoded", 400),
        (b'{"email": "a@x.example"}', "application/json", 415),
        (b"email=" + b"a" * 7_000_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a%d=1" % n for n in range(500)), "application/x-www-form-urlencoded", 400),
        (b"email=a%40x.example&roles=clerk", "application/x-www-form-urlencoded", 422),
    ],
)
def test_what_is_no_form_of_ours_changes_nothing(
    client: Client, engine: Engine, table: str, body: bytes, content_type: str, code: int
) -> None:
    before = content(engine, table)
    page = client.post("/sign-in", body, status=code, headers={"Content-Type": content_type})
    assert "text/html" in page.headers["Content-Type"]
    assert content(engine, table) == before


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_another_sites_page_signs_nobody_in_or_out(
    client: Client, engine: Engine, table: str, headers: dict[str, str]
) -> None:
    client.sign_in(TOM)
    link = link_for(client, CHAIR)
    before = content(engine, table)
    for path in ("/sign-in", link, "/sign-out", "/sign-out/everywhere"):
        press(client, path, 403, **headers)
    assert content(engine, table) == before
    assert signed_in_as(client.get("/")) == "Cllr Tom Eldersfield"


def test_what_was_typed_survives_the_end_of_a_session(client: Client, clock: Clock) -> None:
    client.sign_in(CLERK)
    form = client.get("/register/add")
    clock.move(hours=12)
    reason = "Co-opted <b>at</b> the meeting"
    nell = "nell@council.example"
    page = client.submit(form, status=403, name="Nell Fox", email=nell, roles=["councillor"], reason=reason)
    assert heading(page) == "Your sign-in has ended"
    assert text_of(page, ".cw-exact") == reason
    assert part(page, "a[target=_blank]")["href"] == "/api/sign-in"
    again = client.submit(page, status=403)
    assert heading(again) == "Your sign-in has ended"
    # In another tab of the same browser, which keeps the same cookies.
    client.sign_in(CLERK)
    page = client.follow(client.submit(again))
    assert heading(page) == "Nell Fox"
    assert reason in page.html.get_text()


# The first day, and other addresses -----------------------------------------------------------------------------------


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
    wiring.use(settings=replace(wiring.settings(), public_url=f"http://{HOST}"))
    visitor = Client(Site(mailbox, prefixed=False), prefix="")
    page = visitor.follow(visitor.get("/register", status=303))
    page = visitor.follow(visitor.submit(page, email=CLERK))
    page = visitor.follow(visitor.submit(visitor.get(link_in(visitor.mail_to(CLERK)))))
    assert (heading(page), page.request.path) == ("Register", "/register")
