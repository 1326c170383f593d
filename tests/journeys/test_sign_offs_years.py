"""Five years of days, with ticks that fail to come, come twice and come late, while versions are adopted and people
join, leave and come back: everybody is asked for exactly what they should sign, once, and nobody chased after signing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import app  # noqa: F401  (it joins the parts: an adoption leaves something for the sign-offs to do)
from chalicelib import dates
from chalicelib.outbox import is_relevant
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.policy.rules import Line
from chalicelib.record import Entry, Record, instant, move, verify
from chalicelib.register import service as register
from chalicelib.register.rules import Person, register_of
from chalicelib.register.workflow import TABLE
from chalicelib.sign_offs import rules
from chalicelib.sign_offs.rules import REMINDERS
from chalicelib.sign_offs.service import campaign, scheduled, signing
from chalicelib.store import Commit
from tests.support.memory import Memory

START = date(2026, 3, 1)
DAYS = 5 * 365 + 1
NOBODY_SETS: Any = None
NAMES = ("ann", "ben", "cat", "dan", "eve", "fay")
WORDS = ("Be kind.", "Be brief.", "Be true.")

Events: TypeAlias = list[tuple[int, str, int, int]]

EVENTS = some.lists(
    some.tuples(
        some.integers(0, DAYS - 1),
        some.sampled_from(
            ("adopt", "adopt", "join", "leave", "return", "sign", "sign", "sign", "paper", "strike", "work")
        ),
        some.integers(0, 5),
        some.integers(0, 400),
    ),
    min_size=10,
    max_size=60,
)
"""(day, what happens, to whom, how many days back or ahead)."""

TICKS = some.fixed_dictionaries(
    {
        "dropped": some.lists(some.tuples(some.integers(0, DAYS), some.integers(1, 40)), max_size=8),
        "twice": some.sets(some.integers(0, DAYS), max_size=40),
        "late": some.dictionaries(some.integers(0, DAYS), some.integers(1, 5), max_size=40),
    }
)
"""Runs of days without a tick; days with two; days whose tick comes some days late, after those of later days."""


@dataclass
class World(Memory):
    """A council in memory, and beside it the plainest account of what should be: `signed`, `open` (what somebody was
    asked for and has not signed) and how often each reminder went since."""

    signed: dict[str, set[int]] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    reminded: Counter[str] = field(default_factory=Counter)
    read: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Memory.__init__(self)

    def commit(self, *commits: Commit) -> None:
        super().commit(*commits)
        for commit in commits:
            if commit.record.kind == "sign-off":
                self.heard(commit.entry)

    def heard(self, entry: Entry) -> None:
        """Something was done about somebody: was it right?"""
        id, at = entry.id, instant(entry.at)
        if entry.action == "ask":
            assert self.expected(id, at) == entry.given["version"], "asked for what they should sign, and when"
            assert self.open.get(id) != entry.given["version"], "and not asked twice"
            self.open[id], self.since[id], self.reminded[id] = entry.given["version"], at, 0
        elif entry.action in REMINDERS:
            assert id in self.open, "nobody is chased who has signed or left"
            assert self.expected(id, at) == self.open[id]
            days = REMINDERS[entry.action]
            assert (dates.today(at) - dates.today(self.since[id])).days >= days
            assert days > self.reminded[id], "each reminder once"
            self.reminded[id] = days
        elif entry.action == "list":
            assert self.reminded[id] == max(REMINDERS.values())
        elif entry.action == "excuse":
            assert self.expected(id, at) is None
            del self.open[id]
        elif entry.action in ("sign", "paper", "earlier-paper"):
            self.signed.setdefault(id, set()).add(entry.given["version"])
            if entry.action != "earlier-paper":
                self.open.pop(id, None)
        elif entry.action == "strike-paper":
            self.signed[id].remove(entry.given["version"])
        else:
            raise AssertionError(entry.action)

    def people(self) -> dict[str, Person]:
        """Everybody who is or was on the register."""
        item = self.kept["register#register", "head"]
        if self.read.get("people", (None,))[0] is not item:
            self.read["people"] = item, {person.id: person for person in register_of(item["data"]).people}
        found: dict[str, Person] = self.read["people"][1]
        return found

    def versions(self) -> list[Line]:
        """The adopted versions, the one in force last."""
        item = self.kept.get(shelf.KEY)
        if self.read.get("versions", (None,))[0] is not item:
            self.read["versions"] = item, list(reversed(shelf.of(item).adopted))
        found: list[Line] = self.read.get("versions", (None, []))[1]
        return found

    def expected(self, id: str, at: datetime) -> int | None:
        """The version that somebody should sign, told without the product's own rule."""
        person, ordered = self.people()[id], self.versions()
        if not ordered or not (
            person.since <= dates.today(at) and (not person.until or dates.today(at) < person.until)
        ):
            return None
        for line in reversed(ordered):
            if line.number in self.signed.get(id, set()):
                return None
            if line.adopted and line.adopted.material:
                break
        return ordered[-1].number


