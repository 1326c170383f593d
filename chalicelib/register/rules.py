"""Who a person is and what their roles let them do; pure.

The register is one record: its data holds a line for everybody who is or ever was on it (`people`: id → line), so that
it is read in one piece, two people cannot be given one address, and somebody always remains who can keep it.

A person is on the register from the day `since` up to, and not including, the day `until`: on that day their session
and every link of theirs stop working.
"""

from datetime import date
from typing import NamedTuple

from chalicelib.record import Data

ROLES = {
    "clerk": "Clerk",
    "deputy-clerk": "Deputy Clerk",
    "chair": "Chair",
    "vice-chair": "Vice-Chair",
    "councillor": "Councillor",
    "employee": "Employee",
}
"""Role → how it is written. The order is the one in which a person's roles are named."""

OFFICERS = ("clerk", "chair", "vice-chair", "deputy-clerk")
"""The roles that may decide, in the order in which they are turned to."""

KEEPER = "keeper"
"""The capacity of those who keep the register."""
SELF = "self"
"""The capacity of a person to their own line of the register."""
SETUP = "setup"
"""The capacity of the settings, which name the first Clerk and Chair."""
DISOWNER = "disowner"
"""The capacity of an officer who says that a decision in somebody's name was not made by them."""

COMING, ON, LEFT = "coming", "on", "left"
"""How a line stands on a day: its person joins later, is on the register, or has left it."""


class Person(NamedTuple):
    """One line of the register. `since` and `until` are dates, `until` None while no end is known.

    `epoch` counts how often all of the person's sessions and links were ended at once; each carries the number that
    stood when it was made, and is dead when the two differ.
    """

    id: str
    name: str
    title: str
    email: str
    roles: tuple[str, ...]
    since: date
    until: date | None
    epoch: int = 0

    @property
    def styled(self) -> str:
        """Title and name, as in `Cllr Ann Green`."""
        return f"{self.title} {self.name}".strip()

    def on_register(self, day: date) -> bool:
        """Whether they are on the register on this day."""
        return self.since <= day and (self.until is None or day < self.until)

    def standing(self, day: date) -> str:
        """How the line stands on this day: COMING, ON or LEFT."""
        if day < self.since:
            return COMING
        return ON if self.on_register(day) else LEFT

    def overlaps(self, other: "Person") -> bool:
        """Whether there is a day on which both are on the register."""
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)

    @property
    def officer_role(self) -> str:
        """The role in which they would decide, the first in OFFICERS that they hold; empty when they hold none."""
        return next((role for role in OFFICERS if role in self.roles), "")

    @property
    def role(self) -> str:
        """The role in which they act when no other is meant: the first they hold."""
        return next((role for role in ROLES if role in self.roles), "")


def person(id: str, line: Data) -> Person:
    """The person whom a line of the register describes."""
    return Person(
        id=id,
        name=line["name"],
        title=line["title"],
        email=line["email"],
        roles=tuple(line["roles"]),
        since=date.fromisoformat(line["since"]),
        until=date.fromisoformat(line["until"]) if line["until"] else None,
        epoch=line["epoch"],
    )


class Register(NamedTuple):
    """Everyone who is or ever was on the register. `version` is that of its record when it was read, for a commit that
    rests on it (store.unchanged); 0 where that is not known."""

    people: tuple[Person, ...]
    version: int = 0

    def person(self, id: str) -> Person | None:
        """The person with this id, on the register or gone."""
        return next((person for person in self.people if person.id == id), None)

    def on(self, day: date) -> tuple[Person, ...]:
        """Those on the register on this day, by name."""
        return tuple(sorted((p for p in self.people if p.on_register(day)), key=lambda p: (p.name.casefold(), p.id)))

    def by_email(self, address: str, day: date) -> Person | None:
        """The person on the register on this day whose address this is; case does not count."""
        wanted = address.strip().casefold()
        return next((person for person in self.on(day) if person.email.casefold() == wanted), None)

    def holding(self, role: str, day: date) -> tuple[Person, ...]:
        """Those who hold this role on this day."""
        return tuple(person for person in self.on(day) if role in person.roles)

    def named(self, id: str) -> str:
        """How the person with this id is written, whether or not they have left."""
        found = self.person(id)
        return found.styled if found else "Somebody no longer known"


def register_of(data: Data, version: int = 0) -> Register:
    """The register that the register record's data holds at this version; empty before it was first written."""
    return Register(tuple(person(id, line) for id, line in data.get("people", {}).items()), version)


def keepers(register: Register, day: date) -> tuple[Person, ...]:
    """Who keeps the register: the Clerk; while there is no Clerk, the Chair, so that a new one can be entered."""
    return register.holding("clerk", day) or register.holding("chair", day)


def keeper_role(who: Person) -> str:
    """The role in which a keeper keeps it, which need not be the first that they hold."""
    return "clerk" if "clerk" in who.roles else "chair"


def unkept_from(register: Register, day: date) -> date | None:
    """The first day, from `day` on, on which nobody would keep the register; None when somebody always does."""
    turns = {turn for person in register.people for turn in (person.since, person.until) if turn and turn > day}
    return next((turn for turn in (day, *sorted(turns)) if not keepers(register, turn)), None)


def clash(register: Register, id: str) -> Person | None:
    """Somebody else who has the same e-mail address on a day on which this person is on the register as well.

    One after the other may have it, as two Clerks have `clerk@…`: then a link still has one person to go to.
    """
    person = register.person(id)
    if person is None:
        return None
    address = person.email.casefold()
    others = (other for other in register.people if other.id != id and other.email.casefold() == address)
    return next((other for other in others if person.overlaps(other)), None)


def capacities(register: Register, who: Person, whose: str, day: date) -> frozenset[str]:
    """What `who` may be to the line of the person with id `whose`."""
    held = {SELF} if who.id == whose else set()
    return frozenset(held | ({KEEPER} if who in keepers(register, day) else set()))
