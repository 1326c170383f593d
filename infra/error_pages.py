"""API Gateway's own answers, for requests that never reach us, as pages of ours.

An unknown address, a body over the limit or a function that does not answer is met by API Gateway itself, in
JSON, as "Missing Authentication Token" or worse. Rules: the pages are part of the API's definition, not resources
beside it, because an import of the definition (every deployment is one) takes away what is not in it; each answer
carries the security headers that our own answers carry.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import jinja2

ANSWERS: dict[str, tuple[int, int | None]] = {
    # A path or method that is not routed: API Gateway takes it for a request that lacks a signature.
    "MISSING_AUTHENTICATION_TOKEN": (404, 404),
    "RESOURCE_NOT_FOUND": (404, 404),
    "REQUEST_TOO_LARGE": (413, 413),
    "UNSUPPORTED_MEDIA_TYPE": (415, 415),
    "THROTTLED": (429, 429),
    "QUOTA_EXCEEDED": (429, 429),
    "DEFAULT_4XX": (400, None),
    "DEFAULT_5XX": (503, None),
}
"""API Gateway's name for an answer → the page to show and the status to send (None: API Gateway's own)."""

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class ErrorPageError(RuntimeError):
    """A page cannot be given to API Gateway; the message says why."""


def page(environment: jinja2.Environment, status: int) -> str:
    """The page for a status. Raises ErrorPageError when it holds what API Gateway would read as its own."""
    html = environment.get_template("errors/gateway.html").render(status=status)
    for sign in "#$":
        if sign in html:
            raise ErrorPageError(f"the error page for {status} holds {sign}, which API Gateway replaces")
    return html


def headers(html: str) -> dict[str, str]:
    """The headers of an answer with this page: nothing is fetched, and only the page's own style applies."""
    digests = [hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html)]
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    policy = f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; form-action 'none'; "
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy + "frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def responses(environment: jinja2.Environment) -> dict[str, Any]:
    """The definition's `x-amazon-apigateway-gateway-responses`."""
    made: dict[str, Any] = {}
    for name, (shown, status) in ANSWERS.items():
        html = page(environment, shown)
        # Single quotes around a value say that it is text and not the name of something in the request.
        made[name] = {
            "responseParameters": {
                f"gatewayresponse.header.{header}": f"'{value}'" for header, value in headers(html).items()
            },
            "responseTemplates": {"text/html": html},
        }
        if status is not None:
            made[name]["statusCode"] = str(status)
    return made


def for_template(environment: jinja2.Environment) -> dict[str, Any]:
    """What to add to the CloudFormation template."""
    definition = {"x-amazon-apigateway-gateway-responses": responses(environment)}
    return {"Resources": {"RestAPI": {"Properties": {"DefinitionBody": definition}}}}