def clock(day: int, hour: int = 10) -> datetime:
    """A moment of the simulation's day."""
    return datetime.combine(START + timedelta(days=day), time(hour), tzinfo=UTC)


def happens(world: World, what: str, who: str, days: int, at: datetime) -> None:
    """One thing that people do; what cannot be done now is not done."""
    people, clerk, today = world.people(), world.people()["clerk"], dates.today(at)
    person = people.get(who)
    if what == "adopt":
        number = shelf.read(world).next_number
        draft = policy.begin(world, clerk, number, "paste", f"Rules\n\n{WORDS[number % 3]} {number}\n", at)
        act = {"meeting": (today - timedelta(days=days)).isoformat(), "minute": "1", "material": days % 2 == 0}
        policy.adopt(world, clerk, number, draft.version, act, at)
    elif what == "join" and person is None:
        since = today + timedelta(days=days % 60 - 20)
        fields = {"name": who.title(), "title": "", "email": f"{who}@council.example", "roles": ["councillor"]}
        register.add(world, clerk, who, {**fields, "since": since.isoformat()}, at)
    elif what == "leave" and person and person.until is None:
        until = max(today + timedelta(days=days % 40 - 5), person.since + timedelta(days=1))
        register.end(world, clerk, who, register.shown(person), until, at)
    elif what == "return" and person and person.until:
        back = None if person.until > today else today + timedelta(days=days % 10)
        register.return_(world, clerk, who, register.shown(person), back, at)
    elif what == "sign" and person and world.expected(who, at):
        current = shelf.read(world).current
        assert current is not None
        signing.sign(world, person, current, "link", at, signing.find(world, who))
    elif what in ("paper", "strike") and person:
        papers(world, what, person, days, at)
    elif what == "work":
        campaign.work(world, NOBODY_SETS, at)


def papers(world: World, what: str, who: Person, days: int, at: datetime) -> None:
    """The Clerk records a signature on paper, or strikes one out."""
    clerk, versions, record = world.people()["clerk"], shelf.read(world).adopted, signing.find(world, who.id)
    line = versions[days % len(versions)] if versions else None
    if what == "strike":
        recorded = [number for number in rules.numbers(record.data) if signing.on_paper_of(record, number)]
        for number in recorded[:1]:
            signing.strike_paper(world, clerk, who, number, "Somebody else's", at)
    elif line and line.adopted and line.number not in world.signed.get(who.id, set()):
        signing.on_paper(world, clerk, who, versions, line.number, line.adopted.meeting, "Here", at)


def tick(world: World, at: datetime) -> None:
    """The daily run, as of then."""
    campaign.work(world, NOBODY_SETS, at)
    scheduled.due(world, NOBODY_SETS, at)


