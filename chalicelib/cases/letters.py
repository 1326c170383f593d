"""The mails that a move of a case makes due; pure.

Mails go astray: they are forwarded, come back, are read over shoulders. So a handler's mail says that something waits,
a reporter's that there is news, and neither holds a word of the report, nor a name, nor the receipt code. Somebody who
is let in gets a link and a code in two mails, neither of which is of use without the other.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.cases import rules
from chalicelib.outbox import Letter
from chalicelib.record import Entry, Record
from chalicelib.register.rules import Person, Register


@dataclass(frozen=True, slots=True)
class Told:
    """A move that was made: the case before and after, its entry, and the register it was made by."""

    before: Record
    record: Record
    entry: Entry
    register: Register


WHY = {"report": "reported", "say": "news", "add-evidence": "news", "chase": "chased", "stand-in": "stand-in"}
"""Action → why its handlers have a mail, where they have one."""


def letters(told: Told) -> tuple[Letter, ...]:
    """Every mail that the move makes due."""
    return (*_to_handlers(told), *_to_reporter(told), *_to_guest(told))


def _to_handlers(told: Told) -> list[Letter]:
    data, why = told.record.data, WHY.get(told.entry.action, "")
    if data["told"] != told.before.data.get("told", []):
        why = why or "passed-on"
    if not why:
        return []
    people = [person for id in data["told"] if (person := told.register.person(id))]
    # A mail that has not gone yet when the case comes into other hands is not sent any more.
    return [Letter("case-waiting", person, {"why": why}, relevant={"told": data["told"]}) for person in people]


def _to_reporter(told: Told) -> list[Letter]:
    email = told.record.data["answers"]["contact_email"]
    if not email:
        return []
    to = Person("reporter", told.record.data["answers"]["contact_name"], "", email, (), date.min, None)
    context: dict[str, Any] = {"reference": told.record.id}
    if told.entry.action == "report":
        days = rules.ACKNOWLEDGE_IN if told.record.data["told"] else 0
        return [Letter("case-received", to, context | {"days": days})]
    sealed = told.before.data["told"] and not told.record.data["told"]
    return [Letter("case-news", to, context)] if told.entry.given.get("tell") or sealed else []


def _to_guest(told: Told) -> list[Letter]:
    given = told.entry.given
    if not told.entry.action.startswith("let-in-"):
        return []
    to = Person(given["guest"], given["name"], "", given["email"], (), date.min, None)
    return [Letter(name, to, {"until": given["until"]}, purpose=name) for name in ("case-access", "case-code")]
