"""IAM, small: what a policy of the template allows, and which of its permissions a call made use of.

Only what our policies use: Allow statements, `*` in actions and resources, StringEquals and StringLike. Anything else
in a policy is an error here, so that the evaluation never claims more than it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Need:
    """What one call needs: an action on a resource (ARN), with the condition keys that AWS would know."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict, hash=False)

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
            and all(_holds(test, need.context.get(key), values) for test, key, values in self.conditions)
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


def _holds(test: str, value: str | None, wanted: tuple[str, ...]) -> bool:
    if test not in ("StringEquals", "StringLike"):
        raise ValueError(f"the test {test} is not understood")
    if value is None:
        return False
    return any(_like(one, value) if test == "StringLike" else one == value for one in wanted)
