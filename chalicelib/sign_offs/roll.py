"""The roll: who has signed which versions, one small item for the whole council.

A session's token does not tell whose it is before it is read, so what is wanted of a visitor must stand where it can be
read at the same moment; the roll is read with every session, as the register and the policy's shelf are. It is a copy:
the records of the sign-offs say the same, and the auditor's command compares them.

Each person has an attribute of their own in it, set in the transaction of each of their signatures, which only holds if
their record is the one that was read. So of people who sign at one instant none takes another's place: DynamoDB lets
one transaction at a time write the item, and the store tries those that met again.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.store import Item, Key, Write, keyed

KEY: Key = ("sign-offs", "roll")
"""Where it stands; give it to `Store.several` to have it in a read that is made anyway."""

_OF = "signed."
"""What a person's attribute begins with; their id follows, and the versions stand in it with blanks between."""


class Roll(NamedTuple):
    """Person → the numbers of the versions that they have signed."""

    people: Mapping[str, tuple[int, ...]] = {}

    def signed(self, person: str) -> tuple[int, ...]:
        """The versions that a person has signed."""
        return self.people.get(person, ())


def of(item: Item | None) -> Roll:
    """The roll that an item holds; empty before anybody signed."""
    lines = {name: said for name, said in (item or {}).items() if name.startswith(_OF)}
    return Roll({name.removeprefix(_OF): tuple(map(int, said.split())) for name, said in lines.items()})


def write(person: str, versions: Iterable[int]) -> Write:
    """What puts down that a person has signed these versions, and no others."""
    return Write("set", keyed(KEY, **{f"{_OF}{person}": " ".join(map(str, sorted(versions)))}))
