"""Growth: what each operation asks of DynamoDB, and what it consumes, as the table fills.

The requests that fill it are one that was really asked, decided, posted and told of, copied with its log and mails
under other references. All are one councillor's, which is the worst for that councillor's list. What is open stays at
the same number, as on a council's desk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from chalicelib import dynamodb, outbox, tick, wiring
from chalicelib.checks.service import requests
from infra.benchmarks.council import ASKER, FORM, OFFICER, TEXT, Council
from infra.benchmarks.report import Section

SIZES = (10, 1_000, 100_000)
_THREADS = 4
OPEN = 5
_BATCH = 25

Call = tuple[str, float]
"""An operation and the capacity units that it consumed."""


class Postman:
    """Takes every mail, in place of SES, which is not what is measured here."""

    def send(self, *_mail: Any) -> str:
        """An id, as SES gives one."""
        return "taken"


@contextmanager
def metered() -> Iterator[list[Call]]:
    """Every request that the app makes of DynamoDB meanwhile."""
    made: list[Call] = []
    really = dynamodb.Client.ask

    def ask(self: dynamodb.Client, operation: str, given: Mapping[str, Any]) -> Any:
        answer = really(self, operation, {**given, "ReturnConsumedCapacity": "TOTAL"})
        used = answer.get("ConsumedCapacity", [])
        every = used if isinstance(used, list) else [used]
        made.append((operation, sum(one.get("CapacityUnits", 0.0) for one in every)))
        return answer

    with patch.object(dynamodb.Client, "ask", ask):
        yield made


def send_mails(council: Council) -> None:
    """Send whatever is due."""
    while outbox.sweep(council.store, wiring.mailer(), wiring.settings(), datetime.now(UTC)):
        pass


def finished(council: Council) -> str:
    """A request whose life is over; its reference."""
    reference = council.ask()
    council.serve(council.event(council.link(reference), council.approval(reference)), 303)
    council.serve(council.event(f"/check/{reference}/posted", {"where": "Our page", "text": TEXT}, ASKER), 303)
    send_mails(council)
    return reference


def fill(council: Council, reference: str, more: int, *, slim: bool = False) -> None:
    """Put so many copies of a finished request into the table; slim: only what indexes, lists and counts would see of
    them, their heads and the lines that are listed."""
    values = {":pk": {"S": f"{requests.KIND}#{reference}"}}
    query: dict[str, Any] = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values}
    whole = council.client.query(TableName=council.table, **query)["Items"]
    items = [item for item in whole if not slim or item["sk"]["S"] == "head" or item.keys() & {"list", "queue"}]
    original = json.dumps([{"PutRequest": {"Item": item}} for item in items])
    client = dynamodb.Client()

    def put(copies: int) -> None:
        puts = [put for _ in range(copies) for put in json.loads(original.replace(reference, requests.new_reference()))]
        for n in range(0, len(puts), _BATCH):
            left = {council.table: puts[n : n + _BATCH]}
            while left:
                left = client.ask("BatchWriteItem", {"RequestItems": left})["UnprocessedItems"]

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(put, [min(_BATCH, more - done) for done in range(0, more, _BATCH)]))
    client.close()


def operations(council: Council, reference: str, decided: str) -> dict[str, Callable[[], Any]]:
    """What is measured. `reference` waits for its decision, `decided` has one."""
    path, store = council.link(reference), council.store
    approval = council.event(path, council.approval(reference))
    events = {
        "form without a session": (council.event("/sign-in"), 200),
        "ask for a sign-in link": (council.event("/sign-in", {"email": "councillor2@council.example"}), 303),
        "check form, signed in": (council.event("/check", who=ASKER), 200),
        "check sent": (council.event("/check", FORM, ASKER), 303),
        "open the link in a mail": (council.event(path), 200),
        "decide": (approval, 303),
        "a request with its history": (council.event(f"/check/{decided}", who=ASKER), 200),
        "“my requests” (up to 50)": (council.event("/checks", who=ASKER), 200),
        f"the desk ({OPEN} open, up to 25 decided)": (council.event("/desk", who=OFFICER), 200),
    }

    def served(event: dict[str, Any], status: int) -> Callable[[], Any]:
        return lambda: council.serve(event, status)

    made: dict[str, Callable[[], Any]] = {name: served(*one) for name, one in events.items()}
    nothing_new = datetime(2020, 1, 1, tzinfo=UTC)
    made["sweep with nothing due"] = lambda: outbox.sweep(store, wiring.mailer(), wiring.settings(), nothing_new)
    made["daily run with nothing due"] = lambda: tick.run(store, wiring.settings(), datetime.now(UTC))
    return made


def flatness(figures: Sequence[tuple[int, float]]) -> str:
    """Plain words on how requests and capacity go with the size of the table. A tenth more or less of capacity is the
    length of the lines that happen to stand on a page: what grew would be a hundred times as much."""
    if len(set(figures)) == 1:
        return "flat"
    (count, units), (most, used) = figures[-2:]
    return "flat once a page is full" if count == most and used <= 1.1 * units else "GROWS"


def plot(sizes: Sequence[int], found: Mapping[str, Sequence[tuple[int, float]]], *, exact: bool) -> list[str]:
    """A bar for each size: how long it is says how much the operation consumed, or asked for, against the dearest."""
    values = {name: [units if exact else count for count, units in figures] for name, figures in found.items()}
    most = max(value for figures in values.values() for value in figures) or 1
    lines = []
    for name, figures in values.items():
        for n, (size, value) in enumerate(zip(sizes, figures, strict=True)):
            bar = "█" * round(40 * value / most) or "▏"
            lines.append(f"{'' if n else name:36} {size:>8,} {bar} {value:g}")
    return lines


def measure(council: Council, engine: str, *, exact: bool) -> Section:
    """Measure at every size. `exact`: the engine reckons capacity as Amazon does, and takes so many in a minute or
    two; one that does not is spared the largest size."""
    wiring.use(mailer=Postman())
    sizes = SIZES if exact else SIZES[:-1]
    decided = finished(council)
    waiting = [council.ask() for _ in range(OPEN)]
    council.serve(council.event("/sign-in", {"email": "nobody@council.example"}), 303)
    send_mails(council)
    there = 1 + OPEN
    found: dict[str, list[tuple[int, float]]] = {}
    for size in sizes:
        fill(council, decided, size - there, slim=size == SIZES[-1])
        there = size
        for name, operation in operations(council, waiting.pop(0), decided).items():
            with metered() as made:
                operation()
            found.setdefault(name, []).append((len(made), sum(units for _, units in made) if exact else 0.0))
        send_mails(council)
        there += 1
    rows = [
        [name, *(f"{count} / {units:g}" if exact else f"{count}" for count, units in figures), flatness(figures)]
        for name, figures in found.items()
    ]
    unit = "requests / capacity units" if exact else "requests"
    how = f"""On {engine}: {unit} of one operation with so many check requests in the table, each with its
log and mails (copies of one that was really asked, decided and posted, all of one councillor), {OPEN} of them open."""
    drawn = plot(sizes, found, exact=exact)
    if exact:
        how += f" Beyond {SIZES[-2]:,}, the copies have only their heads and the lines that lists show."
    notes = [] if exact else ["Java is not installed here: moto counts requests and reckons no capacity."]
    return Section("As the table grows", how, ["operation", *(f"{size:,}" for size in sizes), ""], rows, notes, drawn)
