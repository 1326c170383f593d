"""The words the post checker speaks: what it is given and what it hands back.

Rules: nothing here computes anything; every class is frozen, or a protocol that the register's own people satisfy
as they are; a flag's offsets always count characters of the text exactly as it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol, runtime_checkable

InNameOf = Literal["council", "own"]

CODES = (
    "contact-details",
    "link",
    "colleague",
    "political",
    "confidential",
    "abusive",
    "accusation",
    "third-party-content",
    "heated",
    "pre-election",
)


@runtime_checkable
class PersonLike(Protocol):
    """Somebody on the register, as far as the checker needs to know them."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def roles(self) -> Sequence[str] | frozenset[str]: ...


class Named(NamedTuple):
    """The smallest person that will do: `name` is "Margaret Holloway", `title` "Cllr", `roles` as registered."""

    id: str
    name: str
    title: str = ""
    roles: tuple[str, ...] = ()


class Council(NamedTuple):
    """The Council's own published contact details and web domains, which are never flagged.

    `phones` in any usual spelling; `addresses` as published, with their postcodes; `domains` without scheme
    ("council.example"), each standing for its subdomains too; `jurisdiction` chooses the bank holidays.
    """

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    jurisdiction: Literal["england", "wales"] = "england"


class Election(NamedTuple):
    """A poll that the Council is party to. `notice` is the day notice was given, when it is known.

    Without it the latest lawful day is used: the 25th working day before polling day.
    """

    polling_day: date
    notice: date | None = None
    name: str = "election"


class Flag(NamedTuple):
    """One passage that a rule may touch: `text[start:end]`, why (`message`) and what to do about it (`advice`).

    Ordered by position. `clauses` holds the ids of the policy clauses that govern the code, if they were given.
    `pre-election` is about the post as a whole and spans all of it.
    """

    start: int
    end: int
    code: str
    message: str
    advice: str
    clauses: tuple[str, ...] = ()
