"""Sessions: how long they last, whose they are, and how they end."""

from __future__ import annotations

import re

import pytest

from chalicelib.store import Store
from tests.journeys.doors import (
    CHAIR,
    CLERK,
    FORM_TYPE,
    TOM,
    cookie_of,
    heading,
    link_for,
    press,
    signed_in_as,
)
from tests.support.client import HOST, Client
from tests.support.clock import Clock


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
    headers = {**FORM_TYPE, "Origin": f"https://{HOST}"}
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
