"""What one rule found, before it becomes a flag.

Rules: offsets count characters of the draft's `plain` text; `why` names the message in messages.toml.
"""

from __future__ import annotations

from typing import NamedTuple

# What one rule, or one group of phrases, finds in one draft at the most. Whoever gets this many flags has enough to
# mend, and is shown the rest once they have; a text made to be slow gains nothing by going on.
MOST = 100


class Found(NamedTuple):
    start: int
    end: int
    code: str
    why: str


class Taken:
    """Which characters already belong to an address, one byte for each, so that asking costs next to nothing."""

    __slots__ = ("_marks",)

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def add(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\x01" * (end - start)

    def any(self, start: int, end: int) -> bool:
        """Whether any character of `start:end` is taken."""
        return self._marks.find(1, start, end) >= 0
