"""What every move on a review rests on and writes.

Rules: whatever changes a review changes the book in the same transaction, with the next instant at which the run must
look again. A form sent twice makes one change, and its second answer is its first.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from chalicelib import dates, outbox
from chalicelib.outbox import Letter
from chalicelib.policy import shelf
from chalicelib.policy.rules import Shelf
from chalicelib.record import NEW, Actor, Data, Entry, Record, move, stamp
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.review import rules
from chalicelib.review.rules import Book, Line, Standing
from chalicelib.review.workflow import KIND, TABLE
from chalicelib.store import Commit, Conflict, Key, Store, Write, head_key, keyed, to_record, unchanged

QUEUE = "review"
BOOK: Key = ("reviews", "book")
BELL: Key = ("reviews", "bell")
"""What stands in the queue: the book until something is due, the bell from an adoption to the next run."""

TRIES = 5
MOST_MARKS = 60
"""How many passed milestones get a mark of their own at once: a transaction has room for a hundred items."""


class Unknown(LookupError):
    """There is no such review."""


class Moved(Exception):
    """The review is no longer what the page showed. Nothing was changed."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record


@dataclass(frozen=True, slots=True)
class Read:
    """What a move rests on: the shelf, the book, the review in question (as a new one where there is none), and the
    register."""

    shelf: Shelf
    book: Book
    record: Record
    register: Register

    @property
    def standing(self) -> Standing:
        """How things stand. Raises Unknown while no version is adopted."""
        found = rules.standing(self.shelf, self.book)
        if found is None:
            raise Unknown
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """A move that was made: what `move` gave, the mails, and the place of the last milestone that it passes."""

    record: Record
    entry: Entry
    letters: tuple[Letter, ...] = ()
    milestones: tuple[str, ...] = ()
    told: int = -1


Do: TypeAlias = Callable[[Read], list[Made] | None]
"""What was read → the moves to commit, the review's own first; None: it is done already."""


def read(store: Store, due: date | None = None) -> Read:
    """The shelf, the book, the register and one review. 1 read."""
    wanted, people = head_key(KIND, due.isoformat()) if due else None, head_key(REGISTER, REGISTER_ID)
    found = store.several(shelf.KEY, BOOK, people, *([wanted] if wanted else []))
    head = found.get(people, {"data": {}, "version": 0})
    book = rules.book_of(found[BOOK]["data"]) if BOOK in found else Book()
    new = Record(KIND, due.isoformat() if due else "")
    record = to_record(found[wanted]) if wanted in found else new
    return Read(shelf.of(found.get(shelf.KEY)), book, record, register_of(head["data"], head["version"]))


def find(store: Store, due: date) -> Read:
    """One review, with the shelf and the book. 1 read. Raises Unknown."""
    found = read(store, due)
    if found.record.state == NEW:
        raise Unknown
    return found


def actor(found: Read, who: Person, at: datetime) -> Actor:
    """The person as an actor on a review, by the register as it stands; without any capacity when they are no longer
    there, or somebody has ended their sessions and links since."""
    now, day = found.register.person(who.id), dates.today(at)
    if now is None or now.epoch != who.epoch:
        return Actor(who.id, who.styled, "")
    held = rules.capacities(found.register, found.record.data, now, day)
    return Actor(now.id, now.styled, rules.role_of(found.register, now, day), held)


def change(store: Store, due: date, at: datetime, do: Do) -> Record:
    """Make moves on a review as it stands, together with the book, and only if the register is still the one that was
    read. 1 read, 1 transaction. Raises Conflict."""
    for _ in range(TRIES):
        found = read(store, due)
        made = do(found)
        if made is None:
            return found.record
        with contextlib.suppress(Conflict):
            commit(store, found, made, at, unchanged(REGISTER, REGISTER_ID, found.register.version))
            return made[0].record
    raise Conflict([head_key(KIND, due.isoformat())])


def commit(store: Store, found: Read, made: list[Made], at: datetime, *writes: Write) -> None:
    after = found.book.with_lines(*(line(one, found.book) for one in made))
    commits = [
        Commit(
            one.record,
            one.entry,
            writes=outbox.written(KIND, one.record.id, one.entry.n, one.letters, at),
            milestones=one.milestones,
        )
        for one in made
    ]
    commits[0] = Commit(
        commits[0].record,
        commits[0].entry,
        writes=(*commits[0].writes, *kept(found.shelf, after), *writes),
        milestones=commits[0].milestones,
    )
    store.commit(*commits)


def line(made: Made, book: Book) -> Line:
    record = made.record
    due, said = date.fromisoformat(record.id), record.data["resolution"]
    before = book.line(due)
    planned = record.data["planned"]
    return Line(
        due,
        record.state,
        max(made.told, before.told if before else -1),
        date.fromisoformat(said["meeting"]) if said else None,
        said["minute"] if said else "",
        said["outcome"] if said else "",
        said["version"] if said else 0,
        date.fromisoformat(planned) if planned else None,
        tuple(record.data["undeliverable"]),
    )


def kept(kept: Shelf, book: Book) -> tuple[Write, ...]:
    """What puts the book in its place: itself, due when something next happens, and the mark of its serial number."""
    standing = rules.standing(kept, book)
    waits: dict[str, Any] = {}
    if standing:
        waits = {"queue": QUEUE, "due": stamp(standing.wakes), "brief": standing.brief()}
    mark = keyed((BOOK[0], f"serial#{book.serial:06}"))
    return Write("put", keyed(BOOK, data=book.data(), **waits)), Write("new", mark)


def given(found: Read, due: date) -> dict[str, Any]:
    """What every first entry of a review says: from which meeting it is counted, and the version in force."""
    current = found.shelf.current
    before = [one for one in rules.meetings(found.shelf, found.book) if one < due]
    return {"anchor": before[-1].isoformat() if before else "", "version": current.number if current else 0}


def overtaken(store: Store, found: Read, by: date, at: datetime, *, later: bool = False) -> list[Made]:
    """The reviews before this one that nobody finished; with `later`, those after it as well."""
    unfinished = [one for one in found.book.lines if one.state in rules.UNFINISHED]
    left = [one for one in unfinished if one.due < by or (later and one.due > by)]
    records = store.records(*((KIND, one.due.isoformat()) for one in left)) if left else []
    moved = [move(TABLE, record, "overtake", rules.TICK, at, {"by": by.isoformat()}) for record in records if record]
    return [Made(after, entry) for after, entry in moved]


def moved(who: Person, found: Read, action: str, given: Data, at: datetime) -> Made:
    by = actor(found, who, at)
    return Made(*move(TABLE, found.record, action, by, at, given))


def first(lines: Iterable[Line]) -> list[Line]:
    """The book's lines, the latest first."""
    return sorted(lines, key=lambda one: one.due, reverse=True)
