"""The table's stream tells the outbox which mails are new, and they go although the index does not show them yet."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import outbox
from chalicelib.store import Store
from tests.outbox.conftest import SETTINGS, PostOffice, a_letter


def of_the_stream(*items: dict[str, Any]) -> dict[str, Any]:
    """An event as Lambda hands it over for these new items."""
    keys = [{name: {"S": item[name]} for name in ("pk", "sk")} for item in items]
    return {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": key}} for key in keys]}


def test_a_new_mail_goes_before_the_index_shows_it(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    (item,) = post.due(a_letter())
    monkeypatch.setattr(Store, "waiting", lambda *_, **__: [])
    new = outbox.announced(of_the_stream(item))
    assert outbox.sweep(post.store, post.mailer, SETTINGS, post.clock(), new) == 1
    assert outbox.sweep(post.store, post.mailer, SETTINGS, post.clock(), new) == 0, "the event may come twice"


def test_a_mail_that_is_both_new_and_due_goes_once(post: PostOffice) -> None:
    items = post.due(a_letter(), a_letter())
    new = outbox.announced(of_the_stream(*items))
    assert outbox.sweep(post.store, post.mailer, SETTINGS, post.clock(), new) == 2


@pytest.mark.parametrize("event", [{}, {"time": "2026-11-23T06:00:00Z"}, {"Records": []}, {"Records": [{}]}])
def test_other_events_announce_nothing(event: dict[str, Any]) -> None:
    assert outbox.announced(event) == []
