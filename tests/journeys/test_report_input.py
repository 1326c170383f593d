"""Bad input to a report, from the form and from programs alike: told at its field, what was typed kept, none saved."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.cases.fields import ALL, CLAUSES, EMAIL, LINE, LINES, ONE, Question
from tests.journeys.reporting import REPORT, case
from tests.journeys.steps import message_at, signed_in, table_dump, typed_in, words
from tests.journeys.test_bad_input import BODIES, FORM_TYPE
from tests.support.client import Client
from tests.support.engines import Engine

API = "/breach-reports"


def sent(client: Client, body: Any, status: Any, **headers: str) -> Any:
    """POST as a program does; the answer's JSON."""
    raw: Any = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = headers.pop("content_type", "application/json")
    answer = client.web.post(
        client.whole(API), raw, content_type=kind, headers=headers, status=status, expect_errors=True
    )
    assert answer.content_type == "application/json"
    return answer.json


def bad_texts(question: Question) -> dict[str, str]:
    """What a text of this kind cannot be."""
    if question.kind == ONE:
        return {"no such choice": "nobody", "a choice and more": "clerk\x00"}
    bad = {"nul": "a\x00b", "control": "a\x1bb", "too long": "x" * (question.most + 1)}
    bad |= {"two lines": "a\r\nb"} if question.kind in (LINE, EMAIL) else {}
    return bad | ({"no address": "sam at mail", "no domain": "sam@mail"} if question.kind == EMAIL else {})


@pytest.mark.parametrize("question", [one for one in ALL if one.kind != CLAUSES], ids=lambda one: one.name)
def test_what_a_text_cannot_be_is_told_at_its_field_both_ways(
    client: Client, engine: Engine, table: str, question: Question
) -> None:
    before = table_dump(engine, table)
    for what, text in bad_texts(question).items():
        whole = {**REPORT, question.name: text}
        page = client.post("/report", whole, status=422)
        told = message_at(page, question.name)
        assert told, what
        if question.kind != ONE:
            kept = text.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace("\r\n", "\n")
            assert typed_in(page, question.name).replace("\r\n", "\n") == kept or question.kind in (LINE, EMAIL)
        # By a program as by the form, in the same words.
        errors = sent(client, whole, 422)["errors"]
        assert list(errors) == [question.name]
        assert told.endswith(errors[question.name].replace("  ", " ")), what
    for value in (1, 1.5, True, None, {}, {"a": 1}, [1], [["a"]], 10**30):
        assert list(sent(client, {**REPORT, question.name: value}, 422)["errors"]) == [question.name], value
    assert table_dump(engine, table) == before


def test_clauses_are_those_of_the_policy(client: Client, engine: Engine, table: str) -> None:
    before = table_dump(engine, table)
    page = client.post("/report", {**REPORT, "clauses": "no-such-clause"}, status=422)
    assert "Choose only" in message_at(page, "clauses")
    for value in ("comply", ["no-such-clause"], [1], None, [["a"]], ["a\x00"]):
        assert list(sent(client, {**REPORT, "clauses": value}, 422)["errors"]) == ["clauses"]
    known = client.get("/openapi.json").json["components"]["schemas"]["Report"]["properties"]["clauses"]
    first = known["items"]["enum"][0]
    assert list(sent(client, {**REPORT, "clauses": [first, first]}, 422)["errors"]) == ["clauses"]
    assert table_dump(engine, table) == before
    sent(client, {**REPORT, "clauses": [first]}, 201)


def test_the_fields_that_scripts_meet_are_there(client: Client) -> None:
    contract = {"what_happened", "where", "when", "subject", "clauses", "contact_name", "contact_email"}
    document = client.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    report = document["components"]["schemas"]["Report"]
    assert contract <= set(report["properties"]) == {question.name for question in ALL}
    assert report["required"] == ["what_happened", "subject"]
    page = client.get("/report/new/answers")
    assert contract <= {str(field["name"]) for field in page.html.select("main [name]")}


def test_a_program_of_somebody_who_is_signed_in_reports_in_their_name(client: Client) -> None:
    reference = sent(signed_in(client, "councillor1"), REPORT, 201)["reference"]
    assert case(reference).data["reporter"] == "councillor1"
    assert case(sent(client, REPORT, 201)["reference"]).data["reporter"] == ""


DEEP = b"[" * 50_000 + b"]" * 50_000
BROKEN: dict[str, tuple[int, bytes]] = {
    "empty": (400, b""),
    "no json": (400, b"what_happened=x"),
    "a list": (400, b"[]"),
    "a text": (400, b'"x"'),
    "null": (400, b"null"),
    "cut short": (400, b'{"what_happened": "x"'),
    "two": (400, b"{}{}"),
    "broken utf-8": (422, b'{"what_happened": "\xff\xfe", "subject": "clerk"}'),
    "nan": (400, b'{"what_happened": NaN}'),
    "deep": (400, DEEP),
    "deep inside": (400, b'{"what_happened": ' + DEEP + b"}"),
    "huge number": (422, b'{"what_happened": ' + b"9" * 100_000 + b', "subject": "clerk"}'),
    "huge exponent": (422, b'{"what_happened": 1e999999999, "subject": "clerk"}'),
    "lone surrogate": (422, b'{"what_happened": "\\ud800", "subject": "clerk"}'),
    "nul": (422, b'{"what_happened": "\\u0000", "subject": "clerk"}'),
    "twice": (422, b'{"what_happened": "a", "what_happened": "b", "subject": "clerk"}'),
    "unknown": (422, b'{"what_happened": "a", "subject": "clerk", "is_admin": true}'),
    "the traps": (422, b'{"what_happened": "a", "subject": "clerk", "homepage": "x", "draft": "y"}'),
    "nothing": (422, b"{}"),
    "too large": (413, b'{"what_happened": "' + b"a" * 400_000 + b'"}'),
    "7 MB": (413, b'{"what_happened": "' + b"a" * 7_000_000 + b'"}'),
}


