"""Pure builders for tests: people, a council, what was asked, and a check request in any state with its log.

record = a_request("approved").record
record = a_request("waiting", by=COUNCILLOR, text="The hall is open").record
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import dates
from chalicelib.checks import rules
from chalicelib.checks.workflow import TABLE
from chalicelib.record import Actor, Data, Record, move
from chalicelib.register.rules import Person, Register
from tests.support.clock import MONDAY_MORNING

ENGLAND = "england"
DECISIONS = ("approve", "approve-with-edits", "ask-for-changes", "reject")


def a_person(
    id: str, name: str, *roles: str, title: str = "", since: date = date(2020, 1, 1), until: date | None = None
) -> Person:
    """Somebody on the register, with an address made of their id."""
    return Person(id, name, title, f"{id}@council.example", roles or ("councillor",), since, until)


CLERK = a_person("p-clerk", "Ruth Penhallow", "clerk", title="Mrs")
CHAIR = a_person("p-chair", "Alan Thistlewood", "chair", "councillor", title="Cllr")
VICE = a_person("p-vice", "Priya Marchbanks", "vice-chair", "councillor", title="Cllr")
DEPUTY = a_person("p-deputy", "Siân O’Merrow", "deputy-clerk", title="Ms")
COUNCILLOR = a_person("p-tom", "Tom Eldersfield", "councillor", title="Cllr")
OTHER = a_person("p-grace", "Grace Okonjo-Webb", "councillor", title="Cllr")
EMPLOYEE = a_person("p-joe", "Joe Farrant", "employee", title="Mr")
COUNCIL = Register((CLERK, CHAIR, VICE, DEPUTY, COUNCILLOR, OTHER, EMPLOYEE))


def answers(**changes: Any) -> dict[str, Any]:
    """What was asked, as the whole form gives it."""
    asked: dict[str, Any] = {
        "in_name_of": "own",
        "platform": "facebook",
        "account": "",
        "text": "The village hall will be open on Saturday.",
        "question": "",
        "links": "",
        "has_pictures": "no",
        "picture_owner": "",
        "picture_consent": "",
        "pictures": [],
        "named": [],
        "others": "",
        "agreed": "",
        "ask_named": "no",
        "when": "",
        "unsure": "",
        "ask": "either",
    }
    assert set(changes) <= set(asked), "an answer that the form does not have"
    return asked | changes


def new_data(by: Person = COUNCILLOR, **changes: Any) -> dict[str, Any]:
    """What the rules look at before a request is a record."""
    return {"requester": by.id, "answers": answers(**changes), "asked": [], "undeliverable": [], "decision": None}


def actor(data: Data, who: Person, register: Register = COUNCIL, at: datetime = MONDAY_MORNING) -> Actor:
    """The person with the capacities that they have to a request."""
    held = rules.capacities(register, data, who, dates.today(at))
    return Actor(who.id, who.styled, who.officer_role or who.role, held)


def put(register: Register, data: Data, at: datetime) -> dict[str, Any]:
    """To whom a request is put first, and what becomes due while it waits."""
    first = rules.next_to_ask(register, {**data, "asked": []}, dates.today(at))
    return {"asked": [first.id] if first else [], "deadlines": rules.waiting_deadlines(at, ENGLAND)}


def given(
    action: str, data: Data, register: Register = COUNCIL, at: datetime = MONDAY_MORNING, answering: str = ""
) -> dict[str, Any]:
    """What goes with an action on a request with this data, as its pages and the scheduled run give it. `answering`:
    the id of the named person who says whether they agree."""
    if action in ("submit", "resubmit"):
        return {"answers": data["answers"], "advice": [], "written": [], **put(register, data, at)}
    if action in DECISIONS:
        edits = {"text": data["answers"]["text"] + " All are welcome."} if action == "approve-with-edits" else {}
        lapses = {} if action == "reject" else rules.lapse_deadline(at, 30)
        decided = {
            "reason": "Because",
            "clauses": [],
            "shown": rules.digest(data["answers"]),
            "deadlines": lapses,
            "flags": [],
        }
        return decided | edits
    if action == "reopen":
        return put(register, data, at)
    if action == "record-posted":
        return {"where": "https://social.example/1", "text": data["answers"]["text"]}
    next_one = rules.next_to_ask(register, data, dates.today(at))
    asked = [next_one.id] if next_one and action in ("ask", "ask-stand-in", "undeliverable") else []
    still = rules.still_to_answer(register, data, dates.today(at)) if "agreements" in data else ()
    named = [id for id in still if id != answering]
    if action == "wait":
        waits = "lapse" in data.get("deadlines", {})
        return {"named": named, "deadlines": rules.holding_deadlines(data, at, ENGLAND) if waits else {}}
    waits = action in ("ask", "agree", "decline", "stop-waiting") and "lapse" in data.get("deadlines", {})
    deadlines = {"deadlines": rules.deadlines_at_last(data, at, ENGLAND)} if waits else {}
    who = (data["answers"]["named"] or [""])[0] if action == "unreached" else (data["asked"] or [""])[0]
    return {"asked": asked, "person": who, "reason": "", "named": named, "because": "time", **deadlines}


@dataclass(frozen=True, slots=True)
class Made:
    """A request with its log as stored, and when its last entry was made."""

    record: Record
    log: tuple[tuple[str, str], ...]
    at: datetime

    def then(self, action: str, who: Actor, register: Register = COUNCIL, **by: float) -> Made:
        """The request after one more action, an hour later unless said otherwise."""
        at = self.at + timedelta(**(by or {"hours": 1}))
        record, entry = move(TABLE, self.record, action, who, at, given(action, self.record.data, register, at, who.id))
        return Made(record, (*self.log, (entry.body(), entry.hash)), at)


PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    "waiting": (),
    "approved": (("approve", rules.DECIDER),),
    "changes-asked": (("ask-for-changes", rules.DECIDER),),
    "rejected": (("reject", rules.DECIDER),),
    "withdrawn": (("withdraw", rules.REQUESTER),),
    "lapsed": (("lapse", rules.SYSTEM),),
    "approval-lapsed": (("approve", rules.DECIDER), ("lapse", rules.SYSTEM)),
    "posted": (("approve", rules.DECIDER), ("record-posted", rules.REQUESTER)),
    "not-posted": (("approve", rules.DECIDER), ("never-posted", rules.REQUESTER)),
}
"""State → the actions that lead to it from the first request, and in which capacity."""


def a_request(state: str = "waiting", *, by: Person = COUNCILLOR, id: str = "7F3K-9QXM", **asked: Any) -> Made:
    """A request in this state, submitted on Monday morning, decided by the Clerk."""
    at = MONDAY_MORNING
    data = new_data(by, **asked)
    requester = Actor(by.id, by.styled, by.role, frozenset({rules.REQUESTER}))
    clerk = Actor(CLERK.id, CLERK.styled, "clerk", frozenset({rules.DECIDER}))
    record, entry = move(TABLE, Record("check", id), "submit", requester, at, given("submit", data, at=at))
    made = Made(record, ((entry.body(), entry.hash),), at)
    who = {rules.REQUESTER: requester, rules.DECIDER: clerk, rules.SYSTEM: rules.TICK}
    for action, capacity in PATHS[state]:
        made = made.then(action, who[capacity])
    assert made.record.state == state
    return made
