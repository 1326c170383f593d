"""What happens to annual reviews: load, move, commit; and the scheduled run's share of it.

Rules: whatever changes a review changes the book in the same transaction, with the next instant at which the run must
look again. A form sent twice makes one change, and its second answer is its first. What was seen is what is changed: a
recommendation that somebody else has written over meanwhile is told, and nothing is saved.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from chalicelib import dates, outbox
from chalicelib.outbox import Letter
from chalicelib.policy import shelf
from chalicelib.policy.rules import Shelf, Version
from chalicelib.record import NEW, Actor, Data, Entry, NotYours, Record, canonical, move, sha256, stamp
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.review import evidence, letters, rules
from chalicelib.review.rules import Book, Line, Standing
from chalicelib.review.workflow import KIND, TABLE, Unfit
from chalicelib.settings import Settings
from chalicelib.store import Commit, Conflict, Item, Key, Store, Write, head_key, keyed, to_record, unchanged

QUEUE = "review"
BOOK: Key = ("reviews", "book")
BELL: Key = ("reviews", "bell")
"""What stands in the queue: the book until something is due, the bell from an adoption to the next run."""

_TRIES = 5
_MOST_MARKS = 60
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


def _actor(found: Read, who: Person, at: datetime) -> Actor:
    """The person as an actor on a review, by the register as it stands; without any capacity when they are no longer
    there, or somebody has ended their sessions and links since."""
    now, day = found.register.person(who.id), dates.today(at)
    if now is None or now.epoch != who.epoch:
        return Actor(who.id, who.styled, "")
    held = rules.capacities(found.register, found.record.data, now, day)
    return Actor(now.id, now.styled, rules.role_of(found.register, now, day), held)


def _change(store: Store, due: date, at: datetime, do: Do) -> Record:
    """Make moves on a review as it stands, together with the book, and only if the register is still the one that was
    read. 1 read, 1 transaction. Raises Conflict."""
    for _ in range(_TRIES):
        found = read(store, due)
        made = do(found)
        if made is None:
            return found.record
        with contextlib.suppress(Conflict):
            _commit(store, found, made, at, unchanged(REGISTER, REGISTER_ID, found.register.version))
            return made[0].record
    raise Conflict([head_key(KIND, due.isoformat())])


def _commit(store: Store, found: Read, made: list[Made], at: datetime, *writes: Write) -> None:
    after = found.book.with_lines(*(_line(one, found.book) for one in made))
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
        writes=(*commits[0].writes, *_kept(found.shelf, after), *writes),
        milestones=commits[0].milestones,
    )
    store.commit(*commits)


def _line(made: Made, book: Book) -> Line:
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
    )


def _kept(kept: Shelf, book: Book) -> tuple[Write, ...]:
    """What puts the book in its place: itself, due when something next happens, and the mark of its serial number."""
    standing = rules.standing(kept, book)
    waits: dict[str, Any] = {}
    if standing:
        waits = {"queue": QUEUE, "due": stamp(standing.wakes), "brief": standing.brief()}
    mark = keyed((BOOK[0], f"serial#{book.serial:06}"))
    return Write("put", keyed(BOOK, data=book.data(), **waits)), Write("new", mark)


def _given(found: Read, due: date) -> dict[str, Any]:
    """What every first entry of a review says: from which meeting it is counted, and the version in force."""
    current = found.shelf.current
    before = [one for one in rules.meetings(found.shelf, found.book) if one < due]
    return {"anchor": before[-1].isoformat() if before else "", "version": current.number if current else 0}


# Without anybody asking ---------------------------------------------------------------------------------------------


def rung(adopted: Version, at: datetime) -> tuple[Write, ...]:
    """What the adoption of a version writes along: the bell, so that the next run looks at what is due now."""
    return (Write("put", keyed(BELL, queue=QUEUE, due=stamp(at), version=adopted.number)),)


def due(store: Store, settings: Settings, at: datetime) -> int:
    """Pass every milestone that has come as of `at`; how many mails' worth of news that was. 1 Query when none has."""
    waiting = store.waiting(QUEUE, stamp(at))
    if not waiting:
        return 0
    unhung = tuple(Write("put", keyed(BELL)) for item in waiting if _is(item, BELL))
    for _ in range(_TRIES):
        found = read(store)
        standing = rules.standing(found.shelf, found.book)
        with contextlib.suppress(Conflict):
            if standing is None:
                return 0
            place = rules.reached(standing.due, dates.today(at))
            if place <= standing.told:
                store.write(*_kept(found.shelf, found.book.with_lines()), *unhung)
                return 0
            _pass(store, found, standing, place, at, unhung)
            return 1
    raise Conflict([BOOK])


def _is(item: Item, key: Key) -> bool:
    return (item["pk"], item["sk"]) == key


