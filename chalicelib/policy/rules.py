"""What a policy version is, which one is in force, and how its clauses are named and cited; pure.

A *version* is an ordered list of clauses with a title. Its number is given when its draft is begun and never again. A
*clause* has an id that stays with it from version to version, whatever becomes of its words; an id that a clause once
had is never given to another. The *text* of a version is everything that is shown and signed; its SHA-256 stands
for it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.record import Data, sha256

KINDS = {
    "rule": "Rule",
    "duty": "Duty",
    "procedure": "Procedure",
    "text": "Text",
}
"""Kind of clause → how it is written. `text` asks nothing of anybody: headings, introductions, lead-ins."""

DRAFT, ADOPTED, WITHDRAWN = "draft", "adopted", "withdrawn"

STATES = {DRAFT: "Draft", ADOPTED: "Adopted", WITHDRAWN: "Withdrawn"}
"""State of a version → how it is written."""

MOST_CLAUSES = 150
LONGEST_VERSION = 60_000
"""Characters of a whole version."""
LONGEST = {"mark": 12, "heading": 200, "text": 10_000, "title": 200}
"""Characters of a clause's parts, and of the title."""

BULLET = "•"
"""The mark of every clause that stands in a list without numbers."""

_LABEL = 120
_SENTENCE = re.compile(r"(?<=[.!?;])\s")


class Clause(NamedTuple):
    """One clause. `mark` is what stands before it: a bullet, a number such as `3.2`, or nothing. A clause with a
    heading and no text is the heading of those that follow."""

    id: str
    mark: str = ""
    heading: str = ""
    text: str = ""
    kind: str = "rule"
    grave: bool = False
    topics: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The clause as a record keeps it."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in self._fields}
        return kept | {"topics": list(self.topics)}

    @property
    def words(self) -> str:
        """Everything that it says, as it is read."""
        first = " ".join(part for part in (self.mark, self.heading) if part)
        if self.heading:
            return f"{first}\n{self.text}".rstrip()
        return f"{self.mark} {self.text}".strip()

    @property
    def seen(self) -> str:
        """What a form carries to tell later whether the clause is still the one that was shown."""
        return sha256(repr(self))[:16]


def clause(data: Data) -> Clause:
    """The clause that a record keeps."""
    return Clause(**{**data, "topics": tuple(data["topics"])})


def clauses(data: Iterable[Data]) -> tuple[Clause, ...]:
    """The clauses that a record keeps."""
    return tuple(clause(one) for one in data)


class Adoption(NamedTuple):
    """The Council's act: at which meeting, by which minute, whether everybody must sign again, and the SHA-256 of the
    text that was adopted."""

    meeting: date
    minute: str
    material: bool
    sha256: str

    def data(self) -> dict[str, Any]:
        """The adoption as a record keeps it."""
        return {
            "meeting": self.meeting.isoformat(),
            "minute": self.minute,
            "material": self.material,
            "sha256": self.sha256,
        }


def adoption(data: Data | None) -> Adoption | None:
    """The adoption that a record keeps."""
    return Adoption(**{**data, "meeting": date.fromisoformat(data["meeting"])}) if data else None


class Version(NamedTuple):
    """A version with all it says. Number 0 is the project's own wording, which stands in while none is adopted."""

    number: int
    title: str
    clauses: tuple[Clause, ...]
    adopted: Adoption | None = None

    @property
    def text(self) -> str:
        """The whole text as it is shown and signed."""
        return text_of(self.title, self.clauses)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the whole text."""
        return sha256(self.text)

    def clause(self, id: str) -> Clause | None:
        """The clause with this id."""
        return next((one for one in self.clauses if one.id == id), None)


def version(number: int, data: Data) -> Version:
    """The version that a record's data describes."""
    return Version(number, data["title"], clauses(data["clauses"]), adoption(data["adopted"]))


def text_of(title: str, said: Iterable[Clause]) -> str:
    """A version's whole text: its title and its clauses, with an empty line between each."""
    return "\n\n".join([title, *(one.words for one in said)]).strip() + "\n"


def size(title: str, said: Iterable[Clause]) -> int:
    """How many characters a version has, as its limit counts them."""
    return len(title) + sum(len(one.mark) + len(one.heading) + len(one.text) for one in said)


class Line(NamedTuple):
    """What the shelf says of a version: enough to list it and to tell which one is in force."""

    number: int
    state: str
    title: str
    adopted: Adoption | None = None

    @property
    def turn(self) -> tuple[date, int]:
        """By what adopted versions follow one another: the meeting, and at one meeting the number."""
        return self.adopted.meeting if self.adopted else date.min, self.number


def in_force(lines: Iterable[Line], day: date) -> Line | None:
    """The version in force on a day: of those adopted at a meeting on that day or before, the one whose meeting was the
    latest; of several adopted at one meeting, the one with the highest number. None before the first."""
    there = [line for line in lines if line.state == ADOPTED and line.turn[0] <= day]
    return max(there, key=lambda line: line.turn, default=None)


