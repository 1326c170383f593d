"""Five years of daily runs that are dropped, doubled and out of order, while the Council adopts and resolves."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import hooks
from chalicelib import settings as settings_module
from chalicelib.dates import LONDON, years_after
from chalicelib.policy import shelf
from chalicelib.policy.rules import ADOPTED, Adoption, Clause, Line, Version
from chalicelib.record import NotNow, NotYours, verify
from chalicelib.register.rules import Person
from chalicelib.review import rules
from chalicelib.review.service import book, preparing, resolving, scheduled
from chalicelib.review.workflow import Unfit
from chalicelib.store import Commit, Write, head_key, keyed
from infra.local import demo
from tests.support.memory import Memory

SETTINGS = settings_module.read(demo.environment("https://checks.council.example"))
YEARS = 5
LINE: dict[str, Any] = {"title": "", "since": "1999-01-01", "until": "", "epoch": 0}
PEOPLE: dict[str, dict[str, Any]] = {
    "clerk": {**LINE, "name": "Ruth", "email": "clerk@council.example", "roles": ["clerk"]},
    "chair": {**LINE, "name": "Alan", "email": "chair@council.example", "roles": ["chair"]},
}
CLERK, CHAIR = (
    Person(id, line["name"], "", line["email"], tuple(line["roles"]), date(1999, 1, 1), None)
    for id, line in PEOPLE.items()
)


def at(day: date, hour: int = 6) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def a_table() -> Memory:
    store = Memory()
    head = {"kind": "register", "id": "register", "state": "kept", "version": 1, "tip": "", "data": {"people": PEOPLE}}
    store.put(keyed(head_key("register", "register"), **head))
    return store


def adopts(store: Memory, meeting: date, day: date) -> None:
    """The adoption's transaction, as far as it concerns reviews: the shelf, and what is written along."""
    kept = shelf.read(store)
    number = kept.next_number
    made = Version(number, "Policy", (Clause("kind", text="Be kind."),), Adoption(meeting, f"m{number}", True, ""))
    after = kept.with_line(Line(number, ADOPTED, "Policy")).with_adopted(made)
    store.write(Write("put", keyed(shelf.KEY, data=after.data())), *scheduled.rung(made, at(day, 20)))


def resolves(store: Memory, day: date) -> None:
    """The Clerk records what the Council resolved that day on the review that is open, if any is."""
    found = book.read(store)
    standing = rules.standing(found.shelf, found.book)
    if standing and standing.open:
        act = {"meeting": day.isoformat(), "minute": "m", "outcome": rules.UNCHANGED, "version": 0}
        try:
            resolving.resolve(store, CLERK, standing.open.due, act, at(day, 21))
        except Unfit:
            assert day <= standing.anchor


