"""Who may have anything to do with a case, and by when; pure.

Eligibility is computed, never chosen, from the register as it is now and what is known of the case; whoever reads or
acts asks here first. Nobody is told apart from somebody for whom the case does not exist.

*Excluded* are, for as long as the case is kept, those whom anything that was ever said of it concerns: the subject, the
reporter, a witness, whoever approved the post, anybody whom the report names. While nobody is identified, a report
about "a member" might be about any member, and one about "an employee" about any employee, the Clerk among them: so it
reaches none of these. One about nobody knows whom reaches the first in order alone.
"""

from datetime import date, datetime

from chalicelib.cases.naming import called, mentioned, offices
from chalicelib.dates import after_working_days
from chalicelib.record import Actor, Data, stamp
from chalicelib.register.rules import OFFICERS, Person, Register

REPORTER, HANDLER, GUEST, SYSTEM = "reporter", "handler", "guest", "system"
HANDLER_ENGLAND, HANDLER_WALES = "handler-england", "handler-wales"
HANDLER_STAFF, HANDLER_UNREACHABLE = "handler-staff", "handler-unreachable"
"""A handler of a member's case in England or Wales, of an employee's, of one whose reporter cannot be reached."""

TICK = Actor("tick", "Clerkwell", "system", frozenset({SYSTEM}))
"""The scheduled run, as an actor."""
SOMEBODY = Actor("reporter", "The reporter", "reporter", frozenset({REPORTER}))
"""The reporter, as an actor: by reference and receipt code, whoever they are."""

SUBJECTS = {
    "member": "A councillor (the Chair and Vice-Chair included)",
    "clerk": "The Clerk",
    "employee": "Another employee of the Council",
    "unknown": "I do not know",
}
"""Who a report is about → how it is written."""

MEMBER, STAFF = "member", "staff"
TRACKS = {MEMBER: "Code of Conduct", STAFF: "Disciplinary Procedure"}
ROLES_OF = {
    MEMBER: frozenset({"chair", "vice-chair", "councillor"}),
    STAFF: frozenset({"clerk", "deputy-clerk", "employee"}),
}
"""Track → the roles of those to whom it applies. A Chair and a Vice-Chair are members, a Clerk is an employee."""
TRACK_OF = {"member": MEMBER, "clerk": STAFF, "employee": STAFF, "unknown": ""}

FINDINGS = {
    "breach": "The policy was broken",
    "no-breach": "The policy was not broken",
    "other": "Something else, as described",
}
"""What an outside body or a disciplinary hearing found → how it is written. Never what a parish finds of a member."""

WHY = {
    "subject": "It is about them",
    "reporter": "They reported it",
    "witness": "They are a witness",
    "named": "The report names them",
    "approver": "They decided on the post, or asked for it to be checked",
}
"""Why somebody is excluded."""

ORDER = OFFICERS
"""The roles that may handle a case, in the order in which they are turned to."""

ACKNOWLEDGE_IN, CHASE_AFTER, STAND_IN_AFTER, CHASE_EVERY = 5, 2, 4, 10
"""Working days: until a report is to be acknowledged, until its handler is chased, until the next in order is asked as
well, and between one act of a handler and the next."""


def concerned(register: Register, data: Data, day: date) -> dict[str, str]:
    """Everybody on the register whom what is known of the case excludes for good: id → why."""
    answers, found = data["answers"], dict(data["conflicts"])
    running = "\n".join((answers["what_happened"], answers["where"], answers["when"], answers["confidential"]))
    unknown, later = answers["subject"] == "unknown", "\n".join(data["named"])
    titled = offices(answers["subject_name"]) | (offices(running) if unknown else frozenset())
    if answers["subject"] == "clerk" and not data["subjects"]:
        titled |= {"clerk"}
    approvers = {id for check in data["checks"] for id in (check["requester"], *check["approvers"])}
    said_later = offices(later)
    for person in register.people:
        tests = (
            ("subject", any(_is(person, one) for one in data["subjects"])),
            ("subject", called(answers["subject_name"], person)),
            ("subject", person.on_register(day) and bool(titled.intersection(person.roles))),
            ("reporter", person.id == data["reporter"] or _has(person, answers["contact_email"])),
            ("reporter", mentioned(answers["contact_name"], person)),
            ("witness", any(_is(person, one) for one in data["witnesses"])),
            ("witness", called(answers["witnesses"], person)),
            ("approver", person.id in approvers),
            ("named", mentioned(running, person) or called(later, person)),
            ("named", person.on_register(day) and bool(said_later.intersection(person.roles))),
        )
        why = next((why for why, holds in tests if holds), "")
        if why:
            found.setdefault(person.id, why)
    return found


def _is(person: Person, one: Data) -> bool:
    """Whether an identified subject or witness is the person on the register."""
    return one["person"] == person.id or _has(person, one.get("email", "")) or mentioned(one["name"], person)


def _has(person: Person, email: str) -> bool:
    return bool(email) and person.email.casefold() == email.strip().casefold()


