"""Keeping the register: read it, make the move, commit it.

Rules: the register is one record, so two keepers who write at the same moment meet; the later one's change is made
again on top of the earlier one's, and only if both changed the same line is the later one told. A form sent twice makes
one change, and its second answer is its first.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib import dates, outbox
from chalicelib.hooks import PERSON_CHANGED
from chalicelib.record import Actor, Data, Entry, NotYours, Record, canonical, move, sha256
from chalicelib.register import letters
from chalicelib.register.rules import SETUP, Person, Register, capacities, keeper_role, register_of
from chalicelib.register.workflow import FIELDS, ID, KIND, TABLE, Unfit
from chalicelib.settings import Settings
from chalicelib.store import Commit, Conflict, Store

SETTINGS = Actor("settings", "The settings", "setup", frozenset({SETUP}))
"""Who enters the first Clerk and Chair."""

NOTICE = "notice"
"""The kind of what a mail of the register tells of. It is none of the register's own items: whoever notes what became
of a mail must not have the right to write to the register."""

_TRIES = 8

Line = Mapping[str, Any]
Wanted = Callable[[Mapping[str, Line]], Data | None]
"""The lines as they stand → what is given to the move, without the person; None: there is nothing left to do."""


class Busy(Exception):
    """Others wrote so much at once that the change found no turn. Nothing was changed; it may be tried again."""


class Moved(Exception):
    """Somebody else changed the same line after it was shown. Nothing was changed."""


def shown(person: Person) -> str:
    """What a form carries to tell later whether the line is still the one that was shown."""
    until = person.until.isoformat() if person.until else ""
    line = [person.name, person.title, person.email, list(person.roles), person.since.isoformat(), until]
    return sha256(canonical(line))[:16]


def add(store: Store, by: Person, id: str, fields: Data, at: datetime, reason: str = "") -> Register:
    """Put a new person on the register; the register afterwards. `fields` are FIELDS, roles a list, dates ISO texts.

    2 requests. The form that adds somebody carries the new `id`, so that it adds one person however often it is sent.
    Raises Unfit, NotYours, Busy.
    """
    wanted = {**{name: fields[name] for name in FIELDS}, "reason": reason}

    def given(people: Mapping[str, Line]) -> Data | None:
        if id in people and _first(store, id) == {"person": id, **wanted}:
            return None
        return wanted

    return _keep(store, "add", by, id, given, at)


def change(store: Store, by: Person, id: str, seen: str, fields: Data, at: datetime, reason: str = "") -> Register:
    """Change what the register says of a person; the register afterwards. `seen` is `shown` of the line that the form
    was made from; of `fields` only what differs is written. 2 requests. Raises Moved, Unfit, NotYours, Busy."""

    def given(people: Mapping[str, Line]) -> Data | None:
        differs = {name: fields[name] for name in FIELDS if fields[name] != people[id][name]}
        return _unless_moved(people, id, seen, {**differs, "reason": reason}) if differs else None

    return _keep(store, "change", by, id, given, at)


def end(store: Store, by: Person, id: str, seen: str, until: date, at: datetime, reason: str = "") -> Register:
    """Enter the day on which a person leaves, or another one; the register afterwards. On that day their sessions and
    links stop working. 2 requests. Raises Moved, Unfit, NotYours, Busy."""

    def given(people: Mapping[str, Line]) -> Data | None:
        if people[id]["until"] == until.isoformat():
            return None
        return _unless_moved(people, id, seen, {"until": until.isoformat(), "reason": reason})

    return _keep(store, "end", by, id, given, at)


def return_(
    store: Store, by: Person, id: str, seen: str, since: date | None, at: datetime, reason: str = ""
) -> Register:
    """Put somebody back on the register: from `since` if they have left, else by taking back the end that was entered
    (`since` None). 2 requests. Raises Moved, Unfit, NotYours, Busy."""
    wanted = {"reason": reason, **({"since": since.isoformat()} if since else {})}

    def given(people: Mapping[str, Line]) -> Data | None:
        line = people[id]
        if not line["until"] and wanted.get("since", line["since"]) == line["since"]:
            return None
        return _unless_moved(people, id, seen, wanted)

    return _keep(store, "return", by, id, given, at)


def seed(store: Store, settings: Settings, at: datetime) -> int:
    """On the first start, put the settings' Clerk and Chair on the register; how many that were. 1 request when it has
    been done, 2 when not. Whoever is first at it is the one: the ids are always the same."""
    if store.get(KIND, ID):
        return 0
    people = {"clerk": _first_line(settings.clerk, ["clerk"], at), "chair": _first_line(settings.chair, ["chair"], at)}
    if settings.clerk[1].casefold() == settings.chair[1].casefold():
        people = {"clerk": _first_line(settings.clerk, ["clerk", "chair"], at)}
    after, entry = move(TABLE, Record(KIND, ID), "seed", SETTINGS, at, {"people": people})
    try:
        store.commit(Commit(after, entry))
    except Conflict:
        return 0
    return len(people)


def _first_line(named: tuple[str, str], roles: list[str], at: datetime) -> Data:
    name, email = named
    line = {"name": name, "title": "", "email": email, "roles": roles}
    return {**line, "since": dates.today(at).isoformat(), "until": "", "epoch": 0}


def _keep(store: Store, action: str, by: Person, id: str, given: Wanted, at: datetime) -> Register:
    for _ in range(_TRIES):
        record = store.get(KIND, ID) or Record(KIND, ID)
        register = register_of(record.data)
        people = record.data.get("people", {})
        if id not in people and action != "add":
            raise Unfit("", "This person is not on the register")
        actor = _keeper(record, action, register, by, id, at)
        wanted = given(people)
        if wanted is None:
            return register
        after, entry = move(TABLE, record, action, actor, at, {"person": id, **wanted})
        changed = register_of(after.data)
        person = changed.person(id)
        along = [write for part in PERSON_CHANGED.values() for write in part(person, entry.n, at)] if person else []
        told = letters.letters(register, changed, entry, dates.today(at))
        mails = outbox.written(NOTICE, f"{ID}-{entry.n}", entry.n, told, at)
        try:
            store.commit(Commit(after, entry, writes=(*along, *mails)))
        except Conflict:
            continue
        return changed
    raise Busy


def _keeper(record: Record, action: str, register: Register, by: Person, id: str, at: datetime) -> Actor:
    """The keeper as they stand now, which may not be as they stood when their page was opened."""
    who = register.person(by.id)
    if who is None:
        raise NotYours(record, action, "keeper")
    return Actor(who.id, who.styled, keeper_role(who), capacities(register, who, id, dates.today(at)))


def _unless_moved(people: Mapping[str, Line], id: str, seen: str, wanted: Data) -> Data:
    person = register_of({"people": people}).person(id)
    if person is None or shown(person) != seen:
        raise Moved
    return wanted


def _first(store: Store, id: str) -> Data:
    """What was given when the person was added."""
    entries: list[Entry] = store.history(KIND, ID).entries()
    return next((entry.given for entry in entries if entry.action == "add" and entry.given["person"] == id), {})
