"""API Gateway in front of the app, as a WSGI application: HTTP in, version 1 proxy events to the handler, HTTP out.

Rules: what the real one does with a request, this does, also where that is inconvenient. A path or method that is not
routed never reaches the app and gets API Gateway's own answer (infra/error_pages.py); path parameters arrive as they
were sent, the query decoded; a body that is neither of a binary type nor UTF-8 arrives damaged; a base64 answer is
decoded only for a caller whose first `Accept` is of a binary type; a body over 10 MB, or an event over Lambda's 6 MB,
is refused. One function answers one request at a time, as one execution environment of Lambda does.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

LARGEST_BODY = 10 * 1024 * 1024
LARGEST_PAYLOAD = 6 * 1024 * 1024
LARGEST_DISCARDED = 64 * 1024 * 1024
"""How much of a refused body is read to its end, so that the sender sees the answer rather than a broken line."""

Handler = Callable[[dict[str, Any], Any], Any]


class LambdaContext:
    """What Lambda tells a function of its invocation."""

    memory_limit_in_mb = "1024"

    def __init__(self, function_name: str, seconds: float = 28.0) -> None:
        self.function_name = function_name
        self.function_version = "$LATEST"
        self.aws_request_id = str(uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:eu-west-2:123456789012:function:{function_name}"
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """How long the invocation may go on."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


def route_of(path: str, method: str, routes: Mapping[str, Iterable[str]]) -> tuple[str, dict[str, str]] | None:
    """The route that serves a path and method, with its path parameters as sent; None where there is none.

    `routes` are paths such as `/check/{reference}` with their methods. A fixed segment wins over a parameter, a
    parameter is never empty, and one slash at the end does not count.
    """
    asked = path.removesuffix("/").split("/") if path != "/" else ["", ""]
    best: tuple[list[bool], str, dict[str, str]] | None = None
    for route in routes:
        wanted = route.split("/")
        if len(wanted) != len(asked):
            continue
        held = [(want[1:-1], have) for want, have in zip(wanted, asked, strict=True) if want.startswith("{")]
        fixed = all(want == have or want.startswith("{") for want, have in zip(wanted, asked, strict=True))
        rank = [want.startswith("{") for want in wanted]
        if fixed and all(have for _, have in held) and (best is None or rank < best[0]):
            best = (rank, route, dict(held))
    if best is None or method not in routes[best[1]]:
        return None
    return best[1], best[2]


def own_answers(definitions: Mapping[str, Any]) -> dict[str, tuple[int | None, dict[str, str], str]]:
    """API Gateway's own answers from an `x-amazon-apigateway-gateway-responses`: status, headers and page by name."""
    made = {}
    for name, definition in definitions.items():
        headers = {
            key.removeprefix("gatewayresponse.header."): value[1:-1]
            for key, value in definition["responseParameters"].items()
        }
        status = int(definition["statusCode"]) if "statusCode" in definition else None
        made[name] = (status, headers, definition["responseTemplates"]["text/html"])
    return made


