"""A check request in the table: where it stands, where it is found, and the one way in which it is moved.

Every story of this service is load, move, commit. Whom a move concerns is told by the mails that the commit holds.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib import dates, outbox
from chalicelib.checks import letters, rules, words
from chalicelib.checks.workflow import LAPSED, TABLE, WAITING
from chalicelib.record import Actor, Data, Entry, Record, move
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import Commit, Filing, Store, Write, attempted, entry_key, head_key, to_record

KIND = QUEUE = "check"
DECIDED = "decided"
"""The list of decisions and of what lapsed without one, newest first."""
UNDONE = "~undone"
"""What follows a decision's own mark in the mark of the entry that undid it: it sorts right before it."""

WITHDRAWN_WAITING = "withdrawn"
"""The list of requests that were withdrawn before anybody decided, newest first."""

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
TRIES = 5


class Unknown(LookupError):
    """There is no such request, or not for whoever asks."""


def new_reference() -> str:
    """A reference such as `7F3K-9QXM`: no vowels, so no words, and no characters that look alike."""
    letters_ = [secrets.choice(_ALPHABET) for _ in range(8)]
    return "".join(letters_[:4]) + "-" + "".join(letters_[4:])


def is_reference(text: str) -> bool:
    """Whether a text has the form of a reference."""
    return len(text) == 9 and text[4] == "-" and all(c in _ALPHABET for c in text[:4] + text[5:])


def actor(data: Data, who: Person, register: Register, at: datetime, *, as_officer: bool = False) -> Actor:
    """The person as an actor on this request: their capacities to it, and the role in which they act."""
    held = rules.capacities(register, data, who, dates.today(at))
    return Actor(who.id, who.styled, who.officer_role if as_officer else who.role, held)


def filing(record: Record) -> Filing:
    """Where a request is found: in the queue while anything about it has a date, in its requester's list for ever."""
    data = record.data
    # While nobody could be asked, every tick looks again whether somebody can be now; and while somebody is waited for,
    # whether they are still there.
    looked_at = record.state == WAITING and (rules.out_of_hand(data) or data["holding"])
    due = data["submitted_at"] if looked_at else min(data["deadlines"].values(), default="")
    return Filing(
        queue=QUEUE if due else "",
        due=due,
        list=f"checks#{data['requester']}",
        listed_at=f"{data['submitted_at']}#{record.id}",
        brief={
            "title": words.title(data["answers"]["text"], data["answers"]["question"]),
            "requester": data["requester"],
            "in_name_of": data["answers"]["in_name_of"],
            "platform": data["answers"]["platform"],
            "when": data["answers"]["when"],
            "submitted_at": data["submitted_at"],
            "asked": data["asked"],
            "undeliverable": data["undeliverable"],
            "holding": data["holding"],
            "deadlines": data["deadlines"],
        },
    )


def _line(before: Record, record: Record, entry: Entry) -> Filing:
    """Where an entry is found: in the list of decisions, by when it was; one that undoes a decision right after that
    decision, which it takes the place of."""
    decision, outcome = record.data["decision"], entry.action
    mark = f"{entry.at}#{record.id}"
    if entry.action == "withdraw" and before.state == WAITING:
        return Filing(list=WITHDRAWN_WAITING, listed_at=mark, brief={"outcome": "withdraw"})
    if entry.action == "reopen":
        decision, outcome = before.data["decision"], "undone"
        mark = f"{decision['at']}#{record.id}{UNDONE}"
    elif record.state != LAPSED and (not decision or decision["n"] != entry.n):
        return Filing()
    brief = {
        "title": words.title(record.data["answers"]["text"], record.data["answers"]["question"]),
        "requester": record.data["requester"],
        "outcome": outcome,
        "by": decision["by"] if decision else "",
        "role": decision["role"] if decision else "",
        # What the annual review counts.
        "clauses": decision["clauses"] if decision else [],
        "flags": sorted({flag["code"] for flag in record.data["advice"]}),
        "asked_at": before.data.get("asked_at", before.data["submitted_at"]),
    }
    return Filing(list=DECIDED, listed_at=mark, brief=brief)


def commit(store: Store, made: Commit) -> Record:
    """Write what a move makes; the request as it then stands. 1 transaction. Raises Conflict."""
    store.commit(made)
    return made.record


def moved(
    register: Register,
    before: Record,
    action: str,
    by: Actor,
    at: datetime,
    given: Data,
    *,
    writes: tuple[Write, ...] = (),
    milestones: tuple[str, ...] = (),
) -> Commit:
    """Everything that an action on a request writes: the request, the entry, and the mails that it makes due. Raises
    NotNow, NotYours, and what the table raises."""
    record, entry = move(TABLE, before, action, by, at, given)
    mails = letters.letters(letters.Told(before, record, entry, register))
    return Commit(
        record,
        entry,
        head=filing(record),
        line=_line(before, record, entry),
        writes=(*writes, *outbox.written(KIND, record.id, entry.n, mails, at)),
        milestones=milestones,
    )


def again(store: Store, before: Record, attempt: Callable[[Record], Record]) -> Record:
    """Make the attempt on the request as it was read; when something else happens to it at the same moment, on the
    request as it stands then: the table knows whether that is still possible. Raises Conflict if it goes on and on."""
    return attempted(before, attempt, lambda: find(store, before.id), TRIES)


def find(store: Store, reference: str) -> Record:
    """A request. 1 read. Raises Unknown."""
    record = store.get(KIND, reference) if is_reference(reference) else None
    if record is None:
        raise Unknown
    return record


def with_entry(store: Store, reference: str, n: int) -> tuple[Record, Entry] | None:
    """A request and one entry of its log, if both are there. 1 read."""
    head, line = head_key(KIND, reference), entry_key(KIND, reference, n)
    found = store.several(head, line)
    if head not in found or line not in found:
        return None
    return to_record(found[head]), Entry.from_body(found[line]["body"])


def put_to(settings: Settings, register: Register, data: Data, at: datetime) -> dict[str, Any]:
    """To whom a request is put, and what falls due while it waits."""
    first = rules.next_to_ask(register, data, dates.today(at))
    deadlines = rules.waiting_deadlines(at, settings.council.jurisdiction)
    return {"asked": [first.id] if first else [], "deadlines": deadlines}
