"""The only DynamoDB code: keys, items, reads, and `commit`, the one transaction in which a record changes.

Rules: no operation scans. A head is written only if its version is the one that was read, everything beside it (entry,
mail, milestone) only if it is not there yet. What waits for something stands in the sparse index `waiting` (leave out
`queue` and it is gone from there); what is listed by time stands in `listing`. Reads by key are strongly consistent.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from chalicelib import aws
from chalicelib.record import NO_DATA, Data, Entry, Record, canonical, sha256

Item: TypeAlias = dict[str, Any]
"""Attribute name → text, whole number, or (for the names in _JSON) a JSON-shaped value."""

Key: TypeAlias = tuple[str, str]

_JSON = frozenset({"data", "brief", "to", "context", "link", "relevant", "answers"})
_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_ATTEMPTS = 8
"""How often a transaction is tried that met another on an item. The pauses add up to five seconds at the most: room for
fifty that met at one instant, and far from API Gateway's 29."""
_BATCH = 100
FOR_EVER = "9999-12-31T00:00:00Z"
"""The `due` of what waits with no date of its own."""


class Conflict(Exception):
    """A condition of the transaction did not hold; nothing was written. `keys` are the items that were in the way."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__(keys)
        self.keys = keys


class Filing(NamedTuple):
    """Where an item is found besides by its key; empty: not in that index. `brief` is what lists show of it."""

    queue: str = ""
    due: str = ""
    list: str = ""
    listed_at: str = ""
    brief: Data = NO_DATA

    def attributes(self) -> Item:
        found = {"queue": self.queue, "due": self.due, "list": self.list, "listed_at": self.listed_at}
        item: Item = {name: value for name, value in found.items() if value}
        return item | ({"brief": dict(self.brief)} if self.brief else {})


class Write(NamedTuple):
    """One more write in a commit: `put` (whatever is there), `new` (only if nothing is), `set` (these attributes,
    whatever others the item has), or `unchanged`, which writes nothing: the commit holds only if the record whose head
    this is (see `unchanged`) has the version that was read."""

    how: Literal["put", "new", "set", "unchanged"]
    item: Item


class Commit(NamedTuple):
    """Everything that one move writes, together or not at all."""

    record: Record
    entry: Entry
    head: Filing = Filing()
    line: Filing = Filing()
    writes: tuple[Write, ...] = ()
    milestones: tuple[str, ...] = ()


class History(NamedTuple):
    """A record with all that its partition holds: the log as stored (body, hash), the mails, the milestones' names."""

    record: Record | None
    log: tuple[tuple[str, str], ...]
    mails: tuple[Item, ...]
    milestones: tuple[str, ...]

    def entries(self) -> list[Entry]:
        """The log's entries, oldest first. Raises ValueError for one that cannot be read."""
        return [Entry.from_body(body) for body, _ in self.log]


def client() -> Any:
    """The client that `Store` expects: without botocore wherever the environment says enough, as in a function."""
    from chalicelib import dynamodb

    return dynamodb.Client() if dynamodb.reachable(os.environ) else whole_client()


def whole_client() -> Any:
    """AWS's own client, which takes a developer's profile and has every operation."""
    return aws.client("dynamodb")


def partition(kind: str, id: str) -> str:
    """Where a record stands, with its log, mails and milestones."""
    return f"{kind}#{id}"


def head_key(kind: str, id: str) -> Key:
    """The head's key."""
    return partition(kind, id), "head"


def entry_key(kind: str, id: str, n: int) -> Key:
    """The key of entry `n`."""
    return partition(kind, id), f"entry#{n:06}"


def milestone_key(kind: str, id: str, name: str) -> Key:
    """The key of a milestone: something that happens once in a record's life."""
    return partition(kind, id), f"milestone#{name}"


def keyed(key: Key, **attributes: Any) -> Item:
    """An item with this key."""
    return {"pk": key[0], "sk": key[1], **attributes}


def unchanged(kind: str, id: str, version: int) -> Write:
    """That a commit rests on this record as it was read, at this version. 0: on there being none."""
    return Write("unchanged", keyed(head_key(kind, id), version=version))


def attempted(before: Record, attempt: Callable[[Record], Record], read: Callable[[], Record], tries: int) -> Record:
    """Make the attempt on the record as it was read; when something else happens to it at the same moment, on what
    `read` then gives. Raises Conflict if it goes on and on."""
    record = before
    for _ in range(tries):
        try:
            return attempt(record)
        except Conflict:
            record = read()
    raise Conflict([head_key(before.kind, before.id)])


def to_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's form of an item. None and empty index keys have no place in it."""
    made: dict[str, Any] = {}
    for name, value in item.items():
        if name in _JSON:
            made[name] = {"S": canonical(value)}
        elif type(value) is int:
            made[name] = {"N": str(value)}
        elif isinstance(value, str):
            made[name] = {"S": value}
        elif value is not None:
            raise TypeError(f"{name} holds a {type(value).__name__}")
    return made


