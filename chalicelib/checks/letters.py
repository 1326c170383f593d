"""The mails that a move of a check request makes due; pure. One function for each action that tells anybody anything.

Each mail's words are fixed here, when the move is made: whenever it is sent, it says what was true then.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from chalicelib import dates, diff
from chalicelib.checks import advice, words
from chalicelib.checks.rules import order, other_officer
from chalicelib.outbox import Letter
from chalicelib.record import Entry, Record, instant
from chalicelib.register.rules import ROLES, Person, Register


class Told(NamedTuple):
    """A move that was made: the record before and after, its entry, and the register it was made by."""

    before: Record
    record: Record
    entry: Entry
    register: Register

    @property
    def day(self) -> date:
        return dates.today(instant(self.entry.at))

    def person(self, id: str) -> Person | None:
        """The person, if mail may still go to them."""
        found = self.register.person(id)
        return found if found and found.on_register(self.day) else None


Make: TypeAlias = Callable[[Told], list[Letter]]


def facts(record: Record, register: Register) -> dict[str, Any]:
    """What was asked, as mails and pages show it."""
    answers = record.data["answers"]
    return {
        **answers,
        "reference": record.id,
        "draft": record.data["draft"],
        "requester_name": register.named(record.data["requester"]),
        "in_name_of": words.IN_NAME_OF[answers["in_name_of"]],
        "on_behalf": answers["in_name_of"],
        "platform": words.PLATFORMS[answers["platform"]],
        "named": [register.named(id) for id in answers["named"]],
        "agreed": words.AGREED.get(answers["agreed"], ""),
        "agreements": [words.agreement(register.named(id), said) for id, said in record.data["agreements"].items()],
        "advice": advice.notes(answers["text"], record.data["advice"]),
        "picture_consent": words.CONSENT.get(answers["picture_consent"], ""),
        "pictures": len(answers["pictures"]),
        "has_pictures": answers["has_pictures"],
        "links": answers["links"].split("\n") if answers["links"] else [],
    }


def outcome(record: Record) -> dict[str, Any]:
    """The decision, as mails and pages show it."""
    decision, answers = record.data["decision"], record.data["answers"]
    edited = decision["outcome"] == "approve-with-edits"
    return {
        **decision,
        "words": words.OUTCOMES[decision["outcome"]],
        "role": ROLES.get(decision["role"], decision["role"]),
        "clauses": words.cited(decision),
        "policy": decision.get("policy", 0),
        "clause_ids": decision["clauses"],
        "edited": edited,
        "diff": [list(chunk) for chunk in diff.words(answers["text"], decision["text"])] if edited else [],
        "approved": decision["outcome"] in ("approve", "approve-with-edits"),
        "lapses": record.data["deadlines"].get("lapse", ""),
        "responsible": words.RESPONSIBLE,
    }


def review(record: Record, register: Register, to: Person, why: str) -> Letter:
    """The mail that puts a request to an officer, with the one link that leads to its decision."""
    return Letter(
        "check-review",
        to,
        facts(record, register) | {"why": why, "role": ROLES[to.officer_role]},
        purpose="decide",
        version=record.data["draft"],
        relevant={"state": record.state, "draft": record.data["draft"]},
    )


def _put_to(told: Told, ids: list[str], why: str) -> list[Letter]:
    # Somebody who was asked may have left since, or be an officer no longer.
    turn = order(told.register, told.record.data, told.day)
    return [review(told.record, told.register, person, why) for id in ids for person in turn if person.id == id]


def _to_requester(told: Told, template: str, context: dict[str, Any], **more: Any) -> list[Letter]:
    person = told.person(told.record.data["requester"])
    return [Letter(template, person, context, **more)] if person else []


def _asked(told: Told) -> list[Letter]:
    data = told.record.data
    again = told.entry.action == "resubmit"
    asked = [told.register.named(id) for id in data["asked"]]
    sent = facts(told.record, told.register) | {"asked": asked, "again": again}
    put_to = _put_to(told, data["asked"], "again" if again else "asked")
    return [*put_to, *_to_requester(told, "check-sent", sent), *_to_the_named(told, data["agreements"])]


def _to_the_named(told: Told, ids: Iterable[str]) -> list[Letter]:
    """The mail that asks somebody who is named whether they agree; it shows the text and where it would stand."""
    record = told.record
    context = facts(record, told.register) | {"again": told.entry.action == "remind-named"}
    relevant = {"draft": record.data["draft"]}
    return [
        Letter("check-agreement", person, context, "agree", record.data["draft"], relevant)
        for id in ids
        if (person := told.person(id))
    ]


def _held(told: Told) -> list[Letter]:
    return _to_the_named(
        told, [id for id in told.record.data["agreements"] if id not in told.before.data["agreements"]]
    )


def _reminded_named(told: Told) -> list[Letter]:
    return _to_the_named(told, told.entry.given["named"])


def _waits_no_longer(told: Told) -> list[Letter]:
    return _put_to(told, told.record.data["asked"], f"stop-{told.entry.given['because']}")


def _answered(told: Told) -> list[Letter]:
    data = told.record.data
    if told.before.data["holding"] and not data["holding"]:
        return _put_to(told, data["asked"], "answered")
    first = data["agreements"][told.entry.who]["told"] != told.before.data["agreements"][told.entry.who]["told"]
    if first:
        context = facts(told.record, told.register) | {"name": told.entry.name, "words": told.entry.given["reason"]}
        officer = told.person(data["decision"]["by"])
        to_officer = [Letter("check-declined", officer, context)] if officer else []
        return [*_to_requester(told, "check-declined", context), *to_officer]
    return []


def _decided(told: Told) -> list[Letter]:
    data = told.record.data
    relevant = {"decided": data["decision"]["n"]}
    context = facts(told.record, told.register) | {"decision": outcome(told.record)}
    by = told.person(told.entry.who)
    other = other_officer(told.register, data, told.entry.who, told.day)
    receipts = [
        Letter("check-receipt", to, context | {"own": to == by}, "not-me", data["decision"]["n"], relevant)
        for to in (by, other)
        if to
    ]
    return [*_to_requester(told, "check-decided", context, relevant=relevant), *receipts]


def _reminded(told: Told) -> list[Letter]:
    return _put_to(told, told.before.data["asked"], "reminder") + _put_to(told, told.entry.given["asked"], "stand-in")


def _found(told: Told) -> list[Letter]:
    return _put_to(told, told.entry.given["asked"], "asked")


def _came_back(told: Told) -> list[Letter]:
    return _put_to(told, told.entry.given["asked"], "undeliverable")


def _lapsed(told: Told) -> list[Letter]:
    return _to_requester(told, "check-lapsed", facts(told.record, told.register) | {"was": told.before.state})


def _reopened(told: Told) -> list[Letter]:
    context = facts(told.record, told.register) | {"decision": outcome(told.before)}
    return [*_put_to(told, told.record.data["asked"], "reopened"), *_to_requester(told, "check-reopened", context)]


def _withdrawn(told: Told) -> list[Letter]:
    context = facts(told.record, told.register)
    return [Letter("check-withdrawn", to, context) for id in told.record.data["asked"] if (to := told.person(id))]


def _posted(told: Told) -> list[Letter]:
    posted, decision = told.record.data["posted"], told.record.data["decision"]
    if posted["matches"] is not False or not (by := told.person(decision["by"])):
        return []
    chunks = [list(chunk) for chunk in diff.words(decision["text"], posted["text"])]
    context = facts(told.record, told.register) | {"posted": posted, "diff": chunks}
    return [Letter("check-differs", by, context)]


LETTERS: dict[str, Make] = {
    "submit": _asked,
    "resubmit": _asked,
    "approve": _decided,
    "approve-with-edits": _decided,
    "ask-for-changes": _decided,
    "reject": _decided,
    "remind": _reminded,
    "ask-stand-in": _reminded,
    "ask": _found,
    "wait": _held,
    "remind-named": _reminded_named,
    "stop-waiting": _waits_no_longer,
    "agree": _answered,
    "decline": _answered,
    "undeliverable": _came_back,
    "lapse": _lapsed,
    "reopen": _reopened,
    "withdraw": _withdrawn,
    "record-posted": _posted,
}


def letters(told: Told) -> tuple[Letter, ...]:
    """Every mail that the move makes due."""
    make = LETTERS.get(told.entry.action)
    return tuple(make(told)) if make else ()