class Shelf(NamedTuple):
    """Every version's line, and the whole of the one in force. `taken` are all ids that clauses of adopted versions
    have or had; `serial` counts the writes, so that two of them meet."""

    serial: int = 0
    lines: tuple[Line, ...] = ()
    current: Version | None = None
    taken: frozenset[str] = frozenset()

    @property
    def draft(self) -> Line | None:
        """The one draft there may be."""
        return next((line for line in self.lines if line.state == DRAFT), None)

    @property
    def adopted(self) -> tuple[Line, ...]:
        """The adopted versions, the one that came into force last first."""
        found = [line for line in self.lines if line.state == ADOPTED]
        return tuple(sorted(found, key=lambda line: line.turn, reverse=True))

    @property
    def next_number(self) -> int:
        """The number of the next draft."""
        return max((line.number for line in self.lines), default=0) + 1

    def line(self, number: int) -> Line | None:
        """What the shelf says of a version."""
        return next((line for line in self.lines if line.number == number), None)

    def with_line(self, line: Line) -> "Shelf":
        """The shelf with this line in place of the one with its number."""
        others = [other for other in self.lines if other.number != line.number]
        return self._replace(serial=self.serial + 1, lines=(*others, line))

    def with_adopted(self, adopted: Version) -> "Shelf":
        """The shelf after a version was adopted."""
        line = Line(adopted.number, ADOPTED, adopted.title, adopted.adopted)
        after = self.with_line(line)
        latest = after.adopted[0]
        ids = {one.id for one in adopted.clauses}
        return after._replace(current=adopted if latest == line else self.current, taken=self.taken | ids)

    def with_topics(self, changed: Version) -> "Shelf":
        """The shelf after the topics of an adopted version were corrected."""
        current = changed if self.current and self.current.number == changed.number else self.current
        return self._replace(serial=self.serial + 1, current=current)

    def data(self) -> dict[str, Any]:
        """The shelf as it is kept."""
        current = self.current
        return {
            "serial": self.serial,
            "lines": [
                {
                    "number": line.number,
                    "state": line.state,
                    "title": line.title,
                    "adopted": line.adopted.data() if line.adopted else None,
                }
                for line in self.lines
            ],
            "current": {
                "number": current.number,
                "title": current.title,
                "clauses": [one.data() for one in current.clauses],
                "adopted": current.adopted.data() if current.adopted else None,
            }
            if current
            else None,
            "taken": sorted(self.taken),
        }


def shelf_of(data: Data) -> Shelf:
    """The shelf as it is kept; empty before the first version."""
    if not data:
        return Shelf()
    current = data["current"]
    return Shelf(
        serial=data["serial"],
        lines=tuple(Line(**{**line, "adopted": adoption(line["adopted"])}) for line in data["lines"]),
        current=version(current["number"], current) if current else None,
        taken=frozenset(data["taken"]),
    )


# Naming and citing --------------------------------------------------------------------------------------------------


def label(one: Clause, lead_in: str = "") -> str:
    """A line by which a clause is known in lists and citations: its heading, else its first sentence; an item of a list
    that only makes sense after a short lead-in ("Members must not:") has it before."""
    said = one.heading or _SENTENCE.split(one.text.strip(), maxsplit=1)[0]
    line = " ".join(said.split()).rstrip(".;,")
    led_in = lead_in and len(lead_in) <= _LABEL // 2 and not one.heading
    line = f"{lead_in} {line}" if led_in else line[:1].upper() + line[1:]
    number = one.mark if one.mark != BULLET else ""
    whole = f"{number} {line}".strip()
    if len(whole) <= _LABEL:
        return whole
    cut = whole[: _LABEL - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:") + "…"


def labels(said: Sequence[Clause]) -> dict[str, str]:
    """Clause id → its label, in the policy's order."""
    found, lead_in = dict[str, str](), ""
    for one in said:
        found[one.id] = label(one, lead_in if one.mark else "")
        if not one.mark:
            lead_in = " ".join(one.text.split()) if one.text.rstrip().endswith(":") else ""
    return found


def citable(said: Sequence[Clause]) -> dict[str, str]:
    """The clauses that a decision may rest on, id → label: its rules and duties; where a council has marked none as
    such, everything that is more than a heading."""
    return dict(_citable(tuple(said)))


# Every form that offers them asks for those of the same version, which changes once in years.
@lru_cache(maxsize=2)
def _citable(said: tuple[Clause, ...]) -> tuple[tuple[str, str], ...]:
    named = labels(said)
    asks = [one for one in said if one.kind in ("rule", "duty")] or [one for one in said if one.text]
    return tuple((one.id, named[one.id]) for one in asks)


def by_topic(said: Iterable[Clause]) -> dict[str, tuple[str, ...]]:
    """Topic → the ids of the clauses that govern it, in the policy's order."""
    found: dict[str, tuple[str, ...]] = {}
    for one in said:
        for topic in one.topics:
            found[topic] = (*found.get(topic, ()), one.id)
    return found
