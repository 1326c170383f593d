"""What this machine lacks: said loudly at the end of a run, and a failure where nothing may be left out (CI=true)."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_said: dict[str, int] = {}


def nothing_may_be_left_out() -> bool:
    """Whether this run must be a whole one."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def missing(what: str) -> NoReturn:
    """End the test that needs `what`, which this machine lacks: skipped for a developer, failed in CI."""
    if nothing_may_be_left_out():
        pytest.fail(f"cannot run here: {what}", pytrace=False)
    _said[what] = _said.get(what, 0) + 1
    pytest.skip(what)


def report() -> list[str]:
    """A line for each thing that was missing."""
    return [f"{count} not run: {what}" for what, count in sorted(_said.items())]
