"""The pages on which whoever keeps the register records what the Council did with a draft, and looks after what was
adopted: what its clauses govern, and its history.

The words of an adopted version never change here: a form that brings any is answered as one for a draft that is gone.
"""

from datetime import date
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import web, wiring
from chalicelib.policy import service, shelf, views
from chalicelib.policy.drafting import DONE, clause_gone, closed, draft_clause, found, made, one_form, sent
from chalicelib.policy.forms import Adopting, Retopic, Withdrawing
from chalicelib.policy.routes import number
from chalicelib.policy.rules import ADOPTED, DRAFT, Clause, labels, version
from chalicelib.policy.topics import TOPICS
from chalicelib.policy.workflow import KIND
from chalicelib.record import Record, verify

pages = Blueprint(__name__)


@web.route(pages, "/policy/versions/{n}/adopt", web.KEEPER, ("GET", "POST"))
def adopt(asked: web.Asked) -> Response:
    """Record that the Council adopted the draft."""
    kept, record = shelf.read(wiring.store()), found(asked)
    on = record.data["adopted_on"]
    form = made(asked, Adopting, meeting=date.fromisoformat(on) if on else None)
    first = all(line.number == int(record.id) for line in kept.adopted)
    form.about(first=first)

    def do() -> str:
        typed = form.data
        act = {
            "meeting": typed["meeting"].isoformat(),
            "minute": typed["minute"],
            "material": typed["material"] == "yes",
        }
        service.adopt(wiring.store(), asked.person, int(record.id), int(typed["seen"]), act, asked.at)
        return f"/policy/versions/{record.id}?done=adopted"

    return one_form(asked, "adopt", form, record, do, first=first, in_force=kept.current)


@web.route(pages, "/policy/versions/{n}/withdraw", web.KEEPER, ("GET", "POST"))
def withdraw(asked: web.Asked) -> Response:
    """Take the draft off the table."""
    record = found(asked)
    form = made(asked, Withdrawing)

    def do() -> str:
        typed = form.data
        seen = int(typed["seen"])
        service.withdraw(wiring.store(), asked.person, int(record.id), seen, typed["reason"], asked.at)
        return f"/policy/versions/{record.id}?done=withdrawn"

    return one_form(asked, "withdraw", form, record, do)


@web.route(pages, "/policy/versions/{n}/clauses/{id}", web.KEEPER, ("GET", "POST"))
def clause(asked: web.Asked) -> Response:
    """One clause: of a draft with all it says, of an adopted version what it governs."""
    record = found(asked)
    one = version(int(record.id), record.data).clause(asked.parts["id"])
    if one is None:
        return clause_gone(asked, record)
    if record.state == DRAFT:
        return draft_clause(asked, record, one)
    if record.state != ADOPTED or "text" in asked.form:
        return closed(asked, record)
    return _topics(asked, record, one)


def _topics(asked: web.Asked, record: Record, one: Clause) -> Response:
    said = version(int(record.id), record.data)
    form = made(asked, Retopic, topics=list(one.topics), seen=one.seen)

    def page(now: Record, code: int) -> Response:
        current = version(int(now.id), now.data).clause(one.id) or one
        if code == 409:
            form.seen.data = current.seen
        context: dict[str, Any] = {"version": said, "clause": current, "label": labels(said.clauses)[one.id]}
        context |= {"governs": [TOPICS.get(topic, topic) for topic in current.topics], "moved": code == 409}
        return web.page(asked, "policy/topics.html", code, form=form, errors=form.errors, **context)

    def do() -> str:
        chosen, seen = form.chosen(), form.data["seen"]
        service.retopic(wiring.store(), asked.person, int(record.id), one.id, seen, chosen, asked.at)
        return f"/policy/versions/{record.id}/governs?done=retopiced#{one.id}"

    return sent(asked, record, form, page, do, ADOPTED) if asked.writes else page(record, 200)


@web.route(pages, "/policy/versions/{n}/governs", web.KEEPER)
def governs(asked: web.Asked) -> Response:
    """What each clause of an adopted version governs, and what no clause does."""
    record = found(asked)
    if record.state != ADOPTED:
        return closed(asked, record)
    said = version(int(record.id), record.data)
    governed = {topic for one in said.clauses for topic in one.topics}
    context: dict[str, Any] = {"version": said, "notice": DONE.get(asked.query.get("done", ""), "")}
    context["rows"] = [row for row in views.rows(said.clauses) if row["clause"].kind != "text" or row["clause"].topics]
    context["missing"] = [label for topic, label in TOPICS.items() if topic not in governed]
    return web.page(asked, "policy/governs.html", **context)


@web.route(pages, "/policy/versions/{n}/history", web.KEEPER)
def history(asked: web.Asked) -> Response:
    """Who did what with a version, and whether its record verifies."""
    read = wiring.store().history(KIND, str(number(asked.parts["n"])))
    if read.record is None:
        raise web.Problem(404)
    faults = verify(read.record, read.log)
    readable = not any(fault.what == "the entry cannot be read" for fault in faults)
    context: dict[str, Any] = {"number": int(read.record.id), "count": len(read.log), "tip": read.record.tip}
    context |= {"state": read.record.state, "faults": views.faults(faults)}
    return web.page(asked, "policy/history.html", entries=views.history(read.entries()) if readable else [], **context)
