"""The pages of the officer: the decision, by the e-mailed link or from the desk, and "this was not me".

Opening a page changes nothing, however often a mail scanner does it; only the form on it decides. What is before the
officer is one `Opened`, whether they came by a link or from the desk.
"""

import contextlib
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, dates, web, wiring
from chalicelib.access import DeadLink
from chalicelib.checks import opening, rules, views
from chalicelib.checks.forms.deciding import Decision
from chalicelib.checks.opening import GONE, Opened
from chalicelib.checks.service import agreeing, deciding
from chalicelib.checks.workflow import WAITING, OtherText
from chalicelib.record import NotNow, NotYours
from chalicelib.register.rules import ROLES, register_of
from chalicelib.register.workflow import ID, KIND

pages = Blueprint(__name__)


@web.route(pages, "/decide/{token}", web.LINK, methods=("GET", "POST"))
def by_link(asked: web.Asked) -> Response:
    """The decision page behind an e-mailed link."""
    return _decision(asked, opening.by_link(asked, "decide"))


@web.route(pages, "/check/{reference}/decision", web.OFFICER, methods=("GET", "POST"))
def from_the_desk(asked: web.Asked) -> Response:
    """The decision page for an officer who is signed in."""
    return _decision(asked, opening.from_the_desk(asked))


@web.route(pages, "/decide/{token}/new", web.LINK, methods=("GET", "POST"))
def new_link(asked: web.Asked) -> Response:
    """Send the holder of a link that is too old another one, to their registered address. Always the same answer."""
    path = f"/decide/{asked.parts['token']}"
    if not asked.writes:
        return web.redirect(asked, path)
    web.pressed(asked)
    store = wiring.store()
    if access.over_limit(store, "new-link-source", access.network(asked.source), asked.at):
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
            deciding.send_new_link(store, record, who, register, asked.at)
    return web.page(asked, "checks/new_link.html")


def _decision(asked: web.Asked, opened: Opened) -> Response:
    _open_to_decide(asked, opened)
    if asked.writes:
        return _decide(asked, opened)
    if opened.record.state != WAITING:
        return _outcome(asked, opened)
    return _form_page(asked, opened, _blank(opened))


def _open_to_decide(asked: web.Asked, opened: Opened) -> None:
    """Raises web.Instead with the page for somebody who cannot decide on the request as it stands now."""
    record = opened.record
    if record.state == WAITING and opened.version not in (None, record.data["draft"]):
        newer = web.page(asked, "checks/newer.html", GONE, path=opened.path, draft=record.data["draft"])
        raise web.Instead(newer)
    if rules.DECIDER not in rules.capacities(opened.register, record.data, opened.who, dates.today(asked.at)):
        raise web.Instead(_not_yours(asked, opened))


@web.route(pages, "/decide/{token}/wait", web.LINK, methods=("GET", "POST"))
def wait_by_link(asked: web.Asked) -> Response:
    """Put the decision off until those who are named have answered, by an e-mailed link."""
    return _wait(asked, opening.by_link(asked, "decide"))


@web.route(pages, "/check/{reference}/wait", web.OFFICER, methods=("GET", "POST"))
def wait_from_the_desk(asked: web.Asked) -> Response:
    """The same for an officer who is signed in."""
    return _wait(asked, opening.from_the_desk(asked))


def _wait(asked: web.Asked, opened: Opened) -> Response:
    _open_to_decide(asked, opened)
    if asked.writes:
        web.pressed(asked)
        # Whatever came between, the decision page that follows shows how the request stands now.
        with contextlib.suppress(NotNow, NotYours):
            agreeing.wait_for_answers(
                wiring.store(), wiring.settings(), opened.register, opened.who, opened.record, asked.at
            )
    return web.redirect(asked, opened.path)


def _blank(opened: Opened, **typed: Any) -> Decision:
    """The form for the request and the policy as they stand."""
    answers = opened.record.data["answers"]
    known = {"text": answers["text"], "shown": rules.digest(answers), "policy": str(opened.policy.number)}
    form = Decision(None, **known, **typed)
    form.about(answers, opened.policy)
    return form


