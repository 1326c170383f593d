"""The mails that a change of the register makes due; pure.

Whoever holds an officer's address decides in their name. So nobody's address is changed without a mail to the old one,
and no change of who the officers are, or of where their mail goes, stays with the one who made it: another officer
hears of it, where there is one.
"""

from datetime import date

from chalicelib.outbox import Letter
from chalicelib.record import Entry
from chalicelib.register import words
from chalicelib.register.rules import OFFICERS, Person, Register

CHANGED = "register-changed"


def letters(before: Register, after: Register, entry: Entry, day: date) -> tuple[Letter, ...]:
    """What is told of a keeper's change of one person's line: `before` and `after` are the register on either side."""
    id = entry.given["person"]
    was, now = before.person(id), after.person(id)
    if now is None:
        return ()
    context = {
        "person": id,
        "styled": now.styled,
        "by": entry.name,
        "role": words.roles([entry.role]),
        "what": words.ACTIONS[entry.action],
        "why": entry.given.get("reason", ""),
        "details": [list(pair) for pair in words.differences(was, now)],
    }
    to = [was] if was and was.email.casefold() != now.email.casefold() else []
    if _of_an_officer(was, now):
        to += _other_officer(before, {entry.who, id}, day)
    return tuple(Letter(CHANGED, person, {**context, "own": person is was}) for person in to)


def _of_an_officer(was: Person | None, now: Person) -> bool:
    """Whether the change touches who the officers are or where their mail goes, and not only how a name is spelt."""
    if not any(person and person.officer_role for person in (was, now)):
        return False
    return was is None or (was.email, was.roles, was.since, was.until) != (now.email, now.roles, now.since, now.until)


def _other_officer(register: Register, but: set[str], day: date) -> list[Person]:
    turn = (person for role in OFFICERS for person in register.holding(role, day))
    return [person for person in turn if person.id not in but][:1]
