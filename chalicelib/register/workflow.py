"""The register's table of moves; pure. `person` in what is given says whose line it is about.

The data: `people`, id → name, title, email, roles, since, until (an ISO date or ""), epoch.

Every change of a line is held to the same three rules, whoever makes it and however it came: a person leaves after they
joined; nobody has another's e-mail address while both are on the register; somebody always remains who can keep it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from chalicelib import dates
from chalicelib.record import NEW, Change, Data, Entry, Move, Table, instant
from chalicelib.register.rules import DISOWNER, KEEPER, SELF, SETUP, Register, clash, register_of, unkept_from

KEPT = "kept"
KIND = ID = "register"
"""The register record's kind and id: there is one."""

FIELDS = ("name", "title", "email", "roles", "since")
"""What a keeper writes of a person. `until` has moves of its own, because much hangs on it."""


class Unfit(Exception):
    """The change cannot stand: `field` says where (or "" for the whole), `message` why, in plain words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


Line: TypeAlias = dict[str, Any]


def _line(change: Callable[[Line, Data, date], Line], *, known: bool = True) -> Change:
    """A keeper's change of one person's line as a change of the register."""

    def changed(data: Data, given: Data, entry: Entry) -> Data:
        people, id, day = data["people"], given["person"], dates.today(instant(entry.at))
        if (id in people) is not known:
            raise Unfit("", "This person is not on the register" if known else "This person is on the register already")
        after = {"people": {**people, id: change(dict(people.get(id, {})), given, day)}}
        _check(register_of(data), register_of(after), id, day)
        return after

    return changed


def _check(before: Register, after: Register, id: str, day: date) -> None:
    person = after.person(id)
    if person and person.until and person.until <= person.since:
        joined = dates.on_day(person.since)
        raise Unfit("until", f"The day they leave must be after the day they joined, which was {joined}")
    other = clash(after, id)
    if other and other != clash(before, id):
        until = f" until {dates.on_day(other.until)}" if other.until else " already"
        raise Unfit("email", f"{other.styled} is on the register with this e-mail address{until}")
    was, now = unkept_from(before, day), unkept_from(after, day)
    # A gap that was there before must not keep anybody from narrowing it.
    if now and (was is None or now < was):
        when = "" if now == day else f" from {dates.on_day(now)}"
        raise Unfit("", f"Nobody would be left to keep the register{when}. Enter the next Clerk or Chair first")


def _added(_line: Line, given: Data, _day: date) -> Line:
    return {**{name: given[name] for name in FIELDS}, "until": "", "epoch": 0}


def _changed(line: Line, given: Data, _day: date) -> Line:
    after = {**line, **{name: given[name] for name in FIELDS if name in given}}
    # Whoever reads the old address must not go on acting for the person who left it.
    return {**after, "epoch": line["epoch"] + (line["email"] != after["email"])}


def _ended(line: Line, given: Data, _day: date) -> Line:
    return {**line, "until": given["until"]}


def _returned(line: Line, given: Data, day: date) -> Line:
    """With `since` given they come back after a time away, without it the end that was entered is taken back."""
    left = date.fromisoformat(line["until"]) if line["until"] else None
    if left is None:
        raise Unfit("", "No day is entered on which this person leaves")
    since = given.get("since", "")
    if left > day:
        return {**line, "until": ""}
    if not since or date.fromisoformat(since) < left:
        raise Unfit("since", f"The day they come back must not be before {dates.on_day(left)}, when they left")
    # Sessions and links from before they left do not come back with them.
    return {**line, "since": since, "until": "", "epoch": line["epoch"] + 1}


def _sessions_ended(data: Data, given: Data, _entry: Entry) -> Data:
    people, id = data["people"], given["person"]
    if id not in people:
        raise Unfit("", "This person is not on the register")
    return {"people": {**people, id: {**people[id], "epoch": people[id]["epoch"] + 1}}}


def _seeded(_data: Data, given: Data, _entry: Entry) -> Data:
    return {"people": given["people"]}


TABLE: Table = {
    (NEW, "seed"): Move(by=SETUP, to=KEPT, change=_seeded),
    (KEPT, "add"): Move(by=KEEPER, to=KEPT, change=_line(_added, known=False)),
    (KEPT, "change"): Move(by=KEEPER, to=KEPT, change=_line(_changed)),
    (KEPT, "end"): Move(by=KEEPER, to=KEPT, change=_line(_ended)),
    (KEPT, "return"): Move(by=KEEPER, to=KEPT, change=_line(_returned)),
    (KEPT, "sign-out-everywhere"): Move(by=SELF, to=KEPT, change=_sessions_ended),
    (KEPT, "end-sessions"): Move(by=DISOWNER, to=KEPT, change=_sessions_ended),
}