class Gateway:
    """The WSGI application.

    `handler` is the app as Lambda calls it, `routes` its paths with their methods, `binary_types` the media types
    that travel as base64, `answers` what `own_answers` gives. `prefixed`: serve under the stage's name, as API
    Gateway's own address does; without, as a custom domain does. `after` is called after each request that may
    have written something, before it is answered.
    """

    def __init__(
        self,
        handler: Handler,
        routes: Mapping[str, Iterable[str]],
        *,
        binary_types: Iterable[str] = (),
        answers: Mapping[str, tuple[int | None, dict[str, str], str]] | None = None,
        stage: str = "api",
        prefixed: bool = True,
        compress_from: int | None = 1024,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._handler = handler
        self._routes = routes
        self._binary = frozenset(binary_types)
        self._answers = answers or {}
        self._stage = stage
        self._prefix = f"/{stage}" if prefixed else ""
        self._compress_from = compress_from
        self._after = after
        self.lock = threading.RLock()
        """Held while a function runs; take it to run another in the same process."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        """The answer to a request."""
        whole = _raw_path(request)
        if self._prefix and whole != self._prefix and not whole.startswith(self._prefix + "/"):
            return Response('{"message":"Forbidden"}', 403, content_type="application/json")
        path = whole.removeprefix(self._prefix) or "/"
        found = route_of(path, request.method, self._routes)
        body = _body(request)
        if found is None:
            return self._own("MISSING_AUTHENTICATION_TOKEN", 403)
        if body is None:
            return self._own("REQUEST_TOO_LARGE", 413)
        event = self._event(request, whole, path, found[0], found[1], body)
        payload = json.dumps(event)
        if len(payload) > LARGEST_PAYLOAD:
            return self._own("REQUEST_TOO_LARGE", 413)
        return self._invoke(request, payload)

    def _invoke(self, request: Request, payload: str) -> Response:
        with self.lock:
            try:
                # Through JSON both ways, as between API Gateway and Lambda: nothing else can pass.
                answer = json.dumps(self._handler(json.loads(payload), LambdaContext("clerkwell-live")))
                if len(answer) > LARGEST_PAYLOAD:
                    raise ValueError("the answer is larger than Lambda can give")
                made = self._response(request, json.loads(answer))
            except Exception:
                traceback.print_exc(file=sys.stderr)
                return self._own("DEFAULT_5XX", 502)
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                self._after()
        return made

    def _event(
        self, request: Request, whole: str, path: str, route: str, parameters: dict[str, str], body: bytes
    ) -> dict[str, Any]:
        source = request.remote_addr or "127.0.0.1"
        headers = _headers(request, source)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, errors="replace"):
            query.setdefault(name, []).append(value)
        now = datetime.now(UTC)
        binary = request.mimetype in self._binary
        sent = (base64.b64encode(body).decode("ascii") if binary else body.decode("utf-8", "replace")) or None
        return {
            "resource": route,
            "path": path,
            "httpMethod": request.method,
            "headers": {name: values[-1] for name, values in headers.items()},
            "multiValueHeaders": headers,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": parameters or None,
            "stageVariables": None,
            "requestContext": {
                "resourceId": "local",
                "resourcePath": route,
                "httpMethod": request.method,
                "extendedRequestId": uuid4().hex[:15],
                "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "requestTimeEpoch": int(now.timestamp() * 1000),
                "path": whole,
                "accountId": "123456789012",
                "protocol": "HTTP/1.1",
                "stage": self._stage,
                # API Gateway's name has no port; here the port tells one checkout's address from another's.
                "domainName": request.host,
                "domainPrefix": request.host.partition(".")[0],
                "requestId": str(uuid4()),
                "apiId": "local",
                "identity": {"sourceIp": source, "userAgent": request.headers.get("User-Agent")},
            },
            "body": sent,
            "isBase64Encoded": binary and sent is not None,
        }

    def _response(self, request: Request, answer: dict[str, Any]) -> Response:
        text = answer.get("body") or ""
        first = request.headers.get("Accept", "").split(",")[0].split(";")[0].strip()
        decodes = answer.get("isBase64Encoded") and first in self._binary
        body = base64.b64decode(text) if decodes else text.encode("utf-8")
        made = Response(status=int(answer["statusCode"]))
        made.headers.clear()
        single = {name: [value] for name, value in (answer.get("headers") or {}).items()}
        for name, values in (single | (answer.get("multiValueHeaders") or {})).items():
            for value in values:
                made.headers.add(name, value)
        made.headers.setdefault("Content-Type", "application/json")
        made.headers["x-amzn-RequestId"] = str(uuid4())
        if (
            self._compress_from is not None
            and len(body) >= self._compress_from
            and request.accept_encodings.quality("gzip") > 0
        ):
            body = gzip.compress(body, mtime=0)
            made.headers["Content-Encoding"] = "gzip"
        made.set_data(body)
        return made

    def _own(self, name: str, status: int) -> Response:
        fallback = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
        own_status, headers, page = self._answers.get(name) or self._answers.get(fallback, (None, {}, ""))
        return Response(page, own_status or status, headers)


def _raw_path(request: Request) -> str:
    """The path as it was sent, percent-encoding and all."""
    sent = request.environ.get("REQUEST_URI")
    if sent:
        # A path that begins with two slashes is a path, not a host.
        return urlsplit("//host" + sent).path if sent.startswith("/") else urlsplit(sent).path
    path = request.environ.get("SCRIPT_NAME", "") + request.environ["PATH_INFO"]
    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~-._")


def _body(request: Request) -> bytes | None:
    """The body; None, read to its end, when it is larger than API Gateway takes."""
    parts, size = [], 0
    while chunk := request.stream.read(64 * 1024):
        size += len(chunk)
        if size <= LARGEST_BODY:
            parts.append(chunk)
        elif size > LARGEST_DISCARDED:
            break
    return b"".join(parts) if size <= LARGEST_BODY else None


def _headers(request: Request, source: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        if value:
            found.setdefault(name, []).append(value)
    forwarded = ", ".join([*found.get("X-Forwarded-For", []), source])
    scheme, port = request.scheme, request.host.partition(":")[2]
    return found | {
        "X-Forwarded-For": [forwarded],
        "X-Forwarded-Proto": [scheme],
        "X-Forwarded-Port": [port or ("443" if scheme == "https" else "80")],
    }
