"""A request afterwards: the list of one's own, the request with its history, and what only its requester does."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import dates, web, wiring
from chalicelib.checks import opening, rules, views
from chalicelib.checks.forms.afterwards import Posted
from chalicelib.checks.service import afterwards, asking, requests
from chalicelib.record import NotNow, NotYours

pages = Blueprint(__name__)

DONE = {
    "sent": "Your request has been sent",
    "withdrawn": "Your request has been withdrawn",
    "posted": "What you posted has been recorded",
    "thrown-away": "What you had begun has been thrown away",
    "not-posted": "It has been recorded that you did not post it",
}
"""What a page says after a redirect."""

LISTED = 50


@web.route(pages, "/checks", web.SIGNED_IN)
def mine(asked: web.Asked) -> Response:
    """My requests, the newest first."""
    items = wiring.store().listed(f"checks#{asked.person.id}", LISTED + 1, web.begins(asked))
    lines = [views.line(item, asked.register) for item in items[:LISTED]]
    more = items[LISTED - 1]["listed_at"] if len(items) > LISTED else ""
    begun = views.begun(asking.drafts(wiring.store(), asked.person, asked.at))
    notice = DONE.get(asked.query.get("done", ""))
    return web.page(asked, "checks/mine.html", lines=lines, more=more, begun=begun, notice=notice)


@web.route(pages, "/check/{reference}", web.SIGNED_IN)
def request(asked: web.Asked) -> Response:
    """A request with its whole history, for its requester and the officers."""
    return _request_page(asked, Posted())


def _request_page(asked: web.Asked, form: Posted, code: int = 200) -> Response:
    reference = asked.parts["reference"].upper()
    found = wiring.store().history(requests.KIND, reference) if requests.is_reference(reference) else None
    record = found.record if found else None
    if found is None or record is None or not rules.may_see(record.data, asked.person):
        raise web.Problem(404)
    held = rules.capacities(asked.register, record.data, asked.person, dates.today(asked.at))
    kept = record.data["answers"]["pictures"]
    last = asked.query.get("until", "")[:6]
    context = {
        "request": views.request(record, asked.register),
        "history": views.history(found, asked.register, int(last) if last.isdigit() and last.isascii() else 0),
        "actions": views.actions(record, held),
        "own": record.data["requester"] == asked.person.id,
        "pictures": [wiring.files().view(picture) for picture in kept],
        "late": views.late(found),
        "notice": DONE.get(asked.query.get("done", "")),
        "form": form,
        "errors": form.errors,
    }
    return web.page(asked, "checks/request.html", code, uploads=wiring.files().origin() if kept else "", **context)


@web.route(pages, "/check/{reference}/texts/{n}", web.SIGNED_IN)
def text(asked: web.Asked) -> Response:
    """The text that came with one entry of a request's log. 1 read."""
    reference, n = asked.parts["reference"], asked.parts["n"]
    known = requests.is_reference(reference) and n.isascii() and n.isdigit() and len(n) <= 6
    found = requests.with_entry(wiring.store(), reference, int(n)) if known else None
    if found is None or not rules.may_see(found[0].data, asked.person):
        raise web.Problem(404)
    record, entry = found
    shown = views.text_of(entry, asked.register)
    if shown is None:
        raise web.Problem(404)
    return web.page(asked, "checks/text.html", reference=record.id, entry=shown)


def _done(asked: web.Asked, action: str, given: dict[str, Any], done: str) -> Response:
    """Do what only the requester may do, and show the request. Pressed twice, it is done once."""
    record = opening.own(asked, asked.parts["reference"])
    try:
        afterwards.by_requester(wiring.store(), asked.register, asked.person, record, action, given, asked.at)
    except (NotNow, NotYours) as late:
        return opening.too_late(asked, late.record)
    return web.redirect(asked, f"/check/{record.id}?done={done}")


@web.route(pages, "/check/{reference}/withdraw", web.SIGNED_IN, methods=("GET", "POST"))
def withdraw(asked: web.Asked) -> Response:
    """Take a request back, after a page that asks once more."""
    if asked.writes:
        web.pressed(asked)
        return _done(asked, "withdraw", {}, "withdrawn")
    record = opening.own(asked, asked.parts["reference"])
    if not views.actions(record, frozenset({rules.REQUESTER})).count("withdraw"):
        return web.redirect(asked, f"/check/{record.id}")
    return web.page(asked, "checks/withdraw.html", request=views.request(record, asked.register))


@web.route(pages, "/check/{reference}/posted", web.SIGNED_IN, methods=("GET", "POST"))
def posted(asked: web.Asked) -> Response:
    """Record where it was posted, and what."""
    if not asked.writes:
        return web.redirect(asked, f"/check/{asked.parts['reference']}")
    form = Posted(asked.form)
    if not form.validate():
        return _request_page(asked, form, 422)
    return _done(asked, "record-posted", {"where": form.where.data, "text": form.text.data}, "posted")


@web.route(pages, "/check/{reference}/never-posted", web.SIGNED_IN, methods=("GET", "POST"))
def never_posted(asked: web.Asked) -> Response:
    """Record that it was not posted after all."""
    if asked.writes:
        web.pressed(asked)
        return _done(asked, "never-posted", {}, "not-posted")
    return web.redirect(asked, f"/check/{asked.parts['reference']}")
