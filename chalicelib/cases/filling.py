"""Between a handler's form and the move: what a form is opened with, what it offers, and what the move gets of it."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib import dates, forms, web, wiring
from chalicelib.cases import evidence, rules, views, words
from chalicelib.cases.handling_forms import (
    Acting,
    Appointing,
    Classifying,
    EndingAccess,
    LettingIn,
    Linking,
    Observing,
    People,
)
from chalicelib.cases.service import handling, linking
from chalicelib.cases.workflow import Unfit
from chalicelib.policy.rules import citable, labels
from chalicelib.record import Record, stamp

MOST_FILES = 50
"""Files of a case."""


def known(asked: web.Asked, record: Record, action: str) -> dict[str, Any]:
    """What a form is opened with."""
    data, council = record.data, wiring.settings().council.name
    outcome = f"{views.outcome(data)}.\n\n{data['outcome']['reason']}" if data["outcome"] else ""
    if data["outcome"] and data["outcome"]["what"] in words.STAFF_OUTCOMES:
        outcome = words.STAFF_LETTER
    when = dates.at_time(asked.at)
    known: dict[str, dict[str, Any]] = {
        "acknowledge": {
            "tell": f"Thank you for your report. {council} has received it, and I am looking at it. I will tell you "
            "what happens next, and may ask you questions here."
        },
        "letter": {"tell": outcome},
        "people": {"track": data["track"]},
        "classify": {"grave": data["grave"], "clauses": data["found"] or data["answers"]["clauses"]},
        "refer-monitoring-officer": {"to": "The Monitoring Officer"},
        "refer-ombudsman": {"to": "The Public Services Ombudsman for Wales"},
        "observe": {"seen": when},
        "hand-over": {"when": when},
        "disclose": {"when": when},
    }
    return known.get(action, {})


def offered(asked: web.Asked, record: Record, form: Acting) -> Acting:
    """The form with what can be chosen on this case."""
    if isinstance(form, People):
        form.offer({person.id: person.styled for person in asked.register.people})
    if isinstance(form, Classifying):
        form.clauses.choices = forms.choices(_clauses(asked, record))
    if isinstance(form, LettingIn):
        form.items.choices = forms.choices(views.shareable(record.data))
    if isinstance(form, EndingAccess):
        open_ = {id: guest for id, guest in record.data["guests"].items() if not guest["ended"]}
        form.guest.choices = forms.choices({id: guest["name"] for id, guest in open_.items()})
    return form


def _clauses(asked: web.Asked, record: Record) -> dict[str, str]:
    kept = dict(zip(record.data["found"], record.data["found_cited"], strict=True))
    return {**kept, **citable(asked.policy.clauses)}


def given(asked: web.Asked, record: Record, form: Acting) -> dict[str, Any]:
    """What the move gets of a form that is well. Raises Unfit."""
    make = _GIVEN.get(type(form))
    return make(asked, record, form) if make else form.given()


def _people(asked: web.Asked, _record: Record, form: Any) -> dict[str, Any]:
    found = {
        "subjects": (form.subject_names.data, form.subjects.data),
        "witnesses": (form.witness_names.data, form.witnesses.data),
    }
    people = {name: handling.people_of(asked.register, *typed) for name, typed in found.items()}
    return {**people, "track": form.track.data or ""}


def _appointed(asked: web.Asked, _record: Record, form: Any) -> dict[str, Any]:
    people = handling.people_of(asked.register, form.persons.data, [])
    return {"people": people, "reason": form.reason.data}


def _classified(asked: web.Asked, record: Record, form: Any) -> dict[str, Any]:
    named = {**_clauses(asked, record), **labels(asked.policy.clauses)}
    clauses = form.clauses.data or []
    cited = [named[id] for id in clauses]
    return {"grave": form.grave.data or [], "clauses": clauses, "cited": cited, "policy": asked.policy.number}


def _linked(_asked: web.Asked, _record: Record, form: Any) -> dict[str, Any]:
    check = linking.check_of(wiring.store(), form.reference.data.upper())
    if check is None:
        raise Unfit("reference", "There is no check request with this reference")
    return {"check": check}


def _observed(asked: web.Asked, record: Record, form: Any) -> dict[str, Any]:
    checks = linking.checks_of(wiring.store(), [form.url.data], record.data["checks"])
    return {**form.given(), "evidence": _captured(asked, record), "checks": checks}


def _let_in(asked: web.Asked, record: Record, form: Any) -> dict[str, Any]:
    if not form.items.data:
        raise Unfit("items", "Tick what they may see")
    if not rules.may_be_let_in(asked.register, record.data, {"name": form.name.data, "email": form.email.data}):
        raise Unfit("email", "This person may not be let in: the case is about them")
    return {
        "guest": secrets.token_hex(8),
        "kind": asked.parts["action"].removeprefix("let-in-"),
        "name": form.name.data,
        "email": form.email.data,
        "items": form.items.data,
        "until": stamp(asked.at + timedelta(days=int(form.days.data))),
        "reason": form.reason.data,
    }


def captures(asked: web.Asked) -> str:
    """Where a handler's captures of this case lie until they are recorded."""
    return f"uploads/{asked.person.id}/{asked.parts['reference']}/captures/"


def _captured(asked: web.Asked, record: Record) -> list[dict[str, Any]]:
    """The captures that were sent, kept with the case. Raises Unfit."""
    there = record.data["evidence"]
    try:
        taken = evidence.take_in(wiring.files(), captures(asked), record.id)
    except evidence.NotTaken as error:
        raise Unfit("", str(error)) from error
    if len(there) + len(taken) > MOST_FILES:
        raise Unfit("", f"A case can hold {MOST_FILES} files")
    so_far = sum(one["source"] == "handler" for one in there)
    return [
        {**one, "name": one["name"].replace(f"reporter-{n}", f"capture-{so_far + n}")} for n, one in enumerate(taken, 1)
    ]


_GIVEN: dict[type[Acting], Callable[[web.Asked, Record, Any], dict[str, Any]]] = {
    People: _people,
    Appointing: _appointed,
    Classifying: _classified,
    Linking: _linked,
    LettingIn: _let_in,
    Observing: _observed,
}
"""Form → what the move gets of it, where that is more than what was typed."""
