"""The two databases that tests run on: moto, quick and forgiving, and Amazon DynamoDB Local, slower and exact.

A test runs on moto unless it is marked `both_engines`; then it runs on each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

MOTO, DYNAMODB_LOCAL = "moto", "dynamodb-local"


@dataclass(frozen=True, slots=True)
class Engine:
    """A database at an address, with a client that has the app's own time-outs."""

    name: str
    endpoint: str
    client: Any


@contextmanager
def counting(client: Any) -> Iterator[list[str]]:
    """The operations that this client is asked for meanwhile, in order: `["Query", "TransactWriteItems"]`."""
    made: list[str] = []

    def note(model: Any, **_more: Any) -> None:
        made.append(model.name)

    events = client.meta.events
    events.register("before-call.dynamodb", note, unique_id="counting")
    try:
        yield made
    finally:
        events.unregister("before-call.dynamodb", note, unique_id="counting")
