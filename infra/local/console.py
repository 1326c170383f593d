"""The pages and switches that exist only locally: the inbox, the tick, and the mail's failures.

Served under `/_local/` and, because that is where everything else is, under `/api/_local/` as well. Rules: whatever
they do, they do through the same functions and the same events as the deployed app; a request they cannot read is
answered 400 and changes nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from werkzeug.wrappers import Request, Response

from infra.local.mailbox import EVENT_TYPES, MODES, Mailbox, Message, stamp


class World(Protocol):
    """What the console works on."""

    mailbox: Mailbox

    def tick(self, at: datetime) -> dict[str, Any]:
        """Run the scheduled functions as of then."""

    def mail_event(self, message: Message, kind: str, *, transient: bool) -> None:
        """Tell the app what became of a mail."""


class Unreadable(ValueError):
    """The request is not one that the console takes; the message says why."""


class Console:
    """Answers what stands under `/_local/`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "inbox"): self._inbox,
            ("GET", "inbox.json"): self._inbox_json,
            ("POST", "tick"): self._tick,
            ("POST", "mail"): self._mail,
            ("POST", "mail-event"): self._mail_event,
        }

    def respond(self, request: Request, path: str) -> Response:
        """The answer to a request for `path`, which is what follows `/_local/`."""
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get((method, path))
        one = re.fullmatch(r"inbox/(\d+)", path)
        try:
            if route is not None:
                return route(request)
            if one and method == "GET":
                return self._one(int(one[1]))
        except Unreadable as error:
            return _json({"error": str(error)}, 400)
        known = {name for _, name in self._routes}
        return _json({"error": "There is nothing here."}, 405 if path in known else 404)

    def _inbox_json(self, _request: Request) -> Response:
        return _json([message.as_json() for message in self._world.mailbox.messages])

    def _inbox(self, _request: Request) -> Response:
        messages = list(enumerate(self._world.mailbox.messages))
        parts = [_article(n, message) for n, message in reversed(messages)]
        return _page("Inbox", "".join(parts) or "<p>No mail has been sent yet.</p>")

    def _one(self, n: int) -> Response:
        messages = self._world.mailbox.messages
        if n >= len(messages):
            return _json({"error": "There is no such mail."}, 404)
        # Links of a mail open in the whole window, not inside the frame that shows it.
        body = re.sub(r"(<head[^>]*>)", r'\1<base target="_top">', messages[n].part("html"), count=1)
        return Response(body, content_type="text/html; charset=utf-8")

    def _tick(self, request: Request) -> Response:
        at = _moment(_read(request), "at")
        return _json({"at": stamp(at), **self._world.tick(at)})

    def _mail(self, request: Request) -> Response:
        asked = _read(request)
        fail, how = asked.get("fail"), asked.get("how", "refuse")
        if not isinstance(fail, bool):
            raise Unreadable('"fail" must be true or false')
        if how not in MODES:
            raise Unreadable(f'"how" must be one of {", ".join(MODES)}')
        self._world.mailbox.mode = how if fail else "accept"
        return _json({"mode": self._world.mailbox.mode})

    def _mail_event(self, request: Request) -> Response:
        asked = _read(request)
        to, kind = asked.get("to"), asked.get("type")
        if kind not in EVENT_TYPES or not isinstance(to, str):
            raise Unreadable(f'"to" must be an address and "type" one of {", ".join(EVENT_TYPES)}')
        message = self._world.mailbox.last_to(to)
        if message is None:
            raise Unreadable(f"no mail has gone to {to}")
        self._world.mail_event(message, kind, transient=asked.get("transient") is True)
        return _json({"mail": message.tags.get("mail"), "type": kind})


def _read(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(request.get_data())
    except ValueError as error:
        raise Unreadable("the body is not JSON") from error
    if not isinstance(asked, dict):
        raise Unreadable("the body is not a JSON object")
    return asked


def _moment(asked: dict[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(asked[name])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f'"{name}" must be a time such as 2026-11-23T06:00:00Z') from error
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


def _linked(text: str) -> str:
    escaped = html.escape(text)
    return re.sub(r"https?://[^\s<>&]+(?:&amp;[^\s<>&]+)*", lambda m: f'<a href="{m[0]}">{m[0]}</a>', escaped)


def _article(n: int, message: Message) -> str:
    shown = message.as_json()
    return f"""<article>
<h2>{html.escape(shown["subject"])}</h2>
<p>To {html.escape(shown["to"])}, {shown["sent_at"]} (<a href="inbox/{n}">as a page</a>)</p>
<details open><summary>Text</summary><pre>{_linked(shown["text"])}</pre></details>
<details><summary>HTML</summary>
<iframe title="The mail as HTML" src="inbox/{n}" loading="lazy"
 sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe></details>
</article>"""


def _page(title: str, body: str) -> Response:
    page = f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} – Clerkwell, locally</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 1rem auto; padding: 0 1rem; }}
article {{ border-top: 2px solid; padding: 0 0 1rem; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; background: whitesmoke; padding: 1rem; }}
iframe {{ width: 100%; height: 40rem; border: 1px solid; }}
</style></head><body><h1>{title}</h1>
<p>Every mail that the app has sent on this machine, newest first.</p>
{body}</body></html>"""
    return Response(page, content_type="text/html; charset=utf-8")
