"""A thousand people and a new version: every mail goes once, whatever becomes of the runs; and what it costs."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

import app  # noqa: F401  (it joins the parts: an adoption leaves something for the sign-offs to do)
from chalicelib import hooks, outbox, settings
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.record import Record, canonical, move, stamp, verify
from chalicelib.register import service as register
from chalicelib.register.rules import Person, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.register.workflow import TABLE as REGISTER_TABLE
from chalicelib.sign_offs import roll
from chalicelib.sign_offs.service import campaign, records, scheduled, signing
from chalicelib.sign_offs.workflow import SIGNED
from chalicelib.store import Commit, Store, Write
from infra.local import demo
from tests.support.clock import MONDAY_MORNING
from tests.support.counting import counted
from tests.support.engines import Engine
from tests.support.memory import Died, Memory

MANY = 1000
SETTINGS: Any = None


def crowd(store: Store, many: int) -> Person:
    """Put so many people on the register at once, with names and addresses as long as in life; its Clerk."""
    people = {
        f"{n:016x}": {
            "name": f"Bartholomew Featherstonehaugh-Longbottom {n}",
            "title": "Councillor",
            "email": f"bartholomew.featherstonehaugh.{n}@nether-wickby-parish.example",
            "roles": ["clerk" if n == 0 else "councillor"],
            "since": "2024-05-14",
            "until": "",
            "epoch": 0,
        }
        for n in range(many)
    }
    given = {"people": people}
    after, entry = move(REGISTER_TABLE, Record(REGISTER, REGISTER_ID), "seed", register.SETTINGS, MONDAY_MORNING, given)
    store.commit(Commit(after, entry))
    return register_of(after.data).people[0]


def adopts(store: Store, by: Person, at: datetime, meeting: str = "2026-11-20", *, material: bool = True) -> None:
    """The council adopts the project's own wording (again)."""
    number = shelf.read(store).next_number
    draft = policy.begin(store, by, number, "standard", "", at)
    act = {"meeting": meeting, "minute": "1", "material": material}
    policy.adopt(store, by, number, draft.version, act, at)


