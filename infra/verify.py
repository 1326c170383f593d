"""`python -m infra.verify TABLE`: check every record of a table against its log, and the roll of sign-offs against
their records, and say what does not agree.

For an auditor's machine with read access to the table. It is the one thing that reads a whole table, which is why it
is no part of the service. With KIND and ID it checks one record. Exit code 0: all is well;
1: something is not; 2: there is no such record.
"""

import argparse
import sys
from collections.abc import Collection, Iterator
from typing import Any

from chalicelib import store as tables
from chalicelib.record import Fault, verify
from chalicelib.sign_offs import roll, rules
from chalicelib.sign_offs.workflow import KIND as SIGN_OFF
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
    """What is wrong with one record, and with its copy on the roll. 1 request for each megabyte of it, and 1 for the
    roll."""
    found = store.history(kind, id)
    wrong = verify(found.record, found.log)
    if kind == SIGN_OFF and found.record:
        signed = roll.of(store.item(roll.KEY)).signed(id)
        if signed != rules.numbers(found.record.data):
            wrong.append(Fault(0, f"the roll says that versions {list(signed)} were signed, and the record does not"))
    return wrong


def unknown(store: Store, known: Collection[str]) -> list[str]:
    """Who stands on the roll without a record of sign-offs. `known`: those who have one. 1 request."""
    return sorted(roll.of(store.item(roll.KEY)).people.keys() - known)


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
    signers = set[str]()
    for kind, id in records:
        if kind == SIGN_OFF:
            signers.add(id)
        if given.record and not store.items(tables.partition(kind, id)):
            print(f"{kind} {id}: there is no such record", file=sys.stderr)
            return 2
        found = faults(store, kind, id)
        checked, wrong = checked + 1, wrong + bool(found)
        for fault in found:
            where = f"entry {fault.n}" if fault.n else "head"
            print(f"{kind} {id}: {where}: {fault.what}")
    for id in [] if given.record else unknown(store, signers):
        wrong += 1
        print(f"roll: {id} stands on it, and has no record of sign-offs")
    print(f"{checked} records checked, {wrong} do not agree with their log")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
