"""The policy's public pages: the one in force, every adopted version, and what changed between two.

A draft, and one that was withdrawn, is not found by anybody but whoever keeps the register.
"""

import re
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import dates, web, wiring
from chalicelib.policy import shelf, views
from chalicelib.policy.rules import ADOPTED, WITHDRAWN, Line, Shelf, Version, labels, version
from chalicelib.policy.workflow import KIND
from chalicelib.register.rules import keepers
from chalicelib.store import head_key, to_record

pages = Blueprint(__name__)

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def number(text: str) -> int:
    """A version's number as an address has it. Raises Problem for what is none."""
    if not _NUMBER.fullmatch(text):
        raise web.Problem(404)
    return int(text)


def keeps(asked: web.Asked) -> bool:
    """Whether whoever asks may see and make drafts."""
    found = asked.visitor
    return found is not None and found.person in keepers(found.register, dates.today(asked.at))


@web.route(pages, "/policy", web.PUBLIC)
def policy(asked: web.Asked) -> Response:
    """The policy in force. 1 read."""
    kept = shelf.read(wiring.store())
    if kept.current is None:
        return web.page(asked, "policy/none.html", keeps=keeps(asked))
    return shown(asked, kept, kept.current, ADOPTED)


@web.route(pages, "/policy/versions/{n}", web.PUBLIC)
def one_version(asked: web.Asked) -> Response:
    """One version. 1 read."""
    wanted = number(asked.parts["n"])
    kept, found = _with_shelf(wanted)
    if wanted not in found:
        raise web.Problem(404)
    state, said = found[wanted]
    if state != ADOPTED and not keeps(asked):
        raise web.Problem(404)
    return shown(asked, kept, said, state)


def shown(asked: web.Asked, kept: Shelf, said: Version, state: str) -> Response:
    """A version's page."""
    current = kept.current
    older = [line for line in kept.adopted if line.turn < Line(said.number, state, "", said.adopted).turn]
    return web.page(
        asked,
        "policy/policy.html",
        version=said,
        state=state,
        in_force=current is not None and current.number == said.number,
        current=current,
        groups=views.groups(said.clauses),
        contents=views.contents(said.clauses),
        labels=labels(said.clauses),
        others=[line for line in kept.adopted if line.number != said.number],
        older=older[0] if older else None,
        sha256=said.sha256,
        as_adopted=said.adopted is None or said.adopted.sha256 == said.sha256,
        keeps=keeps(asked),
        notice=told(said, state, asked.query.get("done", ""), current),
    )


def told(said: Version, state: str, done: str, current: Version | None) -> str:
    """What the page says after a redirect to it."""
    if done == "withdrawn" and state == WITHDRAWN:
        return "The draft is withdrawn. It is kept, and nobody else sees it"
    if done != "adopted" or state != ADOPTED:
        return ""
    if current is None or current.number == said.number:
        return "The adoption is recorded. This version is in force"
    return f"The adoption is recorded. Version {current.number} was adopted at a later meeting, and stays in force"


@web.route(pages, "/policy/changes", web.PUBLIC)
def changes(asked: web.Asked) -> Response:
    """What changed between two versions, word by word; without a choice, between the last two. 2 reads."""
    store = wiring.store()
    kept = shelf.read(store)
    lines = [line for line in kept.lines if line.state == ADOPTED or keeps(asked)]
    chosen = {name: number(asked.query[name]) for name in ("from", "to") if asked.query.get(name)}
    context: dict[str, Any] = {"lines": sorted(lines, key=lambda line: line.number), "keeps": keeps(asked)}
    latest = [line.number for line in kept.adopted]
    to = chosen.get("to", latest[0] if latest else 0)
    earlier = [one for one in latest if one != to]
    from_ = chosen.get("from", earlier[0] if earlier else 0)
    if not {*chosen.values()} <= {line.number for line in lines}:
        raise web.Problem(404)
    if not (to and from_):
        return web.page(asked, "policy/changes.html", before=None, after=None, found=None, **context)
    _, read = _with_shelf(from_, to)
    before, after = read[from_][1], read[to][1]
    found = views.changes(before, after)
    return web.page(asked, "policy/changes.html", before=before, after=after, found=found, **context)


def _with_shelf(*numbers: int) -> tuple[Shelf, dict[int, tuple[str, Version]]]:
    """The shelf, and of these versions those there are: number → state and version. 1 read."""
    keys = {number: head_key(KIND, str(number)) for number in numbers}
    found = wiring.store().several(shelf.KEY, *dict.fromkeys(keys.values()))
    there = {number: to_record(found[key]) for number, key in keys.items() if key in found}
    versions = {number: (record.state, version(number, record.data)) for number, record in there.items()}
    return shelf.of(found.get(shelf.KEY)), versions
