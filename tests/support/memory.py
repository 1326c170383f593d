"""The table in memory: every method of the store's that services use, with the real one's conditions and none of its
requests, for tests that need thousands of moves. `fail_after` lets the process die in the middle of its writes."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import Any

from chalicelib.store import (
    Commit,
    Conflict,
    History,
    Item,
    Key,
    Store,
    Write,
    entry_key,
    from_item,
    head_key,
    keyed,
    milestone_key,
    to_item,
    to_record,
)


class Died(BaseException):
    """The process ended; nothing that catches errors catches that."""


def _rests_on(commit: Commit) -> list[tuple[Key, int]]:
    """The heads that the commit rests on, with the version that each must have."""
    checks = [write.item for write in commit.writes if write.how == "unchanged"]
    return [((item["pk"], item["sk"]), item["version"]) for item in checks]


class Memory(Store):
    """Keeps items by their keys. `reads` and `writes` count the requests that the real one would have made."""

    def __init__(self) -> None:
        super().__init__(client=None, table="")
        self.kept: dict[Key, Item] = {}
        self.reads = self.writes = 0
        self.fail_after: int | None = None
        self._queues: dict[str, list[tuple[str, Key]]] = {}
        self._lists: dict[str, list[tuple[str, Key]]] = {}

    def item(self, key: Key) -> Item | None:
        """See Store."""
        self.reads += 1
        return self._copy(key)

    def several(self, *keys: Key) -> dict[Key, Item]:
        """See Store."""
        self.reads += 1
        return {key: item for key in keys if (item := self._copy(key))}

    def history(self, kind: str, id: str) -> History:
        """See Store."""
        self.reads += 1
        head = self.kept.get(head_key(kind, id))
        record, log = (to_record(head) if head else None), []
        for n in range(1, (record.version if record else 0) + 1):
            line = self.kept[entry_key(kind, id, n)]
            log.append((line["body"], line["hash"]))
        return History(record, tuple(log), (), ())

    def waiting(self, queue: str, until: str = "~", limit: int | None = None) -> list[Item]:
        """See Store."""
        self.reads += 1
        found = self._queues.get(queue, [])
        return [self._seen(key) for _, key in found[: bisect_right(found, (until, ("~", "~")))][:limit]]

    def listed(self, name: str, limit: int, before: str = "~") -> list[Item]:
        """See Store."""
        self.reads += 1
        found = [key for at, key in reversed(self._lists.get(name, [])) if at < before]
        return [self._seen(key) for key in found[:limit]]

    def commit(self, *commits: Commit) -> None:
        """See Store: everything or nothing."""
        made: dict[Key, Item] = {}
        taken: list[Key] = []
        for commit in commits:
            record, entry = commit.record, commit.entry
            head = head_key(record.kind, record.id)
            before = self.kept.get(head)
            if (before["version"] if before else 0) != record.version - 1:
                taken.append(head)
            fields = {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip", "data")}
            line = entry_key(entry.kind, entry.id, entry.n)
            marks = [milestone_key(record.kind, record.id, name) for name in commit.milestones]
            new = [line, *marks, *((w.item["pk"], w.item["sk"]) for w in commit.writes if w.how == "new")]
            taken += [key for key in new if key in self.kept]
            taken += [key for key, version in _rests_on(commit) if self.kept.get(key, {}).get("version", 0) != version]
            made[head] = keyed(head, **fields, **commit.head.attributes())
            made[line] = keyed(line, body=entry.body(), hash=entry.hash, **commit.line.attributes())
            made |= {key: keyed(key, at=entry.at) for key in marks}
            made |= self._made(*commit.writes)
        self._all(made, taken)

    def write(self, *writes: Write) -> None:
        """See Store."""
        self._all(self._made(*writes), [(w.item["pk"], w.item["sk"]) for w in writes if w.how == "new" and self._is(w)])

    def put(self, item: Item) -> None:
        """See Store."""
        self._all({(item["pk"], item["sk"]): item}, [])

    def change(self, key: Key, was: Any, becomes: Any) -> Item:
        """See Store."""
        item = self.kept.get(key)
        if item is None or any(item.get(name) != value for name, value in was.items()):
            self._all({}, [key])
        self._all({key: {**(item or {}), **becomes}}, [])
        found = self._copy(key)
        assert found is not None
        return found

    def _made(self, *writes: Write) -> dict[Key, Item]:
        made = {(w.item["pk"], w.item["sk"]): w for w in writes if w.how != "unchanged"}
        return {key: ((self._copy(key) or {}) if w.how == "set" else {}) | w.item for key, w in made.items()}

    def _is(self, write: Write) -> bool:
        return (write.item["pk"], write.item["sk"]) in self.kept

    def _all(self, made: dict[Key, Item], taken: list[Key]) -> None:
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise Died
            self.fail_after -= 1
        self.writes += 1
        # As many as one transaction may have.
        assert len(made) <= 100
        if taken:
            raise Conflict(taken)
        for key, item in made.items():
            self._file(key, self.kept.get(key), remove=True)
            # As DynamoDB gives it back; what cannot be kept fails here as well.
            self.kept[key] = from_item(to_item(item))
            self._file(key, self.kept[key], remove=False)

    def _file(self, key: Key, item: Item | None, *, remove: bool) -> None:
        for where, name, at in ((self._queues, "queue", "due"), (self._lists, "list", "listed_at")):
            if item is None or name not in item:
                continue
            place = where.setdefault(item[name], [])
            if remove:
                place.remove((item[at], key))
            else:
                insort(place, (item[at], key))

    def _copy(self, key: Key) -> Item | None:
        item = self.kept.get(key)
        return from_item(to_item(item)) if item else None

    def _seen(self, key: Key) -> Item:
        """What the indexes project."""
        item = self._copy(key) or {}
        names = ("pk", "sk", "queue", "due", "list", "listed_at", "brief", "state", "version")
        return {name: item[name] for name in names if name in item}
