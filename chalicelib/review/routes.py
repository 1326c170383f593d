"""The annual review as officers read it: how it stands, every past review, one with its log, the agenda item."""

import re
from datetime import date
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import dates, web, wiring
from chalicelib.policy import shelf
from chalicelib.record import Record, verify
from chalicelib.review import agenda, rules, views
from chalicelib.review.service import book
from chalicelib.review.workflow import KIND, STATES
from chalicelib.store import head_key, to_record

pages = Blueprint(__name__)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DONE = {
    "begun": "The review is open, and the figures are gathered",
    "figures": "The figures are gathered anew",
    "recommended": "Your recommendation is saved",
    "dropped": "The recommendation is taken back",
    "planned": "The meeting is saved",
    "resolved": "The resolution is recorded. The Clerk and the Chair are asked for their statements by e-mail",
    "links": "New links are on their way to those whose statements are still to come",
    "nobody": "Nobody holds the office that the statement needs. Enter them on the register, then send the links again",
    "recorded": "The review is recorded",
    "struck": "It is struck out. Its history keeps what was recorded. Record the right one, if there is one",
    "calendar": "The address is made",
}
"""What has just been done → how it is told."""


def day(text: str) -> date:
    """The day by which a review is known, as an address has it. Raises Problem."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise web.Problem(404) from error


def prepares(asked: web.Asked) -> bool:
    """Whether whoever asks may prepare the review."""
    return asked.person in rules.preparers(asked.register, dates.today(asked.at))


def found(asked: web.Asked) -> book.Read:
    """The review in the address. 1 read. Raises Problem."""
    try:
        return book.find(wiring.store(), day(asked.parts["due"]))
    except book.Unknown as error:
        raise web.Problem(404) from error


@web.route(pages, "/review", web.OFFICER)
def review(asked: web.Asked) -> Response:
    """The review that is open, or when the next one is due. 1 read, and 1 for the open review."""
    store, today = wiring.store(), dates.today(asked.at)
    kept = book.read(store)
    standing = rules.standing(kept.shelf, kept.book)
    if standing is None:
        return web.page(asked, "review/none.html")
    record = store.get(KIND, standing.open.due.isoformat()) if standing.open else None
    context: dict[str, Any] = {"notice": DONE.get(asked.query.get("done", ""), ""), "prepares": prepares(asked)}
    context["unreached"] = [asked.register.named(id) for id in record.data["undeliverable"]] if record else []
    if record is None:
        context |= {"due": standing.due, "record": None}
    else:
        context |= {"due": standing.open.due if standing.open else standing.due, **_open(kept, record)}
    unsigned = [(one, STATES[one.state]) for one in standing.unsigned]
    stands = views.how_it_stands(standing, today)
    return web.page(asked, "review/review.html", stands=stands, unsigned=unsigned, today=today, **context)


def _open(kept: book.Read, record: Record) -> dict[str, Any]:
    data = record.data
    rows = views.clauses(kept.shelf.current, data["advice"])
    return {
        "record": record,
        "evidence": data["evidence"],
        "parts": views.parts(data["evidence"]),
        "clauses": rows,
        "advised": sum(bool(row["advice"]) for row in rows),
        "planned": data["planned"],
        "next_new": f"new-{sum(id.startswith('new-') for id in data['advice']) + 1}",
    }


@web.route(pages, "/review/history", web.OFFICER)
def history(asked: web.Asked) -> Response:
    """Every review that has a record. 1 read."""
    kept = book.read(wiring.store())
    rows = views.lines(book.first(kept.book.lines))
    standing = rules.standing(kept.shelf, kept.book)
    notice = DONE.get(asked.query.get("done", ""), "")
    context: dict[str, Any] = {"prepares": prepares(asked), "notice": notice, "adopted": standing is not None}
    return web.page(asked, "review/history.html", rows=rows, **context)


@web.route(pages, "/review/{due}", web.OFFICER)
def one(asked: web.Asked) -> Response:
    """One review with all that was said of it, its log, and whether that verifies. 1 read and the partition's Query."""
    store = wiring.store()
    read = store.history(KIND, day(asked.parts["due"]).isoformat())
    record = read.record
    if record is None:
        raise web.Problem(404)
    faults = verify(record, read.log)
    readable = not any(fault.what == "the entry cannot be read" for fault in faults)
    data = record.data
    context: dict[str, Any] = {
        "record": record,
        "due": date.fromisoformat(record.id),
        "words": STATES[record.state],
        "resolution": views.resolution(record, asked.register),
        "evidence": data["evidence"],
        "parts": views.parts(data["evidence"]),
        "clauses": [row for row in views.clauses(asked.policy, data["advice"]) if row["advice"]],
        "entries": views.history(read.entries()) if readable else [],
        "count": len(read.log),
        "faults": views.faults(faults),
        "notice": DONE.get(asked.query.get("done", ""), ""),
        "prepares": prepares(asked),
        "waits": record.state in rules.UNSIGNED,
        "unreached": [asked.register.named(id) for id in data["undeliverable"]],
    }
    return web.page(asked, "review/one.html", **context)


@web.route(pages, "/review/{due}/agenda", web.OFFICER)
def agenda_item(asked: web.Asked) -> Response:
    """The agenda item, ready to paste. 1 read."""
    wanted = head_key(KIND, day(asked.parts["due"]).isoformat())
    found = wiring.store().several(wanted, shelf.KEY)
    if wanted not in found:
        raise web.Problem(404)
    record, kept = to_record(found[wanted]), shelf.of(found.get(shelf.KEY))
    text = agenda.text(record, shelf.guiding(kept), wiring.settings().council.name, dates.today(asked.at))
    return web.page(asked, "review/agenda.html", due=date.fromisoformat(record.id), text=text)
