"""The year's evidence: what each part can say of a period, as plain data that a record keeps and a page draws.

Rules: nothing scans. A part reads its own `listing` lists of the period with `lines`, which stops at the period's
beginning and at a bound. What a part gives is a list of *blocks*, made with the functions here: JSON-shaped, whole
numbers and texts only. Figures count; they name nobody.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from chalicelib import hooks
from chalicelib.record import stamp
from chalicelib.store import Item, Store

log = logging.getLogger(__name__)

Block: TypeAlias = dict[str, Any]

HEADINGS = {"check": "Checks before posting", "case": "Cases", "sign-off": "Sign-offs"}
"""Part → the heading above its figures."""

MOST_LINES = 10_000
MOST_ROWS = 20
_PAGE = 500


def figures(title: str, rows: Iterable[tuple[str, str]], note: str = "") -> Block:
    """Single figures: what → how much, in words."""
    return {"kind": "figures", "title": title, "note": note, "rows": [list(row) for row in rows]}


def chart(title: str, rows: Mapping[str, int], unit: str, note: str = "", *, guarded: bool = False) -> Block:
    """How many of what, as bars with their table. `unit` says what is counted, in the plural: `requests`. `guarded`: a
    small number might tell somebody of what they must not know, so the whole Council reads none (agenda.py)."""
    shown = [[label, count] for label, count in rows.items()][:MOST_ROWS]
    block = {"kind": "chart", "title": title, "note": note, "unit": unit, "rows": shown}
    return block | ({"guarded": True} if guarded else {})


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> Block:
    """Rows of texts under columns."""
    shown = [list(row) for row in rows][:MOST_ROWS]
    return {"kind": "table", "title": title, "note": note, "columns": list(columns), "rows": shown}


def lines(store: Store, name: str, since: datetime, until: datetime) -> tuple[list[Item], bool]:
    """What a list holds of the time from `since` to `until`, the newest first; and whether that is all of it. 1 request
    for each 500 of them."""
    found: list[Item] = []
    begins, before = stamp(since), f"{stamp(until)}~"
    while len(found) < MOST_LINES:
        page = store.listed(name, _PAGE, before)
        within = [item for item in page if item["listed_at"] >= begins]
        found += within
        if len(within) < _PAGE:
            return found, True
        before = page[-1]["listed_at"]
    return found, False


def gathered(store: Store, since: datetime, until: datetime) -> dict[str, Any]:
    """What every part says of the period. A part that fails says so in its place, and keeps no review from opening."""
    parts: list[dict[str, Any]] = []
    for part, says in hooks.EVIDENCE.items():
        try:
            blocks = says(store, since, until)
        except Exception:
            log.exception("%s could not give its figures", part)
            blocks = [figures("", (), "These figures could not be gathered. Refresh the figures to try again.")]
        parts.append({"part": HEADINGS.get(part, part), "blocks": blocks})
    return {"since": stamp(since), "until": stamp(until), "parts": parts}
