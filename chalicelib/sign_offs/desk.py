"""Sign-offs on the officers' desk: who has not signed, whom mail does not reach, and what falls due."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from chalicelib import dates
from chalicelib.desk.parts import Desk, Due, Note
from chalicelib.record import instant
from chalicelib.sign_offs.rules import LIST, REMINDERS
from chalicelib.sign_offs.service.records import QUEUE
from chalicelib.store import Item

PATH = "/signoffs"


def _open(desk: Desk) -> list[Item]:
    """What is asked of those who are on the register still. 1 Query."""
    there = {person.id for person in desk.register.on(desk.today)}
    return [item for item in desk.waiting(QUEUE) if item["brief"]["person"] in there]


def notes(desk: Desk) -> Iterator[Note]:
    """How many have not signed; whose mail came back."""
    waiting = _open(desk)
    back = [desk.register.named(item["brief"]["person"]) for item in waiting if item["brief"]["undeliverable"]]
    if back:
        more = f" and {len(back) - 3} more" if len(back) > 3 else ""
        yield Note(f"The mail that asks to sign the policy came back: {', '.join(back[:3])}{more}", "warning", PATH)
    if waiting:
        yield Note(f"{_people(len(waiting))} not signed the policy", "info", PATH)


def ahead(desk: Desk) -> Iterator[Due]:
    """The days on which reminders go, and on which the Clerk gets the list of those who have not signed."""
    reminded, listed = Counter[date](), Counter[date]()
    for item in _open(desk):
        for name, when in item["brief"]["deadlines"].items():
            day = dates.today(instant(when))
            if name in REMINDERS:
                reminded[day] += 1
            elif name == LIST:
                listed[day] += 1
    for day, count in reminded.items():
        yield Due(day, f"Reminder to sign the policy, if they have not by then: {_number(count)}", PATH)
    for day, count in listed.items():
        yield Due(day, f"The Clerk gets the list of those who have not signed the policy: {_number(count)}", PATH)


def _number(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"