def _decide(asked: web.Asked, opened: Opened) -> Response:
    record = opened.record
    form, shown = Decision(asked.form), rules.digest(record.data["answers"])
    form.about(record.data["answers"], opened.policy)
    if opened.version is not None and not form.shown.data:
        # The link is for this version, and came with its text.
        form.shown.data = shown
    if record.state == WAITING and form.shown.data in ("", shown) and not form.validate():
        form.shown.data = shown
        return _form_page(asked, opened, form, 422)
    try:
        deciding.decide(wiring.store(), wiring.settings(), opened.register, opened.who, record, form.given(), asked.at)
    except NotNow as late:
        return _outcome(asked, opened._replace(record=late.record), 409)
    except (OtherText, NotYours):
        latest = opening.again(opened)
        _open_to_decide(asked, latest)
        again = _blank(latest, decision=form.decision.data, reason=form.reason.data, clauses=form.clauses.data)
        again.form_errors.append("The request was changed while you were reading it. Read it again, then decide")
        return _form_page(asked, latest, again, 409)
    return web.redirect(asked, opened.path)


def _form_page(asked: web.Asked, opened: Opened, form: Decision, code: int = 200) -> Response:
    record, who = opened.record, opened.who
    still = rules.still_to_answer(opened.register, record.data, dates.today(asked.at))
    kept = record.data["answers"]["pictures"]
    context: dict[str, Any] = {
        "request": views.request(record, opened.register),
        "who": who.styled,
        "role": ROLES[who.officer_role],
        "path": opened.path,
        "form": form,
        "errors": form.errors,
        "pictures": [wiring.files().view(picture) for picture in kept],
        "wait": opened.path.removesuffix("/decision") + "/wait",
        "can_wait": not record.data["holding"] and bool(still),
    }
    return web.page(asked, "checks/decide.html", code, uploads=wiring.files().origin() if kept else "", **context)


def _outcome(asked: web.Asked, opened: Opened, code: int = 200) -> Response:
    """What became of a request: to whoever decided it, and to whoever came later."""
    decision = opened.record.data["decision"]
    own = bool(decision) and decision["by"] == opened.who.id
    context: dict[str, Any] = {"request": _shown(opened), "own": own, "late": code == 409}
    return web.page(asked, "checks/outcome.html", code, **context)


@web.route(pages, "/not-me/{token}", web.LINK, methods=("GET", "POST"))
def not_me(asked: web.Asked) -> Response:
    """Say that a decision was not the officer's own: the request waits again, their links and sessions end."""
    opened = opening.by_link(asked, "not-me")
    record, who = opened.record, opened.who
    decision = record.data["decision"]
    if not decision or decision["n"] != opened.version:
        return _disowned(asked, opened)
    held = rules.capacities(opened.register, record.data, who, dates.today(asked.at))
    if rules.DISPUTER not in held:
        return _not_yours(asked, opened)
    if not asked.writes:
        context: dict[str, Any] = {"request": _shown(opened), "own": decision["by"] == who.id}
        context |= {"path": opened.path, "reopens": "reopen" in views.actions(record, held)}
        return web.page(asked, "checks/not_me.html", **context)
    web.pressed(asked)
    try:
        record = deciding.reopen(wiring.store(), wiring.settings(), who, record, asked.at)
    except NotNow as late:
        record = late.record
    except NotYours:
        return _not_yours(asked, opened)
    return _disowned(asked, opened._replace(record=record))


def _disowned(asked: web.Asked, opened: Opened) -> Response:
    return web.page(asked, "checks/not_me_done.html", request=_shown(opened))


def _not_yours(asked: web.Asked, opened: Opened) -> Response:
    return web.page(asked, "checks/not_yours.html", 403, request=_shown(opened))


def _shown(opened: Opened) -> dict[str, Any]:
    return views.request(opened.record, opened.register)
