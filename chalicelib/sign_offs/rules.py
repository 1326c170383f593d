"""Who must sign which version, and when they are reminded; pure.

The version in force counts. Whoever signed it, or any version since the Council last adopted a material change (that
version included), need not sign again. Nobody must sign before they joined or after they left; whoever comes back must
if they never signed, or if something material was adopted meanwhile.
"""

from collections.abc import Container, Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock

from chalicelib import dates
from chalicelib.policy.rules import Line
from chalicelib.record import Actor, Data, stamp
from chalicelib.register.rules import Person

SYSTEM = "system"
"""The capacity of the scheduled run. The register's others are SELF, the person themselves, and KEEPER."""

TICK = Actor("tick", "Clerkwell", "system", frozenset({SYSTEM}))
"""Who acts when nobody does."""

REMINDERS = {"remind-7": 7, "remind-14": 14, "remind-28": 28}
"""Reminder → so many days after the person was asked."""

LIST = "list"
"""The deadline at which the Clerk is told who has not signed: with the last reminder."""

AGAIN = timedelta(days=1)
"""How long after one mail the Clerk may have another sent to the same person."""


def settling(versions: Iterable[Line]) -> tuple[Line, ...]:
    """The adopted versions any of which settles the matter for whoever signed it, the one in force last: from the last
    material one on. Empty before the first adoption."""
    adopted = sorted((line for line in versions if line.adopted), key=lambda line: line.turn)
    material = [place for place, line in enumerate(adopted) if line.adopted and line.adopted.material]
    return tuple(adopted[material[-1] if material else 0 :])


def must_sign(person: Person, day: date, versions: Iterable[Line], signed: Container[int]) -> Line | None:
    """The version that the person has to sign as of this day; None when there is nothing to sign. `signed` are the
    numbers of the versions that they have signed."""
    settles = settling(versions)
    if not settles or not person.on_register(day) or any(line.number in signed for line in settles):
        return None
    return settles[-1]


def numbers(data: Data) -> tuple[int, ...]:
    """The versions that a person has signed, by the data of their record."""
    return tuple(sorted(int(number) for number in data.get("signed", {})))


def deadlines(at: datetime) -> dict[str, str]:
    """What is due when of somebody who is asked at this moment: from the first minute of each day on, in London."""
    days = {**REMINDERS, LIST: REMINDERS["remind-28"]}
    first = dates.today(at)
    return {
        name: stamp(datetime.combine(first + timedelta(days=after), clock.min, tzinfo=dates.LONDON))
        for name, after in days.items()
    }


def due_reminder(data: Data, at: datetime) -> str:
    """The reminder that is due; of several that were missed, the last, which stands for them all. "": none is."""
    due = [name for name in REMINDERS if data["deadlines"].get(name, "~") <= stamp(at)]
    return due[-1] if due else ""


def list_due(data: Data, at: datetime) -> bool:
    """Whether the Clerk is to be told of this person now."""
    return bool(data["deadlines"].get(LIST, "~") <= stamp(at))
