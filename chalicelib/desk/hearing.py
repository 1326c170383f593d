"""Which parts put something on the desk. It imports nothing, so that app.py can fill it in without paying for that."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.desk.parts import Desk, Due, Note, Sections

SECTIONS: "dict[str, Callable[[Desk], Sections]]" = {}
"""Part → its lines. 1 Query for what waits, and 1 for the newest that were decided."""

AHEAD: "dict[str, Callable[[Desk], Iterable[Due]]]" = {}
"""Part → what falls due by `Desk.until`, for this visitor. What is later, or before them no more, is left out here."""

NOTES: "dict[str, Callable[[Desk], Iterable[Note]]]" = {}
"""Part → its short lines at the top, the most important first."""
