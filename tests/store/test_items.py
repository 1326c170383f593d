"""Items and lists: what goes in comes out, sparse indexes hold what waits and nothing else, pages are followed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import Record, canonical, verify
from chalicelib.store import (
    FOR_EVER,
    Conflict,
    Filing,
    Store,
    Write,
    from_item,
    head_key,
    keyed,
    to_item,
    to_record,
)
from tests.store.conftest import WAITS, a_commit, a_lamp
from tests.support.checks import COUNCILLOR, a_request
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


# Large things -------------------------------------------------------------------------------------------------------


@both
def test_the_largest_request_that_the_forms_allow_fits_with_its_whole_life(store: Store) -> None:
    wide = {
        name: "😀" * most for name, most in [("text", 10_000), ("question", 2000), ("links", 2000), ("unsure", 2000)]
    }
    made = a_request("posted", by=COUNCILLOR, account="😀" * 200, others="😀" * 500, picture_owner="😀" * 200, **wide)
    size = len(canonical([made.record.data]).encode())
    assert 100_000 < size < 380_000
    store.put(keyed(HEAD, data=made.record.data))
    found = store.item(HEAD)
    assert found is not None
    assert found["data"] == made.record.data


@both
def test_nothing_is_written_of_what_is_too_large(store: Store) -> None:
    record = a_lamp(store)
    with pytest.raises(ClientError):
        store.commit(a_commit(record, "note", note="x" * 410_000))
    assert store.get("lamp", "l1") == record
    assert len(store.history("lamp", "l1").log) == 1


@both
def test_a_partition_of_several_megabytes_is_read_whole_and_in_order(store: Store, engine: Engine) -> None:
    for n in range(25):
        store.put(keyed(("thing#1", f"part#{n:03}"), plain="x" * 100_000))
    with requests(engine.client) as made:
        found = store.items("thing#1", "part#")
    assert [item["sk"] for item in found] == [f"part#{n:03}" for n in range(25)]
    assert made == {"Query": 3}


@both
def test_a_record_with_a_long_log_is_read_whole(store: Store, engine: Engine) -> None:
    commit = a_commit()
    store.commit(commit)
    for n in range(15):
        commit = a_commit(commit.record, "switch on" if n % 2 == 0 else "switch off", note=f"{n}" + "x" * 90_000)
        store.commit(commit)
    with requests(engine.client) as made:
        history = store.history("lamp", "l1")
    assert (len(history.log), verify(history.record, history.log)) == (16, [])
    assert made == {"Query": 2}


@both
def test_a_long_queue_is_read_whole_and_only_as_far_as_asked(store: Store, engine: Engine) -> None:
    for n in range(24):
        filing = Filing("lamps", f"2026-11-{n + 1:02}T09:00:00Z", brief={"title": "x" * 100_000})
        store.put(keyed((f"lamp#{n}", "head"), **filing.attributes()))
    assert [item["pk"] for item in store.waiting("lamps")] == [f"lamp#{n}" for n in range(24)]
    with requests(engine.client) as made:
        assert [item["pk"] for item in store.waiting("lamps", limit=5)] == [f"lamp#{n}" for n in range(5)]
    assert made == {"Query": 1}
    assert len(store.waiting("lamps", limit=20)) == 20


# The sparse indexes -------------------------------------------------------------------------------------------------


@both
def test_what_waits_is_found_and_is_gone_when_it_waits_no_more(store: Store) -> None:
    record = a_lamp(store, head=WAITS)
    (item,) = store.waiting("lamps")
    assert item == {
        "pk": "lamp#l1",
        "sk": "head",
        "queue": "lamps",
        "due": WAITS.due,
        "state": "off",
        "version": 1,
        "brief": {"title": "a lamp"},
    }
    store.commit(a_commit(record, "switch on"))
    assert store.waiting("lamps") == []


@both
def test_what_waits_comes_with_the_longest_due_first_and_only_when_it_is_due(store: Store) -> None:
    for id, due in [("b", "2026-11-24T09:00:00Z"), ("c", FOR_EVER), ("a", "2026-11-23T09:00:00Z")]:
        store.put(keyed((f"lamp#{id}", "head"), **Filing("lamps", due).attributes()))
    store.put(keyed(("lamp#x", "head"), **Filing("others", "2026-11-23T09:00:00Z").attributes()))

    def found(until: str = FOR_EVER) -> str:
        return "".join(item["pk"][-1] for item in store.waiting("lamps", until))

    assert found() == "abc"
    assert found("2026-11-23T08:59:59Z") == ""
    assert found("2026-11-23T09:00:00Z") == "a"
    assert found("2026-11-25T00:00:00Z") == "ab"
    assert store.waiting("nothing") == []


@both
def test_a_list_shows_the_newest_first_and_goes_on_where_it_stopped(store: Store, engine: Engine) -> None:
    for n in range(7):
        filing = Filing(list="done", listed_at=f"2026-11-2{n}T09:00:00Z#l{n}", brief={"n": n})
        store.put(keyed((f"lamp#l{n}", "head"), **filing.attributes()))
    with requests(engine.client) as made:
        first = store.listed("done", 3)
    assert made == {"Query": 1}
    second = store.listed("done", 3, before=first[-1]["listed_at"])
    third = store.listed("done", 3, before=second[-1]["listed_at"])
    assert [[item["brief"]["n"] for item in page] for page in (first, second, third)] == [[6, 5, 4], [3, 2, 1], [0]]
    assert store.listed("nothing", 3) == []


@both
def test_an_entry_can_stand_in_a_list_of_its_own(store: Store) -> None:
    line = Filing(list="decided", listed_at="2026-11-23T09:00:00Z#l1", brief={"by": "ann"})
    a_lamp(store, line=line)
    (item,) = store.listed("decided", 5)
    assert (item["sk"], item["brief"]) == ("entry#000001", {"by": "ann"})


def test_what_is_filed_nowhere_has_no_attributes_of_an_index() -> None:
    assert Filing().attributes() == {}
    assert Filing(brief={"a": 1}).attributes() == {"brief": {"a": 1}}
    assert Filing("q", "d", "l", "t").attributes() == {"queue": "q", "due": "d", "list": "l", "listed_at": "t"}


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