def _pass(store: Store, found: Read, standing: Standing, place: int, at: datetime, writes: tuple[Write, ...]) -> None:
    """Pass the milestones up to this place, and mail the last."""
    register, today = found.register, dates.today(at)
    record = store.get(KIND, standing.due.isoformat()) or Record(KIND, standing.due.isoformat())
    made = [_told(store, found, standing, record, place, at)]
    if made[0].entry.after == rules.OPEN and made[0].entry.before != rules.OPEN:
        made += _overtaken(store, found, standing.due, at)
    notice = letters.notice(made[0].record, register, place, today)
    made[0] = Made(made[0].record, made[0].entry, notice, made[0].milestones, place)
    _commit(store, found, made, at, *writes)


def _told(store: Store, found: Read, standing: Standing, record: Record, place: int, at: datetime) -> Made:
    names = [rules.name(one) for one in range(standing.told + 1, place + 1)]
    given: dict[str, Any] = {**_given(found, standing.due), "milestone": names[-1], "passed": names[:-1]}
    if record.state == rules.OPEN:
        action = "notify"
    elif place < rules.OPENS:
        action = "announce"
    else:
        action = "open"
        given["evidence"] = evidence.gathered(store, dates.midnight(standing.anchor), at)
    after, entry = move(TABLE, record, action, rules.TICK, at, given)
    return Made(after, entry, milestones=tuple(names[-_MOST_MARKS:]))


def _overtaken(store: Store, found: Read, by: date, at: datetime) -> list[Made]:
    """The reviews before this one that nobody finished."""
    left = [one for one in found.book.lines if one.state in rules.UNFINISHED and one.due < by]
    records = store.records(*((KIND, one.due.isoformat()) for one in left)) if left else []
    moved = [move(TABLE, record, "overtake", rules.TICK, at, {"by": by.isoformat()}) for record in records if record]
    return [Made(after, entry) for after, entry in moved]


# Preparing ----------------------------------------------------------------------------------------------------------


def begin(store: Store, who: Person, due: date, at: datetime) -> Record:
    """Open the review before it opens by itself. 1 read, 1 transaction and the evidence's reads. Pressed twice, it is
    opened once. Raises Unknown for a day on which none is due."""

    def do(found: Read) -> list[Made] | None:
        if found.record.state not in (NEW, rules.COMING):
            return None
        standing = found.standing
        if standing.due != due:
            raise Unknown
        place = max(rules.OPENS, rules.reached(due, dates.today(at)))
        names = [rules.name(one) for one in range(standing.told + 1, place + 1)]
        given = {**_given(found, due), "passed": names}
        given["evidence"] = evidence.gathered(store, dates.midnight(standing.anchor), at)
        actor = _actor(found, who, at)
        after, entry = move(TABLE, found.record, "begin", actor, at, given)
        made = Made(after, entry, milestones=tuple(names[-_MOST_MARKS:]), told=place)
        return [made, *_overtaken(store, found, due, at)]

    return _change(store, due, at, do)


def _moved(who: Person, found: Read, action: str, given: Data, at: datetime) -> Made:
    actor = _actor(found, who, at)
    return Made(*move(TABLE, found.record, action, actor, at, given))


def refresh(store: Store, who: Person, due: date, at: datetime) -> Record:
    """Gather the figures anew. 1 read, 1 transaction and the evidence's reads. Raises NotNow, NotYours."""

    def do(found: Read) -> list[Made]:
        anchor = found.record.data.get("anchor") or due.isoformat()
        gathered = evidence.gathered(store, dates.midnight(date.fromisoformat(anchor)), at)
        return [_moved(who, found, "refresh", {"evidence": gathered}, at)]

    return _change(store, due, at, do)


def seen(record: Record, clause: str) -> str:
    """What a form carries to tell later whether the recommendation is still the one that was shown."""
    return sha256(canonical(record.data["advice"].get(clause)))[:16]


def recommend(store: Store, who: Person, due: date, clause: str, shown: str, said: Data | None, at: datetime) -> Record:
    """Say what should become of a clause, or take that back (`said` None). `said`: what, words, why, label. 1 read, 1
    transaction. Raises Moved, Unfit, NotNow, NotYours."""

    def do(found: Read) -> list[Made] | None:
        if found.record.state == NEW:
            raise Unknown
        if found.record.data["advice"].get(clause) == said:
            return None
        if seen(found.record, clause) != shown:
            raise Moved(found.record)
        action, given = ("recommend", {"clause": clause, **said}) if said else ("drop", {"clause": clause})
        return [_moved(who, found, action, given, at)]

    return _change(store, due, at, do)


def plan(store: Store, who: Person, due: date, planned: date | None, at: datetime) -> Record:
    """Say at which meeting the Council is to consider it. 1 read, 1 transaction. Raises NotNow, NotYours."""
    wanted = planned.isoformat() if planned else ""

    def do(found: Read) -> list[Made] | None:
        if found.record.data.get("planned") == wanted:
            return None
        return [_moved(who, found, "plan", {"planned": wanted}, at)]

    return _change(store, due, at, do)


