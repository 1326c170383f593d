"""Who may do what to a check request, whom it goes to, and by when; pure.

The one rule above all: nobody decides a request that is their own or that names them, whatever roles they hold.
Everybody else who is an officer stands in one order: the Clerk and the Chair (whichever the requester would rather ask
first), then the Vice-Chair, then deputies.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.checks import naming
from chalicelib.dates import after_working_days
from chalicelib.record import Actor, Data, canonical, instant, sha256, stamp
from chalicelib.register.rules import Person, Register

REQUESTER, DECIDER, DISPUTER, NAMED, SYSTEM = "requester", "decider", "disputer", "named", "system"

TICK = Actor("tick", "Clerkwell", "system", frozenset({SYSTEM}))
"""The scheduled run, as an actor."""

FIRST = ("clerk", "chair")
"""The roles that may decide at any time; the others only when these are out or the request was put to them."""

REMIND_AFTER, STAND_IN_AFTER = 1, 2
"""Working days until the officer is reminded, and until the stand-in is asked as well."""
REMIND_NAMED_AFTER, WAIT_NO_LONGER_AFTER = 2, 5
"""Working days until those who are named are reminded, and until the officer waits for them no longer."""
LAPSES_AFTER = timedelta(days=14)
"""How long an undecided request waits."""

_WRITTEN = ("text", "question", "others", "account", "links", "unsure", "picture_owner", "picture_consent")
"""The answers in which somebody may be named in words."""

_BLANKS = re.compile(r"[^\S\n]+")

MOST_DRAFTS = 20
"""How often one request may be put up; whoever has more to say begins a new one."""

MOST_ANSWERS = 10
"""How often somebody who is named may say something else about one text."""


def digest(answers: Data) -> str:
    """What a decision holds for: SHA-256 of everything that was asked."""
    return sha256(canonical(answers))


def names(answers: Data, who: Person) -> bool:
    """Whether a request names the person: ticked as named, or written anywhere in it (naming.is_named)."""
    if who.id in answers.get("named", ()):
        return True
    texts = tuple(str(answers.get(field, "")) for field in _WRITTEN)
    return naming.is_named(naming.name_of(who.name, who.title), naming.read(texts))


def namesakes(register: Register, data: Data) -> frozenset[str]:
    """The ids of every line of the register with the name of whoever asks or is ticked as named: one person may stand
    there twice, with two addresses, and is still one person."""
    found = (register.person(id) for id in (data["requester"], *data["answers"].get("named", ())))
    theirs = {naming.key(person.name) for person in found if person} - {""}
    return frozenset(person.id for person in register.people if naming.key(person.name) in theirs)


def excluded(register: Register, data: Data, who: Person) -> bool:
    """Whether the person may not decide, because the request is theirs or names them."""
    if who.id == data["requester"] or who.id in namesakes(register, data):
        return True
    # By the name they had when it was asked, and by the one they have now.
    return who.id in data.get("written", ()) or names(data["answers"], who)


def concerned(register: Register, data: Data, day: date) -> list[str]:
    """The ids of those on the register whom a request names or whose namesake asks it, to be kept with it."""
    same = namesakes(register, data) - {data["requester"]}
    return [who.id for who in register.on(day) if who.id in same or names(data["answers"], who)]


def order(register: Register, data: Data, day: date) -> tuple[Person, ...]:
    """All officers who may be turned to on this day, in turn."""

    def found() -> Iterator[Person]:
        prefers_chair = data["answers"].get("ask") == "chair"
        first = tuple(reversed(FIRST)) if prefers_chair else FIRST
        for role in (*first, "vice-chair", "deputy-clerk"):
            yield from register.holding(role, day)

    return tuple(dict.fromkeys(person for person in found() if not excluded(register, data, person)))


def deciders(register: Register, data: Data, day: date) -> tuple[Person, ...]:
    """Those who may decide on this day, in turn: the Clerk and the Chair, or when both are out the next in order; and
    whoever the request was put to, because reminders or an undeliverable mail brought it to them."""
    turn = order(register, data, day)
    regular = [person for person in turn if set(FIRST) & set(person.roles)] or [
        person for person in turn if person.officer_role == turn[0].officer_role
    ]
    return tuple(person for person in turn if person in regular or person.id in data["asked"])


def next_to_ask(register: Register, data: Data, day: date) -> Person | None:
    """The first in order who has not been asked: at first the officer, later the stand-in. None: nobody is left."""
    return next((person for person in order(register, data, day) if person.id not in data["asked"]), None)


def out_of_hand(data: Data) -> bool:
    """Whether nobody has the request in hand: it was put to nobody, or to nobody whom mail reaches."""
    return set(data["asked"]) <= set(data["undeliverable"])


def in_hand(register: Register, data: Data, day: date) -> bool:
    """Whether somebody to whom it was put, and whom mail reaches, may still decide on this day."""
    reached = set(data["asked"]) - set(data["undeliverable"])
    return any(person.id in reached for person in order(register, data, day))


def other_officer(register: Register, data: Data, by: str, day: date) -> Person | None:
    """Who hears of a decision beside the one who made it, so that a stolen link cannot decide unnoticed."""
    return next((person for person in order(register, data, day) if person.id != by), None)


def capacities(register: Register, data: Data, who: Person, day: date) -> frozenset[str]:
    """What a person may be to a request on this day; nothing for somebody who is not on the register."""
    if not who.on_register(day):
        return frozenset()
    decided_by = (data.get("decision") or {}).get("by")
    turn = order(register, data, day)
    held = {
        REQUESTER: who.id == data["requester"],
        DECIDER: who in deciders(register, data, day),
        NAMED: who.id in data.get("agreements", {}),
        DISPUTER: who in turn or (who.id == decided_by and who.id not in _askers(register, data)),
    }
    return frozenset(capacity for capacity, holds in held.items() if holds)


def _askers(register: Register, data: Data) -> frozenset[str]:
    asker = {**data, "answers": {}}
    return namesakes(register, asker) | {data["requester"]}


def deciding_role(who: Person) -> str:
    """The role in which a person decides: the first of an officer's that they hold."""
    return who.officer_role


