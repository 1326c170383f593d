"""When the policy is reviewed and who has a hand in it; pure.

The *anchor* is the latest meeting at which the Council adopted a version or resolved on a review. The review is due a
year after it. *Milestones* have one order and are known by their places in it: 0 is T-90, 1 T-60 (opens the review),
2 T-30, 3 the day itself, 4 a month after, and so on. Days are London's; everything is counted from the day on which
it is based and never from the last mail.

The *book* has a line for every review that has a record, and how far each has come.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.checks.naming import key
from chalicelib.dates import midnight, months_after, years_after
from chalicelib.policy.rules import Shelf
from chalicelib.record import Actor, Data
from chalicelib.register.rules import OFFICERS, Person, Register, keepers

PREPARER, SYSTEM = "preparer", "system"
CLERK, CHAIR = "clerk", "chair"
SIGNER = {CLERK: "clerk-signer", CHAIR: "chair-signer"}
"""Which of the two statements → the capacity of who may give it."""

TICK = Actor("tick", "Clerkwell", "system", frozenset({SYSTEM}))
"""The scheduled run, as an actor."""

COMING, OPEN, RESOLVED, CLERK_SIGNED, CHAIR_SIGNED = "coming", "open", "resolved", "clerk-signed", "chair-signed"
CLOSED, RECORDED, OVERTAKEN, STRUCK = "closed", "recorded", "overtaken", "struck"

UNFINISHED = frozenset({COMING, OPEN})
"""The states in which the Council has not resolved yet."""
LEFT = frozenset({OVERTAKEN, STRUCK})
"""The states in which nobody is at work on it any more, though the Council has not resolved: it opens anew if it falls
due after all."""
UNSIGNED = frozenset({RESOLVED, CLERK_SIGNED, CHAIR_SIGNED})
"""The states in which a statement is still to come."""

UNCHANGED, CHANGED = "unchanged", "new-version"
OUTCOMES = {UNCHANGED: "Re-adopted unchanged", CHANGED: "A new version adopted"}
"""What the Council resolved → how it is written."""

BEFORE = (timedelta(days=90), timedelta(days=60), timedelta(days=30))
OPENS, DUE = 1, len(BEFORE)
"""The places of the milestone that opens the review and of the day on which it is due."""

_SEATS = {CLERK: ("clerk", "deputy-clerk"), CHAIR: ("chair", "vice-chair")}


# Milestones ---------------------------------------------------------------------------------------------------------


def name(place: int) -> str:
    """What a milestone is called: `t-90`, `t-60`, `t-30`, `due`, `overdue-1`, …"""
    if place < DUE:
        return f"t-{BEFORE[place].days}"
    return "due" if place == DUE else f"overdue-{place - DUE}"


def told_as(name: str) -> str:
    """How the name of a milestone is written, as in `2 months overdue`."""
    what, _, count = name.partition("-")
    if what == "overdue":
        return "1 month overdue" if count == "1" else f"{count} months overdue"
    return "due on the day" if name == "due" else f"{count} days before it is due"


def day_of(due: date, place: int) -> date:
    """The day of a milestone."""
    return due - BEFORE[place] if place < DUE else months_after(due, place - DUE)


def reached(due: date, today: date) -> int:
    """The place of the last milestone that has come by today; -1 while none has."""
    if today < due:
        return sum(due - before <= today for before in BEFORE) - 1
    months = (today.year - due.year) * 12 + today.month - due.month
    return DUE + months - (months_after(due, months) > today)


# The book -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What the book says of a review. `told`: the place of the last milestone that it has passed; `meeting` and what
    follows: the Council's resolution, once there is one. `unreached`: those to whom mail about it came back."""

    due: date
    state: str
    told: int = -1
    meeting: date | None = None
    minute: str = ""
    outcome: str = ""
    version: int = 0
    planned: date | None = None
    unreached: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The line as it is kept."""
        days = {name: getattr(self, name) for name in ("due", "meeting", "planned")}
        kept: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return kept | {name: day.isoformat() if day else "" for name, day in days.items()}


def line(data: Data) -> Line:
    """The line that the book keeps."""
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("due", "meeting", "planned")}
    return Line(**{**data, **days, "unreached": tuple(data["unreached"])})


@dataclass(frozen=True, slots=True)
class Book:
    """Every review's line. `serial` counts the writes, so that two of them meet."""

    serial: int = 0
    lines: tuple[Line, ...] = ()

    def line(self, due: date) -> Line | None:
        """What the book says of the review that was due then."""
        return next((one for one in self.lines if one.due == due), None)

    def with_lines(self, *lines: Line) -> "Book":
        """The book after one more write, with these lines in place of those with their days."""
        days = {one.due for one in lines}
        others = [one for one in self.lines if one.due not in days]
        return replace(self, serial=self.serial + 1, lines=tuple(sorted((*others, *lines), key=lambda one: one.due)))

    def data(self) -> dict[str, Any]:
        """The book as it is kept."""
        return {"serial": self.serial, "lines": [one.data() for one in self.lines]}


def book_of(data: Data) -> Book:
    """The book as it is kept; empty before the first review."""
    return Book(data["serial"], tuple(line(one) for one in data["lines"])) if data else Book()


# When it is due -----------------------------------------------------------------------------------------------------


def meetings(shelf: Shelf, book: Book) -> list[date]:
    """Every meeting at which a version was adopted or a review resolved on, the earliest first."""
    adopted = {one.adopted.meeting for one in shelf.adopted if one.adopted}
    return sorted(adopted | {one.meeting for one in book.lines if one.meeting})


