"""A check request as its pages show it; pure but for the addresses of its pictures."""

from collections.abc import Iterable
from typing import Any

from chalicelib import diff
from chalicelib.checks import advice, letters, rules, words
from chalicelib.checks.workflow import STATES, TABLE, WAITING
from chalicelib.dates import at_time
from chalicelib.record import Data, Entry, Fault, Record, allowed, instant, verify
from chalicelib.register.rules import ROLES, Register
from chalicelib.store import History, Item


def request(record: Record, register: Register) -> dict[str, Any]:
    """The request: what was asked, how it stands, what was decided, what was posted."""
    data = record.data
    decision = letters.outcome(record) if data["decision"] else None
    posted = data["posted"]
    compared = posted and posted["matches"] is not None
    return {
        **letters.facts(record, register),
        "state": record.state,
        "state_words": STATES[record.state],
        "submitted_at": data["submitted_at"],
        "asked": [register.named(id) for id in data["asked"]],
        "undeliverable": [register.named(id) for id in data["undeliverable"]],
        "deadlines": data["deadlines"],
        "digest": rules.digest(data["answers"]),
        "last_draft": data["draft"] >= rules.MOST_DRAFTS,
        "decision": decision,
        "holding": data["holding"],
        "passages": advice.passages(data["answers"]["text"], data["advice"]),
        "posted": posted,
        "posted_diff": diff.words(data["decision"]["text"], posted["text"]) if compared else [],
    }


def actions(record: Record, capacities: frozenset[str]) -> tuple[str, ...]:
    """What this person may do now."""
    return allowed(TABLE, record, capacities)


ENTRIES = 50
"""How many entries one page of a request shows, so that no request has a page that is too long to be sent."""


def history(found: History, register: Register, last: int = 0) -> dict[str, Any]:
    """The log for reading up to entry `last` (0: to the end), what the verification of all of it says, and what became
    of each mail of these entries. `earlier`: the last of the entries that are left out, or 0."""
    faults = verify(found.record, found.log)
    entries = found.entries() if not any(fault.what == "the entry cannot be read" for fault in faults) else []
    upto = min(last or len(entries), len(entries))
    first = max(1, upto - ENTRIES + 1)
    return {
        "entries": [_entry(entry, register) for entry in entries[first - 1 : upto]],
        "earlier": first - 1,
        "later": upto < len(entries),
        "faults": [_fault(fault) for fault in faults],
        "count": len(found.log),
        "tip": found.record.tip if found.record else "",
        "mails": [_mail(mail) for mail in found.mails if first <= _entry_of(mail) <= upto or not entries],
    }


def _entry_of(mail: Item) -> int:
    return int(str(mail["sk"]).removeprefix("mail#")[:6])


def text_of(entry: Entry, register: Register) -> dict[str, Any] | None:
    """The text that came with an entry (put up, approved with edits, or posted), to the letter; None: it had none."""
    shown = _entry(entry, register)
    return {**shown, "text": _written(entry)} if _written(entry) else None


def _fault(fault: Fault) -> str:
    return f"Entry {fault.n}: {fault.what}" if fault.n else fault.what[:1].upper() + fault.what[1:]


def _entry(entry: Entry, register: Register) -> dict[str, Any]:
    given = entry.given
    asked = [register.named(id) for id in given.get("asked", ())]
    action = "remind-again" if entry.action == "ask-stand-in" and not asked else entry.action
    details = [("Put to", ", ".join(asked))] if asked else []
    if "person" in given:
        details.append(("Could not be reached", register.named(given["person"])))
    if given.get("because"):
        details.append(("Why", words.WAITS_NO_LONGER[given["because"]]))
    if given.get("where"):
        details.append(("Where", given["where"]))
    return {
        "what": words.ACTIONS[action],
        "when": at_time(instant(entry.at)),
        "iso": entry.at,
        "who": entry.name,
        "role": ROLES.get(entry.role, ""),
        "version": given.get("draft", ""),
        "why": given.get("reason", ""),
        "clauses": words.cited(given),
        "details": details,
        "n": entry.n,
        "has_text": bool(_written(entry)),
    }


def _written(entry: Entry) -> str:
    if "answers" in entry.given:
        return str(entry.given["answers"]["text"] or entry.given["answers"]["question"])
    return str(entry.given.get("text", ""))


_MAILS = {
    "check-review": "Request to decide",
    "check-sent": "Confirmation",
    "check-agreement": "Question whether they agree",
    "check-declined": "Notice that somebody named does not agree",
    "check-decided": "Decision",
    "check-receipt": "Receipt of the decision",
    "check-lapsed": "Notice of lapse",
    "check-reopened": "Notice that the decision was withdrawn",
    "check-withdrawn": "Notice of withdrawal",
    "check-differs": "Notice of a difference",
}
"""Template → what the mail is."""

_BECAME = {
    "due": "waiting to be sent",
    "sent": "sent",
    "delivered": "delivered",
    "bounced": "could not be delivered",
    "complained": "marked as unwanted",
    "superseded": "not sent, because it had lost its point",
}


def _mail(mail: Item) -> dict[str, str]:
    status = mail["status"]
    # One that has been refused before is told apart from one that is about to go.
    late = status == "due" and mail["attempts"] > 0
    return {
        "what": _MAILS[mail["template"]],
        "to": mail["to"]["name"],
        "status": status,
        "became": "delayed: it is tried again by itself" if late else _BECAME[status],
        "at": mail.get("sent_at", mail["at"]),
    }


def begun(drafts: Iterable[Item]) -> list[dict[str, Any]]:
    """The forms that somebody has begun and not sent, as a page offers to go on with them."""
    return [
        {
            "reference": item["sk"].partition("#")[2],
            "title": words.title(str(item["answers"].get("text", "")), str(item["answers"].get("question", ""))),
            "again": item["version"] > 1,
        }
        for item in drafts
    ]


def late(found: History) -> bool:
    """Whether mail that puts the present draft to an officer was refused, and is still to be sent."""
    waits = found.record is not None and found.record.state == WAITING
    reviews = [mail for mail in found.mails if mail["template"] == "check-review" and mail["status"] == "due"]
    return waits and any(mail["attempts"] and mail["link"]["version"] == _draft(found) for mail in reviews)


def _draft(found: History) -> int:
    return int(found.record.data["draft"]) if found.record else 0


def line(item: Item, register: Register) -> dict[str, Any]:
    """A request's line in a list, from its `brief`."""
    brief: Data = item["brief"]
    return {
        "reference": item["pk"].partition("#")[2],
        "title": brief["title"],
        "requester": register.named(brief["requester"]),
        "state": item["state"],
        "state_words": STATES[item["state"]],
        "platform": words.PLATFORMS[brief["platform"]],
        "submitted_at": brief["submitted_at"],
        "when": brief["when"],
        "asked": [register.named(id) for id in brief["asked"]],
        "holding": brief["holding"],
        "undeliverable": [register.named(id) for id in brief["undeliverable"]],
        "deadlines": brief["deadlines"],
    }
