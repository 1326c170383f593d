"""Many requests at once, copied in the table from one that was really asked: for lists, pages and what they cost."""

from __future__ import annotations

from typing import Any

from chalicelib.checks.service import requests
from tests.support.engines import Engine


def crowd(engine: Engine, table: str, reference: str, times: int) -> list[str]:
    """Put copies of a request (its head and what is listed of its log) into the table; their references."""
    found = engine.client.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"check#{reference}"}},
    )["Items"]
    made = [requests.new_reference() for _ in range(times)]
    items = [
        _renamed(item, reference, other) for other in made for item in found if not item["sk"]["S"].startswith("mail")
    ]
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        left = engine.client.batch_write_item(RequestItems={table: puts})["UnprocessedItems"]
        assert not left
    return made


def _renamed(item: dict[str, Any], was: str, becomes: str) -> dict[str, Any]:
    return {
        name: {kind: text.replace(was, becomes) if isinstance(text, str) else text for kind, text in value.items()}
        for name, value in item.items()
    }
