"""The pages of the officer: the decision, by the e-mailed link or from the desk, and "this was not me".

A link is opened in 2 reads: the link, then the register and the request together. Opening one changes nothing, however
often a mail scanner does it; only the form on the page decides.
"""

import contextlib
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, dates, web, wiring
from chalicelib.access import DeadLink
from chalicelib.checks import opening, rules, service, views
from chalicelib.checks.forms import Decision
from chalicelib.checks.workflow import WAITING, OtherText
from chalicelib.record import NotNow, NotYours, Record
from chalicelib.register.rules import ROLES, Person, Register, register_of
from chalicelib.register.workflow import ID, KIND

pages = Blueprint(__name__)


@web.route(pages, "/decide/{token}", web.LINK, methods=("GET", "POST"))
def by_link(asked: web.Asked) -> Response:
    """The decision page behind an e-mailed link."""
    opened = opening.opened(asked, "decide")
    path = f"/decide/{asked.parts['token']}"
    return _decision(asked, opened.record, opened.who, opened.register, path, opened.link.version)


@web.route(pages, "/decide/{token}/new", web.LINK, methods=("GET", "POST"))
def new_link(asked: web.Asked) -> Response:
    """Send the holder of a link that is too old another one, to their registered address. Always the same answer."""
    path = f"/decide/{asked.parts['token']}"
    if not asked.writes:
        return web.redirect(asked, path)
    web.pressed(asked)
    store = wiring.store()
    if access.over_limit(store, "new-link-source", asked.source, asked.at):
        raise web.Problem(429)
    try:
        link = access.find_link(store, asked.parts["token"], "decide")
    except DeadLink:
        link = None
    if link:
        head, record = store.records((KIND, ID), (link.kind, link.id))
        register = register_of(head.data if head else {})
        who = register.person(link.person)
        if who and record and record.state == WAITING:
            service.send_new_link(store, record, who, register, asked.at)
    return web.page(asked, "checks/new_link.html")


@web.route(pages, "/check/{reference}/decision", web.OFFICER, methods=("GET", "POST"))
def from_the_desk(asked: web.Asked) -> Response:
    """The decision page for an officer who is signed in."""
    try:
        record = service.find(wiring.store(), asked.parts["reference"])
    except service.Unknown as error:
        raise web.Problem(404) from error
    return _decision(asked, record, asked.person, asked.register, f"/check/{record.id}/decision")


def _decision(
    asked: web.Asked, record: Record, who: Person, register: Register, path: str, version: int | None = None
) -> Response:
    """The decision page; by a link for one version of the text, or from the desk for any."""
    instead = _instead(asked, record, who, register, path, version)
    if instead:
        return instead
    if asked.writes:
        return _decide(asked, record, who, register, path, version)
    if record.state != WAITING:
        return _outcome(asked, record, register, who)
    return _form_page(asked, record, who, register, path, _blank(record))


def _instead(
    asked: web.Asked, record: Record, who: Person, register: Register, path: str, version: int | None
) -> Response | None:
    """The page for somebody who cannot decide on the request as it stands now."""
    if record.state == WAITING and version not in (None, record.data["draft"]):
        return web.page(asked, "checks/newer.html", opening.GONE, path=path, draft=record.data["draft"])
    if rules.DECIDER not in rules.capacities(register, record.data, who, dates.today(asked.at)):
        return _not_yours(asked, record, register)
    return None


@web.route(pages, "/decide/{token}/wait", web.LINK, methods=("GET", "POST"))
def wait_by_link(asked: web.Asked) -> Response:
    """Put the decision off until those who are named have answered, by an e-mailed link."""
    opened = opening.opened(asked, "decide")
    path = f"/decide/{asked.parts['token']}"
    return _wait(asked, opened.record, opened.who, opened.register, path, opened.link.version)


@web.route(pages, "/check/{reference}/wait", web.OFFICER, methods=("GET", "POST"))
def wait_from_the_desk(asked: web.Asked) -> Response:
    """The same for an officer who is signed in."""
    try:
        record = service.find(wiring.store(), asked.parts["reference"])
    except service.Unknown as error:
        raise web.Problem(404) from error
    return _wait(asked, record, asked.person, asked.register, f"/check/{record.id}/decision")