class Post:
    """A mailer that keeps whom it sent what."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, id: str, _name: str, _reply: str, to: Any, letter: Any) -> str:
        self.sent.append((str(to), letter.subject))
        return id


def asked(store: Memory) -> Counter[str]:
    """How often each person was asked, by their logs, all of which verify."""
    found: Counter[str] = Counter()
    for pk, sk in store.kept:
        if sk == "head" and pk.startswith("sign-off#"):
            history = store.history("sign-off", pk.partition("#")[2])
            assert verify(history.record, history.log) == []
            found[pk] += sum(entry.action == "ask" for entry in history.entries())
    return found


def mails(store: Memory) -> Counter[str]:
    """How many mails about sign-offs were written for each person."""
    return Counter(pk for pk, sk in store.kept if pk.startswith("sign-off#") and sk.startswith("mail#"))


def works_through(store: Memory, at: datetime) -> int:
    """Run until nothing is left; how many runs that took."""
    runs = 0
    while store.waiting("campaign", stamp(at)):
        before = store.reads, store.writes
        campaign.work(store, SETTINGS, at)
        runs += 1
        # Bounded, however many there are: for each person one transaction, and a few requests beside them.
        assert store.writes - before[1] <= campaign.PEOPLE + 2
        assert store.reads - before[0] <= 5
        assert runs < 3 * MANY / campaign.PEOPLE
    return runs


def test_a_thousand_people_are_asked_once_each_in_as_many_runs_as_it_takes() -> None:
    store, at = Memory(), MONDAY_MORNING
    adopts(store, crowd(store, MANY), at)
    assert works_through(store, at) == MANY / campaign.PEOPLE
    assert set(asked(store).values()) == set(mails(store).values()) == {1}
    assert len(asked(store)) == MANY
    # And every mail is sent, each once.
    post: Any = Post()
    council = settings.read(demo.environment("https://desk.council.example"))
    sweeps = 0
    while store.waiting("outbox", stamp(at)):
        assert outbox.sweep(store, post, council, at) <= outbox.BATCH
        at += timedelta(minutes=1)
        sweeps += 1
    assert (len(post.sent), len(set(post.sent)), sweeps) == (MANY, MANY, MANY / outbox.BATCH)


@pytest.mark.parametrize("dies_after", [0, 1, 2, 13, 49, 50])
def test_a_run_that_is_killed_loses_and_doubles_nobody(dies_after: int) -> None:
    store, at = Memory(), MONDAY_MORNING
    adopts(store, crowd(store, 240), at)
    for _ in range(3):
        killed(store, dies_after, at)
    works_through(store, at)
    assert set(asked(store).values()) == set(mails(store).values()) == {1}
    assert len(asked(store)) == 240


def killed(store: Memory, after: int, at: datetime) -> None:
    """Work until the process dies after so many writes; there is enough to do that it does."""
    store.fail_after = after
    try:
        with pytest.raises(Died):
            works_through(store, at)
    finally:
        store.fail_after = None


@pytest.mark.parametrize("meet_after", [0, 1, 20, 49])
def test_two_runs_at_once_share_the_work(meet_after: int) -> None:
    """The second runs through while the first has read everything and made some of its transactions."""

    class Meeting(Memory):
        left = -1

        def commit(self, *commits: Commit) -> None:
            if self.left == 0:
                self.left = -1
                for _ in range(2):
                    campaign.work(self, SETTINGS, MONDAY_MORNING)
            elif self.left > 0:
                self.left -= 1
            super().commit(*commits)

    store = Meeting()
    adopts(store, crowd(store, 120), MONDAY_MORNING)
    store.left = meet_after
    works = 0
    while store.waiting("campaign", stamp(MONDAY_MORNING)):
        campaign.work(store, SETTINGS, MONDAY_MORNING)
        works += 1
    assert works <= 4
    assert set(asked(store).values()) == set(mails(store).values()) == {1}
    assert len(asked(store)) == 120


def test_somebody_whose_turn_fails_keeps_nobody_from_theirs_and_is_asked_later() -> None:
    class Faulty(Memory):
        faulty = True

        def commit(self, *commits: Commit) -> None:
            if self.faulty and commits[0].record.id.endswith("7"):
                raise TimeoutError("the table did not answer")
            super().commit(*commits)

    store, at = Faulty(), MONDAY_MORNING
    clerk = crowd(store, 120)
    store.faulty = False
    adopts(store, clerk, at)
    store.faulty = True
    for _ in range(5):
        with pytest.raises(TimeoutError):
            campaign.work(store, SETTINGS, at)
    assert len(asked(store)) == 120 - len([n for n in range(120) if f"{n:x}".endswith("7")])
    store.faulty = False
    works_through(store, at)
    assert len(asked(store)) == 120
    assert set(asked(store).values()) == {1}


def test_those_who_signed_need_not_sign_a_change_that_does_not_matter() -> None:
    store, at = Memory(), MONDAY_MORNING
    clerk = crowd(store, 60)
    adopts(store, clerk, at)
    works_through(store, at)
    current = shelf.read(store).current
    assert current is not None
    people = register_of(store.kept["register#register", "head"]["data"]).people
    for person in people[:40]:
        signing.sign(store, person, current, "link", at, signing.find(store, person.id))
    adopts(store, clerk, at + timedelta(days=1), "2026-11-21", material=False)
    works_through(store, at + timedelta(days=1))
    assert sorted(asked(store).values()) == [1] * 40 + [2] * 20
    adopts(store, clerk, at + timedelta(days=2), "2026-11-22")
    works_through(store, at + timedelta(days=2))
    assert sorted(asked(store).values()) == [2] * 40 + [3] * 20


def test_the_clerk_hears_once_of_everybody_who_has_not_signed() -> None:
    store, at = Memory(), MONDAY_MORNING
    clerk = crowd(store, 230)
    adopts(store, clerk, at)
    works_through(store, at)
    later = at + timedelta(days=28)
    # The first run is killed among those whom it notes, when everybody has been reminded; the next goes on from there.
    store.fail_after = 230 + 2
    with pytest.raises(Died):
        scheduled.due(store, SETTINGS, later)
    store.fail_after = None
    assert scheduled.due(store, SETTINGS, later + timedelta(days=1)) == 230 - 2 * 45
    assert scheduled.due(store, SETTINGS, later + timedelta(days=1)) == 0
    (mail,) = [item for (pk, _), item in store.kept.items() if pk.startswith("sign-off-list#")]
    assert (mail["to"]["id"], len(mail["context"]["people"]), mail["context"]["more"]) == (clerk.id, 200, 30)


def test_a_tick_with_nothing_due_asks_the_same_with_few_and_with_many() -> None:
    costs = set()
    for many in (10, 500):
        store, at = Memory(), MONDAY_MORNING
        adopts(store, crowd(store, many), at)
        works_through(store, at)
        store.reads = store.writes = 0
        later = at + timedelta(days=1)
        assert scheduled.due(store, SETTINGS, later) + campaign.work(store, SETTINGS, later) == 0
        costs.add((store.reads, store.writes))
    assert costs == {(2, 0)}


@pytest.mark.both_engines
def test_fifty_people_sign_at_one_instant(store: Store, engine: Engine) -> None:
    clerk = crowd(store, 50)
    adopts(store, clerk, MONDAY_MORNING)
    kept, ready = records.council(store), Barrier(50)
    text = kept.shelf.current
    assert text is not None

    def signs(person: Person) -> Record:
        before = signing.find(store, person.id)
        ready.wait(60)
        return signing.sign(store, person, text, "link", MONDAY_MORNING, before)

    with ThreadPoolExecutor(50) as together:
        signed = list(together.map(signs, kept.register.people))
    assert {record.state for record in signed} == {SIGNED}
    found = roll.of(store.item(roll.KEY)).people
    assert found == {person.id: (1,) for person in kept.register.people}


@pytest.mark.both_engines
def test_the_register_and_the_roll_of_a_thousand_people_are_one_item_each(store: Store, engine: Engine) -> None:
    clerk = crowd(store, MANY)
    head = store.get(REGISTER, REGISTER_ID)
    assert head is not None
    assert len(canonical(head.data).encode()) < 330_000, "an item holds 400 kB"
    for start in range(0, MANY, 100):
        lines = (roll.write(f"{n:016x}", range(1, 11)).item for n in range(start, start + 100))
        store.write(Write("set", {name: value for line in lines for name, value in line.items()}))
    found = store.item(roll.KEY) or {}
    assert roll.of(found).people == {f"{n:016x}": tuple(range(1, 11)) for n in range(MANY)}
    assert len(canonical(found)) < 60_000
    # And one run over them, on the real engines.
    adopts(store, clerk, MONDAY_MORNING)
    _, made = counted(engine.client, lambda: campaign.work(store, SETTINGS, MONDAY_MORNING))
    assert made == {"Query": 1, "BatchGetItem": 2, "TransactWriteItems": 50, "UpdateItem": 1}
    assert hooks.WORK
