"""What every story of a sign-off needs: where it is kept and found, and the one transaction that changes it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.outbox import Letter, written
from chalicelib.policy import shelf
from chalicelib.policy.rules import Shelf
from chalicelib.record import Actor, Data, Entry, Record, move
from chalicelib.register.rules import Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.sign_offs.workflow import ASKED, KIND, TABLE
from chalicelib.store import FOR_EVER, Commit, Filing, Item, Key, Store, Write, head_key, to_record

QUEUE = KIND
"""Who has not signed waits here, until something is due."""

TRIES = 5
"""How often a move is tried when something else happens to the same person's record at that moment."""


def signatures(version: int) -> str:
    """The list of everybody who signed a version, and of what was struck out again: somebody's newest line counts."""
    return f"sign-offs#{version}"


def askings(version: int) -> str:
    """The list of everybody who was asked to sign a version."""
    return f"asked#{version}"


@dataclass(frozen=True, slots=True)
class Council:
    """The register and the policy, as they stand."""

    register: Register
    shelf: Shelf


def council(store: Store) -> Council:
    """The register and the policy. 1 read."""
    return council_of(store.several(head_key(REGISTER, REGISTER_ID), shelf.KEY))


def council_of(found: dict[Key, Item]) -> Council:
    """The register and the policy, if they are among these items."""
    head = found.get(head_key(REGISTER, REGISTER_ID))
    return Council(register_of(head["data"] if head else {}), shelf.of(found.get(shelf.KEY)))


def record_of(found: dict[Key, Item], person: str) -> Record:
    """A person's record, if it is among these items; else the one that they do not have yet."""
    item = found.get(head_key(KIND, person))
    return to_record(item) if item else Record(KIND, person)


def filing(record: Record) -> Filing:
    """Where a person's record is found: in the queue while something is asked of them, due or not."""
    data = record.data
    if record.state != ASKED:
        return Filing()
    names = ("version", "asked_at", "mailed", "undeliverable", "deadlines")
    brief = {"person": record.id, **{name: data[name] for name in names}}
    return Filing(queue=QUEUE, due=min(data["deadlines"].values(), default=FOR_EVER), brief=brief)


def _line(record: Record, entry: Entry) -> Filing:
    """Where an entry is listed: who signed a version, and who was asked to, stays answerable for ever."""
    if entry.action not in ("ask", "sign", "paper", "earlier-paper", "strike-paper"):
        return Filing()
    number, mark = entry.given["version"], f"{entry.at}#{entry.n:06}#{record.id}"
    brief = {"person": record.id, "name": entry.given["name"]}
    if entry.action == "ask":
        return Filing(list=askings(number), listed_at=mark, brief=brief)
    signature = record.data["signed"].get(str(number), {"struck": True})
    return Filing(list=signatures(number), listed_at=mark, brief={**brief, **signature})


def made(
    before: Record,
    action: str,
    by: Actor,
    at: datetime,
    given: Data,
    letters: tuple[Letter, ...] = (),
    writes: tuple[Write, ...] = (),
) -> Commit:
    """Everything that a move writes. Raises NotNow, NotYours, Unfit."""
    record, entry = move(TABLE, before, action, by, at, given)
    mails = written(KIND, record.id, entry.n, letters, at)
    return Commit(record, entry, head=filing(record), line=_line(record, entry), writes=(*writes, *mails))
