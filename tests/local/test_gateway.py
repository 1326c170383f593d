"""The gateway does with a request what API Gateway does, tried on a small app that says what it was given."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
import werkzeug.test
from chalice.app import Chalice, Response
from webtest import TestApp

from infra.local.gateway import LARGEST_BODY, LARGEST_PAYLOAD, Gateway, own_answers, route_of

PNG = b"\x89PNG\r\n\x1a\n"
FORM = "application/x-www-form-urlencoded"
ANSWERS = own_answers(
    {
        name: {
            "statusCode": status,
            "responseParameters": {"gatewayresponse.header.Content-Type": "'text/html; charset=utf-8'"},
            "responseTemplates": {"text/html": f"<h1>{name}</h1>"},
        }
        for name, status in (
            ("MISSING_AUTHENTICATION_TOKEN", "404"),
            ("REQUEST_TOO_LARGE", "413"),
            ("DEFAULT_5XX", "503"),
        )
    }
)


def echo_app() -> Chalice:
    """An app whose answers are what it was given."""
    app = Chalice(app_name="echo")

    @app.route("/event", methods=["GET", "HEAD"])
    @app.route("/things/{one}", methods=["GET"])
    def event(one: str = "") -> Any:
        assert app.current_request is not None
        return {**app.current_request.to_original_event(), "one": one}

    @app.route("/event", methods=["POST"], content_types=[FORM, "image/png", "text/plain"])
    def posted() -> Any:
        assert app.current_request is not None
        raw: Any = app.current_request.raw_body
        return {**app.current_request.to_original_event(), "raw": raw.hex() if isinstance(raw, bytes) else raw}

    @app.route("/cookies")
    def cookies() -> Response:
        return Response("", {"Set-Cookie": ["a=1", "b=2"], "Content-Type": "text/plain"}, 200)

    @app.route("/picture")
    def picture() -> Response:
        return Response(PNG, {"Content-Type": "image/png"}, 200)

    @app.route("/long")
    def long() -> Response:
        return Response("word " * 1000, {"Content-Type": "text/plain"}, 200)

    @app.route("/huge")
    def huge() -> Response:
        return Response("x" * (LARGEST_PAYLOAD + 1), {"Content-Type": "text/plain"}, 200)

    return app


def web(*, prefixed: bool = True, after: Any = lambda: None, handler: Any = None) -> TestApp:
    """A visitor to the echo app."""
    app = echo_app()
    gateway = Gateway(
        handler or app,
        app.routes,
        binary_types=app.api.binary_types,
        answers=ANSWERS,
        prefixed=prefixed,
        after=after,
    )
    return TestApp(gateway, extra_environ={"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"})


def test_an_event_tells_the_stage_only_in_the_request_context() -> None:
    event = web().get("/api/event?a=1&a=2&b=%C3%A9+x").json
    assert (event["path"], event["requestContext"]["path"]) == ("/event", "/api/event")
    assert (event["resource"], event["requestContext"]["stage"]) == ("/event", "api")
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["é x"]}
    assert event["queryStringParameters"] == {"a": "2", "b": "é x"}
    assert event["headers"]["X-Forwarded-Proto"] == "http"
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["domainName"] == "127.0.0.1:8000"


def test_a_custom_domain_has_no_prefix() -> None:
    event = web(prefixed=False).get("/event").json
    assert (event["path"], event["requestContext"]["path"]) == ("/event", "/event")
    web(prefixed=False).get("/api/event", status=404)


def test_outside_the_stage_there_is_nothing() -> None:
    assert web().get("/event", status=403).json == {"message": "Forbidden"}
    web().get("/apis", status=403)


def test_an_unknown_path_or_method_gets_the_gateways_own_page() -> None:
    for path in ("/api/nothing", "/api", "/api/things/", "/api/things/a/b"):
        assert web().get(path, status=404).text == "<h1>MISSING_AUTHENTICATION_TOKEN</h1>"
    web().put("/api/event", "", status=404)
    web().head("/api/cookies", status=404)


def test_a_slash_at_the_end_does_not_count() -> None:
    assert web().get("/api/event/").json["resource"] == "/event"


def test_path_parameters_come_as_they_were_sent() -> None:
    event = web().get("/api/things/caf%C3%A9%20x").json
    assert event["pathParameters"] == {"one": "caf%C3%A9%20x"}
    assert event["path"] == "/things/caf%C3%A9%20x"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", ("/", {})),
        ("/a/b", ("/a/b", {})),
        ("/a/c", ("/a/{x}", {"x": "c"})),
        ("/z/b", ("/{y}/b", {"y": "z"})),
        ("/a/", None),
        ("/A/b", ("/{y}/b", {"y": "A"})),
    ],
)
def test_a_fixed_segment_wins_over_a_parameter(path: str, found: Any) -> None:
    routes = {route: ["GET"] for route in ("/", "/{y}/b", "/a/{x}", "/a/b")}
    assert route_of(path, "GET", routes) == found


def test_head_is_answered_without_a_body() -> None:
    answer = web().head("/api/event")
    assert answer.body == b""
    assert int(answer.headers["Content-Length"]) > 0


def test_several_cookies_stay_several() -> None:
    assert web().get("/api/cookies").headers.getall("Set-Cookie") == ["a=1", "b=2"]


def post(body: bytes, content_type: str, status: int = 200) -> Any:
    """Send a body to the echo app as it is."""
    return web().request("/api/event", method="POST", body=body, content_type=content_type, status=status)


def test_text_goes_in_as_text_and_damaged_text_damaged() -> None:
    event = post("a=é".encode(), FORM).json
    assert (event["body"], event["isBase64Encoded"]) == ("a=é", False)
    damaged = post(b"a=\xff", FORM).json
    assert damaged["body"] == "a=\ufffd"


def test_a_binary_type_goes_in_and_out_as_base64() -> None:
    event = post(PNG, "image/png").json
    assert event["isBase64Encoded"] is True
    assert event["raw"] == PNG.hex()
    assert web().get("/api/picture", headers={"Accept": "image/png"}).body == PNG


def test_a_binary_answer_stays_base64_when_the_first_accepted_type_is_not_binary() -> None:
    answer = web().get("/api/picture", headers={"Accept": "image/avif,image/png"}, status="*")
    assert answer.body != PNG


def test_a_long_answer_is_compressed_for_who_takes_it() -> None:
    # WebTest unpacks what is compressed before anybody sees it, so this asks without it.
    app = echo_app()
    visitor = werkzeug.test.Client(Gateway(app, app.routes))
    packed = visitor.get("/api/long", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == b"word " * 1000
    assert "Content-Encoding" not in visitor.get("/api/long").headers
    assert "Content-Encoding" not in visitor.get("/api/cookies", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("size", [LARGEST_PAYLOAD, LARGEST_BODY, LARGEST_BODY + 1])
def test_a_body_that_is_too_large_is_refused_before_the_app(size: int) -> None:
    answer = post(b"a" * size, "text/plain", 413)
    assert answer.text == "<h1>REQUEST_TOO_LARGE</h1>"


def test_an_answer_that_is_too_large_or_an_app_that_fails_is_the_gateways_page(capsys: Any) -> None:
    def fails(_event: Any, _context: Any) -> Any:
        raise RuntimeError("on purpose")

    assert web().get("/api/huge", status=503).text == "<h1>DEFAULT_5XX</h1>"
    assert web(handler=fails).get("/api/event", status=503).text == "<h1>DEFAULT_5XX</h1>"
    assert "on purpose" in capsys.readouterr().err


def test_what_follows_a_write_runs_before_it_is_answered_and_never_after_a_read() -> None:
    ran: list[str] = []
    visitor = web(after=lambda: ran.append("outbox"))
    visitor.get("/api/event")
    visitor.head("/api/event")
    assert ran == []
    visitor.post("/api/event", "a=1", content_type=FORM)
    assert ran == ["outbox"]


def test_the_function_gets_json_and_a_context() -> None:
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        assert context.get_remaining_time_in_millis() > 0
        body = base64.b64encode(json.dumps(event["headers"]["Cookie"]).encode()).decode()
        return {"statusCode": 200, "body": body, "isBase64Encoded": True}

    answer = web(handler=handler).get("/api/event", headers={"Cookie": "a=1", "Accept": "image/png"})
    assert answer.body == b'"a=1"'
    assert answer.content_type == "application/json"
