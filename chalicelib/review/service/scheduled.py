"""What comes of itself: an adoption rings the bell, and each milestone is passed once, however the run comes."""

import contextlib
from datetime import date, datetime
from typing import Any

from chalicelib import dates, outbox
from chalicelib.policy.rules import Version
from chalicelib.record import Record, move, stamp
from chalicelib.review import evidence, letters, rules
from chalicelib.review.rules import Standing
from chalicelib.review.service import book
from chalicelib.review.workflow import KIND, TABLE
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Item, Key, Store, Write, keyed


def rung(adopted: Version, at: datetime) -> tuple[Write, ...]:
    """What the adoption of a version writes along: the bell, so that the next run looks at what is due now."""
    return (Write("put", keyed(book.BELL, queue=book.QUEUE, due=stamp(at), version=adopted.number)),)


def due(store: Store, settings: Settings, at: datetime) -> int:
    """Pass every milestone that has come as of `at`; how many mails' worth of news that was. 1 Query when none has."""
    waiting = store.waiting(book.QUEUE, stamp(at))
    if not waiting:
        return 0
    unhung = tuple(Write("put", keyed(book.BELL)) for item in waiting if _is(item, book.BELL))
    for _ in range(book.TRIES):
        found = book.read(store)
        standing = rules.standing(found.shelf, found.book)
        with contextlib.suppress(Conflict):
            if standing is None:
                return 0
            place = rules.reached(standing.due, dates.today(at))
            if place <= standing.told and not (standing.left and place >= rules.OPENS):
                store.write(*book.kept(found.shelf, found.book.with_lines()), *unhung)
                return 0
            _pass(store, found, standing, place, at, unhung)
            return 1
    raise Conflict([book.BOOK])


def mail_came_back(store: Store, _settings: Settings, mail: Item, at: datetime) -> None:
    """Somebody cannot be reached: the next officer in order is told, and the desk and the review say so. Of a review
    that is closed nothing waits for the mail."""
    if mail["template"] == "review-closed":
        return
    due, whom = date.fromisoformat(mail["id"]), mail["to"]["id"]
    for _ in range(book.TRIES):
        found = book.read(store, due)
        record, person = found.record, found.register.person(whom)
        settled = not outbox.is_relevant(mail["relevant"], record.state, record.data)
        if settled or person is None or (record.state, "undeliverable") not in TABLE:
            return
        if whom in record.data["undeliverable"]:
            return
        unreached = [*record.data["undeliverable"], whom]
        to = rules.stand_in(found.register, unreached, dates.today(at))
        given = {"person": whom, "name": person.styled, "told": to.styled if to else ""}
        after, entry = move(TABLE, record, "undeliverable", rules.TICK, at, given)
        told = letters.unreached(mail, to, person) if to else ()
        with contextlib.suppress(Conflict):
            book.commit(store, found, [book.Made(after, entry, told)], at)
            return
    raise Conflict([book.BOOK])


def _is(item: Item, key: Key) -> bool:
    return (item["pk"], item["sk"]) == key


def _pass(
    store: Store, found: book.Read, standing: Standing, place: int, at: datetime, writes: tuple[Write, ...]
) -> None:
    """Pass the milestones up to this place, and mail the last."""
    register, today = found.register, dates.today(at)
    record = store.get(KIND, standing.due.isoformat()) or Record(KIND, standing.due.isoformat())
    made = [_told(store, found, standing, record, place, at)]
    if made[0].entry.after == rules.OPEN and made[0].entry.before != rules.OPEN:
        made += book.overtaken(store, found, standing.due, at)
    # One that only opens anew passes no milestone, and is no news.
    notice = letters.notice(made[0].record, register, place, today) if made[0].milestones else ()
    made[0] = book.Made(made[0].record, made[0].entry, notice, made[0].milestones, place)
    book.commit(store, found, made, at, *writes)


def _told(store: Store, found: book.Read, standing: Standing, record: Record, place: int, at: datetime) -> book.Made:
    names = [rules.name(one) for one in range(standing.told + 1, place + 1)]
    given: dict[str, Any] = {**book.given(found, standing.due), "milestone": "".join(names[-1:]), "passed": names[:-1]}
    if record.state == rules.OPEN:
        action = "notify"
    elif place < rules.OPENS:
        action = "announce"
    else:
        action = "open"
        given["evidence"] = evidence.gathered(store, dates.midnight(standing.anchor), at)
    after, entry = move(TABLE, record, action, rules.TICK, at, given)
    return book.Made(after, entry, milestones=tuple(names[-book.MOST_MARKS :]))
