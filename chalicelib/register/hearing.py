"""Who hears of a change of somebody's line. It imports nothing, so that app.py can fill it in without paying for it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.register.rules import Person
    from chalicelib.store import Write

WRITTEN_ALONG: "dict[str, Callable[[Person, int, datetime], tuple[Write, ...]]]" = {}
"""Part → what else a keeper's change of a line writes, in the same transaction (its `Write`s, 90 at the most), from the
person as they then stand and the number of the register's entry: how a part hears of whoever joins, leaves and comes
back, once."""
