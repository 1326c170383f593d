"""The roll: who has signed which versions, one small item for the whole council.

A session's token does not tell whose it is before it is read, so what is wanted of a visitor must stand where it can be
read at the same moment; the roll is read with every session, as the register and the policy's shelf are. It is a copy:
the records of the sign-offs say the same, and the auditor's command compares them. It is written in the transaction of
every signature. Each write takes the next serial number, which only one can have: of two people who sign at one
moment, the second one's signature is tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.store import Item, Key, Write, keyed

KEY: Key = ("sign-offs", "roll")
"""Where it stands; give it to `Store.several` to have it in a read that is made anyway."""

_MARK_LASTS = timedelta(days=7)
"""The mark of a serial number has done its work once nobody can still be writing what they read before it."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Person → the numbers of the versions that they have signed. `serial` counts the writes."""

    serial: int = 0
    people: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def signed(self, person: str) -> tuple[int, ...]:
        """The versions that a person has signed."""
        return self.people.get(person, ())

    def with_signed(self, person: str, version: int) -> "Roll":
        """The roll after the person has signed this version."""
        versions = tuple(sorted({*self.signed(person), version}))
        return Roll(self.serial + 1, {**self.people, person: versions})


def of(item: Item | None) -> Roll:
    """The roll that an item holds; empty before anybody signed."""
    if item is None:
        return Roll()
    return Roll(item["data"]["serial"], {id: tuple(versions) for id, versions in item["data"]["people"].items()})


def writes(after: Roll, at: datetime) -> tuple[Write, ...]:
    """What puts the roll in its place: itself, and the mark of its serial number, which nobody else may have."""
    data = {"serial": after.serial, "people": {id: list(versions) for id, versions in after.people.items()}}
    forgotten = int((at + _MARK_LASTS).timestamp())
    mark = keyed((KEY[0], f"serial#{after.serial:08}"), expires_at=forgotten)
    return Write("put", keyed(KEY, data=data)), Write("new", mark)
