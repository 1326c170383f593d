"""The dialogue that follows a report: its reporter comes back with reference and receipt code, reads what has become of
it, answers, adds evidence.

The code is typed once, into a form, and never stands in an address: it opens a short session of its own, which the
browser forgets when it is closed. A wrong code and a reference that does not exist get the same answer after the same
work, and both are slowed for whoever tries and for the reference that is tried.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, web, wiring
from chalicelib.cases import codes, evidence, words
from chalicelib.cases.forms import Enter, Say
from chalicelib.cases.sending import standing, too_many
from chalicelib.cases.service import reporting
from chalicelib.record import instant, stamp
from chalicelib.store import Key, keyed

pages = Blueprint(__name__)

COOKIE = "follow-up"
LASTS = timedelta(minutes=30)
WRONG = 422

DONE = {
    "said": "Your message has been sent",
    "added": "Your evidence has been added",
    "left": "You have left your report",
}
"""What a page says after a redirect."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has shown that a report is theirs. `receipt` is the hash that stands in the case as well."""

    token: str
    reference: str
    receipt: str

    @property
    def folder(self) -> str:
        """Where this session's uploads lie in the bucket."""
        return f"uploads/follow-up/{access.digest(self.token)}/"


def _key(token: str) -> Key:
    # Beside the sessions of people, and by its second key none of them.
    return "session#" + access.digest(token), "follow-up"


def _session(asked: web.Asked) -> Session | None:
    token = asked.cookie(COOKIE)
    item = wiring.store().item(_key(token)) if token else None
    if item is None or instant(item["until"]) <= asked.at:
        return None
    return Session(token, item["reference"], item["receipt"])


def _begin(asked: web.Asked, reference: str, receipt: str) -> tuple[Session, str]:
    token, until = access.token(), asked.at + LASTS
    item = keyed(_key(token), reference=reference, receipt=receipt, until=stamp(until), expires_at=access.epoch(until))
    wiring.store().put(item)
    return Session(token, reference, receipt), web.cookie(asked, token, None, COOKIE)


@web.route(pages, "/report/follow-up", web.PUBLIC, methods=("GET", "POST"))
def follow_up(asked: web.Asked) -> Response:
    """GET: the report, for whoever has opened it; else where to open it. POST: open it."""
    if asked.writes:
        return _enter(asked)
    session = _session(asked)
    return _dialogue(asked, session, Say()) if session else _ask(asked, Enter(), Say())


def _ask(asked: web.Asked, form: Enter, message: Say, code: int = 200, *, late: bool = False) -> Response:
    notice = DONE["left"] if asked.query.get("done") == "left" else ""
    context: dict[str, Any] = {"form": form, "errors": form.errors, "message": message, "late": late, "notice": notice}
    return web.page(asked, "report/enter.html", code, **context)


def _enter(asked: web.Asked) -> Response:
    message = Say(asked.form, also=("reference", "code"))
    form = Enter(asked.form, also=("text", "named", "id"))
    if not form.validate():
        return _ask(asked, form, message, WRONG)
    reference = codes.reference(form.reference.data or "")
    tries = (too_many(asked, "follow-up-source"), too_many(asked, "follow-up-reference", reference))
    if any(tries):
        form.form_errors.append("There were too many tries. Try again in an hour")
        return _ask(asked, form, message, web.TOO_MANY)
    receipt = codes.receipt(form.code.data or "")
    try:
        record = reporting.opened(wiring.store(), reference, receipt)
    except reporting.Unknown:
        form.reference.errors = ("There is no report with this reference and receipt code. Check both",)
        return _ask(asked, form, message, WRONG)
    session, cookie = _begin(asked, record.id, receipt)
    if message.text.data and message.validate():
        # It was written when an earlier session ended before it was sent.
        return _said(asked, session, message, cookie)
    return web.redirect(asked, "/report/follow-up", cookie)


