"""A lamp, the simplest of records: fitted, switched on and off, noted on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.record import (
    NEW,
    Actor,
    Data,
    Entry,
    Move,
    Record,
    Table,
    canonical,
    move,
    sha256,
)

AT = datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC)
Log = list[tuple[str, str]]


def _noted(data: Data, given: Data, entry: Entry) -> Data:
    return {"notes": [*data.get("notes", []), given["note"]], "last": entry.n}


LAMP: Table = {
    (NEW, "fit"): Move(by="electrician", to="off", change=_noted),
    ("off", "switch on"): Move(by="anybody", to="on"),
    ("on", "switch off"): Move(by="anybody", to="off"),
    ("on", "note"): Move(by="anybody", to="on", change=_noted),
    ("off", "note"): Move(by="electrician", to="off", change=_noted),
}
ANN = Actor("p1", "Ann Green", "clerk", frozenset({"electrician", "anybody"}))
BOB = Actor("p2", "Bob Brown", "councillor", frozenset({"anybody"}))


def a_lamp(*actions: str, note: str = "as new") -> tuple[Record, Log]:
    """A lamp that these actions were taken on, and its log as stored."""
    record, log = Record("lamp", "l1"), []
    for n, action in enumerate(("fit", *actions)):
        record, entry = move(LAMP, record, action, ANN, AT + timedelta(minutes=n), {"note": note})
        log.append((entry.body(), entry.hash))
    return record, log


def changed(stored: tuple[str, str], **fields: Any) -> tuple[str, str]:
    """A stored entry rewritten by somebody who knows how its hash is made."""
    body = canonical({**json.loads(stored[0]), **fields})
    return body, sha256(body)
