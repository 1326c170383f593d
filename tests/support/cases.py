"""Cases in the state that a test needs: pure ones for the rules and the table, and stored ones by the moves that lead
there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.cases import codes, rules
from chalicelib.cases.service import records, reporting
from chalicelib.record import Record
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import Store

ANSWERS: Mapping[str, Any] = {
    "what_happened": "A post made fun of the people who use the food bank.",
    "where": "https://social.example/posts/1",
    "when": "Last Sunday evening",
    "subject": "unknown",
    "subject_name": "",
    "witnesses": "",
    "clauses": [],
    "harassment": "no",
    "contact_name": "",
    "contact_email": "",
    "confidential": "",
}
"""What somebody reports who names nobody; see chalicelib/cases/workflow.py."""


def a_person(id: str, name: str, *roles: str, **more: Any) -> Person:
    """Somebody on a register."""
    line: dict[str, Any] = {"title": "", "email": f"{id}@council.example", "since": date(2020, 1, 1), "until": None}
    return Person(id=id, name=name, roles=roles, **{**line, **more})


CLERK = a_person("clerk", "Margaret Holloway", "clerk", title="Mrs")
DEPUTY = a_person("deputy", "Philip Stone", "deputy-clerk")
CHAIR = a_person("chair", "Ann Green", "chair", "councillor", title="Cllr")
VICE_CHAIR = a_person("vice-chair", "Robert Wick", "vice-chair", "councillor", title="Cllr")
MEMBER = a_person("member", "Ivor Pugh", "councillor", title="Cllr")
EMPLOYEE = a_person("employee", "Dawn Marsh", "employee")
PEOPLE = Register((CLERK, DEPUTY, CHAIR, VICE_CHAIR, MEMBER, EMPLOYEE))


def data(**more: Any) -> dict[str, Any]:
    """What the rules read of a case. Names of answers go into them, others stand beside."""
    answers = {**ANSWERS, **{name: more.pop(name) for name in list(more) if name in ANSWERS}}
    known: dict[str, Any] = {"reporter": "", "conflicts": {}, "subjects": [], "witnesses": [], "checks": [], "told": []}
    known |= {
        "stand_ins": [],
        "track": rules.TRACK_OF[answers["subject"]],
        "said": 0,
        "named": [],
        "guests": {},
        "deadlines": {},
    }
    return {"answers": answers, **known, **more}


def reported(
    store: Store, settings: Settings, register: Register, at: datetime, reporter: str = "", **answers: Any
) -> tuple[Record, str]:
    """A report that was just made, and its receipt code."""
    reference, code = codes.new_reference(), codes.new_code()
    whole = {**ANSWERS, **answers}
    return (
        reporting.report(store, settings, register, reference, codes.receipt(code), whole, at, reporter=reporter),
        code,
    )


def acted(
    store: Store,
    settings: Settings,
    register: Register,
    record: Record,
    who: str,
    action: str,
    at: datetime,
    **given: Any,
) -> Record:
    """The case after this person's move, as it then stands in the table."""
    person = register.person(who)
    assert person is not None
    now = records.find(store, record.id)
    by = records.actor(settings, register, now.data, person, at)
    return records.commit(store, settings, register, now, action, by, at, given)
