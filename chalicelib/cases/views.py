"""A case as its handlers' pages show it; pure. Most of it is read off the log, which alone holds what was said."""

from datetime import datetime
from typing import Any

from chalicelib.cases import rules, words
from chalicelib.cases.handling_forms import GRAVE
from chalicelib.cases.steps import STEPS
from chalicelib.cases.workflow import INFORMAL, OUTCOMES, STATES, TABLE, TRIAGE
from chalicelib.dates import at_time
from chalicelib.record import Data, Entry, Fault, Record, allowed, instant, stamp, verify
from chalicelib.register.rules import ROLES, Register
from chalicelib.store import History, Item

REPORT = "report"
"""The item that is what was reported; every other item is a file, by its SHA-256."""

LEFT = ("hand-over", "disclose", "take-pack", "let-in-witness", "let-in-investigator", "let-in-panel", "view")
"""Actions by which something of a case came to somebody outside: its disclosure log."""


def line(record: Record, at: datetime) -> dict[str, Any]:
    """A case's line in a list."""
    data = record.data
    due = data["deadlines"].get("acknowledge", "")
    return {
        "reference": record.id,
        "state": record.state,
        "state_words": STATES[record.state],
        "reported_at": data["reported_at"],
        "subject": rules.SUBJECTS[data["answers"]["subject"]],
        "harassment": data["answers"]["harassment"] == "yes",
        "acknowledge": due if not data["acknowledged_at"] else "",
        "overdue": not data["acknowledged_at"] and due <= stamp(at),
        "outcome": outcome(data),
        "closed_at": data["closed_at"],
    }


def outcome(data: Data) -> str:
    """What came of a case, in a line."""
    if not data["outcome"]:
        return ""
    found = rules.FINDINGS.get(data["outcome"]["finding"], "")
    return ": ".join(part for part in (OUTCOMES[data["outcome"]["what"]], found.lower()) if part)


def case(record: Record, register: Register, at: datetime) -> dict[str, Any]:
    """The case as it stands."""
    data = record.data
    return {
        **line(record, at),
        **{name: data["answers"][name] for name in data["answers"]},
        "subject": rules.SUBJECTS[data["answers"]["subject"]],
        "clauses": data["cited"],
        "policy": data["policy"],
        "reporter": register.named(data["reporter"]) if data["reporter"] else "",
        "acknowledged_at": data["acknowledged_at"],
        "track": rules.TRACKS.get(data["track"], "Not known yet"),
        "subjects": _names(data["subjects"]),
        "found_witnesses": _names(data["witnesses"]),
        "kept_from": [(register.named(id), rules.WHY[why]) for id, why in data["conflicts"].items()],
        "handlers": [register.named(id) for id in data["told"]],
        "undeliverable": [register.named(id) for id in data["undeliverable"]],
        "grave": [GRAVE[name] for name in data["grave"]],
        "found_clauses": data["found_cited"],
        "checks": [one["reference"] for one in data["checks"]],
        "referred": data["referred"],
        "appointed": [
            (words.PARTS[part], [one["name"] for one in several]) for part, several in data["appointed"].items()
        ],
        "reason": data["outcome"]["reason"] if data["outcome"] else "",
        "reachable": rules.reachable(data),
        "unready": record.state in (TRIAGE, INFORMAL) and not (data["subjects"] and data["track"]),
        "guests": [
            {
                "id": id,
                **guest,
                "kind_words": words.GUESTS[guest["kind"]],
                "open": rules.guest(data, id, at) is not None,
                "item_words": items(data, guest["items"]),
            }
            for id, guest in data["guests"].items()
        ],
    }


def _names(people: list[Data]) -> list[str]:
    return [one["name"] for one in people]


def items(data: Data, names: list[str]) -> list[str]:
    """The items that somebody was let see, as they are written."""
    offered = shareable(data)
    return [offered[name] for name in names if name in offered]


def shareable(data: Data) -> dict[str, str]:
    """What of a case can be shown to somebody by name: item → how it is written."""
    found = {REPORT: "What was reported, without the reporter’s name and address"}
    for n, one in enumerate(data["evidence"], 1):
        # Whoever handles a case may have captured what its reporter had sent already: it is one thing to show.
        found.setdefault(one["sha256"], f"File {n}: {one['name']}")
    return found