def free(due: date, book: Book) -> date:
    """The day, or the first after it that no review has for its own on which the Council has resolved: a meeting on 28
    and one on 29 February have one anniversary."""
    while (taken := book.line(due)) and taken.meeting:
        due += timedelta(days=1)
    return due


def due_of_past(meeting: date, before: Iterable[date]) -> date | None:
    """For which day a past review counts: of the anniversaries of the meeting before it, the nearest. None when there
    was nothing to review yet."""
    anchor = max((one for one in before if one < meeting), default=None)
    if anchor is None:
        return None
    years = max(1, meeting.year - anchor.year)
    near = (years_after(anchor, max(1, years + more)) for more in (-1, 0, 1))
    return min(near, key=lambda due: (abs(due - meeting), due))


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand: the anchor, the day on which the next review is due, its line if it has begun, and those that
    wait for something: the one that is open, and those whose statements are still to come."""

    anchor: date
    due: date
    line: Line | None
    open: Line | None
    unsigned: tuple[Line, ...]

    @property
    def told(self) -> int:
        """The place of the last milestone that the next review has passed."""
        return self.line.told if self.line else -1

    @property
    def left(self) -> bool:
        """Whether the next review was given up once, and has to be opened anew when its day has come."""
        return self.line is not None and self.line.state in LEFT

    @property
    def opens(self) -> date:
        """The day on which the next review opens."""
        return day_of(self.due, OPENS)

    @property
    def waiting(self) -> tuple[Line, ...]:
        """Every review that waits for something: the next one, the one that is open, those with statements to come."""
        return tuple(one for one in dict.fromkeys((self.line, self.open, *self.unsigned)) if one)

    def brief(self) -> dict[str, Any]:
        """What a list shows of it."""
        lines = [one.data() for one in self.waiting]
        return {"anchor": self.anchor.isoformat(), "due": self.due.isoformat(), "lines": lines}

    @property
    def wakes(self) -> datetime:
        """When something next happens by itself."""
        return midnight(day_of(self.due, min(self.told + 1, OPENS) if self.left else self.told + 1))


def standing(shelf: Shelf, book: Book) -> Standing | None:
    """How things stand; None while no version is adopted."""
    known = meetings(shelf, book)
    if not shelf.adopted or not known:
        return None
    return _standing(known[-1], free(years_after(known[-1], 1), book), book)


def of_brief(brief: Data) -> Standing:
    """How things stood when the brief was made."""
    anchor, due = (date.fromisoformat(brief[name]) for name in ("anchor", "due"))
    return _standing(anchor, due, Book(0, tuple(line(one) for one in brief["lines"])))


def _standing(anchor: date, due: date, book: Book) -> Standing:
    open = [one for one in book.lines if one.state == OPEN]
    unsigned = tuple(one for one in book.lines if one.state in UNSIGNED)
    return Standing(anchor, due, book.line(due), open[-1] if open else None, unsigned)


def missed(anchor: date, today: date) -> tuple[date, ...]:
    """The anniversaries that have gone by since the anchor, the earliest first."""
    years = range(1, max(0, today.year - anchor.year) + 1)
    return tuple(day for day in (years_after(anchor, one) for one in years) if day <= today)


# Who ----------------------------------------------------------------------------------------------------------------


def preparers(register: Register, day: date) -> tuple[Person, ...]:
    """Who prepares the review: the Clerk; while there is none, the Deputy Clerk; else whoever keeps the register."""
    found = (register.holding(role, day) for role in _SEATS[CLERK])
    return next((people for people in found if people), ()) or keepers(register, day)


def stand_in(register: Register, unreached: Container[str], day: date) -> Person | None:
    """Who is told when mail to somebody comes back: the first officer in order whom mail reaches. None: nobody."""
    turn = (person for role in OFFICERS for person in register.holding(role, day))
    return next((person for person in turn if person.id not in unreached), None)


def seats(register: Register, day: date) -> dict[str, tuple[Person, ...]]:
    """Who may give each of the two statements: the holders of its first role that is filled. Nobody has both, and
    lines of the register with one name are one person."""
    found: dict[str, tuple[Person, ...]] = {}
    taken: set[str] = set()
    for seat, roles in _SEATS.items():
        held = [tuple(one for one in register.holding(role, day) if _one(one) not in taken) for role in roles]
        found[seat] = next((people for people in held if people), ())
        taken |= {_one(one) for one in found[seat]}
    return found


def _one(who: Person) -> str:
    """What is the same in every line of the register that is this person's."""
    return key(who.name) or who.id


def seat_of(register: Register, who: Person, day: date) -> str:
    """Which of the two statements is this person's; empty: neither."""
    return next((seat for seat, people in seats(register, day).items() if who in people), "")


def capacities(register: Register, data: Data, who: Person, day: date) -> frozenset[str]:
    """What a person may be to a review on this day. Whoever gave one statement does not give the other."""
    held = {PREPARER} if who in preparers(register, day) else set()
    seat = seat_of(register, who, day)
    others = (register.person(said["by"]) for of, said in data.get("statements", {}).items() if of != seat)
    gave = {_one(other) for other in others if other}
    return frozenset(held | ({SIGNER[seat]} if seat and _one(who) not in gave else set()))


def role_of(register: Register, who: Person, day: date) -> str:
    """The role in which a person acts on a review."""
    seat = seat_of(register, who, day)
    return next((role for role in _SEATS.get(seat, ()) if role in who.roles), who.officer_role)
