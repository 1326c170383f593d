"""How the register and its history are written; pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.record import Data, Entry, instant
from chalicelib.register.rules import ROLES, Person, Register

ACTIONS = {
    "seed": "Entered from the settings, on the first start",
    "add": "Put on the register",
    "change": "Changed",
    "end": "Day of leaving entered",
    "return": "Put back on the register",
    "sign-out-everywhere": "Signed out everywhere by themselves",
    "end-sessions": "Signed out everywhere by an officer",
}
"""Action → how an entry is headed."""

_LABELS = {
    "name": "Name",
    "title": "Title",
    "email": "E-mail",
    "roles": "Roles",
    "since": "On the register from",
    "until": "Leaves on",
}


def roles(held: Iterable[str]) -> str:
    """`Clerk, Councillor`: roles in their order; one that is not known is written as it is."""
    given = list(held)
    known = [label for role, label in ROLES.items() if role in given]
    return ", ".join([*known, *(str(role) for role in given if role not in list(ROLES))])


def period(person: Person, day: date) -> str:
    """From when until when they are on the register, as seen on this day."""
    if person.until is None:
        return f"From {dates.on_day(person.since)}"
    verb = "left" if person.until <= day else "leaves"
    return f"From {dates.on_day(person.since)}; {verb} on {dates.on_day(person.until)}"


def remarks(register: Register, day: date) -> tuple[str, ...]:
    """What whoever keeps the register should see to."""
    clerks, chairs = register.holding("clerk", day), register.holding("chair", day)
    found = []
    if not clerks:
        found.append("There is no Clerk: until one is entered, the Chair decides and keeps the register.")
    if not chairs:
        found.append("There is no Chair: nobody stands in for the Clerk but a Vice-Chair or a Deputy Clerk, if any.")
    for role, holders in (("Clerk", clerks), ("Chair", chairs)):
        if len(holders) > 1:
            names = " and ".join(person.styled for person in holders)
            found.append(f"{len(holders)} people hold the role of {role}: {names}. Is that right?")
    return tuple(found)


def history(entries: Iterable[Entry], id: str) -> list[dict[str, Any]]:
    """The entries that concern a person, oldest first, each with what it changed, for the macro `history`.

    One that was tampered with is shown as far as it can be: the page on which that comes to light must not fail on it.
    """
    told, line = [], dict[str, Any]()
    for entry in entries:
        given = _of_person(entry, id)
        if given is None:
            continue
        after = {**line, **{name: given[name] for name in _LABELS if name in given}}
        if entry.action == "return":
            after["until"] = ""
        told.append(
            {
                "what": ACTIONS.get(entry.action, entry.action),
                "when": _when(entry.at),
                "iso": entry.at,
                "who": entry.name,
                "role": ROLES.get(entry.role, ""),
                "why": given.get("reason", ""),
                "details": _differences(line, after),
            }
        )
        line = after
    return told


def differences(was: Person | None, now: Person) -> list[tuple[str, str]]:
    """What differs between two states of a person's line: (label, `before → after`)."""
    return _differences(_line(was), _line(now))


def _line(person: Person | None) -> Data:
    if person is None:
        return {}
    dated = {"since": person.since.isoformat(), "until": person.until.isoformat() if person.until else ""}
    return {"name": person.name, "title": person.title, "email": person.email, "roles": list(person.roles), **dated}


def _of_person(entry: Entry, id: str) -> Data | None:
    """What the entry gave of this person; None when it is not about them."""
    people = entry.given.get("people")
    if isinstance(people, dict):
        found = people.get(id)
        return found if isinstance(found, dict) else None
    return entry.given if entry.given.get("person") == id else None


def _differences(before: Data, after: Data) -> list[tuple[str, str]]:
    found = []
    for name, label in _LABELS.items():
        was, now = before.get(name) or "", after.get(name) or ""
        if was != now:
            found.append((label, f"{_written(name, was)} → {_written(name, now)}" if was else _written(name, now)))
    return found


def _when(at: str) -> str:
    try:
        return dates.at_time(instant(at))
    except ValueError:
        return at


def _written(name: str, value: Any) -> str:
    if not value:
        return "nothing"
    if name == "roles" and isinstance(value, list):
        return roles(value)
    try:
        return dates.on_day(date.fromisoformat(value)) if name in ("since", "until") else str(value)
    except (ValueError, TypeError):
        return str(value)
