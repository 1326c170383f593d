"""Reporting by a program: `POST /breach-reports`, and the OpenAPI document that tells how, made from the same questions
as the form.

A program that sends an `Idempotency-Key` may send a report again when no answer came: the same key with the same report
is one report, with the same receipt code. The code is drawn from both together, so whoever knows only the key learns
nothing. Nothing is given to pages of other websites (no CORS).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, api, web, wiring
from chalicelib.cases import codes, fields, forms, rules, words
from chalicelib.cases.sending import send, standing, too_many
from chalicelib.dates import today
from chalicelib.policy.rules import citable
from chalicelib.record import canonical

pages = Blueprint(__name__)

KEY = "Idempotency-Key"
_KEY_PATTERN = "^([A-Za-z0-9._:-]{8,128})?$"
WRONG = 422


@api.route(pages, "/breach-reports", web.PUBLIC)
def breach_reports(asked: web.Asked) -> Response:
    """Take a report."""
    register, policy = standing(asked)
    try:
        answers, errors = forms.whole_of_json(asked.body, citable(policy.clauses))
    except forms.NotJson as error:
        raise web.Problem(400, str(error)) from error
    # API Gateway may leave out a header without a value, so an empty one is none.
    key = asked.idempotency_key or ""
    if not re.fullmatch(_KEY_PATTERN, key):
        errors[KEY] = "Send 8 to 128 letters, digits, dots, colons, underscores or hyphens, such as a UUID"
    if errors:
        return web.data({"errors": errors}, WRONG)
    if too_many(asked, "report-source"):
        return web.data(api.wrong("Too many reports have come from your network. Try again in an hour"), web.TOO_MANY)
    secret = access.token()
    if key:
        secret = hmac.digest(key.encode("ascii"), canonical(answers).encode("utf-8"), hashlib.sha256).hex()
    reference, code = codes.reference_from(secret), codes.code_from(secret)
    record = send(asked, register, policy, reference, code, answers)
    sealed = not rules.handlers(register, record.data, today(asked.at))
    told: dict[str, Any] = {
        "reference": record.id,
        "receipt_code": code,
        "follow_up": f"{asked.origin}{asked.prefix}/report/follow-up",
        "status": words.SEALED if sealed else words.STATUS[record.state],
    }
    if sealed:
        told["outside"] = [
            {"about": about, "to": to} for about, to in words.OUTSIDE[wiring.settings().council.jurisdiction]
        ]
    return web.data(told, 201)


@web.route(pages, "/openapi.json", web.PUBLIC)
def openapi(asked: web.Asked) -> Response:
    """The document, with the clauses of the policy as it stands."""
    _, policy = standing(asked)
    return web.data(document(asked.prefix, citable(policy.clauses)))


def _one_of(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{name}"}


_TEXT = {"type": "string"}
_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}},
    "description": "What is wrong: field or header → message; `body` where it is the whole body.",
}
_REFUSALS = {
    "400": "The body is not a JSON object in UTF-8.",
    "403": "The request came from another website's page.",
    "413": f"The body is larger than {api.LARGEST:,} bytes.",
    "415": "The body is not application/json.",
    "422": "A field is wrong. Nothing was kept.",
    "429": "Too many reports came from this network. Try again when `Retry-After` says.",
    "503": "Something else was written at the same moment. Try again.",
}
_RETRY_AFTER = {
    "required": True,
    "description": "In how many seconds reports are taken from this network again.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 3600},
}
_RECEIPT = {
    "type": "object",
    "required": ["reference", "receipt_code", "follow_up", "status"],
    "properties": {
        "reference": {**_TEXT, "description": "Says which report is meant."},
        "receipt_code": {
            **_TEXT,
            "description": "The secret that opens the report to its reporter. It is given this once: keep it.",
        },
        "follow_up": {**_TEXT, "description": "Where to go with both, to read what comes of it or to add evidence."},
        "status": {**_TEXT, "description": "What happens now, in plain words."},
        "outside": {
            "type": "array",
            "description": "Where to go outside the Council. Given where nobody at the Council may see the report.",
            "items": {"type": "object", "properties": {"about": _TEXT, "to": _TEXT}},
        },
    },
}


def document(prefix: str, clauses: Mapping[str, str]) -> dict[str, Any]:
    """The OpenAPI document. `prefix` is the stage's; `clauses` may be cited, id → label."""
    report = {
        "type": "object",
        "required": [question.name for question in fields.ALL if question.missing],
        "additionalProperties": False,
        "properties": {question.name: question.schema(clauses) for question in fields.ALL},
    }
    refusals: dict[str, dict[str, Any]] = {
        status: {
            "description": words_,
            "content": {api.JSON: {"schema": _one_of("schemas/Errors")}},
        }
        for status, words_ in _REFUSALS.items()
    }
    refusals[str(web.TOO_MANY)]["headers"] = {"Retry-After": _RETRY_AFTER}
    key = {
        "name": KEY,
        "in": "header",
        "required": False,
        "description": "Send it, and a report may be sent again when no answer came. Random, and new for each report; "
        "empty is the same as none.",
        "schema": {"type": "string", "pattern": _KEY_PATTERN},
    }
    operation = {
        "operationId": "report",
        "summary": "Report a breach of the Council's social media policy",
        "description": "In an emergency call 999. Anonymous unless the contact fields are given. Evidence is added "
        "with the receipt code, at the address that the answer gives.",
        "parameters": [key],
        "requestBody": {"required": True, "content": {api.JSON: {"schema": _one_of("schemas/Report")}}},
        "responses": {
            "201": {
                "description": "Received. Sent again with the same key, the answer is the same.",
                "content": {api.JSON: {"schema": _one_of("schemas/Receipt")}},
            },
            **refusals,
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Clerkwell: breach reports", "version": "1.0.0"},
        "servers": [{"url": prefix or "/"}],
        "paths": {"/breach-reports": {"post": operation}},
        "components": {"schemas": {"Report": report, "Receipt": _RECEIPT, "Errors": _ERRORS}},
    }
