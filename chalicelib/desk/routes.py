"""The desk. It costs what is open, not what was ever done: one request for what waits, one for the latest decisions."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import web, wiring
from chalicelib.checks import views, words
from chalicelib.checks.workflow import WAITING
from chalicelib.register.rules import ROLES
from chalicelib.store import Item

pages = Blueprint(__name__)

QUEUE, DECIDED = "check", "decided"
LISTED = 25


@web.route(pages, "/desk", web.OFFICER)
def desk(asked: web.Asked) -> Response:
    """What waits on me, what waits on others, what was decided."""
    store = wiring.store()
    waiting = store.waiting(QUEUE)
    lines = [(item, views.line(item, asked.register)) for item in waiting]
    undecided = [(item, line) for item, line in lines if item["state"] == WAITING]
    mine = [line for item, line in undecided if asked.person.id in item["brief"]["asked"]]
    others = [line for item, line in undecided if asked.person.id not in item["brief"]["asked"]]
    answered = [line for item, line in lines if item["state"] != WAITING]
    decided = store.listed(DECIDED, LISTED + 1, views.begins(asked.query.get("before", "")))
    more = decided[LISTED - 1]["listed_at"] if len(decided) > LISTED else ""
    context: dict[str, Any] = {"mine": mine, "others": others, "answered": answered, "more": more}
    return web.page(asked, "desk/desk.html", decided=[_decided(item, asked) for item in decided[:LISTED]], **context)


def _decided(item: Item, asked: web.Asked) -> dict[str, str]:
    brief = item["brief"]
    return {
        "reference": item["pk"].partition("#")[2],
        "title": brief["title"],
        "requester": asked.register.named(brief["requester"]),
        "outcome": brief["outcome"],
        "words": words.OUTCOMES[brief["outcome"]],
        "by": asked.register.named(brief["by"]),
        "role": ROLES.get(brief["role"], ""),
        "at": item["listed_at"].partition("#")[0],
    }
