"""Items: what goes in comes out, a change happens only where it was meant to, and each request is counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import Record, verify
from chalicelib.store import (
    Conflict,
    Store,
    Write,
    from_item,
    head_key,
    keyed,
    to_item,
    to_record,
)
from tests.store.conftest import a_commit, a_lamp
from tests.support.counting import requests
from tests.support.engines import Engine

both = pytest.mark.both_engines
KEY = ("thing#1", "thing")
HEAD = head_key("lamp", "l1")


# What goes in comes out ---------------------------------------------------------------------------------------------

AWKWARD = {
    "NUL": "a\x00b",
    "control characters": "\x01\x1f\x7f\x85",
    "four bytes": "😀𝔘",
    "family": "👩\u200d👩\u200d👧",
    "right to left": "\u202eשלום",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "line ends": "a\r\nb\u2028c",
    "markup": "<script>\"'&\\",
    "a number": "12",
    "nothing": "",
    "blank": " ",
    "long": "x" * 100_000,
}


@both
@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_any_text_is_kept_to_the_letter(store: Store, text: str) -> None:
    record = a_lamp(store, note={text[:50]: [text, "", None, True, 0, {}, []]})
    history = store.history("lamp", "l1")
    assert store.get("lamp", "l1") == record == history.record
    assert verify(history.record, history.log) == []
    store.put(keyed(KEY, plain=text, brief={"text": text}))
    assert store.item(KEY) == keyed(KEY, plain=text, brief={"text": text})


@both
def test_empty_and_absent_values(store: Store) -> None:
    store.put(keyed(KEY, empty="", zero=0, none=None, data={}, to={"list": [], "none": None}, huge=10**30, less=-5))
    assert store.item(KEY) == keyed(KEY, empty="", zero=0, data={}, to={"list": [], "none": None}, huge=10**30, less=-5)


@both
def test_a_record_may_begin_with_nothing(store: Store) -> None:
    commit = a_commit(note="")
    store.commit(commit)
    found = store.get("lamp", "l1")
    assert found == commit.record
    assert found is not None
    assert found.data == {"notes": [""]}


@pytest.mark.parametrize("value", [1.5, True, False, b"x", [1], {"a": 1}, {1}], ids=repr)
def test_what_an_attribute_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="plain holds a"):
        to_item(keyed(KEY, plain=value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["data", "brief", "to", "context"]), JSON), st.text(), st.integers())
def test_an_item_comes_back_as_it_was(values: dict[str, Any], text: str, number: int) -> None:
    item = keyed(KEY, plain=text, number=number, **values)
    assert from_item(to_item(item)) == item


def test_a_record_is_read_from_its_heads_item() -> None:
    record = Record("lamp", "l1", "on", 3, "tip", {"notes": []})
    fields = {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip", "data")}
    assert to_record(keyed(HEAD, **fields, queue="x")) == record


# Single items -------------------------------------------------------------------------------------------------------


@both
def test_an_item_changes_only_if_it_is_as_it_was(store: Store) -> None:
    store.put(keyed(KEY, status="due", n=1, queue="q", due="2026"))
    after = store.change(
        KEY, was={"status": "due", "gone": None}, becomes={"status": "sent", "queue": None, "due": None}
    )
    assert after == keyed(KEY, status="sent", n=1) == store.item(KEY)
    for was in ({"status": "due"}, {"n": 2}, {"n": None}, {"gone": "x"}, {"status": "sent", "n": 2}):
        with pytest.raises(Conflict) as stop:
            store.change(KEY, was=was, becomes={"status": "lost"})
        assert list(stop.value.keys) == [KEY]
    assert store.item(KEY) == after


@both
def test_an_item_that_is_not_there_is_not_made_by_a_change(store: Store) -> None:
    with pytest.raises(Conflict):
        store.change(KEY, was={}, becomes={"status": "sent"})
    with pytest.raises(Conflict):
        store.change(KEY, was={"status": None}, becomes={"status": "sent"})
    assert store.item(KEY) is None


@both
def test_a_change_can_only_take_away_or_only_add(store: Store) -> None:
    store.put(keyed(KEY, a="1", data={"x": [1]}))
    assert store.change(KEY, was={}, becomes={"a": None}) == keyed(KEY, data={"x": [1]})
    changed = store.change(KEY, was={"data": {"x": [1]}}, becomes={"data": {"x": [2]}, "b": 2})
    assert changed == keyed(KEY, data={"x": [2]}, b=2)
    assert store.change(KEY, was={}, becomes={"absent": None}) == changed


@both
def test_a_counter_counts(store: Store) -> None:
    assert [store.count(KEY, 100 + n) for n in range(3)] == [1, 2, 3]
    assert store.item(KEY) == keyed(KEY, count=3, expires_at=102)


@both
def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    store.put(keyed(KEY))
    store.delete(KEY)
    store.delete(KEY)
    assert store.item(KEY) is None


@both
def test_several_items_are_read_at_once_however_many(store: Store, engine: Engine) -> None:
    keys = [(f"thing#{n}", "thing") for n in range(0, 230, 2)]
    store.write(*(Write("put", keyed(key, n=1)) for key in keys[:60]))
    store.write(*(Write("put", keyed(key, n=1)) for key in keys[60:]))
    wanted = [(f"thing#{n}", "thing") for n in range(230)]
    with requests(engine.client) as made:
        found = store.several(*wanted)
    assert set(found) == set(keys)
    assert made == {"BatchGetItem": 3}
    assert store.several() == {}
    assert set(store.several(keys[0], keys[0])) == {keys[0]}


@both
def test_more_than_a_batch_may_weigh_is_asked_for_again(store: Store, engine: Engine) -> None:
    keys = [(f"thing#{n}", "thing") for n in range(50)]
    for key in keys:
        store.put(keyed(key, plain="x" * 390_000))
    with requests(engine.client) as made:
        found = store.several(*keys)
    assert set(found) == set(keys)
    assert made["BatchGetItem"] >= (2 if engine.name != "moto" else 1)


@both
def test_heads_come_in_the_order_in_which_they_were_asked_for(store: Store) -> None:
    record = a_lamp(store)
    assert store.records(("lamp", "none"), ("lamp", "l1"), ("lamp", "l1")) == [None, record, record]


# What each operation costs ------------------------------------------------------------------------------------------


@both
def test_each_operation_makes_as_many_requests_as_it_says(store: Store, engine: Engine) -> None:
    with requests(engine.client) as made:
        a_lamp(store, "switch on")
        store.get("lamp", "l1")
        store.item(HEAD)
        store.history("lamp", "l1")
        store.items("lamp#l1", "entry#")
        store.waiting("lamps")
        store.listed("lamps", 10)
        store.records(("lamp", "l1"), ("lamp", "l2"))
        store.put(keyed(KEY))
        store.change(KEY, was={}, becomes={"n": 1})
        store.count(KEY, 1)
        store.delete(KEY)
        store.write(Write("put", keyed(KEY)))
    assert made == {
        "TransactWriteItems": 3,
        "GetItem": 2,
        "Query": 4,
        "BatchGetItem": 1,
        "PutItem": 1,
        "UpdateItem": 2,
        "DeleteItem": 1,
    }
