"""When DynamoDB is busy: a transaction that met another is tried again, for as long as a page can wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.dynamodb import Refused
from chalicelib.store import Conflict, Store, entry_key
from tests.store.conftest import a_commit


class Busy:
    """A client whose transactions fail as told before they are let through."""

    def __init__(self, client: Any, *failures: Callable[[Any], Exception]) -> None:
        self._client, self._failures = client, list(failures)
        self.tokens: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **asked: Any) -> Any:
        """The operation, when it is let through."""
        self.tokens.append(asked.get("ClientRequestToken", ""))
        if self._failures:
            raise self._failures.pop(0)(self._client)
        return self._client.transact_write_items(**asked)


def cancelled(*codes: str) -> Callable[[Any], Exception]:
    """A transaction that was cancelled, with the reason for each of its writes."""

    def make(client: Any) -> Exception:
        reasons = [{"Code": code} for code in codes]
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        error: Exception = client.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
        return error

    return make


def in_progress(client: Any) -> Exception:
    """The same transaction is still being worked on."""
    answer = {"Error": {"Code": "TransactionInProgressException"}}
    error: Exception = client.exceptions.TransactionInProgressException(answer, "TransactWriteItems")
    return error


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the store waited between attempts, without waiting."""
    found: list[float] = []
    monkeypatch.setattr("chalicelib.store.time.sleep", found.append)
    return found


def busy(store: Store, *failures: Callable[[Any], Exception]) -> tuple[Store, Busy]:
    client = Busy(store._client, *failures)
    return Store(client, store._table), client


@pytest.mark.parametrize(
    "failure",
    [
        cancelled("TransactionConflict", "None"),
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "None"),
        in_progress,
    ],
)
@pytest.mark.parametrize("times", [1, 7])
def test_a_transaction_that_met_another_is_tried_again(
    store: Store, waits: list[float], failure: Callable[[Any], Exception], times: int
) -> None:
    again, client = busy(store, *[failure] * times)
    commit = a_commit()
    again.commit(commit)
    assert store.get("lamp", "l1") == commit.record
    assert (len(client.tokens), len(set(client.tokens)), len(waits)) == (times + 1, 1, times)
    assert 0 < len(client.tokens[0]) <= 36
    assert all(0 <= wait <= 0.02 * 2**n for n, wait in enumerate(waits, 1))


@pytest.mark.parametrize("failure", [cancelled("TransactionConflict", "None"), in_progress])
def test_but_not_for_ever(store: Store, waits: list[float], failure: Callable[[Any], Exception]) -> None:
    again, client = busy(store, *[failure] * 99)
    with pytest.raises(Refused):
        again.commit(a_commit())
    assert (len(client.tokens), store.items("lamp#l1")) == (8, [])
    # All waits together leave a page its time.
    assert sum(0.02 * 2**n for n in range(1, 8)) < 6


def test_whatever_else_is_wrong_is_raised_at_once(store: Store, waits: list[float]) -> None:
    again, client = busy(store, cancelled("ValidationError", "None"))
    with pytest.raises(Refused):
        again.commit(a_commit())
    assert (len(client.tokens), waits) == (1, [])


def test_a_condition_that_failed_counts_more_than_a_meeting(store: Store, waits: list[float]) -> None:
    again, _ = busy(store, cancelled("TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(Conflict) as stop:
        again.commit(a_commit())
    assert (list(stop.value.keys), waits) == ([entry_key("lamp", "l1", 1)], [])
