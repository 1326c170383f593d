"""The pages on which the Clerk prepares the review and records what the Council resolved.

Rules: only whoever prepares the review finds them. What was typed comes back with every error; what somebody else has
changed meanwhile is answered with what it says now (409), and nothing was saved.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import wtforms
from chalice.app import Blueprint, Response

from chalicelib import dates, forms, web, wiring
from chalicelib.policy.rules import labels
from chalicelib.record import NotNow, NotYours, Record
from chalicelib.review import rules, views
from chalicelib.review.forms import Planning, Proposing, Recommending, Resolving, Striking
from chalicelib.review.routes import day, found, prepares
from chalicelib.review.service import book, preparing, resolving
from chalicelib.review.workflow import Unfit

pages = Blueprint(__name__)

MOVED = (
    "This was changed after the page was opened, by somebody else or in another window, so nothing was saved. "
    "Look at what it says now, then save again if yours is right"
)
_MOST_NEW = 30


def _admit(asked: web.Asked) -> None:
    if not prepares(asked):
        raise web.Problem(404)


def _sent(asked: web.Asked, form: forms.Form, page: Callable[[int], Response], do: Callable[[], str]) -> Response:
    """Show the form, or do what it asks and go on; or show what stands in the way."""
    if not asked.writes:
        return page(200)
    if not form.validate():
        return page(422)
    try:
        return web.redirect(asked, do())
    except Unfit as unfit:
        _tell(form, unfit)
        return page(422)
    except book.Moved:
        form.form_errors.append(MOVED)
        return page(409)
    except NotNow as late:
        return web.page(asked, "review/closed.html", 409, due=late.record.id, state=late.record.state)
    except (NotYours, book.Unknown) as error:
        raise web.Problem(404) from error


def _tell(form: forms.Form, unfit: Unfit) -> None:
    if unfit.field not in form:
        form.form_errors.append(unfit.message)
        return
    field: wtforms.Field = form[unfit.field]
    field.errors = [*field.errors, unfit.message]


def _pressed(asked: web.Asked, do: Callable[[], str]) -> Response:
    """A form that is nothing but its button."""
    _admit(asked)
    if not asked.writes:
        return web.redirect(asked, "/review")
    web.pressed(asked)
    return _sent(asked, forms.Button(asked.form), lambda _code: web.redirect(asked, "/review"), do)


@web.route(pages, "/review/{due}/begin", web.OFFICER, ("GET", "POST"))
def begin(asked: web.Asked) -> Response:
    """Open the review before it opens by itself."""

    def do() -> str:
        preparing.begin(wiring.store(), asked.person, day(asked.parts["due"]), asked.at)
        return "/review?done=begun"

    return _pressed(asked, do)


@web.route(pages, "/review/{due}/figures", web.OFFICER, ("GET", "POST"))
def figures(asked: web.Asked) -> Response:
    """Gather the year's figures anew."""

    def do() -> str:
        preparing.refresh(wiring.store(), asked.person, day(asked.parts["due"]), asked.at)
        return "/review?done=figures"

    return _pressed(asked, do)


@web.route(pages, "/review/{due}/links", web.OFFICER, ("GET", "POST"))
def links(asked: web.Asked) -> Response:
    """Send the links to the statements that are still to come once more."""

    def do() -> str:
        record = found(asked).record
        if record.state not in rules.UNSIGNED:
            raise NotNow(record, "sign")
        sent = resolving.send_links(wiring.store(), asked.register, record, asked.at)
        return f"/review/{record.id}?done={'links' if sent else 'nobody'}"

    return _pressed(asked, do)


@web.route(pages, "/review/{due}/clauses/{clause}", web.OFFICER, ("GET", "POST"))
def clause(asked: web.Asked) -> Response:
    """What should become of one clause, or a new one (`new-1`, `new-2`, …)."""
    _admit(asked)
    read, id = found(asked), asked.parts["clause"]
    record, current = read.record, read.shelf.current
    one = current.clause(id) if current else None
    new = one is None and id in {f"new-{n}" for n in range(1, _MOST_NEW + 1)}
    so_far = record.data["advice"].get(id)
    if one is None and not new and so_far is None:
        raise web.Problem(404)
    label = labels(current.clauses)[id] if one and current else (so_far or {}).get("label", "")
    kind = Proposing if new else Recommending
    form: Any = kind(asked.form, also=("act",)) if asked.writes else kind(None, **(so_far or {}))
    if not asked.writes:
        form.seen.data = preparing.seen(record, id)
    dropped = asked.form.one("act") == "drop"

    def page(code: int) -> Response:
        now = found(asked).record if code == 409 else record
        if code == 409:
            form.seen.data = preparing.seen(now, id)
        advice = now.data["advice"].get(id)
        context: dict[str, Any] = {"due": day(record.id), "clause": one, "id": id, "label": label, "advice": advice}
        return web.page(asked, "review/clause.html", code, form=form, errors=form.errors, moved=code == 409, **context)

    def do() -> str:
        typed = form.data
        said = {"what": "add" if new else typed["what"], "words": typed["words"].strip(), "why": typed["why"].strip()}
        wanted = None if dropped else {**said, "label": label}
        store, who = wiring.store(), asked.person
        preparing.recommend(store, who, day(record.id), id, typed["seen"], wanted, asked.at)
        return f"/review?done={'dropped' if dropped else 'recommended'}#recommendations"

    if record.state != rules.OPEN:
        return _closed(asked, record)
    if asked.writes and dropped:
        # What stands in the boxes does not matter to somebody who takes it back.
        form.validate = lambda: bool(form.seen.validate(form)) and not form.unexpected
    return _sent(asked, form, page, do)


