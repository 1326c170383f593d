"""The whole of Clerkwell on one machine: the app behind a gateway, the embedded AWS, and the local pages.

Rules: the app knows nothing of this. Its functions are called as Lambda calls them, with events as AWS makes them; the
outbox runs after each request that may have written something, as the table's stream would have it, and an error in it
is reported but harms no answer, as in AWS, where the two are strangers.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.utils import redirect
from werkzeug.wrappers import Request

from chalicelib import render, wiring
from infra import error_pages
from infra.local.console import Console
from infra.local.gateway import Gateway, LambdaContext, own_answers
from infra.local.mailbox import Mailbox, Message, ses_event, stamp

CONFIG = Path(__file__).resolve().parents[2] / ".chalice" / "config.json"
STAGE = "api"


class Site:
    """The WSGI application. The environment must hold the settings and AWS's address before the app is first used.

    `prefixed`: under `/api`, as on API Gateway's own address, or not, as on a custom domain. `failures` holds the
    traceback of every function that failed without anybody waiting for its answer. While `streams` is False nothing
    follows a request: mail waits for a tick.
    """

    def __init__(self, mailbox: Mailbox, *, prefixed: bool = True, module: ModuleType | None = None) -> None:
        self.mailbox = mailbox
        self.failures: list[str] = []
        self.streams = True
        self._module = module or importlib.import_module("app")
        self._as_of: datetime | None = None
        mailbox.clock = lambda: self._as_of or wiring.now()
        app: Any = self._module.app
        config = json.loads(CONFIG.read_text("utf-8"))["stages"]["live"]
        self.gateway = Gateway(
            app,
            app.routes,
            binary_types=app.api.binary_types,
            answers=own_answers(error_pages.responses(render.environment())),
            stage=STAGE,
            prefixed=prefixed,
            compress_from=config["minimum_compression_size"],
            after=self._after_a_write,
        )
        self._console = Console(self)
        self._prefix = f"/{STAGE}" if prefixed else ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        for local in ("/_local/", f"{self._prefix}/_local/"):
            if request.path.startswith(local):
                answer = self._console.respond(request, request.path.removeprefix(local))
                return answer(environ, start_response)
        if self._prefix and request.path == "/":
            return redirect(f"{self._prefix}/", 302)(environ, start_response)
        return self.gateway(environ, start_response)

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """Run one of the app's functions with an event, as Lambda would; its answer."""
        with self.gateway.lock:
            answer = getattr(self._module, name)(json.loads(json.dumps(event)), LambdaContext(name))
        return json.loads(json.dumps(answer))

    def _after_a_write(self) -> None:
        if self.streams:
            self.run_outbox()

    def run_outbox(self, event: dict[str, Any] | None = None) -> Any:
        """Send what is due, as the stream and the rule would have it; None when that failed."""
        return self._unattended("outbox", event or {})

    def tick(self, at: datetime) -> dict[str, Any]:
        """Run the scheduled functions, `daily` and then `outbox`, as of then; what each answered."""
        with self.gateway.lock:
            self._as_of = at
            try:
                daily = self._unattended("daily", _scheduled("daily", at))
                return {"daily": daily, "outbox": self.run_outbox(_scheduled("outbox", at))}
            finally:
                self._as_of = None

    def mail_event(self, message: Message, kind: str, *, transient: bool = False) -> None:
        """Tell the app what became of a mail, and send what follows from that."""
        self._unattended("mail_events", ses_event(message, kind, self.mailbox.clock(), transient=transient))
        self.run_outbox()

    def _unattended(self, name: str, event: dict[str, Any]) -> Any:
        try:
            return self.invoke(name, event)
        except Exception:
            self.failures.append(traceback.format_exc())
            print(self.failures[-1], file=sys.stderr)
            return None


def _scheduled(rule: str, at: datetime) -> dict[str, Any]:
    """The event of an EventBridge rule that runs by the clock."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": stamp(at),
        "region": "eu-west-2",
        "resources": [f"arn:aws:events:eu-west-2:123456789012:rule/clerkwell-{rule}"],
        "detail": {},
    }