def may_see(data: Data, who: Person) -> bool:
    """Whether a person may read the request and its history: its requester and every officer."""
    return who.id == data["requester"] or bool(who.officer_role)


def waiting_deadlines(at: datetime, jurisdiction: str) -> dict[str, str]:
    """What becomes due while a request waits for a decision: the action → when (UTC)."""
    return {
        "remind": stamp(after_working_days(at, REMIND_AFTER, jurisdiction)),
        "ask-stand-in": stamp(after_working_days(at, STAND_IN_AFTER, jurisdiction)),
        "lapse": stamp(at + LAPSES_AFTER),
    }


def waits_since(data: Data) -> datetime:
    """Since when a request that waits for a decision has waited for it."""
    return instant(data["deadlines"]["lapse"]) - LAPSES_AFTER


def deadlines_at_last(data: Data, at: datetime, jurisdiction: str) -> dict[str, str]:
    """What becomes due of a request that finds its officer only now: they have as long as anybody else before they are
    reminded, but it lapses when it would have."""
    lapse = data["deadlines"]["lapse"]
    fresh = waiting_deadlines(at, jurisdiction)
    return {action: when for action, when in fresh.items() if when < lapse} | {"lapse": lapse}


def still_to_answer(register: Register, data: Data, day: date) -> tuple[str, ...]:
    """The ids of those who are named and have not said whether they agree, asked or not: those whom a mail may reach,
    because they are on the register and none about this text has come back."""
    agreements, unreached = data["agreements"], data["unreached"]
    named = [register.person(id) for id in data["answers"]["named"] if id not in unreached]
    on = [person.id for person in named if person and person.on_register(day)]
    return tuple(id for id in on if not agreements.get(id, {}).get("answer"))


def holding_deadlines(data: Data, at: datetime, jurisdiction: str) -> dict[str, str]:
    """What becomes due while the officer waits for those who are named. There is always a day left before the lapse on
    which the officer can decide without them."""
    lapse = data["deadlines"]["lapse"]
    last = stamp(instant(lapse) - timedelta(days=1))
    return {
        "remind-named": min(last, stamp(after_working_days(at, REMIND_NAMED_AFTER, jurisdiction))),
        "stop-waiting": min(last, stamp(after_working_days(at, WAIT_NO_LONGER_AFTER, jurisdiction))),
        "lapse": lapse,
    }


def why_stop_waiting(register: Register, data: Data, day: date) -> str:
    """Why nobody need wait any longer before the time is up: `gone` when those who have not answered have left the
    register, `unreached` when mail to one of them came back; empty while there is somebody to wait for."""
    if still_to_answer(register, data, day):
        return ""
    silent = [id for id in data["answers"]["named"] if not data["agreements"].get(id, {}).get("answer")]
    return "unreached" if set(silent) & set(data["unreached"]) else "gone"


def lapse_deadline(at: datetime, days: int) -> dict[str, str]:
    """When an approval, or a request for changes that nobody answers, lapses."""
    return {"lapse": stamp(at + timedelta(days=days))}


def due_action(data: Data, at: datetime) -> str | None:
    """The last of the actions that are due by now. After missed runs the earlier ones have had their day."""
    due = sorted((when, action) for action, when in data["deadlines"].items() if when <= stamp(at))
    return due[-1][1] if due else None


def as_posted(text: str) -> str:
    """A text as two of them are compared: what platforms and phones change in passing (line ends, doubled and hard
    blanks, blanks at line ends, curly quotes, composed letters) does not count as a difference."""
    plain = unicodedata.normalize("NFC", text).translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\""))
    lines = plain.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(" ".join(_BLANKS.split(line)).strip() for line in lines)


def matches(approved: str, posted: str) -> bool:
    """Whether what was posted is what was approved."""
    return as_posted(approved) == as_posted(posted)
