"""How often the table is asked: the requests to DynamoDB, by operation.

    with requests(engine.client) as made:
        store.get("check", reference)
    assert made == {"GetItem": 1}

`counted` runs something and gives its result with the count; the figures of `make bench` come from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.support.engines import counting

T = TypeVar("T")


class Requests(Counter[str]):
    """Operation → how often. What botocore repeats by itself counts once."""

    @property
    def reads(self) -> int:
        """Requests that read."""
        return sum(count for name, count in self.items() if name in ("GetItem", "BatchGetItem", "Query"))

    @property
    def writes(self) -> int:
        """Requests that write."""
        return self.total() - self.reads


@contextmanager
def requests(client: Any) -> Iterator[Requests]:
    """Counts what this DynamoDB client is asked for meanwhile; complete once the block has ended."""
    found = Requests()
    with counting(client) as made:
        yield found
    found.update(made)


def counted(client: Any, run: Callable[[], T]) -> tuple[T, Requests]:
    """What `run` gives, and the requests that it made."""
    with requests(client) as made:
        result = run()
    return result, made
