"""What happens to cases: load, move, commit. Every move settles along with it whom the case now excludes, who has it in
hand and what falls due, so that no commit leaves a case with a conflicted handler, or with none and not sealed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib import dates, outbox
from chalicelib.cases import codes, letters, rules
from chalicelib.cases.workflow import CLOSED, KIND, RECEIVED, TABLE
from chalicelib.record import Actor, Data, Record, move, stamp
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import FOR_EVER, Commit, Filing, Store, Write, attempted

QUEUE = "case"
CLOSED_LIST = "cases-closed"
TRIES = 5


class Unknown(LookupError):
    """There is no such case, or not for whoever asks: nobody can tell which."""


def filing(record: Record) -> Filing:
    """Where a case is found: in the queue while it is open or somebody is let in, in the list of the closed after.

    Nothing of it stands in the indexes: a list reads the cases, and shows those which its reader may handle.
    """
    data = record.data
    waits = [data["deadlines"][action] for action in ("chase", "stand-in") if action in data["deadlines"]]
    lets_in = [guest["until"] for guest in data["guests"].values() if not guest["ended"]]
    is_closed = record.state == CLOSED
    return Filing(
        queue="" if is_closed and not lets_in else QUEUE,
        due="" if is_closed and not lets_in else min([*waits, *lets_in], default=FOR_EVER),
        list=CLOSED_LIST if is_closed else "",
        listed_at=f"{data['closed_at']}#{record.id}" if is_closed else "",
    )


def made(
    settings: Settings,
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
    """Everything that a move writes. Raises NotNow, NotYours, Unfit."""
    day = dates.today(at)
    record, _ = move(TABLE, before, action, by, at, given)
    concerned = rules.concerned(register, record.data, day)
    conflicts = {id: why for id, why in concerned.items() if id not in record.data["conflicts"]}
    told = [person.id for person in rules.handlers(register, {**record.data, "conflicts": concerned}, day)]
    along: dict[str, Any] = {"conflicts": conflicts} if conflicts else {}
    if told != record.data["told"]:
        along["told"] = told
    deadlines = _deadlines(settings, before, record, action, by, at, moved="told" in along)
    if deadlines != record.data["deadlines"]:
        along["deadlines"] = deadlines
    record, entry = move(TABLE, before, action, by, at, {**given, **along})
    mails = letters.letters(letters.Told(before, record, entry, register))
    return Commit(
        record,
        entry,
        head=filing(record),
        writes=(*writes, *outbox.written(KIND, record.id, entry.n, mails, at)),
        milestones=milestones,
    )


def _deadlines(
    settings: Settings, before: Record, record: Record, action: str, by: Actor, at: datetime, *, moved: bool
) -> Data:
    """What falls due after a move. `moved`: it came into other hands."""
    jurisdiction, now = settings.council.jurisdiction, record.data["deadlines"]
    if record.state == CLOSED:
        return {}
    if record.state == RECEIVED:
        fresh = rules.first_deadlines(at, jurisdiction)
        if moved and before.version:
            return {**fresh, "acknowledge": now["acknowledge"]}
        left = {name: when for name, when in now.items() if name != action}
        return left if before.version else fresh
    acted = rules.HANDLER in by.capacities or moved or action == "chase"
    return rules.next_deadlines(at, jurisdiction) if acted else now


def commit(
    store: Store,
    settings: Settings,
    register: Register,
    before: Record,
    action: str,
    by: Actor,
    at: datetime,
    given: Data,
    **more: Any,
) -> Record:
    """Make the move; the case afterwards. 1 transaction. Raises NotNow, NotYours, Unfit, Conflict."""
    whole = made(settings, register, before, action, by, at, given, **more)
    store.commit(whole)
    return whole.record


def again(store: Store, before: Record, attempt: Callable[[Record], Record]) -> Record:
    """Make the attempt on the case as it was read; when something else happens to it at the same moment, on the case as
    it stands then. Raises Conflict if it goes on and on."""
    return attempted(before, attempt, lambda: find(store, before.id), TRIES)


def find(store: Store, reference: str) -> Record:
    """A case, whoever asks. 1 read. Raises Unknown."""
    record = store.get(KIND, reference) if codes.reference(reference) == reference else None
    if record is None:
        raise Unknown
    return record


def actor(settings: Settings, register: Register, data: Data, who: Person, at: datetime) -> Actor:
    """A person as an actor on this case, with what they are to it at this moment."""
    held = rules.capacities(register, data, who, settings.council.jurisdiction, dates.today(at))
    return Actor(who.id, who.styled, who.officer_role, held)


def handled(
    store: Store, settings: Settings, register: Register, reference: str, who: Person, at: datetime
) -> tuple[Record, Actor]:
    """A case for one who has it in hand. 1 read. Raises Unknown, also for everybody else."""
    record = find(store, reference)
    by = actor(settings, register, record.data, who, at)
    if rules.HANDLER not in by.capacities:
        raise Unknown
    return record, by


def is_overdue(data: Data, at: datetime) -> bool:
    """Whether a report should have been acknowledged by now and has not been."""
    return not data["acknowledged_at"] and data["deadlines"].get("acknowledge", "~") <= stamp(at)