def all_is_well(world: World, at: datetime) -> None:
    """After a run: exactly those are asked who should be, each for the version that they should sign."""
    expected = {id: wanted for id in world.people() if (wanted := world.expected(id, at))}
    assert world.open == expected


def runs(ticks: dict[str, Any]) -> dict[int, list[int]]:
    """Day → the days whose ticks come on it, in that order."""
    dropped = {day + more for day, length in ticks["dropped"] for more in range(length)}
    found: dict[int, list[int]] = {}
    for day in range(DAYS):
        if day in dropped:
            continue
        comes = day + ticks["late"].get(day, 0)
        found.setdefault(comes, []).extend([day] * (2 if day in ticks["twice"] else 1))
    return found


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS, TICKS)
def test_five_years(events: Events, ticks: dict[str, Any]) -> None:
    lives(events, ticks)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(some.randoms(use_true_random=False), TICKS)
def test_five_busy_years(random: Random, ticks: dict[str, Any]) -> None:
    """Something happens every other week, which lists that are made to be short seldom have."""
    whats = ["adopt", *["join", "leave", "return", "sign", "sign", "paper", "strike", "work"] * 2]
    events = [(day, random.choice(whats), random.randrange(6), random.randrange(400)) for day in range(0, DAYS, 13)]
    lives([*((day, "join", day, 30) for day in range(6)), *events], ticks)


def lives(events: Events, ticks: dict[str, Any]) -> None:
    """Five years in which these things happen, with ticks like these."""
    world = World()
    line = {"name": "Ruth", "title": "", "email": "clerk@council.example", "roles": ["clerk"], "since": "2020-01-01"}
    begin(world, {"clerk": {**line, "until": "", "epoch": 0}})
    happening: dict[int, list[tuple[str, str, int]]] = {}
    for day, what, name, days in events:
        happening.setdefault(day, []).append((what, NAMES[name], days))
    coming = runs(ticks)
    for day in range(DAYS + 6):
        for of in coming.get(day, ()):
            tick(world, clock(of, 6))
        if coming.get(day, [-1])[-1] == day:
            all_is_well(world, clock(day, 6))
        for what, who, days in happening.get(day, ()):
            happens(world, what, who, days, clock(day))
    # Long enough for whoever joins 39 days after the last day, and is reminded for 28 more.
    for day in range(DAYS + 6, DAYS + 80):
        tick(world, clock(day, 6))
        all_is_well(world, clock(day, 6))
    # Whoever has not signed by now has had the last reminder, and the Clerk has been told.
    for id in world.open:
        record = world.get("sign-off", id)
        assert record is not None
        assert record.data["deadlines"] == {}
        assert world.reminded[id] == max(REMINDERS.values())
    whatever_remains(world)


def whatever_remains(world: World) -> None:
    """Every log verifies, every signature can be found, and no mail that is still due has lost its point unseen."""
    for id in world.people():
        history = world.history("sign-off", id)
        if history.record is None:
            continue
        assert verify(history.record, history.log) == []
        assert {int(number) for number in history.record.data["signed"]} == world.signed.get(id, set())
        for (pk, _), item in world.kept.items():
            if pk == f"sign-off#{id}" and "relevant" in item:
                wanted = is_relevant(item["relevant"], history.record.state, history.record.data)
                assert wanted == (world.open.get(id) == item["link"]["version"])
    for version in (line.number for line in shelf.read(world).adopted):
        newest = {one["brief"]["person"]: one for one in reversed(world.listed(f"sign-offs#{version}", 1000))}
        listed = {id for id, one in newest.items() if not one["brief"].get("struck")}
        assert listed == {id for id, versions in world.signed.items() if version in versions}


def begin(world: World, people: dict[str, Any]) -> None:
    """The register as it stands on the first day."""
    before = Record("register", "register")
    after, entry = move(TABLE, before, "seed", register.SETTINGS, clock(0, 0), {"people": people})
    world.commit(Commit(after, entry))