def from_item(item: Mapping[str, Any]) -> Item:
    """The item again as `to_item` was given it."""
    made: Item = {}
    for name, value in item.items():
        if "N" in value:
            made[name] = int(value["N"])
        else:
            made[name] = json.loads(value["S"]) if name in _JSON else value["S"]
    return made


def _head_item(record: Record, filing: Filing) -> Item:
    fields = {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip", "data")}
    return keyed(head_key(record.kind, record.id), **fields, **filing.attributes())


def to_record(item: Item) -> Record:
    """The record of a head's item."""
    return Record(*(item[name] for name in ("kind", "id", "state", "version", "tip", "data")))


class Store:
    """The table. `client` is a DynamoDB client; each method says how many requests it makes."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def item(self, key: Key) -> Item | None:
        """One item, or None. 1 request."""
        found = self._client.get_item(TableName=self._table, Key=to_item(keyed(key)), ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else None

    def get(self, kind: str, id: str) -> Record | None:
        """A record's head, or None. 1 request."""
        item = self.item(head_key(kind, id))
        return to_record(item) if item else None

    def several(self, *keys: Key) -> dict[Key, Item]:
        """Those of these items that are there. 1 request for each hundred."""
        found: dict[Key, Item] = {}
        left = [to_item(keyed(key)) for key in dict.fromkeys(keys)]
        while left:
            asked, left = left[:_BATCH], left[_BATCH:]
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": asked, "ConsistentRead": True}})
            for raw in answer["Responses"].get(self._table, ()):
                item = from_item(raw)
                found[item["pk"], item["sk"]] = item
            left += answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        return found

    def records(self, *ids: tuple[str, str]) -> list[Record | None]:
        """The heads of these (kind, id), in their order. 1 request for each hundred."""
        keys = [head_key(*id) for id in ids]
        found = self.several(*keys)
        return [to_record(found[key]) if key in found else None for key in keys]

    def items(self, pk: str, prefix: str = "") -> list[Item]:
        """All items of a partition whose sort key starts so, in order. 1 request for each megabyte."""
        condition = "pk = :pk" + (" AND begins_with(sk, :sk)" if prefix else "")
        values = {":pk": {"S": pk}} | ({":sk": {"S": prefix}} if prefix else {})
        return list(
            self._query(KeyConditionExpression=condition, ExpressionAttributeValues=values, ConsistentRead=True)
        )

    def history(self, kind: str, id: str) -> History:
        """A record with its log, mails and milestones. 1 request for each megabyte."""
        record, log, mails, milestones = None, [], [], []
        for item in self.items(partition(kind, id)):
            what = item["sk"].partition("#")[0]
            if what == "head":
                record = to_record(item)
            elif what == "entry":
                log.append((item["body"], item["hash"]))
            elif what == "mail":
                mails.append(item)
            elif what == "milestone":
                milestones.append(item["sk"].partition("#")[2])
        return History(record, tuple(log), tuple(mails), tuple(milestones))

    def waiting(self, queue: str, until: str = FOR_EVER, limit: int | None = None) -> list[Item]:
        """What waits in a queue and is due by then, the longest due first: keys, `due`, `state`, `version`, `brief`.

        1 request for each megabyte of the index that it reads, however much the table holds.
        """
        found = self._query(
            IndexName="waiting",
            KeyConditionExpression="#queue = :queue AND #due <= :until",
            ExpressionAttributeNames={"#queue": "queue", "#due": "due"},
            ExpressionAttributeValues={":queue": {"S": queue}, ":until": {"S": until}},
            **({"Limit": limit} if limit else {}),
        )
        return [item for _, item in zip(range(limit), found, strict=False)] if limit else list(found)

    def listed(self, name: str, limit: int, before: str = "~") -> list[Item]:
        """The newest `limit` items of a list that were listed before: keys, `listed_at`, `brief`. 1 request."""
        found = self._query(
            IndexName="listing",
            KeyConditionExpression="#list = :list AND #at < :before",
            ExpressionAttributeNames={"#list": "list", "#at": "listed_at"},
            ExpressionAttributeValues={":list": {"S": name}, ":before": {"S": before}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [item for _, item in zip(range(limit), found, strict=False)]

    def commit(self, *commits: Commit) -> None:
        """Write everything that a move makes, or several that belong together, in 1 transaction. Raises Conflict, and
        then nothing was written."""
        writes = [write for commit in commits for write in self._writes(commit)]
        # The token makes a repeat of the same attempt, sent because its answer was lost, succeed as the first did.
        # DynamoDB remembers it for all tables of an account and refuses it with anything else, so it stands for all.
        self._transact(writes, token=sha256(canonical(writes))[:36])

    def _writes(self, commit: Commit) -> list[dict[str, Any]]:
        record, entry = commit.record, commit.entry
        head = self._put(_head_item(record, commit.head), new=record.version == 1)
        if record.version > 1:
            head["Put"] |= _has_version(record.version - 1)
        line = keyed(
            entry_key(entry.kind, entry.id, entry.n),
            body=entry.body(),
            hash=entry.hash,
            **commit.line.attributes(),
        )
        marks = [
            self._put(keyed(milestone_key(record.kind, record.id, name), at=entry.at), new=True)
            for name in commit.milestones
        ]
        others = [self._write(write) for write in commit.writes]
        return [head, self._put(line, new=True), *others, *marks]

    def write(self, *writes: Write) -> None:
        """Write these together or not at all, 1 request. Raises Conflict."""
        self._transact([self._write(write) for write in writes])

    def put(self, item: Item) -> None:
        """Write an item over whatever is there. 1 request."""
        self._client.put_item(TableName=self._table, Item=to_item(item))

    def change(self, key: Key, *, was: Item, becomes: Item) -> Item:
        """Change an item's attributes if they are as `was` says (None: absent); None in `becomes` removes one.

        Returns the whole item afterwards. 1 request. Raises Conflict.
        """
        names = {f"#{name}": name for name in (*was, *becomes)}
        values = {f":was_{name}": value for name, value in to_item(was).items()}
        values |= {f":new_{name}": value for name, value in to_item(becomes).items()}
        conditions = ["attribute_exists(pk)"] + [
            f"#{name} = :was_{name}" if value is not None else f"attribute_not_exists(#{name})"
            for name, value in was.items()
        ]
        sets = [f"#{name} = :new_{name}" for name, value in becomes.items() if value is not None]
        removes = [f"#{name}" for name, value in becomes.items() if value is None]
        clauses = [f"{verb} {', '.join(parts)}" for verb, parts in (("SET", sets), ("REMOVE", removes)) if parts]
        try:
            found = self._client.update_item(
                TableName=self._table,
                Key=to_item(keyed(key)),
                UpdateExpression=" ".join(clauses),
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeNames=names,
                **({"ExpressionAttributeValues": values} if values else {}),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise Conflict([key]) from error
        return from_item(found["Attributes"])

    def count(self, key: Key, expires_at: int) -> int:
        """Add one to a counter that is gone after `expires_at` (epoch seconds) and return it. 1 request."""
        found = self._client.update_item(
            TableName=self._table,
            Key=to_item(keyed(key)),
            UpdateExpression="ADD #count :one SET #expires = :expires",
            ExpressionAttributeNames={"#count": "count", "#expires": "expires_at"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":expires": {"N": str(expires_at)}},
            ReturnValues="ALL_NEW",
        )
        return int(found["Attributes"]["count"]["N"])

    def delete(self, key: Key) -> None:
        """Delete an item, if it is there. 1 request."""
        self._client.delete_item(TableName=self._table, Key=to_item(keyed(key)))

    def _query(self, **arguments: Any) -> Iterator[Item]:
        arguments["TableName"] = self._table
        while True:
            page = self._client.query(**arguments)
            yield from (from_item(item) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _put(self, item: Item, *, new: bool) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": to_item(item)}
        return {"Put": put | ({"ConditionExpression": "attribute_not_exists(pk)"} if new else {})}

    def _set(self, item: Item) -> dict[str, Any]:
        made = to_item(item)
        key = {name: made.pop(name) for name in ("pk", "sk")}
        update: dict[str, Any] = {"TableName": self._table, "Key": key}
        update["UpdateExpression"] = "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(made)))
        update["ExpressionAttributeNames"] = {f"#{n}": name for n, name in enumerate(made)}
        update["ExpressionAttributeValues"] = {f":{n}": value for n, value in enumerate(made.values())}
        return {"Update": update}

    def _write(self, write: Write) -> dict[str, Any]:
        if write.how == "set":
            return self._set(write.item)
        if write.how != "unchanged":
            return self._put(write.item, new=write.how == "new")
        head = to_item(write.item)
        check: dict[str, Any] = {"TableName": self._table, "Key": {name: head[name] for name in ("pk", "sk")}}
        if not write.item["version"]:
            return {"ConditionCheck": check | {"ConditionExpression": "attribute_not_exists(pk)"}}
        return {"ConditionCheck": check | _has_version(write.item["version"])}

    def _transact(self, writes: Sequence[dict[str, Any]], token: str = "") -> None:
        arguments = {"TransactItems": writes} | ({"ClientRequestToken": token} if token else {})
        busy = self._client.exceptions.TransactionInProgressException
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._client.transact_write_items(**arguments)
                return
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
                failed = _failed(writes, reasons)
                if failed:
                    raise Conflict(failed) from error
                if attempt == _ATTEMPTS or not _BUSY.intersection(reasons):
                    raise
            except busy:
                if attempt == _ATTEMPTS:
                    raise
            # Two transactions met on one item. Neither was wrong, so the loser tries again, a little later.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  (spreads retries, guards nothing)


def _has_version(version: int) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :read",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":read": {"N": str(version)}},
    }


def _failed(writes: Iterable[dict[str, Any]], reasons: Iterable[str]) -> list[Key]:
    keys = []
    for write, reason in zip(writes, reasons, strict=True):
        if reason == "ConditionalCheckFailed":
            ((_, request),) = write.items()
            key = from_item(request.get("Item") or request["Key"])
            keys.append((key["pk"], key["sk"]))
    return keys
