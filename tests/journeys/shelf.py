"""A store in memory, with the real one's conditions and none of its requests, for tests that try very many things."""

from __future__ import annotations

from typing import Any

from chalicelib.record import Record
from chalicelib.store import (
    Commit,
    Conflict,
    History,
    Item,
    Key,
    Store,
    entry_key,
    head_key,
    milestone_key,
    to_record,
)


def _rests_on(commit: Commit) -> list[tuple[Key, int]]:
    """The heads that the commit rests on, with the version that each must have."""
    checks = [write.item for write in commit.writes if write.how == "unchanged"]
    return [((item["pk"], item["sk"]), item["version"]) for item in checks]


class Shelf(Store):
    """Keeps items by their keys. What it does not have, the services that are tried on it do not need."""

    def __init__(self) -> None:
        super().__init__(client=None, table="")
        self.kept: dict[Key, Item] = {}

    def item(self, key: Key) -> Item | None:
        """See Store."""
        return self.kept.get(key)

    def records(self, *ids: tuple[str, str]) -> list[Record | None]:
        """See Store."""
        return [self.get(*id) for id in ids]

    def history(self, kind: str, id: str) -> History:
        """The record and its log."""
        record, log = self.get(kind, id), []
        for n in range(1, (record.version if record else 0) + 1):
            line = self.kept[entry_key(kind, id, n)]
            log.append((line["body"], line["hash"]))
        return History(record, tuple(log), (), ())

    def waiting(self, queue: str, *_until: Any, **_limit: Any) -> list[Item]:
        """Every record of the kind: who asks looks for themselves what is due."""
        return [{"pk": pk} for pk, sk in self.kept if sk == "head" and pk.startswith(f"{queue}#")]

    def commit(self, *commits: Commit) -> None:
        """See Store: everything or nothing."""
        made: dict[Key, Item] = {}
        for commit in commits:
            record, entry = commit.record, commit.entry
            head = head_key(record.kind, record.id)
            before = self.kept.get(head)
            if (to_record(before).version if before else 0) != record.version - 1:
                raise Conflict([head])
            line = entry_key(record.kind, record.id, entry.n)
            marks = [milestone_key(record.kind, record.id, name) for name in commit.milestones]
            taken = [key for key in (line, *marks) if key in self.kept]
            taken += [key for key, version in _rests_on(commit) if self.kept.get(key, {}).get("version", 0) != version]
            if taken:
                raise Conflict(taken)
            fields = ("kind", "id", "state", "version", "tip", "data")
            made[head] = {name: getattr(record, name) for name in fields}
            made[line] = {"body": entry.body(), "hash": entry.hash}
            made |= {key: {} for key in marks}
        self.kept |= made