def actions(record: Record, capacities: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """What may be done now: group → (action, what its button says)."""
    now = [action for action in allowed(TABLE, record, capacities) if action in STEPS]
    if not any(not guest["ended"] for guest in record.data["guests"].values()):
        now = [action for action in now if action != "end-access"]
    found: dict[str, list[tuple[str, str]]] = {}
    for action in now:
        found.setdefault(STEPS[action].group, []).append((action, STEPS[action].offer))
    return found


def board(entries: list[Entry]) -> list[dict[str, Any]]:
    """What reporter and Council said to each other, oldest first."""
    found = []
    for entry in entries:
        text = entry.given.get("text") if entry.action == "say" else entry.given.get("tell")
        if text:
            sender = "The reporter" if entry.action == "say" else entry.name
            found.append(
                {"what": f"{sender}{', letter' if entry.action == 'letter' else ''}", **_when(entry), "why": text}
            )
    return found


def notes(entries: list[Entry]) -> list[dict[str, Any]]:
    """The internal notes, oldest first."""
    return [
        {"what": entry.name, **_when(entry), "why": entry.given["text"]} for entry in entries if entry.action == "note"
    ]


def observations(entries: list[Entry]) -> list[dict[str, Any]]:
    """What was looked at, oldest first."""
    return [
        {
            "what": entry.given["url"],
            **_when(entry),
            "who": entry.name,
            "why": entry.given["text"],
            "details": [("Looked at", entry.given["seen"]), ("Reason", entry.given["reason"])],
        }
        for entry in entries
        if entry.action == "observe"
    ]


def disclosures(entries: list[Entry], data: Data) -> list[dict[str, Any]]:
    """What of the case came to somebody else: to whom, what, why and when. Oldest first."""
    return [_disclosure(entry, data) for entry in entries if entry.action in LEFT]


def _disclosure(entry: Entry, data: Data) -> dict[str, Any]:
    given = entry.given
    told = {
        name: _readable(name, given[name]) for name in words.TOLD if isinstance(given.get(name), str) and given[name]
    }
    if "guest" in given:
        guest = data["guests"].get(given["guest"], {})
        told["who"] = f"{guest.get('name', '')}, {words.GUESTS[guest['kind']].lower()}" if guest else ""
    if "items" in given:
        told["what"] = "; ".join(items(data, given["items"]))
    return {
        "what": words.ACTIONS[entry.action],
        **_when(entry),
        "who": entry.name,
        "role": ROLES.get(entry.role, ""),
        "details": [(words.TOLD[name], told[name]) for name in words.TOLD if told.get(name)],
    }


def _when(entry: Entry) -> dict[str, str]:
    return {"when": at_time(instant(entry.at)), "iso": entry.at}


def history(found: History, register: Register) -> dict[str, Any]:
    """The log for reading, what its verification says, and what became of each mail."""
    faults = verify(found.record, found.log)
    return {
        "entries": [_entry(entry, register) for entry in readable(found)],
        "faults": [_fault(fault) for fault in faults],
        "count": len(found.log),
        "tip": found.record.tip if found.record else "",
        "mails": [_mail(mail) for mail in found.mails],
    }


def readable(found: History) -> list[Entry]:
    """The entries that can be read; the others are among the faults."""
    entries = []
    for body, _ in found.log:
        try:
            entries.append(Entry.from_body(body))
        except (ValueError, TypeError, RecursionError):
            continue
    return entries


def _fault(fault: Fault) -> str:
    return f"Entry {fault.n}: {fault.what}" if fault.n else fault.what[:1].upper() + fault.what[1:]


def _entry(entry: Entry, register: Register) -> dict[str, Any]:
    given, details = entry.given, []
    if "told" in given:
        told = ", ".join(register.named(id) for id in given["told"])
        details.append(("In the hands of", told or "nobody: it is sealed"))
    details += [(rules.WHY[why], register.named(id)) for id, why in given.get("conflicts", {}).items()]
    details += [("Named", one["name"]) for name in ("subjects", "witnesses", "people") for one in given.get(name, ())]
    said: str = given.get("tell") or given.get("text") or given.get("reason", "")
    shown = [name for name in words.TOLD if isinstance(given.get(name), str) and given[name] not in ("", said)]
    details += [(words.TOLD[name], _readable(name, given[name])) for name in shown]
    details += [("File", one["name"]) for one in given.get("evidence", ())]
    if given.get("finding"):
        details.append(("Found", rules.FINDINGS[given["finding"]]))
    return {
        "what": words.ACTIONS[entry.action],
        **_when(entry),
        "who": entry.name,
        "role": ROLES.get(entry.role, ""),
        "why": said,
        "clauses": given.get("cited", []),
        "details": details,
        "hash": entry.hash,
    }


def _readable(name: str, text: str) -> str:
    """What was given, as it is read: a moment on a London clock."""
    return at_time(instant(text)) if name == "until" else text


def _mail(mail: Item) -> dict[str, str]:
    status = mail["status"]
    late = status == "due" and mail["attempts"] > 0
    return {
        "what": words.MAILS[mail["template"]],
        "to": mail["to"]["name"] or "the reporter",
        "became": "delayed: it is tried again by itself" if late else words.BECAME[status],
        "at": str(mail.get("sent_at", mail["at"])),
    }
