"""The one transaction in which a record changes: all of it or nothing, once, only from the version that was read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.record import NOTHING_BEFORE, verify
from chalicelib.store import Commit, Conflict, Store, Write, entry_key, head_key, keyed, milestone_key
from tests.store.conftest import WAITS, a_commit, a_lamp, new

HEAD = head_key("lamp", "l1")
MAIL = ("lamp#l1", "mail#000001.1")
COLLISIONS = 200

both = pytest.mark.both_engines
only_real = pytest.mark.dynamodb_local


@both
def test_a_new_record_is_there_with_its_log_its_mails_and_its_milestones(store: Store) -> None:
    commit = a_commit(writes=(new(MAIL, status="due"),), milestones=("fitted",))
    store.commit(commit)
    assert store.get("lamp", "l1") == commit.record
    history = store.history("lamp", "l1")
    assert history.record == commit.record
    assert history.log == ((commit.entry.body(), commit.entry.hash),)
    assert history.entries() == [commit.entry]
    assert [mail["sk"] for mail in history.mails] == [MAIL[1]]
    assert history.milestones == ("fitted",)
    assert verify(history.record, history.log) == []


@both
def test_a_record_keeps_its_whole_history(store: Store) -> None:
    record = a_lamp(store, "switch on", "switch off", "note", "switch on")
    history = store.history("lamp", "l1")
    assert (history.record, record.version, record.state) == (record, 5, "on")
    assert [entry.action for entry in history.entries()] == ["fit", "switch on", "switch off", "note", "switch on"]
    assert verify(history.record, history.log) == []


@only_real
def test_entries_stand_in_order_beyond_ten_and_beyond_a_hundred(real: Store) -> None:
    record = a_lamp(real, *["note"] * 104)
    history = real.history("lamp", "l1")
    assert [entry.n for entry in history.entries()] == list(range(1, 106))
    assert (history.record, verify(history.record, history.log)) == (record, [])


@both
def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.get("lamp", "l1") is None
    assert store.item(HEAD) is None
    history = store.history("lamp", "l1")
    assert (history.record, history.log, history.mails, history.milestones) == (None, (), (), ())


def the_table(store: Store) -> list[Any]:
    """Everything about the lamp, to compare."""
    return store.items("lamp#l1")


def refused(store: Store, commit: Commit) -> list[tuple[str, str]]:
    """The keys that were in the way of a commit, which must not have changed anything."""
    before = the_table(store)
    with pytest.raises(Conflict) as stop:
        store.commit(commit)
    assert the_table(store) == before
    return list(stop.value.keys)


@both
def test_a_record_begins_once(store: Store) -> None:
    a_lamp(store)
    other = a_commit(note="another", writes=(new(MAIL, status="due"),), milestones=("fitted",))
    assert refused(store, other) == [HEAD, entry_key("lamp", "l1", 1)]


@both
def test_a_record_changes_only_from_the_version_that_was_read(store: Store) -> None:
    read = a_lamp(store)
    first, second = a_commit(read, "switch on"), a_commit(read, "note", writes=(new(MAIL, status="due"),))
    store.commit(first)
    assert refused(store, second) == [HEAD, entry_key("lamp", "l1", 2)]
    assert store.get("lamp", "l1") == first.record


@both
def test_a_record_that_is_gone_is_not_brought_back(store: Store) -> None:
    read = a_lamp(store)
    store.delete(HEAD)
    assert refused(store, a_commit(read, "switch on")) == [HEAD]


@both
def test_a_head_put_back_to_an_earlier_version_does_not_overwrite_the_log(store: Store) -> None:
    early = a_commit()
    store.commit(early)
    a_commit_later = a_commit(early.record, "switch on")
    store.commit(a_commit_later)
    # Somebody restores the head from a copy, behind the log's back.
    old = {**(store.item(HEAD) or {}), "version": 1, "tip": early.entry.hash, "state": "off"}
    store.put(old)
    assert refused(store, a_commit(early.record, "note")) == [entry_key("lamp", "l1", 2)]
    assert verify(*(store.history("lamp", "l1").record, store.history("lamp", "l1").log)) != []


@both
def test_a_milestone_happens_once_in_a_records_life(store: Store) -> None:
    record = a_lamp(store, milestones=("reminded#1",))
    again = a_commit(record, "switch on", milestones=("reminded#1",))
    assert refused(store, again) == [milestone_key("lamp", "l1", "reminded#1")]
    store.commit(again._replace(milestones=("reminded#2",)))
    assert store.history("lamp", "l1").milestones == ("reminded#1", "reminded#2")


@both
def test_a_mail_is_written_once(store: Store) -> None:
    record = a_lamp(store, writes=(new(MAIL, status="sent"),))
    again = a_commit(record, "switch on", writes=(new(MAIL, status="due"),))
    assert refused(store, again) == [MAIL]


@both
def test_everything_in_the_way_is_named(store: Store) -> None:
    read = a_lamp(store, writes=(new(MAIL),), milestones=("fitted",))
    store.commit(a_commit(read, "switch on"))
    late = a_commit(read, "note", writes=(new(MAIL),), milestones=("fitted",))
    assert refused(store, late) == [
        HEAD,
        entry_key("lamp", "l1", 2),
        MAIL,
        milestone_key("lamp", "l1", "fitted"),
    ]


@both
def test_two_records_change_together_or_not_at_all(store: Store) -> None:
    one = a_lamp(store)
    begun = a_commit(one._replace(id="l2", version=0, tip=NOTHING_BEFORE, state="new", data={}))
    store.commit(begun)
    both_on = [a_commit(record, "switch on") for record in (one, begun.record)]
    store.commit(*both_on)
    found = store.records(("lamp", "l1"), ("lamp", "l2"))
    assert [record and record.state for record in found] == ["on", "on"]
    store.commit(a_commit(both_on[0].record, "switch off"))
    late = [a_commit(commit.record, "switch off", note="late") for commit in both_on]
    with pytest.raises(Conflict) as stop:
        store.commit(*late)
    assert list(stop.value.keys) == [HEAD, entry_key("lamp", "l1", 3)]
    assert store.records(("lamp", "l2")) == [both_on[1].record]


@both
def test_the_ways_to_write(store: Store) -> None:
    key = ("thing#1", "thing")
    store.write(Write("put", keyed(key, n=1)))
    store.write(Write("put", keyed(key, n=2)))
    with pytest.raises(Conflict) as stop:
        store.write(Write("new", keyed(key, n=3)), Write("put", keyed(("thing#2", "thing"))))
    assert (list(stop.value.keys), store.item(("thing#2", "thing"))) == ([key], None)
    assert (store.item(key) or {})["n"] == 2
    store.delete(key)
    store.delete(key)
    assert store.item(key) is None


# The same commit twice ----------------------------------------------------------------------------------------------


@only_real
def test_a_commit_whose_answer_was_lost_succeeds_when_it_is_repeated(real: Store) -> None:
    commit = a_commit(writes=(new(MAIL, status="due"),), milestones=("fitted",), head=WAITS)
    real.commit(commit)
    real.commit(commit)
    assert real.history("lamp", "l1").log == ((commit.entry.body(), commit.entry.hash),)
    assert [item["pk"] for item in real.waiting("lamps")] == ["lamp#l1"]


@only_real
@pytest.mark.parametrize(
    "also",
    [
        {"writes": (new(MAIL, status="due"),)},
        {"milestones": ("fitted",)},
        {"head": WAITS},
        {"line": WAITS._replace(queue="lines")},
    ],
    ids=str,
)
def test_the_same_move_with_anything_else_beside_it_is_told_that_it_came_too_late(
    real: Store, also: dict[str, Any]
) -> None:
    real.commit(a_commit())
    with pytest.raises(Conflict):
        real.commit(a_commit(**also))


# Two at once --------------------------------------------------------------------------------------------------------


def collide(store: Store, commits: list[Commit]) -> list[str]:
    """Commit all of these at the same moment: what each was told."""
    ready = Barrier(len(commits))

    def attempt(commit: Commit) -> str:
        ready.wait()
        try:
            store.commit(commit)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(len(commits)) as threads:
        return sorted(threads.map(attempt, commits))


@only_real
def test_of_two_who_commit_at_once_exactly_one_wins_and_the_other_is_told(real: Store) -> None:
    for n in range(COLLISIONS):
        first = a_commit()
        read = first.record._replace(id=f"l{n}", version=0, tip=NOTHING_BEFORE, state="new", data={})
        begun = a_commit(read)
        real.commit(begun)
        commits = [
            a_commit(
                begun.record,
                action,
                by=by,
                milestones=("decided",),
                writes=(new((f"lamp#l{n}", f"mail#000002.{by}"), queue="outbox", due="2026-11-23T09:00:00Z"),),
            )
            for action, by in (("switch on", "Ann Green"), ("note", "Bob Brown"))
        ]
        assert collide(real, commits) == ["conflict", "done"]
        history = real.history("lamp", f"l{n}")
        assert history.record in [commit.record for commit in commits]
        assert verify(history.record, history.log) == []
        (mail,) = history.mails
        assert mail["sk"].endswith(history.entries()[-1].name)


@only_real
def test_of_five_who_begin_the_same_record_at_once_exactly_one_does(real: Store) -> None:
    for n in range(20):
        names = ("Ann A", "Bob B", "Cy C", "Di D", "Ed E")
        commits = [
            a_commit(a_commit().record._replace(id=f"l{n}", version=0, tip=NOTHING_BEFORE, state="new"), by=by)
            for by in names
        ]
        assert collide(real, commits) == ["conflict"] * 4 + ["done"]
        history = real.history("lamp", f"l{n}")
        assert (len(history.log), verify(history.record, history.log)) == (1, [])


@only_real
def test_two_records_that_share_a_milestone_of_nobody_do_not_disturb_each_other(real: Store) -> None:
    records = [a_commit().record._replace(id=f"l{n}", version=0, tip=NOTHING_BEFORE, state="new") for n in range(8)]
    assert collide(real, [a_commit(record) for record in records]) == ["done"] * 8
