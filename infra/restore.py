"""`python -m infra.restore FROM TO`: put everything that a restored table holds into a new stage's empty table.

Point-in-time recovery makes a table of its own, which no stack knows; this brings what it holds to where pages look.
Rules: a table with anything in it is not written to; nothing that was waiting to be sent is sent again, because what
went out after the moment that was restored is not known; every session and link of everybody is ended, as an entry of
the register, because one that was ended after that moment would be alive again; in the end every record is verified.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from chalicelib import access
from chalicelib import store as tables
from chalicelib.outbox import QUEUE
from chalicelib.record import Actor
from chalicelib.register.rules import DISOWNER
from chalicelib.store import Store
from infra import verify

RESTORER = Actor("restore", "Whoever restored the table", "system", frozenset({DISOWNER}))
"""Who ends the sessions, as the register says it."""

_BATCH = 25
_ROUNDS = 20
_EPHEMERAL = ("session#", "limit#", "salt")
"""What begins the keys of items that mean nothing after a restore."""


class RestoreError(RuntimeError):
    """It cannot be done; the message says why."""


def kept(item: dict[str, Any]) -> dict[str, Any] | None:
    """An item as it goes over: a mail that was waiting no longer waits; None for what is left behind."""
    if item["pk"]["S"].startswith(_EPHEMERAL):
        return None
    if item["sk"]["S"].startswith("mail#") and item.get("queue", {}).get("S") == QUEUE:
        plain = {name: value for name, value in item.items() if name not in ("queue", "due")}
        return {**plain, "status": {"S": "superseded"}}
    return item


def copy(client: Any, source: str, target: str) -> int:
    """Put every item that is kept into the empty table; how many. Raises RestoreError."""
    first = client.scan(TableName=target, Limit=20, ConsistentRead=True)["Items"]
    if any(item["pk"]["S"] not in ("tick", "salt") for item in first):
        raise RestoreError(f"{target} is not empty: make a new stage, and restore before anybody has opened it")
    done = 0
    for page in client.get_paginator("scan").paginate(TableName=source, ConsistentRead=True):
        items = [item for item in map(kept, page["Items"]) if item]
        for start in range(0, len(items), _BATCH):
            batch = items[start : start + _BATCH]
            _put(client, target, [{"PutRequest": {"Item": item}} for item in batch])
            done += len(batch)
    return done


def _put(client: Any, target: str, requests: list[dict[str, Any]]) -> None:
    for _ in range(_ROUNDS):
        if not requests:
            return
        requests = client.batch_write_item(RequestItems={target: requests}).get("UnprocessedItems", {}).get(target, [])
    raise RestoreError(f"{target} takes no more for the moment; delete the stage and begin again")


def end_sessions(store: Store, at: datetime) -> int:
    """End every session and link of everybody who is or was on the register; of how many people."""
    people = access.register(store).people
    for person in people:
        access.end_all(store, person.id, RESTORER, "end-sessions", at, "The table was restored from a back-up")
    return len(people)


def main(arguments: list[str] | None = None, client: Any = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", metavar="FROM", help="the table that point-in-time recovery made")
    parser.add_argument("target", metavar="TO", help="TableName among the outputs of a new stage")
    given = parser.parse_args(arguments)
    client = client or tables.whole_client()
    try:
        items = copy(client, given.source, given.target)
    except RestoreError as reason:
        print(f"stopped: {reason}", file=sys.stderr)
        return 1
    people = end_sessions(Store(client, given.target), datetime.now(UTC))
    print(f"{items} items put into {given.target}; sessions and links of {people} people ended")
    return verify.main([given.target], client)


if __name__ == "__main__":
    sys.exit(main())
