"""The mails about sign-offs; pure. Each one's words are fixed here, when the move that makes it due is made."""

from collections.abc import Sequence
from typing import Any

from chalicelib.outbox import Letter
from chalicelib.policy.rules import Line
from chalicelib.record import Record
from chalicelib.register.rules import Person
from chalicelib.sign_offs.rules import REMINDERS, numbers
from chalicelib.sign_offs.workflow import ASKED

NAMED = 200
"""How many people the mail to the Clerk names; it says how many more there are."""

PURPOSE = "sign-off"


def _about(template: str, record: Record, to: Person, line: Line, **more: Any) -> Letter:
    data, act = record.data, line.adopted
    context = {
        "version": line.number,
        "title": line.title,
        "meeting": act.meeting.isoformat() if act else "",
        "minute": act.minute if act else "",
        "signed": max(numbers(data), default=0),
        "asked_at": data["asked_at"],
        **more,
    }
    relevant = {"state": ASKED, "version": data["version"]}
    return Letter(template, to, context, PURPOSE, data["version"], relevant)


def asking(record: Record, to: Person, line: Line) -> Letter:
    """The mail that asks somebody to sign, with the one link that leads to the text."""
    return _about("sign-off-asked", record, to, line)


def reminding(record: Record, to: Person, line: Line, action: str) -> Letter:
    """The same again: because a reminder is due, (`ask-again`, `new-link`) because somebody wants another link, or
    (`renew-link`) because the one that they had was ended."""
    days = REMINDERS.get(action, 0)
    return _about("sign-off-reminder", record, to, line, days=days, last=days == max(REMINDERS.values()), why=action)


def listing(unsigned: Sequence[tuple[Person, str]], to: Person, line: Line) -> Letter:
    """The mail that tells the Clerk who has not signed: each with when they were asked ("": not yet)."""
    people = [{"name": person.styled, "asked_at": asked_at} for person, asked_at in unsigned[:NAMED]]
    more = max(0, len(unsigned) - NAMED)
    context = {"people": people, "count": len(unsigned), "more": more, "version": line.number}
    return Letter("sign-off-list", to, context)
