"""The two databases that tests run on: moto, quick and forgiving, and Amazon DynamoDB Local, slower and exact.

A test runs on moto unless it is marked `both_engines`; then it runs on each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOTO, DYNAMODB_LOCAL = "moto", "dynamodb-local"


@dataclass(frozen=True, slots=True)
class Engine:
    """A database at an address, with a client that has the app's own time-outs."""

    name: str
    endpoint: str
    client: Any
