"""Reviews as their pages show them: how one stands, its clauses with what is recommended, its history; pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.policy.rules import Version, labels
from chalicelib.record import Data, Entry, Fault, Record, instant
from chalicelib.register.rules import ROLES, Register
from chalicelib.review import rules
from chalicelib.review.agenda import ADVICE, bars
from chalicelib.review.forms import POINTS
from chalicelib.review.rules import Line, Standing
from chalicelib.review.workflow import STATES

ACTIONS = {
    "announce": "Announced",
    "open": "Opened, and the figures gathered",
    "begin": "Opened early, and the figures gathered",
    "notify": "Reminded",
    "refresh": "Figures gathered anew",
    "recommend": "Recommendation written",
    "drop": "Recommendation taken back",
    "plan": "Meeting planned",
    "resolve": "The Council’s resolution recorded",
    "correct": "The record of the resolution corrected",
    "sign-as-clerk": "The Clerk’s statement given",
    "sign-as-chair": "The Chair’s statement given",
    "record": "Recorded afterwards",
    "strike": "Struck out, as recorded by mistake",
    "undeliverable": "A mail came back",
    "overtake": "Overtaken by another review",
}
"""Action → how an entry is headed."""


def how_it_stands(standing: Standing, today: date) -> dict[str, Any]:
    """The next review, in a tag and its dates."""
    overdue = today >= standing.due
    state = "open" if standing.open else ("overdue" if overdue else "coming")
    return {
        "anchor": standing.anchor,
        "due": standing.due,
        "opens": standing.opens,
        "overdue": overdue,
        "state": "overdue" if overdue else state,
        "words": "Overdue" if overdue else ("Open" if standing.open else "Not open yet"),
        "days": abs((today - standing.due).days),
        "missed": rules.missed(standing.anchor, today),
    }


def parts(kept: Data | None) -> list[dict[str, Any]]:
    """The evidence for drawing: each chart with the lengths of its bars, and an id for every block."""
    found, n = [], 0
    for part in kept["parts"] if kept else ():
        blocks = []
        for block in part["blocks"]:
            n += 1
            blocks.append({**block, "id": f"figures-{n}", "bars": bars(block) if block["kind"] == "chart" else []})
        found.append({"part": part["part"], "blocks": blocks})
    return found


def clauses(said: Version | None, advice: Data) -> list[dict[str, Any]]:
    """Every clause that says something, with what is recommended of it; then new ones, and those that are gone."""
    named = labels(said.clauses) if said else {}
    rows = [
        {"id": one.id, "label": named[one.id], "text": one.words} for one in (said.clauses if said else ()) if one.text
    ]
    known = {str(row["id"]) for row in rows}
    rows += [
        {"id": id, "label": one["label"] or "New clause", "text": ""} for id, one in advice.items() if id not in known
    ]
    return [{**row, "advice": _advised(advice.get(str(row["id"])))} for row in rows]


def _advised(said: Data | None) -> dict[str, str] | None:
    return {**said, "told": ADVICE[said["what"]]} if said else None


def lines(found: Iterable[Line]) -> list[dict[str, Any]]:
    """The book's lines, as the history lists them."""
    return [{"line": one, "words": STATES[one.state], "outcome": rules.OUTCOMES.get(one.outcome, "")} for one in found]


def resolution(record: Record, register: Register) -> dict[str, Any] | None:
    """What the Council resolved, with the statements."""
    said = record.data["resolution"]
    if not said:
        return None
    statements = {
        seat: {
            "name": one["name"],
            "role": ROLES.get(one["role"], ""),
            "at": one["at"],
            "answers": [(label, one["answers"][point]) for point, label in POINTS.items() if point in one["answers"]],
        }
        for seat, one in record.data["statements"].items()
    }
    return {**said, "words": rules.OUTCOMES[said["outcome"]], "statements": statements}


def history(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The log for the macro `history`."""
    return [
        {
            "what": ACTIONS[entry.action],
            "when": dates.at_time(instant(entry.at)),
            "iso": entry.at,
            "who": entry.name,
            "role": ROLES.get(entry.role, ""),
            "why": entry.given.get("why", ""),
            "details": _details(entry),
        }
        for entry in entries
    ]


def _details(entry: Entry) -> list[tuple[str, str]]:
    given, found = entry.given, []
    if given.get("milestone"):
        found.append(("Notice", rules.told_as(given["milestone"])))
    if given.get("passed"):
        ends = dict.fromkeys(rules.told_as(given["passed"][place]) for place in (0, -1))
        found.append(("Passed without a notice", " to ".join(ends)))
    if "told" in given:
        found += [("To", given["name"]), ("Told instead", given["told"] or "nobody, as mail reaches no other officer")]
    if "what" in given:
        found.append(("Clause", given["label"] or "a new one"))
        found.append(("Recommended", ADVICE[given["what"]]))
    if given.get("words"):
        found.append(("Proposed words", given["words"]))
    if "meeting" in given:
        found.append(("Meeting", dates.on_day(date.fromisoformat(given["meeting"]))))
        found.append(("Minute", given["minute"]))
        version = f" (version {given['version']})" if given["version"] else ""
        found.append(("Resolved", rules.OUTCOMES[given["outcome"]] + version))
    if given.get("planned"):
        found.append(("Meeting", dates.on_day(date.fromisoformat(given["planned"]))))
    answers = given.get("answers", {})
    found += [(label, answers[point]) for point, label in POINTS.items() if point in answers]
    return found


def faults(found: Iterable[Fault]) -> list[str]:
    """What `verify` found, in words."""
    return [f"Entry {fault.n}: {fault.what}" if fault.n else fault.what.capitalize() for fault in found]
