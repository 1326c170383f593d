"""The mails of the annual review; pure. Each mail's words are fixed here, when the move is made."""

from datetime import date
from typing import Any

from chalicelib.outbox import Letter
from chalicelib.record import Record
from chalicelib.register.rules import ROLES, Person, Register
from chalicelib.review.rules import (
    CHAIR,
    DUE,
    OPENS,
    OUTCOMES,
    SIGNER,
    capacities,
    day_of,
    name,
    preparers,
    role_of,
    seats,
)
from chalicelib.store import Item

PURPOSE = "sign-review"
"""What the link to a statement is for; its page's path as well."""


def notice(record: Record, register: Register, place: int, today: date) -> tuple[Letter, ...]:
    """The mail of a milestone: to whoever prepares the review, and from the day on which it is due to the Chair too."""
    due = date.fromisoformat(record.id)
    prepare = preparers(register, today)
    told = [*prepare, *(seats(register, today)[CHAIR] if place >= DUE else ())]
    context = {
        "due": record.id,
        "milestone": name(place),
        "opens": day_of(due, OPENS).isoformat(),
        "anchor": record.data["anchor"],
        "months": max(0, place - DUE),
        "days": (due - today).days,
    }
    relevant = {"state": record.state}
    return tuple(
        Letter(
            "review-notice",
            person,
            {**context, "prepares": person in prepare, "role": ROLES[role_of(register, person, today)]},
            relevant=relevant,
        )
        for person in dict.fromkeys(told)
    )


def statements(record: Record, register: Register, today: date) -> tuple[Letter, ...]:
    """The mails with the links to the statements that are still to come, each to who may give that one."""
    found = []
    for seat, people in seats(register, today).items():
        if seat in record.data["statements"]:
            continue
        for person in people:
            if SIGNER[seat] not in capacities(register, record.data, person, today):
                continue
            context = {
                **told(record),
                "seat": seat,
                "role": ROLES[role_of(register, person, today)],
            }
            relevant = {"resolved": record.data["resolved"]}
            found.append(Letter("review-sign", person, context, PURPOSE, record.data["resolved"], relevant))
    return tuple(found)


def unreached(mail: Item, to: Person, whom: Person) -> tuple[Letter, ...]:
    """The mail to the next officer in order: that this one came back, and what it was about."""
    # One of these may come back as well: it is still about the first that did.
    about = {"first": mail["template"], "whom": whom.styled, "due": mail["id"]}
    context = {**about, **mail["context"]}
    return _each([to], "review-unreached", context, relevant=mail["relevant"])


def closed(record: Record, register: Register, today: date, next_due: date) -> tuple[Letter, ...]:
    """The mail that says that the review is closed, to everybody who had a part in it."""
    to = [*preparers(register, today), *seats(register, today)[CHAIR]]
    return _each(to, "review-closed", {**told(record), "next_due": next_due.isoformat()})


def told(record: Record) -> dict[str, Any]:
    """The resolution, as mails and pages show it."""
    resolution = record.data["resolution"]
    return {"due": record.id, **resolution, "outcome_words": OUTCOMES[resolution["outcome"]]}


def _each(to: list[Person], template: str, context: dict[str, Any], **more: Any) -> tuple[Letter, ...]:
    return tuple(Letter(template, person, context, **more) for person in dict.fromkeys(to))
