"""Preparing a review: open it, gather its figures, recommend, plan the meeting.

Rule: what was seen is what is changed: a recommendation that somebody else has written over meanwhile is told, and
nothing is saved.
"""

from datetime import date, datetime

from chalicelib import dates
from chalicelib.record import NEW, Data, Record, canonical, move, sha256
from chalicelib.register.rules import Person
from chalicelib.review import evidence, rules
from chalicelib.review.service import book
from chalicelib.review.workflow import TABLE
from chalicelib.store import Store


def begin(store: Store, who: Person, due: date, at: datetime) -> Record:
    """Open the review before it opens by itself. 1 read, 1 transaction and the evidence's reads. Pressed twice, it is
    opened once. Raises book.Unknown for a day on which none is due."""

    def do(found: book.Read) -> list[book.Made] | None:
        if found.record.state not in (NEW, rules.COMING, *rules.LEFT):
            return None
        standing = found.standing
        if standing.due != due:
            raise book.Unknown
        place = max(rules.OPENS, rules.reached(due, dates.today(at)))
        names = [rules.name(one) for one in range(standing.told + 1, place + 1)]
        given = {**book.given(found, due), "passed": names}
        given["evidence"] = evidence.gathered(store, dates.midnight(standing.anchor), at)
        actor = book.actor(found, who, at)
        after, entry = move(TABLE, found.record, "begin", actor, at, given)
        made = book.Made(after, entry, milestones=tuple(names[-book.MOST_MARKS :]), told=place)
        return [made, *book.overtaken(store, found, due, at)]

    return book.change(store, due, at, do)


def refresh(store: Store, who: Person, due: date, at: datetime) -> Record:
    """Gather the figures anew. 1 read, 1 transaction and the evidence's reads. Raises NotNow, NotYours."""

    def do(found: book.Read) -> list[book.Made]:
        anchor = found.record.data.get("anchor") or due.isoformat()
        gathered = evidence.gathered(store, dates.midnight(date.fromisoformat(anchor)), at)
        return [book.moved(who, found, "refresh", {"evidence": gathered}, at)]

    return book.change(store, due, at, do)


def seen(record: Record, clause: str) -> str:
    """What a form carries to tell later whether the recommendation is still the one that was shown."""
    return sha256(canonical(record.data["advice"].get(clause)))[:16]


def recommend(store: Store, who: Person, due: date, clause: str, shown: str, said: Data | None, at: datetime) -> Record:
    """Say what should become of a clause, or take that back (`said` None). `said`: what, words, why, label. 1 read, 1
    transaction. Raises book.Moved, Unfit, NotNow, NotYours."""

    def do(found: book.Read) -> list[book.Made] | None:
        if found.record.state == NEW:
            raise book.Unknown
        if found.record.data["advice"].get(clause) == said:
            return None
        if seen(found.record, clause) != shown:
            raise book.Moved(found.record)
        action, given = ("recommend", {"clause": clause, **said}) if said else ("drop", {"clause": clause})
        return [book.moved(who, found, action, given, at)]

    return book.change(store, due, at, do)


def plan(store: Store, who: Person, due: date, planned: date | None, at: datetime) -> Record:
    """Say at which meeting the Council is to consider it. 1 read, 1 transaction. Raises NotNow, NotYours."""
    wanted = planned.isoformat() if planned else ""

    def do(found: book.Read) -> list[book.Made] | None:
        if found.record.data.get("planned") == wanted:
            return None
        return [book.moved(who, found, "plan", {"planned": wanted}, at)]

    return book.change(store, due, at, do)
