"""What one rule found, before it becomes a flag.

Rules: offsets count characters of the draft's `plain` text; `why` names the message in messages.toml.
"""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    start: int
    end: int
    code: str
    why: str


def overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether any of the spans shares a character with `start:end`."""
    return any(a < end and start < b for a, b in spans)
