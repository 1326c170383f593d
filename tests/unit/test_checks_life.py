"""Whole lives of check requests: anybody tries anything, at any time, while people come, go and change their roles.

What must hold at every step: whoever decides is neither the requester nor named, an officer, and on the register; the
log verifies; nobody is asked twice in one wait; and the scheduled run always finds a legal move where one is due.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import dates
from chalicelib.checks import rules
from chalicelib.checks.workflow import DECISIONS, TABLE, WAITING
from chalicelib.record import Actor, NotNow, NotYours, Record, allowed, move, verify
from chalicelib.register.rules import Person, Register
from tests.support import checks
from tests.support.clock import MONDAY_MORNING

ACTIONS = sorted({action for _, action in TABLE if action != "submit"})


@dataclass
class Life:
    """A request, its log, the register and the clock, as they stand."""

    register: Register
    record: Record
    at: datetime = MONDAY_MORNING
    log: list[tuple[str, str]] = field(default_factory=list)

    def person(self, n: int) -> Person:
        return self.register.people[n % len(self.register.people)]

    def does(self, who: Actor, action: str) -> None:
        """Try it; what the table or the rules forbid must not happen."""
        before = self.record
        facts = checks.given(action, before.data, self.register, self.at)
        try:
            self.record, entry = move(TABLE, before, action, who, self.at, facts)
        except (NotNow, NotYours):
            assert action not in allowed(TABLE, before, who.capacities)
            return
        self.log.append((entry.body(), entry.hash))
        assert action in allowed(TABLE, before, who.capacities)
        if action in DECISIONS:
            self.decided_fairly(before, who.id)

    def decided_fairly(self, before: Record, by: str) -> None:
        person = self.register.person(by)
        assert person is not None
        assert person.on_register(dates.today(self.at))
        assert person.officer_role
        assert by != before.data["requester"]
        assert by not in before.data["answers"]["named"]
        assert person.name not in before.data["answers"]["text"]
        assert before.state == WAITING

    def does_something_legal(self, n: int) -> None:
        """One of all the moves that anybody could make now."""
        actors = [checks.actor(self.record.data, who, self.register, self.at) for who in self.register.people]
        moves = [(who, action) for who in actors for action in allowed(TABLE, self.record, who.capacities)]
        if moves:
            self.does(*moves[n % len(moves)])

    def ticks(self) -> None:
        """The scheduled run, as often as it finds something to do."""
        for _ in range(4):
            action = self.due()
            if action is None:
                return
            before = self.record
            self.does(rules.TICK, action)
            assert self.record is not before, f"{action} was due in {before.state}, and is not legal there"
        raise AssertionError("the scheduled run found something due again and again")

    def due(self) -> str | None:
        """What the scheduled run does next, as `scheduled.due` has it."""
        data, today = self.record.data, dates.today(self.at)
        action = rules.due_action(data, self.at)
        if self.record.state == WAITING and action != "lapse" and not rules.in_hand(self.register, data, today):
            return "ask" if rules.next_to_ask(self.register, data, today) else None
        return action

    def sound(self) -> None:
        """What holds at every moment."""
        data = self.record.data
        assert verify(self.record, self.log) == []
        assert len(set(data["asked"])) == len(data["asked"])
        assert data["requester"] not in data["asked"]
        assert not set(data["answers"]["named"]) & set(data["asked"])
        assert (data["decision"] is None) or self.record.state != WAITING
        assert data["posted"] is None or self.record.state == "posted"


STEPS = ["legal"] * 6 + ["tick"] * 2 + ["change roles", "leave", "come back"]
STEP = st.tuples(st.sampled_from([*STEPS, *ACTIONS]), st.integers(0, 6), st.integers(0, 40))
"""What is tried (something legal, something named, …), by whom, and how many hours later."""


@settings(max_examples=500)
@given(
    by=st.integers(0, 6),
    named=st.lists(st.integers(0, 6), max_size=2, unique=True),
    written=st.one_of(st.none(), st.integers(0, 6)),
    ask=st.sampled_from(["either", "clerk", "chair"]),
    steps=st.lists(STEP, max_size=25),
)
def test_a_request_lives_by_the_rules_whatever_is_tried(
    by: int, named: list[int], written: int | None, ask: str, steps: list[tuple[str, int, int]]
) -> None:
    people = checks.COUNCIL.people
    text = "" if written is None else f"As {people[written].name} said"
    asked = checks.answers(named=[people[n].id for n in named], text=text, ask=ask)
    life = Life(checks.COUNCIL, Record("check", "7F3K-9QXM", data={}))
    data = {"requester": people[by].id, "answers": asked, "asked": []}
    first = checks.given("submit", data, life.register, life.at)
    requester = checks.actor({**data, "decision": None}, people[by])._replace(capacities=frozenset({rules.REQUESTER}))
    life.record, entry = move(TABLE, life.record, "submit", requester, life.at, first)
    life.log.append((entry.body(), entry.hash))
    for action, n, hours in steps:
        life.at += timedelta(hours=hours)
        person = life.person(n)
        if action == "tick":
            life.ticks()
        elif action == "legal":
            life.does_something_legal(n + hours)
        elif action in ("change roles", "leave", "come back"):
            life.register = changed(life.register, person, action, life.at)
        else:
            life.does(checks.actor(life.record.data, person, life.register, life.at), action)
        life.sound()


def changed(register: Register, person: Person, how: str, at: datetime) -> Register:
    """The register after this person's roles changed, or after they left or came back."""
    if how == "change roles":
        roles = ("clerk", "chair", "councillor") if person.roles == ("councillor",) else ("councillor",)
        after = person._replace(roles=roles)
    else:
        after = person._replace(until=dates.today(at) if how == "leave" else None)
    return Register(tuple(after if other.id == person.id else other for other in register.people))
