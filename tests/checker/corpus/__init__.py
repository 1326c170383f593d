"""The corpus of posts, as labelled text files, and the invented parish they speak of.

Rules: everything and everybody is invented. A post begins with a line "@ c" (on behalf of the Council) or "@ o" (own
account) and may say who asks, when they want to post and when a poll is. A passage that should be flagged stands as
{{code|passage}}, with the codes shortened as in `SHORT`; what has no label is clean. Which half a post is in follows
from its text, so adding a post never moves another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from chalicelib.checker import Council, Election, Flag, InNameOf, Named, check

SHORT = {
    "cd": "contact-details",
    "li": "link",
    "co": "colleague",
    "po": "political",
    "cf": "confidential",
    "ab": "abusive",
    "ac": "accusation",
    "tp": "third-party-content",
    "he": "heated",
}

COUNCIL = Council(
    name="Little Marrow Parish Council",
    emails=("clerk@littlemarrow-pc.gov.uk", "office@littlemarrow-pc.gov.uk"),
    phones=("01632 960100",),
    addresses=("The Parish Office, 2 Mill Lane, Little Marrow, GL56 4QX",),
    domains=("littlemarrow-pc.gov.uk",),
)

REGISTER = (
    Named("clerk", "Peter Ashdown", "Mr", ("clerk",)),
    Named("deputy", "Edith Crane", "Mrs", ("deputy-clerk", "employee")),
    Named("p01", "Margaret Holloway", "Cllr", ("chair", "councillor")),
    Named("p02", "Rajesh Nair", "Dr", ("vice-chair", "councillor")),
    Named("p03", "Susan Marsh", "Mrs", ("councillor",)),
    Named("p04", "Graham Pike", "Cllr", ("councillor",)),
    Named("p05", "Colin Green", "Mr", ("councillor",)),
    Named("p06", "Rose Field", "Rev", ("councillor",)),
    Named("p07", "Siobhán O'Leary", "Cllr", ("councillor",)),
    Named("p08", "Dilys Pritchard-Jones", "Ms", ("councillor",)),
    Named("p09", "Hannah Brook", "Miss", ("employee",)),
)

_LABEL = re.compile(r"\{\{(\w\w)\|(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Label:
    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Post:
    """One post with what a careful reader would flag in it."""

    id: str
    source: str
    text: str
    on_behalf: InNameOf
    asker: str
    wanted: date | None
    elections: tuple[Election, ...]
    labels: tuple[Label, ...]

    @property
    def half(self) -> Literal["written", "measured"]:
        """The half that rules are written against, or the half that is only measured."""
        return "written" if int(self.id, 16) % 2 else "measured"

    def flags(self) -> list[Flag]:
        return check(
            self.text,
            on_behalf=self.on_behalf,
            asker=self.asker,
            register=REGISTER,
            council=COUNCIL,
            wanted=self.wanted,
            elections=self.elections,
        )


@cache
def posts() -> tuple[Post, ...]:
    """Every post of every file, in order."""
    return tuple(post for path in sorted(Path(__file__).parent.glob("*.txt")) for post in read(path))


def read(path: Path) -> Iterator[Post]:
    """The posts of one file."""
    blocks = re.split(r"^@ ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for block in blocks[1:]:
        head, _, body = block.partition("\n")
        kind, *options = head.split()
        given = dict(option.split("=") for option in options)
        text, labels = _unmark(body.strip("\n"))
        if given.get("whole"):
            labels.append(Label(given["whole"], 0, len(text)))
        yield Post(
            id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8],
            source=path.stem,
            text=text,
            on_behalf="council" if kind == "c" else "own",
            asker=given.get("asker", "p05"),
            wanted=date.fromisoformat(given["wanted"]) if "wanted" in given else None,
            elections=(Election(date.fromisoformat(given["poll"])),) if "poll" in given else (),
            labels=tuple(labels),
        )


def _unmark(body: str) -> tuple[str, list[Label]]:
    text, labels, last = "", [], 0
    for match in _LABEL.finditer(body):
        text += body[last : match.start()]
        labels.append(Label(SHORT[match[1]], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return text + body[last:], labels