def _wait(
    asked: web.Asked, record: Record, who: Person, register: Register, path: str, version: int | None = None
) -> Response:
    instead = _instead(asked, record, who, register, path, version)
    if instead:
        return instead
    if asked.writes:
        web.pressed(asked)
        # Whatever came between, the decision page that follows shows how the request stands now.
        with contextlib.suppress(NotNow, NotYours):
            service.wait_for_answers(wiring.store(), register, who, record, asked.at)
    return web.redirect(asked, path)


def _blank(record: Record, **typed: Any) -> Decision:
    """The form for a request as it stands."""
    answers = record.data["answers"]
    form = Decision(None, text=answers["text"], shown=rules.digest(answers), **typed)
    form.about(answers)
    return form


def _decide(
    asked: web.Asked, record: Record, who: Person, register: Register, path: str, version: int | None
) -> Response:
    form, shown = Decision(asked.form), rules.digest(record.data["answers"])
    form.about(record.data["answers"])
    if version is not None and not form.shown.data:
        # The link is for this version, and came with its text.
        form.shown.data = shown
    if record.state == WAITING and form.shown.data in ("", shown) and not form.validate():
        form.shown.data = shown
        return _form_page(asked, record, who, register, path, form, 422)
    try:
        service.decide(wiring.store(), wiring.settings(), register, who, record, form.given(), asked.at)
    except NotNow as late:
        return _outcome(asked, late.record, register, who, 409)
    except (OtherText, NotYours):
        latest = service.find(wiring.store(), record.id)
        instead = _instead(asked, latest, who, register, path, version)
        if instead:
            return instead
        again = _blank(latest, decision=form.decision.data, reason=form.reason.data, clauses=form.clauses.data)
        again.form_errors.append("The request was changed while you were reading it. Read it again, then decide")
        return _form_page(asked, latest, who, register, path, again, 409)
    return web.redirect(asked, path)


def _form_page(
    asked: web.Asked, record: Record, who: Person, register: Register, path: str, form: Decision, code: int = 200
) -> Response:
    kept = record.data["answers"]["pictures"]
    context: dict[str, Any] = {
        "request": views.request(record, register),
        "who": who.styled,
        "role": ROLES[who.officer_role],
        "path": path,
        "form": form,
        "errors": form.errors,
        "pictures": [wiring.files().view(picture) for picture in kept],
        "wait": path.removesuffix("/decision") + "/wait",
        "can_wait": not record.data["holding"] and bool(rules.still_to_answer(record.data)),
    }
    return web.page(asked, "checks/decide.html", code, uploads=wiring.files().origin() if kept else "", **context)


def _outcome(asked: web.Asked, record: Record, register: Register, who: Person, code: int = 200) -> Response:
    """What became of a request: to whoever decided it, and to whoever came later."""
    decision = record.data["decision"]
    own = bool(decision) and decision["by"] == who.id
    context: dict[str, Any] = {"request": views.request(record, register), "own": own, "late": code == 409}
    return web.page(asked, "checks/outcome.html", code, **context)


@web.route(pages, "/not-me/{token}", web.LINK, methods=("GET", "POST"))
def not_me(asked: web.Asked) -> Response:
    """Say that a decision was not the officer's own: the request waits again, their links and sessions end."""
    opened = opening.opened(asked, "not-me")
    record, who, register = opened.record, opened.who, opened.register
    decision = record.data["decision"]
    if not decision or decision["n"] != opened.link.version:
        return _disowned(asked, record, register)
    held = rules.capacities(register, record.data, who, dates.today(asked.at))
    if rules.DISPUTER not in held:
        return _not_yours(asked, record, register)
    if not asked.writes:
        context: dict[str, Any] = {"request": views.request(record, register), "own": decision["by"] == who.id}
        context |= {"path": f"/not-me/{asked.parts['token']}", "reopens": "reopen" in views.actions(record, held)}
        return web.page(asked, "checks/not_me.html", **context)
    web.pressed(asked)
    try:
        record = service.reopen(wiring.store(), wiring.settings(), who, record, asked.at)
    except NotNow as late:
        record = late.record
    except NotYours:
        return _not_yours(asked, record, register)
    return _disowned(asked, record, register)


def _disowned(asked: web.Asked, record: Record, register: Register) -> Response:
    return web.page(asked, "checks/not_me_done.html", request=views.request(record, register))


def _not_yours(asked: web.Asked, record: Record, register: Register) -> Response:
    return web.page(asked, "checks/not_yours.html", 403, request=views.request(record, register))
