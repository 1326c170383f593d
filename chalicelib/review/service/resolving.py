"""The Council's resolution, now or in the past, and the two statements that close a review."""

import contextlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib import dates, outbox
from chalicelib.record import NEW, NotYours, Record
from chalicelib.register.rules import Person, Register
from chalicelib.review import letters, rules
from chalicelib.review.service import book
from chalicelib.review.workflow import KIND, Unfit
from chalicelib.store import Conflict, Store

ACT = ("meeting", "minute", "outcome", "version")


def resolve(store: Store, who: Person, due: date, act: Mapping[str, Any], at: datetime) -> Record:
    """Record what the Council resolved, or correct that; both are asked for their statements. `act`: `meeting` (an ISO
    date), `minute`, `outcome`, `version` (0: unchanged). 1 read, 1 transaction. Raises Unfit, NotNow, NotYours."""

    def do(found: book.Read) -> list[book.Made] | None:
        record = found.record
        if record.state == NEW:
            raise book.Unknown
        if record.data["resolution"] == act:
            return None
        _fits(found, act)
        action = "correct" if record.state in rules.UNSIGNED else "resolve"
        made = book.moved(who, found, action, dict(act), at)
        asked = letters.statements(made.record, found.register, dates.today(at))
        return [book.Made(made.record, made.entry, asked)]

    return book.change(store, due, at, do)


def _fits(found: book.Read, act: Mapping[str, Any]) -> None:
    if act["outcome"] != rules.CHANGED:
        return
    lines = {one.number: one for one in found.shelf.adopted}
    line, before = lines.get(act["version"]), lines.get(found.record.data["version"])
    if line is None or (before and line.turn <= before.turn):
        raise Unfit("version", "Choose a version that the Council adopted after the review had opened")


def record_past(store: Store, who: Person, act: Mapping[str, Any], at: datetime) -> Record:
    """Record a review of the past. `act` as for `resolve`. 2 reads, 1 transaction; 1 read more when it overtakes what
    is open. Raises Unfit, NotYours, book.Unknown."""
    meeting = date.fromisoformat(act["meeting"])
    kept = book.read(store)
    due = _past_due(kept, meeting)

    def do(found: book.Read) -> list[book.Made] | None:
        if found.record.state != NEW and found.record.data["resolution"] == act:
            return None
        if found.record.state not in (NEW, *rules.UNFINISHED, *rules.LEFT):
            raise Unfit("meeting", f"The review that was due on {dates.on_day(due)} is recorded already")
        anchor = found.standing.anchor
        made = book.moved(who, found, "record", {**book.given(found, min(due, meeting)), **act}, at)
        if meeting <= anchor:
            return [made]
        left = rules.standing(found.shelf, found.book.with_lines(book.line(made, found.book)))
        overtaken = book.overtaken(store, found, left.due, at) if left else []
        return [made, *(one for one in overtaken if one.record.id != made.record.id)]

    return book.change(store, due, at, do)


def strike(store: Store, who: Person, due: date, why: str, at: datetime) -> Record:
    """Strike out a past review that was recorded by mistake: the next one is counted again as if it had not been, and
    what was begun on that count is overtaken. 1 read, 1 transaction; 1 read more when it overtakes something. Pressed
    twice, it is struck out once. Raises NotNow, NotYours, book.Unknown."""

    def do(found: book.Read) -> list[book.Made] | None:
        if found.record.state == NEW:
            raise book.Unknown
        if found.record.state == rules.STRUCK:
            return None
        made = book.moved(who, found, "strike", {"why": why}, at)
        left = rules.standing(found.shelf, found.book.with_lines(book.line(made, found.book)))
        return [made, *(book.overtaken(store, found, left.due, at, later=True) if left else ())]

    return book.change(store, due, at, do)


def _past_due(kept: book.Read, meeting: date) -> date:
    same = next((one.due for one in kept.book.lines if one.meeting == meeting and one.state == rules.RECORDED), None)
    found = same or rules.due_of_past(meeting, rules.meetings(kept.shelf, kept.book))
    if found is None:
        raise Unfit("meeting", "There was no policy to review yet: enter a meeting after the first adoption")
    return found


def sign(store: Store, who: Person, due: date, resolved: int, answers: Mapping[str, str], at: datetime) -> Record:
    """Give the statement that falls to this person, on the resolution of entry `resolved`. The second closes the
    review. 1 read, 1 transaction. Pressed twice, it is given once. Raises book.Moved, NotNow, NotYours."""

    def do(found: book.Read) -> list[book.Made] | None:
        record, now = found.record, found.register.person(who.id)
        seat = rules.seat_of(found.register, now, dates.today(at)) if now else ""
        if not seat:
            raise NotYours(record, "sign", "signer")
        if record.state == NEW or record.data["resolved"] != resolved:
            raise book.Moved(record)
        if record.data["statements"].get(seat):
            return None
        made = book.moved(who, found, f"sign-as-{seat}", {"answers": dict(answers)}, at)
        if made.record.state != rules.CLOSED:
            return [made]
        told = letters.closed(made.record, found.register, dates.today(at), found.standing.due)
        return [book.Made(made.record, made.entry, told)]

    return book.change(store, due, at, do)


def send_links(store: Store, register: Register, record: Record, at: datetime) -> int:
    """Send the links to the statements that are still to come once more, once a minute; to how many. 1 request."""
    asked = letters.statements(record, register, dates.today(at))
    if asked:
        minute = f"{at:%Y%m%d%H%M}."
        with contextlib.suppress(Conflict):
            store.write(*outbox.written(KIND, record.id, record.version, asked, at, again=minute))
    return len(asked)
