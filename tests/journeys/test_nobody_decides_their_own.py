"""Nobody decides a request that is theirs or that names them, whoever tries, in whatever role, as often as they like.

Hypothesis makes up the council, what is asked and what is tried; the services are the real ones. Whether somebody is
named is known here from how the text was made, never from the rule that is under test.
"""

from __future__ import annotations

import contextlib
import unicodedata
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import dates
from chalicelib.checks.service import afterwards, asking, deciding, requests, scheduled
from chalicelib.checks.workflow import DECISIONS, OtherText
from chalicelib.record import NotNow, NotYours, Record, verify
from chalicelib.register.rules import ROLES, Person, Register
from chalicelib.register.workflow import ID, KEPT, KIND
from chalicelib.settings import read
from chalicelib.store import Conflict
from infra.local import demo
from tests.support.builders import ANSWERS, a_decision
from tests.support.clock import MONDAY_MORNING
from tests.support.memory import Memory

TODAY = dates.today(MONDAY_MORNING)
NAMES = ("Ann Green", "Siân O’Merrow", "Grace Okonjo-Webb", "Bo Li", "Zoë de la Haye", "ŁUKASZ Święty", "Ivy Ash")
WRITTEN = ("text", "question", "others", "account", "links", "unsure", "picture_owner")
SPELLINGS = (
    str,
    str.upper,
    str.lower,
    str.split,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: name.replace(" ", "\n"),
    lambda name: name.replace(" ", " \u00a0 "),
    lambda name: "#" + "".join(c for c in name if c.isalpha()),
    lambda name: f"“{name}”’s",
    lambda name: name[:1] + "\u00ad" + name[1:],
    lambda name: "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in name),
)
"""How a name may be written so that people read it all the same."""
ACTIONS = ("decide", "decide", "decide", "reopen", "resubmit", "roles", "tick", "posted")

roles = st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def councils(draw: st.DrawFn) -> Register:
    """A council of up to seven people in any roles, some of whom have left or not yet come."""
    people = []
    for n in range(draw(st.integers(2, len(NAMES)))):
        since = draw(st.sampled_from([date(2020, 1, 1), TODAY, TODAY + timedelta(days=1)]))
        until = draw(st.sampled_from([None, None, TODAY + timedelta(days=2), TODAY]))
        people.append(Person(f"p{n}", NAMES[n], "", f"p{n}@council.example", draw(roles), since, until))
    return Register(tuple(people))


@st.composite
def questions(draw: st.DrawFn, council: Register) -> tuple[dict[str, Any], set[str]]:
    """What is asked, and the ids of those whom it names, ticked or in writing."""
    ids = [person.id for person in council.people]
    ticked = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    asked = {**ANSWERS, "named": sorted(ticked), "ask": draw(st.sampled_from(["clerk", "chair", "either"]))}
    named = set(ticked)
    for person in draw(st.lists(st.sampled_from(council.people), max_size=2, unique=True)):
        spelt = draw(st.sampled_from(SPELLINGS))(person.name)
        spelt = "  ".join(spelt) if isinstance(spelt, list) else spelt
        field = draw(st.sampled_from(WRITTEN))
        asked[field] = f"{asked[field]} Thanks to {spelt}, who was there."
        named.add(person.id)
    return asked, named


class Attempt:
    """One request and everybody who tries something with it."""

    def __init__(self, council: Register) -> None:
        self.store, self.at, self.named = Memory(), MONDAY_MORNING, set[str]()
        self.settings = read(demo.environment("https://council.example"))
        self.register = council

    @property
    def register(self) -> Register:
        return self._register

    @register.setter
    def register(self, council: Register) -> None:
        self._register = council
        lines = {
            who.id: {
                "name": who.name,
                "title": who.title,
                "email": who.email,
                "roles": list(who.roles),
                "since": who.since.isoformat(),
                "until": who.until.isoformat() if who.until else "",
                "epoch": who.epoch,
            }
            for who in council.people
        }
        version = self.store.kept.get(("register#register", "head"), {"version": 0})["version"] + 1
        kept = {"kind": KIND, "id": ID, "state": KEPT, "version": version, "tip": "0" * 64, "data": {"people": lines}}
        self.store.kept["register#register", "head"] = kept

    def asks(self, who: Person, asked: dict[str, Any], named: set[str]) -> None:
        reference = "7F3K-9QXM"
        common = (self.store, self.settings, self.register, who)
        before = self.store.get(requests.KIND, reference)
        if before is None:
            asking.submit(*common, reference, asked, self.at)
            self.named = named
            return
        with contextlib.suppress(NotNow, NotYours, asking.AlreadySent):
            draft = asking.resubmit(*common, before, asked, before.data["draft"] + 1, self.at).data["draft"]
            if draft > before.data["draft"]:
                self.named = named

    @property
    def record(self) -> Record:
        return requests.find(self.store, "7F3K-9QXM")

    def decides(self, who: Person, decision: str, seen: Record) -> None:
        now, given = self.record, a_decision(seen, decision)
        try:
            made = deciding.decide(self.store, self.settings, self.register, who, seen, given, self.at)
        except (NotNow, NotYours, OtherText):
            assert self.record == now
            return
        by = made.data["decision"]["by"]
        assert by == who.id
        assert by != made.data["requester"]
        if self.record == now:
            return  # Pressed twice, and answered as once.
        assert self.record == made
        assert by not in self.named
        assert who.officer_role
        assert who.on_register(dates.today(self.at))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_way_is_found(data: st.DataObject) -> None:
    council = data.draw(councils())
    here = [person for person in council.people if person.on_register(TODAY)]
    if not here:
        return
    attempt = Attempt(council)
    requester = data.draw(st.sampled_from(here))
    attempt.asks(requester, *data.draw(questions(council)))
    seen = [attempt.record]
    for _ in range(data.draw(st.integers(1, 12))):
        people = attempt.register.people
        who = data.draw(st.sampled_from(people))
        action = data.draw(st.sampled_from(ACTIONS))
        attempt.at += timedelta(hours=data.draw(st.sampled_from([0, 1, 30])))
        if action == "decide":
            decision = data.draw(st.sampled_from([*DECISIONS, "reopen", "lapse", "record-posted", ""]))
            attempt.decides(who, decision, data.draw(st.sampled_from(seen)))
        elif action == "reopen" and attempt.record.data["decision"]:
            with contextlib.suppress(NotNow, NotYours, Conflict):
                deciding.reopen(attempt.store, attempt.settings, who, attempt.record, attempt.at)
                assert who.id != requester.id
        elif action == "resubmit":
            attempt.asks(requester, *data.draw(questions(council)))
        elif action == "roles":
            changed = who._replace(roles=data.draw(roles), until=data.draw(st.sampled_from([None, TODAY])))
            attempt.register = Register(tuple(changed if one == who else one for one in people))
        elif action == "tick":
            scheduled.due(attempt.store, attempt.settings, attempt.at)
        elif action == "posted":
            given = {"where": "There", "text": "Something else"}
            with contextlib.suppress(NotNow, NotYours, Conflict):
                afterwards.by_requester(
                    attempt.store, attempt.register, who, attempt.record, "record-posted", given, attempt.at
                )
                assert who.id == requester.id
        seen.append(attempt.record)
    asked = set(attempt.record.data["asked"])
    assert not asked & ({requester.id} | attempt.named)
    assert verify(attempt.record, attempt.store.history(requests.KIND, attempt.record.id).log) == []
