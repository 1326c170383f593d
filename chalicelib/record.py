"""Records, their logs, and the one way in which a record changes.

The two house rules:

1. A *move* is pure. It gets the table of legal moves, the record, the action, who acts, when, and what was given, and
   it returns the record as it stands afterwards together with the entry that says so. Nothing is looked up.
2. What the table does not list cannot happen. An illegal move raises and changes nothing.

A record is a head (its state and data now) and a log (every entry since it began). Each entry holds the hash of the one
before it and of the head after it, so that a changed, a missing and a reordered entry, and a head that was changed
behind the log's back, all show in `verify`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

Data: TypeAlias = Mapping[str, Any]
"""JSON-shaped values: strings, whole numbers, booleans, None, lists and mappings of these."""

NO_DATA: Data = {}

NOTHING_BEFORE = "0" * 64
"""What the first entry of a log names as the entry before it."""

NEW = "new"
"""The state of a record that has no entry yet."""


def canonical(value: Any) -> str:
    """JSON text of `value` that is the same for equal values: what is stored and what is hashed.

    Raises TypeError or ValueError for what JSON cannot hold, so that nothing half-readable reaches the log.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stamp(at: datetime) -> str:
    """`at` (aware) as ISO 8601 in UTC to the second, e.g. `2026-11-23T15:04:05Z`: sorts as text."""
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """The aware UTC datetime of an ISO 8601 text such as `stamp` makes. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    return at.astimezone(UTC)


class Actor(NamedTuple):
    """Who acts: a person on the register, or the scheduled run.

    `capacities` are what they may be *to this record* (its requester, one who may decide it, …), worked out by the
    part's rules; `role` is the register's role in which they act, and goes into the entry.
    """

    id: str
    name: str
    role: str
    capacities: frozenset[str] = frozenset()


class Record(NamedTuple):
    """The head: `version` counts the log's entries, `tip` is the last entry's hash."""

    kind: str
    id: str
    state: str = NEW
    version: int = 0
    tip: str = NOTHING_BEFORE
    data: Data = NO_DATA

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the state and data, which the last entry vouches for."""
        return sha256(canonical([self.state, self.data]))


class Entry(NamedTuple):
    """One line of a record's log. `given` says what was decided or changed, why, and on which clauses."""

    kind: str
    id: str
    n: int
    at: str
    who: str
    name: str
    role: str
    action: str
    before: str
    after: str
    given: Data
    head: str
    previous: str

    def body(self) -> str:
        """The canonical JSON text that is stored and hashed."""
        return canonical({name: getattr(self, name) for name in self._fields})

    @property
    def hash(self) -> str:
        """SHA-256 of the body."""
        return sha256(self.body())

    @classmethod
    def from_body(cls, body: str) -> "Entry":
        """The entry that a stored body describes. Raises ValueError or TypeError when it describes none."""
        entry = cls(**json.loads(body))
        kinds = dict.fromkeys(cls._fields, str) | {"n": int, "given": dict}
        if any(type(getattr(entry, name)) is not kind for name, kind in kinds.items()):
            raise ValueError("a field of the entry has the wrong kind of value")
        return entry


Change: TypeAlias = Callable[[Data, Data, Entry], Data]
"""(data before, what was given, the entry being written, its `head` still empty) → data after."""


def _unchanged(data: Data, _given: Data, _entry: Entry) -> Data:
    return data


class Move(NamedTuple):
    """One legal move: who may make it (the capacity needed), where it leads, what it does to the data."""

    by: str
    to: str
    change: Change = _unchanged


Table: TypeAlias = Mapping[tuple[str, str], Move]
"""(state, action) → the move. What is not in it cannot happen."""


class NotNow(Exception):
    """The record's state does not allow the action (any more)."""

    def __init__(self, record: Record, action: str) -> None:
        super().__init__(record, action)
        self.record, self.action = record, action

    def __str__(self) -> str:
        """What a log may say of it: not the record's texts and names."""
        return f"{self.record.kind} {self.record.id} is {self.record.state}: no {self.action}"


class NotYours(Exception):
    """The action is legal now, but not for this actor: `needed` is the capacity they lack."""

    def __init__(self, record: Record, action: str, needed: str) -> None:
        super().__init__(record, action, needed)
        self.record, self.action, self.needed = record, action, needed

    def __str__(self) -> str:
        """What a log may say of it: not the record's texts and names."""
        return f"{self.record.kind} {self.record.id}: {self.action} is for its {self.needed}"


def move(table: Table, record: Record, action: str, actor: Actor, at: datetime, given: Data) -> tuple[Record, Entry]:
    """The record after the action and the entry that tells of it. Raises NotNow, NotYours; changes nothing."""
    legal = table.get((record.state, action))
    if legal is None:
        raise NotNow(record, action)
    if legal.by not in actor.capacities:
        raise NotYours(record, action, legal.by)
    entry = Entry(
        kind=record.kind,
        id=record.id,
        n=record.version + 1,
        at=stamp(at),
        who=actor.id,
        name=actor.name,
        role=actor.role,
        action=action,
        before=record.state,
        after=legal.to,
        given=given,
        head="",
        previous=record.tip,
    )
    after = record._replace(state=legal.to, version=entry.n, data=legal.change(record.data, given, entry))
    entry = entry._replace(head=after.fingerprint)
    return after._replace(tip=entry.hash), entry


def allowed(table: Table, record: Record, capacities: Iterable[str]) -> tuple[str, ...]:
    """The actions that a holder of these capacities may take now, in the table's order: what the buttons show."""
    held = frozenset(capacities)
    return tuple(action for (state, action), legal in table.items() if state == record.state and legal.by in held)


class Fault(NamedTuple):
    """What `verify` found: at which entry (0: the head) and what is wrong, in plain words."""

    n: int
    what: str


def _out_of_place(entry: Entry, expected: int, previous: str) -> list[Fault]:
    if entry.n > expected:
        several = entry.n - expected > 1
        gap = f"entries {expected} to {entry.n - 1} are missing" if several else f"entry {expected} is missing"
        return [Fault(expected, gap)]
    if entry.n < expected:
        return [Fault(entry.n, "the entry is out of order")]
    if entry.previous != previous:
        return [Fault(entry.n, "the entry does not follow from the one before it")]
    return []


def verify(record: Record | None, log: Iterable[tuple[str, str]]) -> list[Fault]:
    """Every way in which a record does not agree with its log; empty when all is well.

    `log` is the stored (body, hash) of each entry in order. The stored hash is compared with the body's own, each
    body with the entry before it, and the last one with the head.
    """
    faults: list[Fault] = []
    previous, expected, last = NOTHING_BEFORE, 1, None
    for body, stored in log:
        try:
            entry = Entry.from_body(body)
        except (ValueError, TypeError, RecursionError):
            faults.append(Fault(expected, "the entry cannot be read"))
            previous, expected = stored, expected + 1
            continue
        if sha256(body) != stored:
            faults.append(Fault(entry.n, "the entry was changed after it was written"))
        faults += _out_of_place(entry, expected, previous)
        if record is not None and (entry.kind, entry.id) != (record.kind, record.id):
            faults.append(Fault(entry.n, "the entry belongs to another record"))
        previous, expected, last = stored, entry.n + 1, entry
    if record is None:
        return [*faults, Fault(0, "the record itself is missing")]
    if last is None or (record.version, record.tip) != (last.n, previous):
        faults.append(Fault(0, f"the record says it has {record.version} entries, and the log does not end there"))
    elif last.head != record.fingerprint:
        faults.append(Fault(0, "the record was changed without an entry"))
    return faults
