"""The register's table of moves; pure. `person` in what is given says whose line it is about.

The data: `people`, id → name, title, email, roles, since, until (an ISO date or ""), epoch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib import dates
from chalicelib.record import NEW, Change, Data, Entry, Move, Table, instant
from chalicelib.register.rules import DISOWNER, KEEPER, SELF, SETUP, keepers, register_of

KEPT = "kept"
KIND = ID = "register"
"""The register record's kind and id: there is one."""

FIELDS = ("name", "title", "email", "roles", "since", "until")


@dataclass
class Unfit(Exception):
    """The change cannot stand: `field` says where (or "" for the whole), `message` why, in plain words."""

    field: str
    message: str


Line = dict[str, Any]


def _line(change: Callable[[Line, Data], Line], *, known: bool = True) -> Change:
    """A change of one person's line as a change of the register."""

    def changed(data: Data, given: Data, entry: Entry) -> Data:
        people, id = data["people"], given["person"]
        if (id in people) is not known:
            raise Unfit("", "This person is not on the register" if known else "This person is on the register already")
        line = change(dict(people.get(id, {"epoch": 0})), given)
        address = line["email"].casefold()
        taken = {other["email"].casefold() for key, other in people.items() if key != id and not other["until"]}
        if not line["until"] and address in taken:
            raise Unfit("email", "Somebody on the register has this e-mail address already")
        if line["until"] and line["until"] <= line["since"]:
            raise Unfit("until", "The day they leave must be after the day they joined")
        after = {"people": {**people, id: line}}
        if not keepers(register_of(after), dates.today(instant(entry.at))):
            raise Unfit("", "Nobody would be left to keep the register. Enter the next Clerk or Chair first")
        return after

    return changed


def _written(line: Line, given: Data) -> Line:
    after = {**line, **{name: given[name] for name in FIELDS if name in given}}
    # Whoever reads the old address must not go on acting for the person who left it.
    moved = "email" in line and line["email"] != after["email"]
    return {**after, "epoch": after["epoch"] + moved}


def _next_epoch(line: Line, _given: Data) -> Line:
    return {**line, "epoch": line["epoch"] + 1}


def _seeded(_data: Data, given: Data, _entry: Entry) -> Data:
    return {"people": given["people"]}


TABLE: Table = {
    (NEW, "seed"): Move(by=SETUP, to=KEPT, change=_seeded),
    (KEPT, "add"): Move(by=KEEPER, to=KEPT, change=_line(_written, known=False)),
    (KEPT, "change"): Move(by=KEEPER, to=KEPT, change=_line(_written)),
    (KEPT, "end"): Move(by=KEEPER, to=KEPT, change=_line(_written)),
    (KEPT, "return"): Move(by=KEEPER, to=KEPT, change=_line(_written)),
    (KEPT, "sign-out-everywhere"): Move(by=SELF, to=KEPT, change=_line(_next_epoch)),
    (KEPT, "end-sessions"): Move(by=DISOWNER, to=KEPT, change=_line(_next_epoch)),
}
