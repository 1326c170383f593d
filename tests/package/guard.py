"""What stands before the embedded AWS in these tests: it knows which function calls, and lets its policy decide.

A function is known by its access key, as a role is in AWS. Each call is taken apart into what IAM would ask for, and
refused as AWS refuses it unless the function's policy in the built template allows all of it; every permission that
was made use of is noted, so that one which nothing uses shows.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from tests.package.deployed import ACCOUNT, REGION
from tests.package.policies import Need, Permission

_WRITES = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
_OBJECTS = {
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "PUT": "s3:PutObject",
    "POST": "s3:PutObject",
    "DELETE": "s3:DeleteObject",
}


@dataclass
class Guard:
    """The WSGI application before another. `roles`: access key → (function's name, what it may do)."""

    before: WSGIApplication
    roles: Mapping[str, tuple[str, tuple[Permission, ...]]]
    refused: list[str] = field(default_factory=list)
    used: set[tuple[str, Permission]] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the call through, or refuse it."""
        with Request(environ) as request:
            body = request.get_data(cache=True)
            refusal = self._refusal(request, body)
        if refusal is not None:
            return refusal(environ, start_response)
        environ["wsgi.input"] = io.BytesIO(body)
        return self.before(environ, start_response)

    def _refusal(self, request: Request, body: bytes) -> Response | None:
        key, service = _signer(request)
        if key not in self.roles:
            return None
        name, permissions = self.roles[key]
        for need in needs(service, request, body):
            self.calls.append((name, str(need)))
            allowing = [permission for permission in permissions if permission.allows(need)]
            if not allowing:
                self.refused.append(f"{name}: {need}")
                return _refusal(service, need)
            self.used.update((name, permission) for permission in allowing)
        return None


def _signer(request: Request) -> tuple[str, str]:
    """The access key and the service that a request is signed for, in whichever of three ways."""
    header = re.search(r"Credential=([^,]+)", request.headers.get("Authorization", ""))
    scope = header[1] if header else request.args.get("X-Amz-Credential", "")
    if not scope and request.method == "POST" and request.mimetype == "multipart/form-data":
        scope = request.form.get("x-amz-credential", "")
    parts = scope.split("/")
    return (parts[0], parts[3]) if len(parts) == 5 else ("", "")


def needs(service: str, request: Request, body: bytes) -> list[Need]:
    """What IAM asks for before a call is carried out. Raises KeyError for a call that is not known here."""
    readers: dict[str, Callable[[Request, bytes], list[Need]]] = {"dynamodb": _table, "s3": _bucket, "ses": _mail}
    return readers[service](request, body)


def _table(request: Request, body: bytes) -> list[Need]:
    asked = json.loads(body)
    action = request.headers["X-Amz-Target"].split(".")[1]
    if action == "TransactWriteItems":
        writes = [one for item in asked["TransactItems"] for one in item.items()]
        return [Need(_WRITES[kind], _table_arn(write), _leading(write)) for kind, write in writes]
    if action == "BatchGetItem":
        return [Need(f"dynamodb:{action}", _table_arn({"TableName": table})) for table in asked["RequestItems"]]
    return [Need(f"dynamodb:{action}", _table_arn(asked), _leading(asked))]


def _leading(asked: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The partition key of the one item that is asked for, or of those that a query of the table asks for; nothing for
    a query of an index, on which no policy of ours looks."""
    key = asked.get("Key") or asked.get("Item")
    partition = key["pk"] if key else asked.get("ExpressionAttributeValues", {}).get(":pk")
    return {"dynamodb:LeadingKeys": (partition["S"],)} if partition else {}


def _table_arn(asked: Mapping[str, Any]) -> str:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{asked['TableName']}"
    return f"{table}/index/{asked['IndexName']}" if "IndexName" in asked else table


def _bucket(request: Request, body: bytes) -> list[Need]:
    bucket, _, key = request.path.lstrip("/").partition("/")
    if key and "x-amz-copy-source" in request.headers:
        source = f"arn:aws:s3:::{unquote(request.headers['x-amz-copy-source']).lstrip('/')}"
        return [Need("s3:GetObject", source), Need("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")]
    if key:
        return [Need(_OBJECTS[request.method], f"arn:aws:s3:::{bucket}/{key}")]
    if request.method == "POST":
        return [Need("s3:PutObject", f"arn:aws:s3:::{bucket}/{request.form['key']}")]
    return [Need("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": (request.args.get("prefix", ""),)})]


def _mail(request: Request, body: bytes) -> list[Need]:
    if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
        raise KeyError(request.path)
    asked = json.loads(body)
    sender = asked["FromEmailAddress"].rpartition("<")[2].rstrip(">")
    here = f"arn:aws:ses:{REGION}:{ACCOUNT}"
    resources = [f"{here}:identity/{sender}"]
    if "ConfigurationSetName" in asked:
        resources.append(f"{here}:configuration-set/{asked['ConfigurationSetName']}")
    # A raw message needs both permissions, whichever version of the API sends it.
    actions = ["ses:SendEmail"] + ["ses:SendRawEmail"] * ("Raw" in asked["Content"])
    return [Need(action, resource, {"ses:FromAddress": (sender,)}) for action in actions for resource in resources]


def _refusal(service: str, need: Need) -> Response:
    words = f"not authorized to perform: {need}"
    if service == "s3":
        return Response(f"<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>", 403)
    answer = Response(json.dumps({"__type": "AccessDeniedException", "message": words}), 400)
    answer.headers["x-amzn-ErrorType"] = "AccessDeniedException"
    return answer
