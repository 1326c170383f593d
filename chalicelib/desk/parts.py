"""What the parts of the council's work put on the officers' desk: the shapes of it.

A part gives a function of the `Desk` that is being looked at; it imports this module and nothing else of the desk, and
is one more entry in app.py. Rules: a part shows only what this visitor may see, down to its counts; it costs what is
open, not what was ever done: it reads its queue with `Desk.waiting`, and its decided lines from a list, newest first.

    def sections(desk: Desk) -> Sections: ...
    def ahead(desk: Desk) -> Iterable[Due]: ...
    def notes(desk: Desk) -> Iterable[Note]: ...
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from chalicelib import dates, hooks

if TYPE_CHECKING:
    from chalicelib.access import Visitor
    from chalicelib.register.rules import Person, Register
    from chalicelib.settings import Settings
    from chalicelib.store import Item, Store

LISTED = 25
"""How many decided lines one page of the desk shows."""

AHEAD_DAYS = 90
"""How far the table of what falls due looks ahead."""

NEWEST = "~"
"""The mark at which the decided lines begin with the newest."""


@dataclass(frozen=True)
class Desk:
    """Who looks at the desk, and when. `before` is the mark before which decided lines are wanted."""

    visitor: "Visitor"
    at: datetime
    store: "Store"
    settings: "Settings"
    before: str = NEWEST
    _read: "dict[str, list[Item]]" = field(default_factory=dict, repr=False)

    @property
    def person(self) -> "Person":
        """Who looks: an officer."""
        return self.visitor.person

    @property
    def register(self) -> "Register":
        """The register, as it was read with the session."""
        return self.visitor.register

    @property
    def today(self) -> date:
        """The calendar date in London."""
        return dates.today(self.at)

    @property
    def until(self) -> date:
        """The last day of which `ahead` tells."""
        return self.today + timedelta(days=AHEAD_DAYS)

    def waiting(self, queue: str) -> "list[Item]":
        """Everything that waits in this queue (store.waiting), read once however many functions ask. 1 Query."""
        if queue not in self._read:
            self._read[queue] = self.store.waiting(queue)
        return self._read[queue]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the desk. Everything is plain text; `path` and `action_path` are paths of ours.

    title, path, about   what it is, where it leads, and what is said below it (a reference, who asked)
    state, words   a tag: a state that templates/macros/show.html has a colour for, or any other, and how it is written
    told    lines beside the tag: since when, until when
    action, action_path   what the visitor does about it, where they can
    more    lines in the last column: whom it waits on, who decided
    warning     what went wrong with it, such as mail that came back
    mark    what the lines are sorted by, a time (record.stamp), `#` and an id: what waits by when it is due, first due
            first; what was decided by when that was, newest first
    """

    title: str
    path: str
    mark: str
    about: str = ""
    state: str = ""
    words: str = ""
    told: tuple[str, ...] = ()
    action: str = ""
    action_path: str = ""
    more: tuple[str, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Sections:
    """A part's lines: what waits on the visitor, what waits on other officers, what was answered and waits on whoever
    asked, and what was decided. Of the last at most LISTED + 1, all marked before `Desk.before`: one more than is
    shown says that there are older ones."""

    mine: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()
    answered: tuple[Line, ...] = ()
    decided: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due, and where it leads. What is overdue is given with the day on which it was due."""

    day: date
    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Note:
    """A short line at the top of the desk. `warning` is for what somebody must see to, `info` for what is good to know.
    With a `path` it leads there."""

    words: str
    level: Literal["info", "warning"] = "info"
    path: str = ""


def sections(desk: Desk) -> Sections:
    """All parts' lines together, in order; `decided` cut to LISTED + 1."""
    found = [of(desk) for of in hooks.SECTIONS.values()]
    waits = {
        name: tuple(sorted((line for one in found for line in getattr(one, name)), key=lambda line: line.mark))
        for name in ("mine", "others", "answered")
    }
    decided = sorted((line for one in found for line in one.decided), key=lambda line: line.mark, reverse=True)
    return Sections(**waits, decided=tuple(decided[: LISTED + 1]))


def ahead(desk: Desk) -> list[Due]:
    """What falls due by `Desk.until`, all parts' together, first due first."""
    found = [due for of in hooks.AHEAD.values() for due in of(desk) if due.day <= desk.until]
    return sorted(found, key=lambda due: (due.day, due.words))


def notes(desk: Desk) -> list[Note]:
    """All parts' short lines, warnings first."""
    found = [note for of in hooks.NOTES.values() for note in of(desk)]
    return sorted(found, key=lambda note: note.level != "warning")
