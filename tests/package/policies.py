"""IAM, small: what a policy of the template allows, and which of its permissions a call made use of.

Only what our policies use: Allow statements, `*` in actions and resources, and the conditions in _TESTS, alone, under
ForAllValues, or as Null. Anything else in a policy is an error here, so that the evaluation never claims more than it
knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Need:
    """What one call needs: an action on a resource (ARN), with the condition keys that AWS would know and the values
    of each."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


@dataclass(frozen=True)
class Permission:
    """One action of a statement on one of its resources."""

    sid: str
    action: str
    resource: str
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return f"{self.sid}: {self.action} on {self.resource}"

    def allows(self, need: Need) -> bool:
        """Whether it covers the need."""
        return (
            _like(self.action.lower(), need.action.lower())
            and _like(self.resource, need.resource)
            and all(_holds(test, need.context.get(key, ()), values) for test, key, values in self.conditions)
        )


def permissions(document: Mapping[str, Any]) -> tuple[Permission, ...]:
    """Every permission that a policy document (with its references resolved) gives."""
    found = []
    for statement in document["Statement"]:
        if statement["Effect"] != "Allow" or set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}:
            raise ValueError(f"not understood: {statement}")
        conditions = tuple(
            (test, key, tuple(_many(values)))
            for test, tests in statement.get("Condition", {}).items()
            for key, values in tests.items()
        )
        found += [
            Permission(statement["Sid"], action, resource, conditions)
            for action in _many(statement["Action"])
            for resource in _many(statement["Resource"])
        ]
    return tuple(found)


def _many(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else value


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": _like,
}


def _holds(test: str, values: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    if test == "Null":
        return wanted == (("false",) if values else ("true",))
    over_all, _, name = test.rpartition(":")
    if name not in _TESTS or over_all not in ("", "ForAllValues"):
        raise ValueError(f"the test {test} is not understood")
    # As in AWS: of no values at all, everything holds for all of them. A policy says Null besides to be safe from that.
    return (bool(values) or bool(over_all)) and all(any(_TESTS[name](one, value) for one in wanted) for value in values)
