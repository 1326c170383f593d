"""The edge for programs, beside that for people (web.py): JSON in, JSON out, and whatever is wrong told as JSON.

Rules: as on a page, what another site's page sends is refused, and every answer carries the security headers. A path
that programs use answers every method itself: API Gateway would say of the others that a token is missing.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import web

JSON = "application/json"
LARGEST = 300_000
"""Bytes of a body: 20,000 characters, each written as two escapes of six bytes, and room for the rest."""

PATHS: set[str] = set()
"""The paths that programs POST to."""


def route(blueprint: Blueprint, path: str, access_class: str) -> Callable[[web.View], web.View]:
    """Make the view answer at this path to what programs POST."""

    def decorate(view: web.View) -> web.View:
        def handler(**parts: str) -> Response:
            return _answer(blueprint.current_request, access_class, view, parts)

        handler.__name__ = view.__name__
        PATHS.add(path)
        for methods in (["POST"], ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]):
            blueprint.route(path, methods=methods, content_types=["*/*"])(handler)
            web.ROUTES.update({(path, method): access_class for method in methods})
        return view

    return decorate


def _answer(request: Any, access_class: str, view: web.View, parts: Mapping[str, str]) -> Response:
    asked = web.asked_of(request, parts)
    try:
        if not asked.writes:
            return web.response(json.dumps(wrong("Use POST")), 405, {"Content-Type": JSON, "Allow": "POST"})
        web.from_our_own_page(request, asked)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise web.Problem(415, f"Send {JSON}")
        body = request.raw_body or b""
        if len(body) > LARGEST:
            raise web.Problem(413, f"Send {LARGEST:,} bytes or fewer")
        key = request.headers.get("idempotency-key")
        return view(web.admitted(asked._replace(body=body, idempotency_key=key), access_class))
    except web.Problem as problem:
        return web.data(wrong(problem.message), problem.status)
    except Exception as error:
        if not web.passes(error):
            raise
        return web.data(wrong("Others wrote at the same moment. Try again"), 503)


def wrong(message: str, at: str = "body") -> dict[str, Any]:
    """What an answer says of one thing that is wrong: with the whole body, or at a field or header."""
    return {"errors": {at: message}}