def _closed(asked: web.Asked, record: Record) -> Response:
    if not asked.writes:
        return web.redirect(asked, f"/review/{record.id}")
    return web.page(asked, "review/closed.html", 409, due=record.id, state=record.state)


@web.route(pages, "/review/{due}/meeting", web.OFFICER, ("GET", "POST"))
def meeting(asked: web.Asked) -> Response:
    """At which meeting the Council is to consider the review."""
    _admit(asked)
    record = found(asked).record
    planned = record.data["planned"]
    form = (
        Planning(asked.form)
        if asked.writes
        else Planning(None, planned=date.fromisoformat(planned) if planned else None)
    )

    def page(code: int) -> Response:
        return web.page(asked, "review/meeting.html", code, form=form, errors=form.errors, due=day(record.id))

    def do() -> str:
        store, who = wiring.store(), asked.person
        preparing.plan(store, who, day(record.id), form.data["planned"], asked.at)
        return "/review?done=planned"

    return _sent(asked, form, page, do) if record.state == rules.OPEN else _closed(asked, record)


@web.route(pages, "/review/{due}/resolution", web.OFFICER, ("GET", "POST"))
def resolution(asked: web.Asked) -> Response:
    """What the Council resolved on the review, or a correction of that."""
    _admit(asked)
    read = found(asked)
    record = read.record
    form = _resolving(asked, record, read)

    def page(code: int) -> Response:
        context: dict[str, Any] = {"due": day(record.id), "correcting": record.state != rules.OPEN, "past": False}
        return web.page(asked, "review/resolution.html", code, form=form, errors=form.errors, **context)

    def do() -> str:
        store, who = wiring.store(), asked.person
        resolving.resolve(store, who, day(record.id), form.act(), asked.at)
        return f"/review/{record.id}?done=resolved"

    open = record.state == rules.OPEN or record.state in rules.UNSIGNED
    return _sent(asked, form, page, do) if open else _closed(asked, record)


def _resolving(asked: web.Asked, record: Record | None, read: book.Read) -> Resolving:
    said = (record.data["resolution"] or {}) if record else {}
    planned = record.data["planned"] if record else ""
    on = said.get("meeting") or (planned if planned and planned <= dates.today(asked.at).isoformat() else "")
    values = {"minute": said.get("minute", ""), "outcome": said.get("outcome", "")}
    values["version"] = str(said["version"]) if said.get("version") else ""
    filled = Resolving(None, meeting=date.fromisoformat(on) if on else None, **values)
    form = Resolving(asked.form) if asked.writes else filled
    form.offer(read.shelf.adopted)
    return form


@web.route(pages, "/review/past", web.OFFICER, ("GET", "POST"))
def past(asked: web.Asked) -> Response:
    """Record a review that the Council made before."""
    _admit(asked)
    read = book.read(wiring.store())
    if rules.standing(read.shelf, read.book) is None:
        raise web.Problem(404)
    form = _resolving(asked, None, read)

    def page(code: int) -> Response:
        context: dict[str, Any] = {"due": None, "correcting": False, "past": True}
        return web.page(asked, "review/resolution.html", code, form=form, errors=form.errors, **context)

    def do() -> str:
        resolving.record_past(wiring.store(), asked.person, form.act(), asked.at)
        return "/review/history?done=recorded"

    return _sent(asked, form, page, do)


@web.route(pages, "/review/{due}/strike", web.OFFICER, ("GET", "POST"))
def strike(asked: web.Asked) -> Response:
    """Strike out a past review that was recorded by mistake."""
    _admit(asked)
    record = found(asked).record
    form = Striking(asked.form if asked.writes else None)

    def page(code: int) -> Response:
        context: dict[str, Any] = {"due": day(record.id), "resolution": views.resolution(record, asked.register)}
        return web.page(asked, "review/strike.html", code, form=form, errors=form.errors, **context)

    def do() -> str:
        resolving.strike(wiring.store(), asked.person, day(record.id), form.why.data or "", asked.at)
        return f"/review/{record.id}?done=struck"

    if record.state not in (rules.RECORDED, rules.STRUCK):
        return _closed(asked, record)
    return _sent(asked, form, page, do) if record.data["resolution"] or asked.writes else _closed(asked, record)