def _dialogue(asked: web.Asked, session: Session, form: Say, code: int = 200) -> Response:
    register, _ = standing(asked)
    try:
        found = reporting.follow_up(wiring.store(), register, session.reference, session.receipt, asked.at)
    except reporting.Unknown as error:
        raise web.Problem(404) from error
    form.id.data = form.id.data or access.token()
    context: dict[str, Any] = {
        "reference": session.reference,
        "found": found,
        "outside": words.OUTSIDE[wiring.settings().council.jurisdiction] if found.sealed else (),
        "files": [evidence.described(one) for one in found.evidence],
        "form": form,
        "errors": form.errors,
        "notice": DONE.get(asked.query.get("done", "")),
    }
    return web.page(asked, "report/dialogue.html", code, **context)


@web.route(pages, "/report/follow-up/say", web.PUBLIC, methods=("POST",))
def say(asked: web.Asked) -> Response:
    """Send a message."""
    form = Say(asked.form)
    well = form.validate()
    session = _session(asked)
    if session is None:
        return _ask(asked, Enter(), form, 403, late=True)
    return _said(asked, session, form) if well else _dialogue(asked, session, form, WRONG)


def _said(asked: web.Asked, session: Session, form: Say, *cookies: str) -> Response:
    text, id = form.text.data or "", form.id.data or ""
    id = id if re.fullmatch(r"[A-Za-z0-9_-]{43}", id) else access.token()
    register, _ = standing(asked)
    try:
        reporting.say(
            wiring.store(),
            wiring.settings(),
            register,
            session.reference,
            session.receipt,
            text,
            id,
            asked.at,
            form.named.data or "",
        )
    except reporting.TooMuch:
        form.text.errors = ("This report can hold no more messages. Write to the Council by post or e-mail",)
        return _dialogue(asked, session, form, WRONG)
    return web.redirect(asked, "/report/follow-up?done=said", *cookies)


@web.route(pages, "/report/follow-up/evidence", web.PUBLIC, methods=("GET", "POST"))
def more_evidence(asked: web.Asked) -> Response:
    """Where files are sent to the bucket, one at a time, which sends the browser back here. POST takes one out, or adds
    all of them to the report."""
    session = _session(asked)
    if session is None:
        return _ask(asked, Enter(), Say(), 403, late=True) if asked.writes else web.redirect(asked, "/report/follow-up")
    if not asked.writes:
        return _files_page(asked, session)
    web.pressed(asked, "remove")
    if asked.form.one("remove"):
        evidence.remove(wiring.files(), session.folder, asked.form.one("remove"))
        return web.redirect(asked, "/report/follow-up/evidence")
    return _add(asked, session)


def _files_page(asked: web.Asked, session: Session, problem: str = "") -> Response:
    shown = evidence.shown(wiring.files(), session.folder)
    back = f"{asked.origin}{asked.prefix}/report/follow-up/evidence"
    form = evidence.form(wiring.files(), session.folder, len(shown), back) if len(shown) < evidence.MOST else None
    context: dict[str, Any] = {"files": shown, "form": form, "most": evidence.MOST, "problem": problem}
    code = WRONG if problem else 200
    return web.page(asked, "report/more.html", code, uploads=wiring.files().origin(), **context)


def _add(asked: web.Asked, session: Session) -> Response:
    register, _ = standing(asked)
    store = wiring.store()
    try:
        record = reporting.opened(store, session.reference, session.receipt)
        files = evidence.take_in(wiring.files(), session.folder, record.id, evidence.so_far(record.data))
        if not files:
            raise evidence.NotTaken("Send a file first, then add it to your report")
        reporting.add_evidence(store, wiring.settings(), register, session.reference, session.receipt, files, asked.at)
    except evidence.NotTaken as error:
        return _files_page(asked, session, str(error))
    except reporting.TooMuch:
        return _files_page(asked, session, "This report can hold no more files")
    evidence.clear(wiring.files(), session.folder)
    return web.redirect(asked, "/report/follow-up?done=added")


@web.route(pages, "/report/follow-up/leave", web.PUBLIC, methods=("POST",))
def leave(asked: web.Asked) -> Response:
    """End the session."""
    web.pressed(asked)
    token = asked.cookie(COOKIE)
    if token:
        wiring.store().delete(_key(token))
    return web.redirect(asked, "/report/follow-up?done=left", web.cookie(asked, "", 0, COOKIE))