# The Council's resolution -------------------------------------------------------------------------------------------

ACT = ("meeting", "minute", "outcome", "version")


def resolve(store: Store, who: Person, due: date, act: Mapping[str, Any], at: datetime) -> Record:
    """Record what the Council resolved, or correct that; both are asked for their statements. `act`: `meeting` (an ISO
    date), `minute`, `outcome`, `version` (0: unchanged). 1 read, 1 transaction. Raises Unfit, NotNow, NotYours."""

    def do(found: Read) -> list[Made] | None:
        record = found.record
        if record.state == NEW:
            raise Unknown
        if record.data["resolution"] == act:
            return None
        _fits(found, act)
        action = "correct" if record.state in rules.UNSIGNED else "resolve"
        made = _moved(who, found, action, dict(act), at)
        asked = letters.statements(made.record, found.register, dates.today(at))
        return [Made(made.record, made.entry, asked)]

    return _change(store, due, at, do)


def _fits(found: Read, act: Mapping[str, Any]) -> None:
    if act["outcome"] != rules.CHANGED:
        return
    lines = {one.number: one for one in found.shelf.adopted}
    line, before = lines.get(act["version"]), lines.get(found.record.data["version"])
    if line is None or (before and line.turn <= before.turn):
        raise Unfit("version", "Choose a version that the Council adopted after the review had opened")


def record_past(store: Store, who: Person, act: Mapping[str, Any], at: datetime) -> Record:
    """Record a review of the past. `act` as for `resolve`. 2 reads, 1 transaction; 1 read more when it overtakes what
    is open. Raises Unfit, NotYours, Unknown."""
    meeting = date.fromisoformat(act["meeting"])
    kept = read(store)
    due = _past_due(kept, meeting)

    def do(found: Read) -> list[Made] | None:
        if found.record.state != NEW and found.record.data["resolution"] == act:
            return None
        if found.record.state not in (NEW, rules.COMING, rules.OPEN, rules.OVERTAKEN):
            raise Unfit("meeting", f"The review that was due on {dates.on_day(due)} is recorded already")
        anchor = found.standing.anchor
        made = _moved(who, found, "record", {**_given(found, min(due, meeting)), **act}, at)
        if meeting <= anchor:
            return [made]
        left = rules.standing(found.shelf, found.book.with_lines(_line(made, found.book)))
        overtaken = _overtaken(store, found, left.due, at) if left else []
        return [made, *(one for one in overtaken if one.record.id != made.record.id)]

    return _change(store, due, at, do)


def _past_due(kept: Read, meeting: date) -> date:
    same = next((one.due for one in kept.book.lines if one.meeting == meeting and one.state == rules.RECORDED), None)
    found = same or rules.due_of_past(meeting, rules.meetings(kept.shelf, kept.book))
    if found is None:
        raise Unfit("meeting", "There was no policy to review yet: enter a meeting after the first adoption")
    return found


# Statements ---------------------------------------------------------------------------------------------------------


def sign(store: Store, who: Person, due: date, resolved: int, answers: Mapping[str, str], at: datetime) -> Record:
    """Give the statement that falls to this person, on the resolution of entry `resolved`. The second closes the
    review. 1 read, 1 transaction. Pressed twice, it is given once. Raises Moved, NotNow, NotYours."""

    def do(found: Read) -> list[Made] | None:
        record, now = found.record, found.register.person(who.id)
        seat = rules.seat_of(found.register, now, dates.today(at)) if now else ""
        if not seat:
            raise NotYours(record, "sign", "signer")
        if record.state == NEW or record.data["resolved"] != resolved:
            raise Moved(record)
        if record.data["statements"].get(seat):
            return None
        made = _moved(who, found, f"sign-as-{seat}", {"answers": dict(answers)}, at)
        if made.record.state != rules.CLOSED:
            return [made]
        told = letters.closed(made.record, found.register, dates.today(at), found.standing.due)
        return [Made(made.record, made.entry, told)]

    return _change(store, due, at, do)


def send_links(store: Store, register: Register, record: Record, at: datetime) -> int:
    """Send the links to the statements that are still to come once more, once a minute; to how many. 1 request."""
    asked = letters.statements(record, register, dates.today(at))
    if asked:
        minute = f"{at:%Y%m%d%H%M}."
        with contextlib.suppress(Conflict):
            store.write(*outbox.written(KIND, record.id, record.version, asked, at, again=minute))
    return len(asked)


def first(lines: Iterable[Line]) -> list[Line]:
    """The book's lines, the latest first."""
    return sorted(lines, key=lambda one: one.due, reverse=True)
