"""The two databases that tests run on: moto, quick and forgiving, and Amazon DynamoDB Local, slower and exact.

A test runs on moto unless it is marked `both_engines`; then it runs on each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from chalicelib import dynamodb

MOTO, DYNAMODB_LOCAL = "moto", "dynamodb-local"


@dataclass(frozen=True, slots=True)
class Engine:
    """A database at an address: botocore's client for the tests themselves, and the app's own."""

    name: str
    endpoint: str
    client: Any
    own: Any


@contextmanager
def counting(client: Any) -> Iterator[list[str]]:
    """The operations that are asked for meanwhile, by the app and with this client of botocore's, in order:
    `["Query", "TransactWriteItems"]`."""
    made: list[str] = []
    really = dynamodb.Client.ask

    def ask(self: dynamodb.Client, operation: str, given: Mapping[str, Any]) -> Any:
        made.append(operation)
        return really(self, operation, given)

    def note(model: Any, **_more: Any) -> None:
        made.append(model.name)

    events = client.meta.events
    events.register("before-call.dynamodb", note, unique_id="counting")
    try:
        with patch.object(dynamodb.Client, "ask", ask):
            yield made
    finally:
        events.unregister("before-call.dynamodb", note, unique_id="counting")
