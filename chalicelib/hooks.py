"""What the parts do for one another without knowing each other: each table here is asked by one module and filled from
the one table in app.py (`assembly.join`). It imports nothing, so that a function pays for a part only when it asks it.

A part is named as its records are. Every hook gets and gives what its table says.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from chalicelib.desk.parts import Desk, Due, Note, Sections
    from chalicelib.policy.rules import Version
    from chalicelib.register.rules import Person
    from chalicelib.settings import Settings
    from chalicelib.store import Item, Store, Write

Work: TypeAlias = "Callable[[Store, Settings, datetime], int]"

DUE: "dict[str, Work]" = {}
"""Part → what does everything due for it as of a moment, and says how much that was."""

WORK: "dict[str, Work]" = {}
"""Part → what does some of the work that waits for no date, so much as one run may do; how much that was. The run of
every minute has it done as well as the daily one, and two of them at once must do it once."""

CAME_BACK: "dict[str, Callable[[Store, Settings, Item, datetime], None]]" = {}
"""Part → what to do about a mail of its that could not be delivered. It may be told so more than once."""

MAY_GO: "dict[str, Callable[[Store, Item, datetime], bool]]" = {}
"""Part → whether a mail of its that is due may go at all, asked in the moment before it is sent: what it was
written for may hold no longer by a register that has changed since."""

VERSION_ADOPTED: "dict[str, Callable[[Version, datetime], tuple[Write, ...]]]" = {}
"""Part → what else the adoption of a version writes, in the same transaction (its `Write`s, 90 at the most): how a
part makes sure that it hears of every adoption, once."""

PERSON_CHANGED: "dict[str, Callable[[Person, int, datetime], tuple[Write, ...]]]" = {}
"""Part → what else a keeper's change of a line writes, in the same transaction (its `Write`s, 90 at the most), from the
person as they then stand and the number of the register's entry: how a part hears of whoever joins, leaves and comes
back, once."""

EVIDENCE: "dict[str, Callable[[Store, datetime, datetime], list[dict[str, Any]]]]" = {}
"""Part → what it says, for the annual review, of the time from one moment to another, as blocks (review/evidence.py).
It reads; it writes nothing."""

SECTIONS: "dict[str, Callable[[Desk], Sections]]" = {}
"""Part → its lines on the officers' desk. 1 Query for what waits, and 1 for the newest that were decided."""

AHEAD: "dict[str, Callable[[Desk], Iterable[Due]]]" = {}
"""Part → what falls due by `Desk.until`, for this visitor. What is later, or before them no more, is left out here."""

NOTES: "dict[str, Callable[[Desk], Iterable[Note]]]" = {}
"""Part → its short lines at the top of the desk, the most important first."""
