"""Who may open what, where a form may come from, and forms that cannot be read."""

from __future__ import annotations

import json

import pytest

from chalicelib import access, web
from chalicelib.access import Visitor
from chalicelib.policy import standard
from chalicelib.register.rules import Person, Register
from tests.support.checks import CHAIR, CLERK, COUNCIL, COUNCILLOR, EMPLOYEE, VICE
from tests.support.edge import Call, shown

# Who may open what --------------------------------------------------------------------------------------------------

PLACES = ["/open", "/link", "/mine", "/desk", "/register"]


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        (None, [403, 200, 303, 303, 303]),
        (COUNCILLOR, [200, 200, 200, 404, 404]),
        (EMPLOYEE, [200, 200, 200, 404, 404]),
        (VICE, [200, 200, 200, 200, 404]),
        (CHAIR, [200, 200, 200, 200, 404]),
        (CLERK, [200, 200, 200, 200, 200]),
    ],
    ids=lambda who: getattr(who, "id", None),
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_each_place_is_open_to_those_it_is_for(call: Call, who: Person | None, answers: list[int], method: str) -> None:
    assert [call(place, method, who=who)["statusCode"] for place in PLACES] == answers


def test_a_place_that_somebody_may_not_see_is_not_found_in_the_same_words(call: Call) -> None:
    hidden = call("/desk", who=COUNCILLOR)
    assert hidden["statusCode"] == 404
    assert hidden["body"] == call("/register", who=COUNCILLOR)["body"]


def test_whoever_is_not_signed_in_goes_on_to_where_they_wanted_to_be(call: Call) -> None:
    for broken in ({}, {"cookie": "__Host-clerkwell=nobody"}, {"cookie": "clerkwell=p-tom"}, {"cookie": "\x00=;;"}):
        answer = call("/mine", **broken)
        assert (answer["statusCode"], answer["headers"]["location"]) == (303, "/api/sign-in?next=%2Fmine")


def test_what_was_typed_stays_when_the_session_ended_meanwhile(call: Call) -> None:
    answer = call("/mine", "POST", body="text=My+long+%3Cdraft%3E")
    assert answer["statusCode"] == 403
    assert "My long &lt;draft&gt;" in answer["body"]


def test_a_page_for_all_asks_for_no_visitor_where_it_needs_none(call: Call) -> None:
    assert call("/open", query={"who": ["1"]})["statusCode"] == 403
    assert json.loads(call("/open", who=COUNCILLOR)["body"]) == len(COUNCIL.people)


def test_a_page_opened_by_a_link_does_not_look_at_the_session(call: Call) -> None:
    assert json.loads(call("/link", who=COUNCILLOR)["body"]) == {"visitor": False}


def test_the_chair_keeps_the_register_while_there_is_no_clerk(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Register((CHAIR, COUNCILLOR))
    monkeypatch.setattr(
        access, "visitor", lambda _store, token, _at: Visitor(alone.person(token) or CHAIR, alone, standard.VERSION, "")
    )
    assert call("/register", who=CHAIR)["statusCode"] == 200
    assert call("/register", who=COUNCILLOR)["statusCode"] == 404


def test_every_route_is_entered_with_its_class(call: Call) -> None:
    assert web.ROUTES["/mine", "GET"] == web.ROUTES["/mine", "HEAD"] == web.ROUTES["/mine", "POST"] == web.SIGNED_IN
    assert ("/on", "GET") not in web.ROUTES
    assert web.ROUTES["/on", "POST"] == web.PUBLIC


# Where a form comes from --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://desk.example"},
        {"sec_fetch_site": "same-origin", "origin": "https://desk.example"},
        {"sec_fetch_site": "none"},
    ],
)
def test_our_own_pages_and_scripts_may_send_forms(call: Call, headers: dict[str, str]) -> None:
    assert shown(call, "POST", "a=1", **headers)["form"] == {"a": ["1"]}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://desk.example"},
        {"origin": "https://desk.example:8443"},
        {"origin": "https://desk.example.evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "same-origin", "origin": "https://evil.example"},
        {"sec_fetch_site": "cross-site", "origin": "https://desk.example"},
    ],
    ids=str,
)
def test_another_sites_page_may_not(call: Call, headers: dict[str, str]) -> None:
    answer = call("/mine", "POST", body="a=1", who=CLERK, **headers)
    assert answer["statusCode"] == 403
    assert "sent from another website" in answer["body"]


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}])
def test_a_link_on_another_sites_page_may_be_followed(call: Call, headers: dict[str, str]) -> None:
    assert call("/mine", who=CLERK, **headers)["statusCode"] == 200


# What cannot be read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a=%ff", 400),
        ("no form", 400),
        ("a=" + "x" * web.LARGEST_FORM, 413),
        ("&".join(f"f{n}=x" for n in range(300)), 400),
        ("a=\ufffd", 400),
    ],
    ids=["UTF-8", "no form", "too large", "too many", "damaged"],
)
def test_what_cannot_be_read_is_told_in_a_page(call: Call, body: str, code: int) -> None:
    answer = call("/mine", "POST", body=body, who=CLERK)
    assert answer["statusCode"] == code
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"


def test_the_largest_form_that_people_can_fill_is_read(call: Call) -> None:
    body = "text=" + "%F0%9F%98%80" * 10_000
    assert len(body) < web.LARGEST_FORM
    assert shown(call, "POST", body)["form"]["text"] == ["😀" * 10_000]


def test_a_form_without_a_body_is_empty(call: Call) -> None:
    assert shown(call, "POST", None)["form"] == {}
    assert shown(call, "POST", "")["form"] == {}
