"""A small app with a page of each access class, and a way to ask it as API Gateway does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Chalice, Response

from chalicelib import web
from chalicelib.register.rules import Person

Call = Callable[..., dict[str, Any]]


def views() -> Blueprint:
    """A page of each access class, one that fails, and one that shows what it was asked."""
    pages = Blueprint(__name__)

    @web.route(pages, "/shown/{part}", web.PUBLIC, ("GET", "POST"))
    def shown(asked: web.Asked) -> Response:
        visitor = asked.visitor.person.id if asked.visitor else ""
        plain = {"part": asked.parts["part"], "query": asked.query, "form": asked.form, "visitor": visitor}
        return web.data({**plain, "prefix": asked.prefix, "origin": asked.origin, "source": asked.source})

    @web.route(pages, "/", web.PUBLIC)
    def home(asked: web.Asked) -> Response:
        return web.data({"prefix": asked.prefix})

    @web.route(pages, "/link", web.LINK)
    def link(asked: web.Asked) -> Response:
        return web.data({"visitor": asked.visitor is not None})

    @web.route(pages, "/mine", web.SIGNED_IN, ("GET", "POST"))
    def mine(asked: web.Asked) -> Response:
        return web.data({"visitor": asked.person.id, "people": len(asked.register.people)})

    @web.route(pages, "/desk", web.OFFICER)
    def desk(asked: web.Asked) -> Response:
        return web.data({"visitor": asked.person.id})

    @web.route(pages, "/register", web.KEEPER)
    def register(asked: web.Asked) -> Response:
        return web.data({"visitor": asked.person.id})

    @web.route(pages, "/open", web.PUBLIC)
    def open_to_all(asked: web.Asked) -> Response:
        return web.data(asked.person.id if asked.query.get("who") else len(asked.register.people))

    @web.route(pages, "/wrong", web.PUBLIC)
    def wrong(asked: web.Asked) -> Response:
        raise web.Problem(410, "It is <gone>.") if asked.query else KeyError("a secret detail")

    @web.route(pages, "/on", web.PUBLIC, ("POST",))
    def on(asked: web.Asked) -> Response:
        return web.redirect(asked, "/mine", web.cookie(asked, "secret", 60), "other=1")

    return pages


def small_app() -> Chalice:
    """The app of these pages alone."""
    app = Chalice(app_name="small")
    app.register_middleware(web.restyled, "http")
    app.register_blueprint(views())
    return app


def asked_as_api_gateway(
    app: Chalice,
    path: str,
    method: str = "GET",
    *,
    route: str = "",
    parts: dict[str, str] | None = None,
    body: str | bytes | None = None,
    who: Person | None = None,
    stage: str = "/api",
    query: dict[str, list[str]] | None = None,
    **headers: str,
) -> dict[str, Any]:
    """The small app's answer to a request; header names of the answer in small letters."""
    sent = {"host": "desk.example", "x-forwarded-proto": "https"}
    sent |= {"content-type": web.FORM} if method == "POST" else {}
    sent |= {"cookie": f"__Host-clerkwell={who.id}"} if who else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    event = {
        "resource": route or path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "multiValueQueryStringParameters": query,
        "pathParameters": parts,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route or path,
            "httpMethod": method,
            "path": stage + path,
            "stage": "api",
            "domainName": "desk.example",
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
    answer: dict[str, Any] = app(event, None)
    single = {name.lower(): value for name, value in answer["headers"].items()}
    many = {name.lower(): values for name, values in answer.get("multiValueHeaders", {}).items()}
    return {**answer, "headers": single | {n: v[0] if len(v) == 1 else v for n, v in many.items()}}


def shown(call: Call, method: str = "GET", body: str | bytes | None = None, **more: Any) -> dict[str, Any]:
    """What the page that shows what it was asked has been asked."""
    answer = call("/shown/x", method, route="/shown/{part}", parts={"part": "x"}, body=body, **more)
    assert answer["statusCode"] == 200, answer["body"]
    found: dict[str, Any] = json.loads(answer["body"])
    return found
