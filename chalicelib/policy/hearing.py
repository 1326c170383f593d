"""Who hears of an adoption. It imports nothing, so that app.py can fill it in without paying for the policy."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.policy.rules import Version
    from chalicelib.store import Write

WRITTEN_ALONG: "dict[str, Callable[[Version, datetime], tuple[Write, ...]]]" = {}
"""Part → what else the adoption of a version writes, in the same transaction (its `Write`s, 90 at the most): how a
part makes sure that it hears of every adoption, once."""
