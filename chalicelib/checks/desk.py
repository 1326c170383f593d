"""Check requests on the officers' desk: what waits on whom, what was decided, and what falls due."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.checks import rules, views, words
from chalicelib.checks.service.requests import DECIDED, QUEUE, UNDONE
from chalicelib.checks.workflow import WAITING
from chalicelib.dates import at_time, on_day
from chalicelib.desk.parts import LISTED, Desk, Due, Line, Note, Sections
from chalicelib.record import instant
from chalicelib.register.rules import ROLES
from chalicelib.store import Item


def sections(desk: Desk) -> Sections:
    """Every request that is open, and the latest decisions. 2 Queries, another where decisions were undone."""
    items = desk.waiting(QUEUE)
    undecided = [item for item in items if item["state"] == WAITING]
    return Sections(
        mine=tuple(_line(desk, item) for item in undecided if _is_mine(desk, item)),
        others=tuple(_line(desk, item) for item in undecided if not _is_mine(desk, item)),
        answered=tuple(_line(desk, item) for item in items if item["state"] != WAITING),
        decided=tuple(_decided(desk, item) for item in _latest(desk)),
    )


def _is_mine(desk: Desk, item: Item) -> bool:
    return desk.person.id in item["brief"]["asked"]


def _line(desk: Desk, item: Item) -> Line:
    line = views.line(item, desk.register)
    reference, lapse = line["reference"], line["deadlines"].get("lapse")
    common: dict[str, Any] = {
        "title": line["title"],
        "path": f"/check/{reference}",
        "mark": f"{item['due']}#{reference}",
        "about": f"{reference}, {line['requester']}, {line['platform']}",
    }
    if item["state"] != WAITING:
        until = (f"Lapses {at_time(instant(lapse))}",) if lapse else ()
        return Line(**common, state=line["state"], words=line["state_words"], more=until)
    wanted = (f"Wanted on {on_day(date.fromisoformat(line['when']))}",) if line["when"] else ()
    mine = _is_mine(desk, item)
    asked = ", then ".join(line["asked"]) or "Nobody: no officer is left who may decide it"
    held = ("Waiting for those who are named",) if line["holding"] else ()
    return Line(
        **common,
        told=(at_time(instant(line["submitted_at"])), *wanted),
        action="Decide" if mine else "",
        action_path=f"/check/{reference}/decision" if mine else "",
        more=held if mine else (asked, *held),
        warning=f"Mail to {', '.join(line['undeliverable'])} came back" if line["undeliverable"] else "",
    )


def _latest(desk: Desk) -> list[Item]:
    """The decisions before the mark, but for those that were undone, whose place is taken by what undid them."""
    found: list[Item] = []
    over, before = set(), desk.before
    while True:
        items = desk.store.listed(DECIDED, LISTED + 1, before)
        for item in items:
            if item["listed_at"] not in over:
                found.append(item)
            over.add(item["listed_at"].removesuffix(UNDONE) if item["listed_at"].endswith(UNDONE) else "")
        if len(items) <= LISTED or len(found) > LISTED:
            return found[: LISTED + 1]
        before = items[-1]["listed_at"]


def _decided(desk: Desk, item: Item) -> Line:
    brief, reference = item["brief"], item["pk"].partition("#")[2]
    # The next page begins before the decision that was undone as well.
    mark = item["listed_at"].removesuffix(UNDONE)
    when, outcome = at_time(instant(mark.partition("#")[0])), brief["outcome"]
    by = f"{desk.register.named(brief['by'])}, {ROLES.get(brief['role'], '')}, {when}" if brief["by"] else when
    return Line(
        title=brief["title"],
        path=f"/check/{reference}",
        mark=mark,
        about=f"{reference}, {desk.register.named(brief['requester'])}",
        state=outcome,
        words=words.CLOSED[outcome],
        more=(f"Made in the name of {by}, but not by them" if outcome == "undone" else by,),
    )


def ahead(desk: Desk) -> Iterator[Due]:
    """When requests that wait on the visitor are wanted, and when they lapse."""
    for item in desk.waiting(QUEUE):
        if item["state"] != WAITING or not _is_mine(desk, item):
            continue
        brief, path = item["brief"], f"/check/{item['pk'].partition('#')[2]}"
        if brief["when"]:
            yield Due(date.fromisoformat(brief["when"]), f"“{brief['title']}”: wanted for posting", path)
        if "lapse" in brief["deadlines"]:
            lapses = dates.today(instant(brief["deadlines"]["lapse"]))
            yield Due(lapses, f"“{brief['title']}”: lapses if nobody decides", path)


def notes(desk: Desk) -> Iterator[Note]:
    """Requests that nobody has in hand: put to nobody, or to nobody whom mail reaches."""
    waiting = [item for item in desk.waiting(QUEUE) if item["state"] == WAITING]
    stuck = [item for item in waiting if rules.out_of_hand(item["brief"])]
    if stuck:
        many = "1 check request has" if len(stuck) == 1 else f"{len(stuck)} check requests have"
        yield Note(f"{many} no officer whom mail reaches", "warning", f"/check/{stuck[0]['pk'].partition('#')[2]}")
