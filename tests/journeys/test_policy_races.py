"""Two who write at the same moment, on both engines: one version each, one draft, and the shelf is never behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.hooks import VERSION_ADOPTED
from chalicelib.policy import service, shelf, standard
from chalicelib.policy.rules import ADOPTED, DRAFT, Version, version
from chalicelib.record import NotNow, Record, stamp
from chalicelib.register.rules import Person, Register
from chalicelib.store import Conflict, Store, Write, keyed
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

pytestmark = pytest.mark.both_engines

ADOPTION = {"meeting": "2026-11-02", "minute": "26/101", "material": False}


@pytest.fixture
def clerk(people: Register) -> Person:
    found = people.person("clerk")
    assert found is not None
    return found


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, or the exception it raised."""

    def attempt(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (service.DraftThere, service.Moved, NotNow, Conflict) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(attempt, calls))


def in_step(store: Store) -> None:
    """The shelf says what the records say."""
    kept = shelf.read(store)
    for line in kept.lines:
        record = service.find(store, line.number)
        said = version(line.number, record.data)
        assert (line.state, line.adopted) == (record.state, said.adopted)
        if kept.current and kept.current.number == line.number:
            assert kept.current == said


def test_of_two_drafts_begun_at_once_one_stands(store: Store, clerk: Person, clock: Clock) -> None:
    texts = [f"Policy {n}\n\nBe kind." for n in range(4)]
    made = at_once(*(partial(service.begin, store, clerk, 2, "paste", text, clock()) for text in texts))
    assert [type(one) for one in made].count(Record) == 1
    kept = shelf.read(store)
    assert kept.draft is not None
    assert [line.state for line in kept.lines] == [ADOPTED, DRAFT]
    in_step(store)


def test_one_form_sent_at_once_begins_one_draft(store: Store, clerk: Person, clock: Clock) -> None:
    made = at_once(*[lambda: service.begin(store, clerk, 2, "copy", "", clock())] * 4)
    assert {one.id for one in made} == {"2"}
    assert len(shelf.read(store).lines) == 2


def test_topics_corrected_while_another_version_is_adopted_do_not_bring_the_old_one_back(
    store: Store, clerk: Person, clock: Clock
) -> None:
    draft = service.begin(store, clerk, 2, "copy", "", clock())
    seen = {one.id: one.seen for one in standard.CLAUSES_IN_FULL}
    ids = ("honesty", "links", "privacy")
    corrections = [partial(service.retopic, store, clerk, 1, id, seen[id], ["heated"], clock()) for id in ids]
    made = at_once(partial(service.adopt, store, clerk, 2, draft.version, ADOPTION, clock()), *corrections)
    assert isinstance(made[0], Record)
    kept = shelf.read(store)
    assert kept.current is not None
    assert kept.current.number == 2
    in_step(store)


def test_a_draft_is_adopted_or_withdrawn_but_not_both(store: Store, clerk: Person, clock: Clock) -> None:
    draft = service.begin(store, clerk, 2, "copy", "", clock())
    adopt = partial(service.adopt, store, clerk, 2, draft.version, ADOPTION, clock())
    withdraw = partial(service.withdraw, store, clerk, 2, draft.version, "", clock())
    made = at_once(adopt, withdraw, adopt, withdraw)
    states = {one.state for one in made if isinstance(one, Record)}
    assert len(states) == 1
    assert service.find(store, 2).state in states
    in_step(store)


def test_edits_of_several_clauses_at_once_all_stand(store: Store, clerk: Person, clock: Clock) -> None:
    draft = version(2, service.begin(store, clerk, 2, "copy", "", clock()).data)
    wanted = [one for one in draft.clauses if one.text][:3]

    def change(at: int) -> Callable[[], Record]:
        one = wanted[at]
        becomes = [type(one)(**{**one.data(), "text": f"Changed {at}.", "topics": one.topics})]
        return lambda: service.change_clause(store, clerk, 2, one.id, one.seen, becomes, clock())

    assert all(isinstance(one, Record) for one in at_once(*(change(at) for at in range(3))))
    now = version(2, service.find(store, 2).data)
    assert [getattr(now.clause(one.id), "text", "") for one in wanted] == ["Changed 0.", "Changed 1.", "Changed 2."]


def test_the_longest_policy_there_may_be_is_kept_adopted_and_read(store: Store, clerk: Person, clock: Clock) -> None:
    text = "\n\n".join(f"{n} " + "\U0001f389" * 390 for n in range(149))
    service.begin(store, clerk, 2, "paste", text, clock())
    service.adopt(store, clerk, 2, 1, ADOPTION, clock())
    current = shelf.read(store).current
    assert current is not None
    assert len(current.clauses) == 149
    in_step(store)


def test_another_part_writes_along_with_every_adoption_once(
    store: Store, clerk: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def along(adopted: Version, at: datetime) -> tuple[Write, ...]:
        return (Write("new", keyed((f"heard#{adopted.number}", "it"), text=adopted.sha256, at=stamp(at))),)

    monkeypatch.setitem(VERSION_ADOPTED, "somebody", along)
    service.begin(store, clerk, 2, "copy", "", clock())
    for _ in range(2):
        service.adopt(store, clerk, 2, 1, ADOPTION, clock())
    heard = store.item(("heard#2", "it"))
    current = shelf.read(store).current
    assert heard is not None
    assert current is not None
    assert heard["text"] == current.sha256


def test_making_versions_costs_what_it_says(store: Store, clerk: Person, clock: Clock, engine: Engine) -> None:
    costs = {}
    steps: dict[str, Callable[[], Any]] = {
        "begin": lambda: service.begin(store, clerk, 2, "copy", "", clock()),
        "move": lambda: service.edit(store, clerk, 2, 1, "move-clause", {"clause": "links", "way": "up"}, clock()),
        "adopt": lambda: service.adopt(store, clerk, 2, 2, ADOPTION, clock() + timedelta(days=1)),
        "retopic": lambda: service.retopic(store, clerk, 2, "links", seen(), [], clock()),
    }

    def seen() -> str:
        return next(one.seen for one in standard.CLAUSES_IN_FULL if one.id == "links")

    for name, step in steps.items():
        with counting(engine.client) as made:
            step()
        costs[name] = len(made)
    assert costs == {"begin": 2, "move": 2, "adopt": 3, "retopic": 3}
