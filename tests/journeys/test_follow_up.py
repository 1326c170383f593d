"""Coming back to a report: by reference and receipt code alone, for half an hour."""

from __future__ import annotations

from functools import partial

import pytest

from chalicelib import access, wiring
from chalicelib.cases import codes
from chalicelib.cases.service import reporting
from tests.journeys.reporting import PNG, case, cookies, opens, reports
from tests.journeys.steps import message_at, presses, table_dump, typed_in, words
from tests.journeys.test_pictures import sends
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted
from tests.support.engines import Engine

PATH = "/report/follow-up"


def test_a_wrong_code_and_an_unknown_reference_are_the_same(client: Client, engine: Engine) -> None:
    reference, code = reports(client.another())
    tries = {
        "wrong code": (reference, codes.new_code()),
        "unknown reference": (codes.new_reference(), code),
        "neither": ("NONSENSE", "QQQ"),
    }
    said, cost = {}, {}
    client.site.streams = False
    client.submit(client.get(PATH), status=422, reference="A", code="B")  # The day's salt is there after this.
    for name, (one, other) in tries.items():
        form = client.get(PATH)
        sends_it = partial(client.submit, form, status=422, reference=one, code=other)
        page, made = counted(engine.client, sends_it)
        said[name] = (message_at(page, "reference"), words(page).replace(one, "").replace(other, ""))
        cost[name] = dict(made)
        assert typed_in(page, "reference") == one
        assert "clerkwell-follow-up" not in cookies(client)
    assert len(set(said.values())) == 1
    assert cost["wrong code"] == cost["unknown reference"] == cost["neither"]


def test_whoever_tries_and_what_is_tried_are_slowed(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, code = reports(client.another())
    most, hour = access.LIMITS["follow-up-reference"]
    for _ in range(most):
        client.post(PATH, {"reference": reference, "code": "wrong"}, status=422)
    page = client.post(PATH, {"reference": reference, "code": code}, status=429)
    assert "Try again in an hour" in words(page)
    clock.move(hours=1)
    assert "Your report" in words(opens(client, reference, code))
    monkeypatch.setitem(access.LIMITS, "follow-up-source", (3, hour))
    clock.move(hours=1)
    for n in range(3):
        client.another().post(PATH, {"reference": codes.new_reference(), "code": str(n)}, status=422)
    client.another().post(PATH, {"reference": reference, "code": code}, status=429)


def test_the_session_lasts_half_an_hour_and_what_was_typed_survives_its_end(client: Client, clock: Clock) -> None:
    reference, code = reports(client.another())
    visitor = client.another()
    page = opens(visitor, reference, code)
    assert reference not in page.request.url
    assert code not in page.request.url
    (cookie,) = (cookie for cookie in visitor.web.cookiejar if cookie.name == "clerkwell-follow-up")
    assert cookie.expires is None
    clock.move(minutes=31)
    assert "Receipt code" in words(visitor.get(PATH))
    late = visitor.submit(page, status=403, text="I forgot to say\nwhere")
    assert "Your 30 minutes are over" in words(late)
    assert "I forgot to say where" in words(late)
    late = visitor.submit(late, status=422, reference=reference, code="wrong")
    page = visitor.follow(visitor.submit(late, reference=reference, code=code))
    assert "Your message has been sent" in words(page)
    found = reporting.follow_up(
        wiring.store(), access.register(wiring.store()), reference, codes.receipt(code), clock()
    )
    assert [message.text for message in found.messages] == ["I forgot to say\nwhere"]
    assert str(client.another().get(f"{PATH}/evidence", status=303).location).endswith(PATH)
    presses(client.another(), f"{PATH}/evidence", status=403, remove="x")


def test_a_message_sent_twice_is_one_and_an_empty_one_none(client: Client, engine: Engine, table: str) -> None:
    reference, code = reports(client.another())
    page = opens(client, reference, code)
    before = table_dump(engine, table)
    refused = client.submit(page, status=422, text=" ")
    assert "Write your message" in message_at(refused, "text")
    refused = client.submit(page, status=422, text="x" * 5_001)
    assert "5,000 characters or fewer" in message_at(refused, "text")
    refused = client.submit(page, status=422, text="a\x00b")
    assert "cannot be kept" in message_at(refused, "text")
    assert table_dump(engine, table) == before
    for _ in range(2):
        client.submit(page, text="Once")
    assert case(reference).data["said"] == 1


def test_more_messages_and_files_than_a_report_can_hold_are_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, code = reports(client.another())
    page = opens(client, reference, code)
    monkeypatch.setattr(reporting, "MOST_SAID", 0)
    monkeypatch.setattr(reporting, "MOST_EVIDENCE", 0)
    page = client.submit(page, status=422, text="One more")
    assert "no more messages" in message_at(page, "text")
    sends(client, f"{PATH}/evidence", PNG)
    assert "no more files" in words(presses(client, f"{PATH}/evidence", status=422), ".govuk-error-summary")
    page = client.get(f"{PATH}/evidence")
    presses(client, f"{PATH}/evidence", remove=str(page.html.select("input[name=remove]")[0]["value"]))
    assert "Send a file first" in words(presses(client, f"{PATH}/evidence", status=422), ".govuk-error-summary")
    sends(client, f"{PATH}/evidence", b"words")
    assert "PNG, JPEG or PDF" in words(presses(client, f"{PATH}/evidence", status=422), ".govuk-error-summary")


def test_a_reporters_session_is_no_persons(client: Client) -> None:
    reference, code = reports(client.another())
    opens(client, reference, code)
    client.web.set_cookie("clerkwell", cookies(client)["clerkwell-follow-up"])
    assert str(client.get("/desk", status=303).location).endswith("next=%2Fdesk")
    other = client.another()
    other.web.set_cookie("clerkwell-follow-up", "x" * 43)
    assert "Receipt code" in words(other.get(PATH))
    presses(other, f"{PATH}/leave")
    presses(client.another(), f"{PATH}/leave")