def test_what_is_no_report_is_refused_as_json_and_nothing_is_saved(client: Client, engine: Engine, table: str) -> None:
    before = table_dump(engine, table)
    for name, (status, body) in BROKEN.items():
        if name == "7 MB":
            # API Gateway refuses it itself.
            whole: Any = body
            client.web.post(client.whole(API), whole, content_type="application/json", status=status)
            continue
        errors = sent(client, body, status)["errors"]
        assert errors, name
        assert all(isinstance(message, str) and message for message in errors.values()), name
    assert set(sent(client, b"{}", 422)["errors"]) == {"what_happened", "subject"}
    assert set(sent(client, BROKEN["unknown"][1], 422)["errors"]) == {"is_admin"}
    assert "\x00" not in json.dumps(sent(client, b'{"a\\u0000\\ud800": 1}', 422))
    for kind in ("text/plain", FORM_TYPE, "multipart/form-data; boundary=x", "nonsense", "application/json-patch+json"):
        sent(client, REPORT, 415, content_type=kind)
    for key in ("", "short", "x" * 129, "with space", "né-né-né-né"):
        errors = sent(client, REPORT, 422, **{"Idempotency-Key": key})["errors"] if key else None
        assert errors is None or list(errors) == ["Idempotency-Key"]
    sent(client, REPORT, 403, Origin="https://elsewhere.example")
    sent(client, REPORT, 403, **{"Sec-Fetch-Site": "cross-site"})
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = client.web.request(client.whole(API), method=method, status=405)
        assert answer.headers["Allow"] == "POST"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert table_dump(engine, table) == before


def test_a_program_reports_and_may_send_again(client: Client) -> None:
    whole = {
        "what_happened": "Line one\r\nline two 🙂 שלום",
        "where": [" https://social.example/1 ", "the village group"],
        "when": "Sunday",
        "subject": "member",
        "subject_name": "  Cllr Nobody  ",
        "witnesses": "",
        "harassment": "no",
        "contact_name": "Sam",
        "contact_email": "sam@mail.example",
        "confidential": "",
    }
    sent(client, REPORT, 201, **{"Idempotency-Key": ""})
    key = {"Idempotency-Key": "6f1c1c1e-7b1d-4b7e-9d53-3a0d1c0c2f11"}
    first = sent(client, whole, 201, **key)
    assert sent(client, whole, 201, **key) == first
    assert sent(client, {**whole, "when": "Monday"}, 201, **key)["reference"] != first["reference"]
    assert sent(client, whole, 201)["reference"] != first["reference"]
    assert first["follow_up"].endswith("/api/report/follow-up")
    answer = client.post(
        "/report/follow-up", {"reference": first["reference"], "code": first["receipt_code"]}, status=303
    )
    assert "Somebody who is not involved" in words(client.follow(answer))
    kept = case(first["reference"]).data["answers"]
    assert kept["what_happened"] == "Line one\nline two 🙂 שלום"
    assert kept["where"] == "https://social.example/1\nthe village group"
    assert kept["subject_name"] == "Cllr Nobody"
    assert set(kept) == {question.name for question in ALL}
    # A list is as long as a text at the most.
    sent(client, {**REPORT, "where": ["x" * 499] * 12}, 201)
    assert list(sent(client, {**REPORT, "where": ["x" * 500]}, 422)["errors"]) == ["where"]
    assert list(sent(client, {**REPORT, "where": ["x"] * 13}, 422)["errors"]) == ["where"]
    assert list(sent(client, {**REPORT, "where": ["a\nb"]}, 422)["errors"]) == ["where"]
    assert LINES in {question.kind for question in ALL}


PATHS = ("/report", "/report/start", "/report/leave", "/report/new/what", "/report/new/evidence", "/report/follow-up")


def test_what_no_browser_sends_is_a_plain_page_and_saves_nothing(client: Client, engine: Engine, table: str) -> None:
    before = table_dump(engine, table)
    for path in (*PATHS, "/report/follow-up/say", "/report/follow-up/leave"):
        for name, (status, body) in BODIES.items():
            if name == "7-megabytes" and path != "/report":
                continue
            page = client.post(path, body, status="*", content_type=FORM_TYPE)
            # Without a draft there is nothing to take a file out of, without a session nothing to say.
            expected = {"/report/new/evidence": 303, "/report/follow-up/say": 403}.get(path, status)
            assert page.status_code == (expected if status == 422 else status), (path, name)
        client.post(path, b"{}", status=415, content_type="application/json")
    twice = urlencode([*REPORT.items(), ("subject", "clerk")])
    page = client.post("/report", twice, status=422, content_type=FORM_TYPE)
    assert "one field only called subject" in words(page)
    client.post("/report/new/answers", "", status=405, content_type=FORM_TYPE)
    client.get("/report/new/nonsense", status=404)
    client.post("/report/new/nonsense", "", status=404, content_type=FORM_TYPE)
    assert table_dump(engine, table) == before
