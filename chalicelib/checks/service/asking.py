"""Asking: the form that is being filled in, the request, and the request again with other answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib import access, dates
from chalicelib.checks import rules
from chalicelib.checks.service.requests import KIND, actor, again, commit, moved, put_to
from chalicelib.record import Actor, Data, Record
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Item, Store, Write, keyed

_DRAFT_DAYS = 7


class AlreadySent(Exception):
    """A request with this reference stands already, and it says something else."""


class TooMany(Exception):
    """The request has been put up as often as one may be: what else there is to ask is a new request."""


class Taken(Exception):
    """Somebody else's request has this reference."""


def draft_key(who: Person, reference: str) -> tuple[str, str]:
    """Where the answers of a form that is being filled in stand."""
    return f"draft#{who.id}", f"check#{reference}"


def draft(store: Store, who: Person, reference: str, at: datetime) -> Item | None:
    """What the person has answered so far: `answers` (the form's fields), `version` (the draft it will be). 1 read."""
    found = store.item(draft_key(who, reference))
    # The table deletes what has expired hours late.
    return found if found and found["expires_at"] > access.epoch(at) else None


def save_draft(
    store: Store, who: Person, reference: str, answers: Mapping[str, Any], version: int, at: datetime
) -> None:
    """Keep the answers of a form that is being filled in for some days. 1 request."""
    expires = access.epoch(at) + _DRAFT_DAYS * 86400
    key = draft_key(who, reference)
    store.put(keyed(key, answers=dict(answers), version=version, expires_at=expires))


def drafts(store: Store, who: Person, at: datetime) -> list[Item]:
    """What the person has begun and not sent, the newest first. 1 Query."""
    found = store.items(f"draft#{who.id}", "check#")
    kept = [item for item in found if item["answers"] and item["expires_at"] > access.epoch(at)]
    return sorted(kept, key=lambda item: item["expires_at"], reverse=True)


def throw_away(store: Store, who: Person, reference: str, at: datetime) -> None:
    """Forget what was answered so far. 1 request."""
    store.put(_emptied(who, reference, at))


def _emptied(who: Person, reference: str, at: datetime) -> Item:
    # Emptied and out of date rather than deleted: deleting is a right that a function had better not need.
    return keyed(draft_key(who, reference), answers={}, version=0, expires_at=access.epoch(at))


def submit(
    store: Store,
    settings: Settings,
    register: Register,
    who: Person,
    reference: str,
    answers: Data,
    at: datetime,
    flags: Sequence[Data] = (),
) -> Record:
    """Ask. `flags` are the post checker's (advice.py). 1 transaction, which also clears the draft away. Sent twice it
    is one request. Raises AlreadySent, Taken."""
    before = Record(KIND, reference)
    asker = Actor(who.id, who.styled, who.role, frozenset({rules.REQUESTER}))
    try:
        return _ask(store, settings, register, before, "submit", asker, who, answers, at, flags)
    except Conflict as conflict:
        record = store.get(KIND, reference)
        if record is None or record.data["requester"] != who.id:
            raise Taken from conflict
        return _as_sent(record, answers, 1)


def resubmit(
    store: Store,
    settings: Settings,
    register: Register,
    who: Person,
    before: Record,
    answers: Data,
    version: int,
    at: datetime,
    flags: Sequence[Data] = (),
) -> Record:
    """Ask again with other answers: a new draft, which needs a new decision. 1 transaction. Raises AlreadySent,
    TooMany, NotNow, NotYours and Conflict; sent twice it is one draft."""

    def attempt(record: Record) -> Record:
        if record.data["draft"] + 1 != version:
            return _as_sent(record, answers, version)
        if record.data["draft"] >= rules.MOST_DRAFTS:
            raise TooMany
        asker = actor(record.data, who, register, at)
        return _ask(store, settings, register, record, "resubmit", asker, who, answers, at, flags)

    return again(store, before, attempt)


def _ask(
    store: Store,
    settings: Settings,
    register: Register,
    before: Record,
    action: str,
    asker: Actor,
    who: Person,
    answers: Data,
    at: datetime,
    flags: Sequence[Data],
) -> Record:
    put = put_to(settings, register, {"requester": who.id, "answers": answers, "asked": []}, at)
    given = {"answers": answers, "advice": list(flags), **put}
    given["written"] = rules.concerned(register, {"requester": who.id, "answers": answers}, dates.today(at))
    clear = Write("put", _emptied(who, before.id, at))
    return commit(store, moved(register, before, action, asker, at, given, writes=(clear,)))


def _as_sent(record: Record, answers: Data, version: int) -> Record:
    if record.data["draft"] != version or rules.digest(record.data["answers"]) != rules.digest(answers):
        raise AlreadySent
    return record