def excluded(register: Register, data: Data, day: date) -> frozenset[str]:
    """The ids of all who must not know of the case on this day."""
    found = concerned(register, data, day)
    return frozenset(found) | _might_be(register, data, found)


def _might_be(register: Register, data: Data, found: Data) -> frozenset[str]:
    """Those who might be meant, while it is not known which of them is."""
    track = TRACK_OF[data["answers"]["subject"]]
    if data["subjects"] or not track or data["answers"]["subject"] == "clerk":
        return frozenset()
    group = {person.id for person in register.people if ROLES_OF[track].intersection(person.roles)}
    if group.intersection(id for id, why in found.items() if why == "subject"):
        return frozenset()
    return frozenset(group)


def order(register: Register, data: Data, day: date) -> tuple[Person, ...]:
    """All who may handle the case on this day, in turn."""
    out = excluded(register, data, day)
    turn = (person for role in ORDER for person in register.holding(role, day))
    return tuple(dict.fromkeys(person for person in turn if person.id not in out))


def handlers(register: Register, data: Data, day: date) -> tuple[Person, ...]:
    """Who has the case on this day, and nobody else: the first in order, and who was asked to stand in. Nobody: the
    case is sealed."""
    turn = order(register, data, day)
    first = [person for person in turn if person.officer_role == turn[0].officer_role]
    return tuple(person for person in turn if person in first or person.id in data["stand_ins"])


def next_in_order(register: Register, data: Data, day: date) -> Person | None:
    """The first who may handle the case and does not yet."""
    having = handlers(register, data, day)
    return next((person for person in order(register, data, day) if person not in having), None)


def capacities(register: Register, data: Data, who: Person, jurisdiction: str, day: date) -> frozenset[str]:
    """What a person is to the case on this day; nothing for everybody but its handlers."""
    if who not in handlers(register, data, day):
        return frozenset()
    known = bool(data["subjects"])
    held = {
        HANDLER: True,
        HANDLER_ENGLAND: known and data["track"] == MEMBER and jurisdiction == "england",
        HANDLER_WALES: known and data["track"] == MEMBER and jurisdiction == "wales",
        HANDLER_STAFF: known and data["track"] == STAFF,
        HANDLER_UNREACHABLE: not reachable(data),
    }
    return frozenset(capacity for capacity, holds in held.items() if holds)


def reachable(data: Data) -> bool:
    """Whether a letter can be expected to reach the reporter: they gave an address, or have come back before."""
    return bool(data["answers"]["contact_email"]) or bool(data["said"])


def kinds(person: Person | None) -> list[str]:
    """The tracks that fit a subject. Somebody who is not on the register is nobody's employee."""
    if person is None:
        return [MEMBER]
    return [track for track, roles in ROLES_OF.items() if roles.intersection(person.roles)]


def same_person(one: Data, other: Data) -> bool:
    """Whether two named people are one: by id, by address, or by name."""
    pairs = ((_folded(one, field), _folded(other, field)) for field in ("person", "email", "name"))
    return any(a and a == b for a, b in pairs)


def _folded(one: Data, field: str) -> str:
    return " ".join(str(one.get(field, "")).casefold().split())


def may_be_let_in(register: Register, data: Data, who: Data) -> bool:
    """Whether somebody (name, email) may be given access to anything: not those whom the case is about, on the register
    or not, whether their address tells it or their name."""
    if any(same_person({"name": who["name"], "email": who["email"]}, one) for one in data["subjects"]):
        return False
    subjects = {id for id, why in data["conflicts"].items() if why == "subject"}
    return not any(
        person.id in subjects and (_has(person, who["email"]) or mentioned(who["name"], person))
        for person in register.people
    )


def first_deadlines(at: datetime, jurisdiction: str) -> dict[str, str]:
    """What falls due while a report waits to be acknowledged: the action → when (UTC)."""
    days = {"chase": CHASE_AFTER, "stand-in": STAND_IN_AFTER, "acknowledge": ACKNOWLEDGE_IN}
    return {action: stamp(after_working_days(at, days_, jurisdiction)) for action, days_ in days.items()}


def next_deadlines(at: datetime, jurisdiction: str) -> dict[str, str]:
    """When the handler of an acknowledged case is chased if nothing happens."""
    return {"chase": stamp(after_working_days(at, CHASE_EVERY, jurisdiction))}


def due_actions(data: Data, at: datetime) -> list[str]:
    """What the scheduled run has to do by now, in its order."""
    now = stamp(at)
    return [action for action in ("chase", "stand-in") if data["deadlines"].get(action, "~") <= now]


def ended_guests(data: Data, at: datetime) -> list[str]:
    """The guests whose time is over, and of whom that is not written down yet."""
    return [id for id, guest in data["guests"].items() if not guest["ended"] and guest["until"] <= stamp(at)]


def guest(data: Data, id: str, at: datetime) -> Data | None:
    """The guest with this id, while they may look."""
    found = data["guests"].get(id)
    return found if found and not found["ended"] and found["until"] > stamp(at) else None
