"""What this machine lacks: said loudly at the end of a run, and a failure where nothing may be left out (CI=true)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

import pytest

_SAID = "this machine lacks "


def nothing_may_be_left_out() -> bool:
    """Whether this run must be a whole one."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def missing(what: str) -> NoReturn:
    """End the test that needs `what`, which this machine lacks: skipped for a developer, failed in CI."""
    if nothing_may_be_left_out():
        pytest.fail(f"cannot run here: {what}", pytrace=False)
    pytest.skip(_SAID + what)


def report(skipped: Iterable[Any]) -> list[str]:
    """A line for each thing that was missing, from pytest's reports of the tests that were left out: those of other
    processes are among them."""
    reasons = (one.longrepr[2] for one in skipped if isinstance(one.longrepr, tuple))
    counted = Counter(reason.partition(_SAID)[2] for reason in reasons if _SAID in reason)
    return [f"{count} not run: {what}" for what, count in sorted(counted.items())]