def runs(chance: Random, first: date, drop: float) -> list[date]:
    """The days as of which the run comes, in the order in which it does: dropped, doubled, and out of order."""
    days = [first + timedelta(days=n) for n in range(YEARS * 366)]
    came = [day for day in days if chance.random() > drop]
    came = list(chain.from_iterable([day] * chance.choice([1, 1, 1, 2]) for day in came))
    for _ in range(len(came) // 10):
        place = chance.randrange(len(came))
        came.insert(max(0, place - chance.randrange(5)), came.pop(place))
    return came


def mailed(store: Memory) -> Counter[tuple[str, str, str]]:
    """(review, milestone, to) → how many notices were written."""
    found = (item for (pk, sk), item in store.kept.items() if sk.startswith("mail#") and pk.startswith("review#"))
    notices = (item for item in found if item["template"] == "review-notice")
    return Counter((item["id"], item["context"]["milestone"], item["to"]["id"]) for item in notices)


def passed(store: Memory) -> dict[str, tuple[list[str], list[str]]]:
    """Review → the milestones that its entries say it has passed, in order; and those of them that were mailed."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for pk, sk in list(store.kept):
        if pk.startswith("review#") and sk == "head":
            history = store.history("review", pk.partition("#")[2])
            assert not verify(history.record, history.log)
            told, notices = found.setdefault(pk.partition("#")[2], ([], []))
            for entry in history.entries():
                told += entry.given.get("passed", [])
                if entry.given.get("milestone"):
                    told.append(entry.given["milestone"])
                    notices.append(entry.given["milestone"])
    return found


FIRST = st.one_of(
    st.dates(date(2019, 1, 1), date(2030, 12, 31)), st.just(date(2024, 2, 29)), st.just(date(2024, 1, 31))
)


@settings(max_examples=60)
@given(
    first=FIRST,
    drop=st.sampled_from([0, 0.1, 0.6, 0.98]),
    late=st.integers(0, 800),
    seed=st.integers(0, 2**32),
)
def test_every_milestone_comes_exactly_once_whatever_becomes_of_the_ticks(
    first: date, drop: float, late: int, seed: int
) -> None:
    store, chance = a_table(), Random(seed)  # noqa: S311  (Hypothesis gives the seed, so that a failure comes again)
    adopts(store, first - timedelta(days=late), first)
    days = runs(chance, first, drop)
    for day in days:
        scheduled.due(store, SETTINGS, at(day))
        if chance.random() < 0.0015:
            adopts(store, day - timedelta(days=chance.choice([0, 0, 30, 500])), day)
        if chance.random() < 0.004:
            resolves(store, day)
    scheduled.due(store, SETTINGS, at(max(days)))

    found = book.read(store)
    standing = rules.standing(found.shelf, found.book)
    assert standing is not None
    # The present review has come exactly as far as the days have, and no further.
    assert standing.told == rules.reached(standing.due, max(days))
    mails = mailed(store)
    for due, (told, notices) in passed(store).items():
        assert told == [rules.name(place) for place in range(len(told))], due
        for milestone in notices:
            to = {"clerk", "chair"} if milestone.startswith(("due", "overdue")) else {"clerk"}
            assert {who for id, name, who in mails if (id, name) == (due, milestone)} == to
    assert set(mails.values()) <= {1}
    assert {(id, name) for id, name, _ in mails} == {
        (id, name) for id, (_, told) in passed(store).items() for name in told
    }
    assert sum(line.state == rules.OPEN for line in found.book.lines) <= 1


def test_with_no_run_missed_each_milestone_is_mailed_on_its_day() -> None:
    store, adopted = a_table(), date(2024, 2, 29)
    adopts(store, adopted, adopted)
    came: dict[str, date] = {}
    for n in range(480):
        day = adopted + timedelta(days=n)
        before = {name for _, name, _ in mailed(store)}
        scheduled.due(store, SETTINGS, at(day))
        came |= dict.fromkeys({name for _, name, _ in mailed(store)} - before, day)
    due = date(2025, 2, 28)
    assert came == {
        "t-90": due - timedelta(days=90),
        "t-60": due - timedelta(days=60),
        "t-30": due - timedelta(days=30),
        "due": due,
        "overdue-1": date(2025, 3, 28),
        "overdue-2": date(2025, 4, 28),
        "overdue-3": date(2025, 5, 28),
    }


def test_a_late_run_catches_up_and_mails_only_the_latest() -> None:
    store = a_table()
    adopts(store, date(1990, 5, 14), date(2026, 11, 22))
    assert scheduled.due(store, SETTINGS, at(date(2026, 11, 23))) == 1
    assert scheduled.due(store, SETTINGS, at(date(2026, 11, 23))) == 0
    told, notices = passed(store)["1991-05-14"]
    assert notices == ["overdue-426"]
    assert told == [rules.name(place) for place in range(430)]
    assert mailed(store) == {("1991-05-14", "overdue-426", who): 1 for who in ("clerk", "chair")}


@pytest.mark.parametrize("years", [1, 100])
def test_a_tick_with_nothing_due_is_one_query_however_much_there_is(years: int) -> None:
    store = a_table()
    for n in range(years):
        adopts(store, date(1900 + n // 4, 1 + n % 4, 1), date(2026, 1, 1))
        store.put(keyed((f"check#{n}", "head"), queue="check", due="2020-01-01T00:00:00Z"))
        scheduled.due(store, SETTINGS, at(date(2026, 1, 2)))
    store.reads = store.writes = 0
    assert scheduled.due(store, SETTINGS, at(date(2026, 1, 3))) == 0
    assert (store.reads, store.writes) == (1, 0)


def test_the_runs_that_meet_make_one_milestone(monkeypatch: pytest.MonkeyPatch) -> None:
    store, due = a_table(), date(2026, 5, 14)
    adopts(store, date(2025, 5, 14), date(2025, 5, 14))
    scheduled.due(store, SETTINGS, at(date(2025, 5, 15)))

    def another(*_: Any) -> list[Any]:
        # While this run gathers the figures, another does the same work from beginning to end.
        monkeypatch.setattr(hooks, "EVIDENCE", {})
        assert scheduled.due(store, SETTINGS, at(due)) == 1
        return []

    monkeypatch.setattr(hooks, "EVIDENCE", {"meanwhile": another})
    assert scheduled.due(store, SETTINGS, at(due)) == 0
    assert {name for _, name, _ in mailed(store)} == {"due"}


def test_what_one_part_cannot_say_keeps_no_review_from_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> list[Any]:
        raise TimeoutError

    monkeypatch.setattr(hooks, "EVIDENCE", {"case": fails})
    store = a_table()
    adopts(store, date(2025, 5, 14), date(2025, 5, 14))
    assert scheduled.due(store, SETTINGS, at(date(2026, 5, 14))) == 1
    kept = book.find(store, date(2026, 5, 14)).record.data["evidence"]["parts"]
    assert [part["part"] for part in kept] == ["Cases"]
    assert "could not be gathered" in kept[0]["blocks"][0]["note"]


PAST = st.lists(st.integers(1, 3000), min_size=1, max_size=6, unique=True)


@settings(max_examples=40)
@given(PAST)
def test_past_reviews_may_be_recorded_in_any_order(found: list[int]) -> None:
    store, adopted, today = a_table(), date(2018, 2, 28), date(2026, 11, 23)
    adopts(store, adopted, today)
    scheduled.due(store, SETTINGS, at(today))
    recorded = []
    for n in found:
        meeting = adopted + timedelta(days=n)
        act = {"meeting": meeting.isoformat(), "minute": f"m{n}", "outcome": rules.UNCHANGED, "version": 0}
        try:
            for _ in range(2):
                resolving.record_past(store, CLERK, act, at(today, 9))
        except Unfit:
            continue  # Another meeting stands for that year already.
        recorded.append(meeting)
    kept = book.read(store)
    standing = rules.standing(kept.shelf, kept.book)
    assert standing is not None
    assert standing.anchor == max(recorded)
    assert standing.due >= years_after(max(recorded), 1)
    assert sorted(line.meeting for line in kept.book.lines if line.meeting) == sorted(recorded)
    assert not [line for line in kept.book.lines if line.state in rules.UNFINISHED and line.due < standing.due]


def test_two_who_sign_at_once_close_the_review_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, due = a_table(), date(2025, 5, 14)
    adopts(store, date(2024, 5, 14), date(2024, 5, 14))
    scheduled.due(store, SETTINGS, at(date(2025, 6, 1)))
    resolves(store, date(2025, 6, 3))
    resolved, commit = book.find(store, due).record.data["resolved"], store.commit

    def late(*commits: Commit) -> None:
        # Between the Clerk's reading and writing, the Chair does both.
        monkeypatch.setattr(store, "commit", commit)
        resolving.sign(store, CHAIR, due, resolved, {}, at(date(2025, 6, 4)))
        commit(*commits)

    monkeypatch.setattr(store, "commit", late)
    resolving.sign(store, CLERK, due, resolved, {"legal": "Well."}, at(date(2025, 6, 4)))
    history = store.history("review", due.isoformat())
    assert not verify(history.record, history.log)
    assert [entry.action for entry in history.entries()] == ["open", "resolve", "sign-as-chair", "sign-as-clerk"]
    closed = [item for item in store.kept.values() if item.get("template") == "review-closed"]
    assert sorted(item["to"]["id"] for item in closed) == ["chair", "clerk"]


def test_whoever_leaves_while_they_sign_signs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store, due = a_table(), date(2025, 5, 14)
    adopts(store, date(2024, 5, 14), date(2024, 5, 14))
    scheduled.due(store, SETTINGS, at(date(2025, 6, 1)))
    resolves(store, date(2025, 6, 3))
    resolved, commit = book.find(store, due).record.data["resolved"], store.commit

    def late(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        key = head_key("register", "register")
        left = {**PEOPLE, "chair": {**PEOPLE["chair"], "until": "2025-06-04"}}
        store.put({**store.kept[key], "version": 2, "data": {"people": left}})
        commit(*commits)

    monkeypatch.setattr(store, "commit", late)
    with pytest.raises(NotYours):
        resolving.sign(store, CHAIR, due, resolved, {}, at(date(2025, 6, 4)))
    assert book.find(store, due).record.state == rules.RESOLVED


def test_a_closed_review_takes_nothing_more() -> None:
    store, due = a_table(), date(2025, 5, 14)
    adopts(store, date(2024, 5, 14), date(2024, 5, 14))
    scheduled.due(store, SETTINGS, at(date(2025, 6, 1)))
    resolves(store, date(2025, 6, 3))
    for who in (CHAIR, CLERK):
        resolved = book.find(store, due).record.data["resolved"]
        for _ in range(2):
            resolving.sign(store, who, due, resolved, {}, at(date(2025, 6, 4)))
    record = book.find(store, due).record
    assert (record.state, [entry.action for entry in store.history("review", record.id).entries()]) == (
        rules.CLOSED,
        ["open", "resolve", "sign-as-chair", "sign-as-clerk"],
    )
    with pytest.raises(NotNow):
        preparing.refresh(store, CLERK, due, at(date(2025, 6, 5)))
