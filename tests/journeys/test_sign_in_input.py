"""What comes to the sign-in pages that no page of ours sent, and what was typed when a session ended."""

from __future__ import annotations

import pytest

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
    text_of,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

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
