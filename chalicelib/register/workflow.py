"""The register's table of moves; pure."""

from typing import Any

from chalicelib.record import NEW, Data, Entry, Move, Table
from chalicelib.register.rules import DISOWNER, KEEPER, SELF

LISTED, ENDED = "listed", "ended"

_FIELDS = ("name", "title", "email", "roles", "since", "until")


def _written(data: Data, given: Data, _entry: Entry) -> Data:
    after: dict[str, Any] = {"epoch": 0, "until": ""}
    after |= dict(data) | {name: given[name] for name in _FIELDS if name in given}
    # Whoever reads the old address must not go on acting for the person who left it.
    moved_house = bool(data) and after["email"] != data["email"]
    return after | {"epoch": after["epoch"] + moved_house}


def _back(data: Data, given: Data, entry: Entry) -> Data:
    return _written(data, {**given, "until": ""}, entry)


def _next_epoch(data: Data, _given: Data, _entry: Entry) -> Data:
    return dict(data) | {"epoch": data["epoch"] + 1}


TABLE: Table = {
    (NEW, "add"): Move(by=KEEPER, to=LISTED, change=_written),
    (LISTED, "change"): Move(by=KEEPER, to=LISTED, change=_written),
    (LISTED, "end"): Move(by=KEEPER, to=ENDED, change=_written),
    (ENDED, "return"): Move(by=KEEPER, to=LISTED, change=_back),
    (LISTED, "sign-out-everywhere"): Move(by=SELF, to=LISTED, change=_next_epoch),
    (ENDED, "sign-out-everywhere"): Move(by=SELF, to=ENDED, change=_next_epoch),
    (LISTED, "end-sessions"): Move(by=DISOWNER, to=LISTED, change=_next_epoch),
    (ENDED, "end-sessions"): Move(by=DISOWNER, to=ENDED, change=_next_epoch),
}
