"""The HTTP edge: what a view is asked, what every answer carries, cookies, errors, and where to go on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import web
from tests.support.checks import CLERK, COUNCILLOR
from tests.support.edge import Call, shown

SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-opener-policy": "same-origin",
    "x-robots-tag": "noindex",
}


# What is asked ------------------------------------------------------------------------------------------------------


def test_a_view_sees_what_was_asked(call: Call) -> None:
    assert shown(call, "POST", "text=a%0D%0Ab&box=1&box=2", query={"from": ["1", "2"]}, who=COUNCILLOR) == {
        "part": "x",
        "query": {"from": "2"},
        "form": {"text": ["a\nb"], "box": ["1", "2"]},
        "visitor": COUNCILLOR.id,
        "prefix": "/api",
        "origin": "https://desk.example",
        "source": "192.0.2.7",
    }


@pytest.mark.parametrize(("stage", "prefix"), [("/api", "/api"), ("", "")])
@pytest.mark.parametrize("path", ["/open", "/", "/shown/api", "/shown/%C3%A9"])
def test_the_stage_stands_before_every_path_on_api_gateways_own_address_only(
    call: Call, path: str, stage: str, prefix: str
) -> None:
    part = path.removeprefix("/shown/")
    route, parts = ("/shown/{part}", {"part": part}) if part != path else (path, None)
    if path == "/open":
        answer = call("/on", "POST", stage=stage)
        assert answer["headers"]["location"] == f"{prefix}/mine"
    else:
        assert json.loads(call(path, route=route, parts=parts, stage=stage)["body"])["prefix"] == prefix


def test_the_first_page_has_the_stage_also_without_a_slash(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Request:
        method, headers = "GET", {"host": "desk.example"}

        def to_original_event(self) -> dict[str, Any]:
            return {"path": "/", "requestContext": {"path": "/api", "stage": "api"}}

    assert web.asked_of(Request(), {}).prefix == "/api"


# What every answer carries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "more", "code"),
    [
        ("/mine", "GET", {"who": CLERK}, 200),
        ("/mine", "HEAD", {"who": CLERK}, 200),
        ("/mine", "GET", {}, 303),
        ("/mine", "POST", {}, 403),
        ("/desk", "GET", {"who": COUNCILLOR}, 404),
        ("/wrong", "GET", {"query": {"a": ["1"]}}, 410),
        ("/wrong", "GET", {}, 500),
        ("/on", "POST", {}, 303),
        ("/on", "GET", {}, 405),
        ("/on", "POST", {"content_type": "application/json", "body": "{}"}, 415),
        ("/on", "POST", {"content_type": "text/plain", "body": "a=1"}, 415),
    ],
)
def test_every_answer_carries_the_security_headers(
    call: Call, path: str, method: str, more: dict[str, Any], code: int
) -> None:
    answer = call(path, method, **more)
    assert answer["statusCode"] == code
    assert SECURITY.items() <= answer["headers"].items()
    if code >= 400:
        assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
        assert "<h1" in answer["body"]


def test_an_error_tells_nothing_of_the_inside_and_escapes_what_it_tells(call: Call) -> None:
    assert "secret detail" not in call("/wrong")["body"]
    assert "KeyError" not in call("/wrong")["body"]
    assert "It is &lt;gone&gt;." in call("/wrong", query={"a": ["1"]})["body"]


def test_error_pages_lead_back_under_the_stage(call: Call) -> None:
    assert 'href="/api/' in call("/wrong")["body"]
    assert 'href="/api/' not in call("/wrong", stage="")["body"]


def test_pages_that_send_files_may_send_them_to_the_bucket_only() -> None:
    policy = web.headers("https://s3.example")["Content-Security-Policy"]
    assert "form-action 'self' https://s3.example;" in policy
    assert "img-src 'self' data: https://s3.example;" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_a_redirect_is_by_get_and_may_set_cookies(call: Call) -> None:
    answer = call("/on", "POST")
    first, second = answer["headers"]["set-cookie"]
    assert (answer["statusCode"], answer["headers"]["location"], answer["body"]) == (303, "/api/mine", "")
    assert first == "__Host-clerkwell=secret; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert second == "other=1"


def test_without_https_the_cookie_has_no_prefix_and_is_read_so(call: Call) -> None:
    plain = {"x_forwarded_proto": "http"}
    first, _ = call("/on", "POST", **plain)["headers"]["set-cookie"]
    assert first == "clerkwell=secret; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"
    assert shown(call, cookie=f"clerkwell={CLERK.id}", **plain)["visitor"] == CLERK.id
    assert shown(call, cookie=f"__Host-clerkwell={CLERK.id}", **plain)["visitor"] == ""


@pytest.mark.parametrize(
    "others",
    [
        "_ga=GA1.2.3; ",
        'prefs={"a": [1, 2]}; ',
        "a@b=1; ",
        "a[b]=1; ",
        "=; ;; ",
        "flag; ",
        "é=é; ",
        "x__Host-clerkwell=no; ",
    ],
)
def test_other_cookies_of_the_domain_do_not_stand_in_the_way(call: Call, others: str) -> None:
    assert shown(call, cookie=f"{others}__Host-clerkwell={CLERK.id}")["visitor"] == CLERK.id
    assert shown(call, cookie=f"__Host-clerkwell={CLERK.id}; {others}")["visitor"] == CLERK.id


# Where to go on -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/desk", "/check/7F3K-9QXM", "/check?from=1&to=2#end", "/.//evil.example"])
def test_our_own_paths_may_be_gone_on_to(path: str) -> None:
    assert web.safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "desk",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "//[",
        "/\t/evil.example",
        "/\n/evil.example",
        "/desk\r\nSet-Cookie: a=b",
        "/d\x00",
        "/é",
        "javascript:alert(1)",
        " /desk",
        "/" + "x" * 200,
    ],
    ids=repr,
)
def test_anything_else_leads_home(path: str) -> None:
    assert web.safe_path(path) == "/"
