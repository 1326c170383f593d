"""`python -m infra.verify TABLE`: check every record of a table against its log, and say what does not agree.

For an auditor's machine with read access to the table. It is the one thing that reads a whole table, which is why it
is no part of the service. With KIND and ID it checks one record. Exit code 0: all is well;
1: something is not; 2: there is no such record.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from chalicelib import store as tables
from chalicelib.record import Fault, verify
from chalicelib.store import Store


def kept(client: Any, table: str) -> Iterator[tuple[str, str]]:
    """(kind, id) of every record that has a head or an entry, each once, in no order."""
    seen: set[str] = set()
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, ProjectionExpression="pk, sk")
    for page in pages:
        for item in page["Items"]:
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            # A head that was deleted leaves its entries, so either of them tells of a record.
            if (sk == "head" or sk.startswith("entry#")) and pk not in seen:
                seen.add(pk)
                kind, _, id = pk.partition("#")
                yield kind, id


def faults(store: Store, kind: str, id: str) -> list[Fault]:
    """What is wrong with one record. 1 request for each megabyte of it."""
    found = store.history(kind, id)
    return verify(found.record, found.log)


def main(arguments: list[str] | None = None, client: Any = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("table", help="the table's name; region and credentials come from the environment")
    parser.add_argument("record", nargs="*", help="KIND and ID of one record, such as: check 7F3K-9QXM")
    given = parser.parse_args(arguments)
    if len(given.record) not in (0, 2):
        parser.error("give both KIND and ID, or neither")
    client = client or tables.whole_client()
    store = Store(client, given.table)
    records = [(given.record[0], given.record[1])] if given.record else kept(client, given.table)
    checked = wrong = 0
    for kind, id in records:
        if given.record and not store.items(tables.partition(kind, id)):
            print(f"{kind} {id}: there is no such record", file=sys.stderr)
            return 2
        found = faults(store, kind, id)
        checked, wrong = checked + 1, wrong + bool(found)
        for fault in found:
            where = f"entry {fault.n}" if fault.n else "head"
            print(f"{kind} {id}: {where}: {fault.what}")
    print(f"{checked} records checked, {wrong} do not agree with their log")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
