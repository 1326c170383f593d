"""A demo council to measure with: its table, its people, and the events of their requests as API Gateway makes them.

Everything is done as people do it, through the app's own pages, so that what is measured is what is used.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

import app as app_module
from chalicelib import access, wiring
from chalicelib.access import Link
from chalicelib.checks import rules
from chalicelib.checks.service import requests
from chalicelib.store import Store, client, whole_client
from infra.local import aws, demo
from infra.local.gateway import Gateway

TEXT = "The village hall is open again from Monday, after six weeks of work on its roof. Everybody is welcome."
FORM = {"in_name_of": "council", "platform": "facebook", "account": "The council’s page", "text": TEXT}
ASKER, OFFICER = "councillor1", "clerk"
ADDRESS = "https://desk.council.example"
_SERVER = """
import sys
from infra.local import aws
with aws.EmbeddedAws() as running:
    print(running.endpoint, flush=True)
    sys.stdin.read()
"""

Event = dict[str, Any]


@contextmanager
def moto() -> Iterator[str]:
    """The embedded AWS in a process of its own, so that its work is not counted as ours; its address."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(  # noqa: S603  (every word is ours)
        [sys.executable, "-c", _SERVER], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield (process.stdout.readline() if process.stdout else "").strip()
    finally:
        process.communicate("")


class Council:
    """A council in a fresh table at an endpoint. `environment` is what a function of its would find."""

    def __init__(self, endpoint: str, table: str) -> None:
        self.environment = aws.environment(endpoint) | demo.environment(f"{ADDRESS}/api", table)
        os.environ.update(self.environment)
        wiring.forget()
        self.client, self.table = whole_client(), table
        self.store = Store(client(), table)
        wiring.use(store=self.store)
        aws.create_table(self.client, table)
        self.register = demo.seed(self.store, wiring.settings(), datetime.now(UTC))
        self._tokens: dict[str, str] = {}
        self._event: Event = {}
        app: Any = app_module.app
        self._gateway = Gateway(self._keep, app.routes, binary_types=app.api.binary_types)

    def _keep(self, event: Event, _context: Any) -> Event:
        self._event = event
        return {"statusCode": 200, "body": ""}

    def event(self, path: str, fields: dict[str, str] | None = None, who: str = "") -> Event:
        """The event of a request: a GET, or a POST of these fields, by nobody or by somebody who is signed in."""
        headers = [("Cookie", f"__Host-clerkwell={self._token(who)}")] if who else []
        headers += [("Origin", ADDRESS), ("Sec-Fetch-Site", "same-origin")] if fields is not None else []
        builder = EnvironBuilder(
            f"/api{path}",
            base_url=ADDRESS,
            method="GET" if fields is None else "POST",
            data=None if fields is None else urlencode(fields),
            content_type=None if fields is None else "application/x-www-form-urlencoded",
            headers=headers,
        )
        self._gateway.respond(Request(builder.get_environ()))
        return self._event

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            at = datetime.now(UTC)
            link = Link(access.digest(access.token()), "sign-in", who, 0, "", "", 0, "")
            person = next(person for person in self.register.people if person.id == who)
            self._tokens[who] = access.start_session(self.store, link, person, at, own_device=False)[0]
        return self._tokens[who]

    def serve(self, event: Event, expected: int) -> Event:
        """The app's answer, in this process. Raises RuntimeError for any other status than the one expected."""
        answer: Event = app_module.app(event, None)
        if answer["statusCode"] != expected:
            raise RuntimeError(f"{event['httpMethod']} {event['path']} answered {answer['statusCode']}")
        return answer

    def ask(self) -> str:
        """Have a request sent; its reference."""
        answer = self.serve(self.event("/check", FORM, ASKER), 303)
        found = re.search(r"/check/([^?]+)", str(answer["multiValueHeaders"] | answer["headers"]))
        if found is None:
            raise RuntimeError("the answer names no request")
        return found[1]

    def link(self, reference: str) -> str:
        """The path of a link to decide on a request, as the mail to the officer holds it."""
        secret, at = access.token(), datetime.now(UTC)
        about: dict[str, Any] = {"kind": requests.KIND, "id": reference, "version": 1}
        self.store.put(access.link_item(secret, "decide", OFFICER, 0, at, **about))
        return f"/decide/{secret}"

    def approval(self, reference: str) -> dict[str, str]:
        """The fields of the decision form, for a plain approval."""
        record = requests.find(self.store, reference)
        return {"decision": "approve", "reason": "", "shown": rules.digest(record.data["answers"])}
