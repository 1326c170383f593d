"""Large things and lists: pages are followed, and the sparse indexes hold what waits and nothing else."""

from __future__ import annotations

import pytest

from chalicelib.dynamodb import Refused
from chalicelib.record import canonical, verify
from chalicelib.store import (
    FOR_EVER,
    Filing,
    Store,
    head_key,
    keyed,
)
from tests.store.conftest import WAITS, a_commit, a_lamp
from tests.support.builders import Requests
from tests.support.checks import COUNCILLOR, a_request
from tests.support.counting import requests
from tests.support.engines import Engine

both = pytest.mark.both_engines
KEY = ("thing#1", "thing")
HEAD = head_key("lamp", "l1")


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
def test_the_largest_request_can_be_asked_decided_and_told_of(store: Store, a_request: Requests) -> None:
    words = " ".join(chr(0x1F300 + n % 500) for n in range(5000))
    wide = {
        name: "😀" * most for name, most in [("question", 2000), ("links", 2000), ("unsure", 2000), ("others", 500)]
    }
    record = a_request(text=words, **wide)
    # Every second word is another one, so that the mails show thousands of differences.
    edited = " ".join("é" if n % 2 else word for n, word in enumerate(words.split(" ")))
    a_request.decided(record, "clerk", "approve-with-edits", text=edited, reason="😀" * 2000)
    items = store.items(f"check#{record.id}")
    assert max(len(canonical(item).encode()) for item in items) < 200_000
    history = store.history("check", record.id)
    assert (len(history.mails), verify(history.record, history.log)) == (5, [])


@both
def test_nothing_is_written_of_what_is_too_large(store: Store) -> None:
    record = a_lamp(store)
    with pytest.raises(Refused):
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
