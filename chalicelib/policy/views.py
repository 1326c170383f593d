"""Policy versions as their pages show them: in lists, side by side, and with their history; pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib import dates, diff
from chalicelib.policy.rules import KINDS, Clause, Version, labels
from chalicelib.policy.topics import TOPICS
from chalicelib.record import Data, Entry, Fault, instant
from chalicelib.register.rules import ROLES

ACTIONS = {
    "begin": "Draft begun",
    "import": "Another text pasted",
    "retitle": "Title changed",
    "change-clause": "Clause changed",
    "add-clause": "Clause added",
    "remove-clause": "Clause removed",
    "move-clause": "Clause moved",
    "join-clause": "Clause joined to the one above",
    "adopt": "Recorded as adopted by the Council",
    "withdraw": "Draft withdrawn",
    "retopic": "Topics of a clause corrected",
}
"""Action → how an entry is headed."""


def groups(said: Sequence[Clause]) -> list[dict[str, Any]]:
    """The clauses in the order of reading: runs of items as one list each, everything else alone."""
    found: list[dict[str, Any]] = []
    for one in said:
        listed = bool(one.mark) and bool(one.text) and not one.heading
        if listed and found and found[-1]["listed"]:
            found[-1]["clauses"].append(one)
        else:
            found.append({"listed": listed, "clauses": [one], "level": 3 if "." in one.mark.strip(".") else 2})
    return found


def contents(said: Iterable[Clause]) -> list[Clause]:
    """The clauses that have a heading: what a list of contents leads to."""
    return [one for one in said if one.heading]


def rows(said: Sequence[Clause]) -> list[dict[str, Any]]:
    """The clauses of a draft, each with its label, its kind and topics in words, and where it stands."""
    named = labels(said)
    return [
        {
            "clause": one,
            "label": named[one.id],
            "kind": KINDS[one.kind],
            "topics": [TOPICS.get(topic, topic) for topic in one.topics],
            "first": place == 0,
            "last": place == len(said) - 1,
        }
        for place, one in enumerate(said)
    ]


def changes(before: Version, after: Version) -> dict[str, Any]:
    """What one version changed of another, clause by clause in the order of the later one; what went stands where it
    was. `unchanged` counts the clauses of which there is nothing to say."""
    old = {one.id: one for one in before.clauses}
    new = {one.id: one for one in after.clauses}
    stayed = _in_order([id for id in old if id in new], list(new))
    named = {**labels(before.clauses), **labels(after.clauses)}
    found = []
    for id in _woven(list(old), list(new)):
        change = _change(old.get(id), new.get(id), moved=id in old and id in new and id not in stayed)
        if change:
            found.append({"id": id, "label": named[id], **change})
    unchanged = len(new.keys() & old.keys()) - sum(one["how"] in ("changed", "moved") for one in found)
    titles = diff.words(before.title, after.title) if before.title != after.title else []
    return {"title": titles, "clauses": found, "unchanged": unchanged}


def _change(old: Clause | None, new: Clause | None, *, moved: bool) -> dict[str, Any] | None:
    if old is None or new is None:
        how, words = ("added", new.words) if new else ("removed", old.words if old else "")
        return {"how": how, "moved": False, "words": [(how, words)], "also": []}
    also = []
    if old.kind != new.kind:
        also.append(f"It was a {KINDS[old.kind].lower()}, and is a {KINDS[new.kind].lower()} now.")
    if old.grave != new.grave:
        also.append(f"A breach of it is {'now' if new.grave else 'no longer'} a grave matter.")
    if old.words == new.words and not also and not moved:
        return None
    how = "moved" if old.words == new.words and not also else "changed"
    return {"how": how, "moved": moved, "words": diff.words(old.words, new.words), "also": also}


def _in_order(common: list[str], new: list[str]) -> set[str]:
    """As many of the common ids as stand in the same order in both: the others were moved."""
    places = {id: place for place, id in enumerate(new)}
    ends: list[int] = []
    chains: list[list[str]] = []
    for id in common:
        at = bisect_left(ends, places[id])
        chain = [*(chains[at - 1] if at else []), id]
        ends[at : at + 1] = [places[id]]
        chains[at : at + 1] = [chain]
    return set(chains[-1]) if chains else set()


def _woven(old: list[str], new: list[str]) -> list[str]:
    """Every id once: the new order, with what went after what it followed."""
    woven = list(new)
    for place, id in enumerate(old):
        if id not in woven:
            woven.insert(woven.index(old[place - 1]) + 1 if place else 0, id)
    return woven


def history(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The log for the macro `history`."""
    return [
        {
            "what": ACTIONS.get(entry.action, entry.action),
            "when": dates.at_time(instant(entry.at)),
            "iso": entry.at,
            "who": entry.name,
            "role": ROLES.get(entry.role, ""),
            "why": entry.given.get("reason", ""),
            "details": _details(entry.given),
        }
        for entry in entries
    ]


def _details(given: Data) -> list[tuple[str, str]]:
    found = []
    if "clause" in given:
        found.append(("Clause", given["clause"]))
    if "way" in given:
        found.append(("Moved", given["way"]))
    if "title" in given:
        found.append(("Title", given["title"]))
    found += [("Now", " ".join(one["heading"].split() + one["text"].split())[:200]) for one in given.get("becomes", ())]
    if "topics" in given:
        found.append(("Governs", ", ".join(TOPICS.get(topic, topic) for topic in given["topics"]) or "nothing"))
    if "meeting" in given:
        found.append(("Meeting", dates.on_day(date.fromisoformat(given["meeting"]))))
        found.append(("Minute", given["minute"]))
        found.append(("Everybody signs again", "yes" if given["material"] else "no"))
    return found


def faults(found: Iterable[Fault]) -> list[str]:
    """What `verify` found, in words."""
    return [f"Entry {fault.n}: {fault.what}" if fault.n else fault.what.capitalize() for fault in found]
