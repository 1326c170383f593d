"""Who gives evidence for the annual review. It imports nothing, so that app.py can fill it in without paying for it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.store import Store

EVIDENCE: "dict[str, Callable[[Store, datetime, datetime], list[dict[str, Any]]]]" = {}
"""Part, by the heading of its figures → what it says of the time from one moment to another, as blocks (evidence.py).
It reads; it writes nothing."""
