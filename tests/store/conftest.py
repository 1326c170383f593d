"""Records to put into the store: a lamp that is fitted, switched and noted on, with mails and milestones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.record import NEW, Actor, Data, Entry, Move, Record, Table, move
from chalicelib.store import Commit, Filing, Store, Write
from infra.local import aws
from tests.support.clock import MONDAY_MORNING
from tests.support.engines import Engine


def _noted(data: Data, given: Data, _entry: Entry) -> Data:
    return {"notes": [*data.get("notes", []), given["note"]]}


LAMP: Table = {
    (NEW, "fit"): Move(by="anybody", to="off", change=_noted),
    ("off", "switch on"): Move(by="anybody", to="on"),
    ("on", "switch off"): Move(by="anybody", to="off"),
    ("off", "note"): Move(by="anybody", to="off", change=_noted),
}


def an_actor(name: str = "Ann Green") -> Actor:
    """Somebody who may do anything to a lamp."""
    return Actor(name.split(maxsplit=1)[0].lower(), name, "clerk", frozenset({"anybody"}))


def a_commit(
    before: Record | None = None, action: str = "fit", note: Any = "as new", by: str = "Ann Green", **also: Any
) -> Commit:
    """The commit of one move; without a record, of a new lamp's first. `also`: head, line, writes, milestones."""
    record = before or Record("lamp", "l1")
    at = MONDAY_MORNING + timedelta(minutes=record.version)
    return Commit(*move(LAMP, record, action, an_actor(by), at, {"note": note}), **also)


def a_lamp(store: Store, *actions: str, **also: Any) -> Record:
    """A lamp in the table, with these actions taken after it was fitted."""
    commit = a_commit(**also)
    store.commit(commit)
    for action in actions:
        commit = a_commit(commit.record, action)
        store.commit(commit)
    return commit.record


def new(key: tuple[str, str], **attributes: Any) -> Write:
    """A write of something that must not be there yet."""
    return Write("new", {"pk": key[0], "sk": key[1], **attributes})


WAITS = Filing(queue="lamps", due="2026-11-24T09:00:00Z", brief={"title": "a lamp"})


@pytest.fixture
def real(_dynamodb_local: Engine) -> Iterator[Store]:
    """A store over Amazon DynamoDB Local alone, for what moto does not do as the real one does."""
    name = f"clerkwell-{uuid4().hex[:12]}"
    aws.create_table(_dynamodb_local.client, name)
    yield Store(_dynamodb_local.client, name)
    _dynamodb_local.client.delete_table(TableName=name)
