"""Whatever happens to the register and to a case, in whatever order: nobody who is concerned has it, it is in hands or
sealed, and no member is ever investigated, found by the parish to have broken anything, or punished."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib import settings
from chalicelib.cases import rules
from chalicelib.cases.service import records
from chalicelib.cases.workflow import KIND, TABLE, Unfit
from chalicelib.dates import today
from chalicelib.record import Actor, NotNow, NotYours, Record, stamp, verify
from chalicelib.register.rules import Person, Register
from chalicelib.store import Commit
from infra.local import demo
from tests.support.cases import ANSWERS, a_person

ROLES = ("clerk", "chair", "vice-chair", "deputy-clerk", "councillor", "employee")
NAMES = ("Ann Green", "Robert Wick", "Dawn Marsh", "Ivor Pugh", "Una Fell", "Philip Stone", "Mary Quill")
IDS = tuple(f"p{n}" for n in range(len(NAMES)))
EARLY = {"received", "triage", "informal"}
DISCIPLINARY = {"investigation", "hearing", "decided", "appeal"}

OWN_RULES = {
    "people",
    "link-check",
    "match-check",
    "say",
    "expire",
    "undeliverable",
    "stand-in",
    "pass-on",
    "chase",
    "view",
}
"""Actions that are tried by rules of their own."""

people = st.sampled_from(IDS)
OFFICES = {"the Clerk": "clerk", "our Chairman": "chair", "the Vice-Chair": "vice-chair"}
"""Words of the texts below → the office that they mean."""
NAMED = {"Cllr Green": "Green", "Philip Stone": "Stone"}
"""Words of the texts below → the surname that they mean, wherever they stand; `Una` means somebody where a name is
asked for."""
MIGHT_BE = {"member": {"chair", "vice-chair", "councillor"}, "employee": {"clerk", "deputy-clerk", "employee"}}
"""Whom a report is about → the roles of those who might be meant while nobody is named."""

turns = st.integers(0, 9)
"""Who acts: most often one of those who have it in hand, or little would ever happen; see `Council.somebody`."""
some = st.lists(people, max_size=2, unique=True)
TEXTS = ("", "somebody", "the Clerk", "our Chairman", "Cllr Green", "Una", "Philip Stone", "the Vice-Chair")
text = st.sampled_from(TEXTS)


class Council(RuleBasedStateMachine):
    """A council with one case. `out` remembers all whom anything ever excluded, by its own reckoning."""

    @initialize(
        jurisdiction=st.sampled_from(["england", "wales"]),
        roles=st.lists(st.sampled_from(ROLES), min_size=len(IDS), max_size=len(IDS)),
        subject=st.sampled_from(list(rules.SUBJECTS)),
        subject_name=text,
        witnesses=text,
        what_happened=text,
        reporter=st.sampled_from(["", *IDS]),
        email=st.sampled_from(["", "p1@council.example", "a@b.example"]),
    )
    def begins(self, jurisdiction: str, roles: list[str], reporter: str, email: str, **typed: Any) -> None:
        """Somebody reports something."""
        made = settings.read(demo.environment("http://127.0.0.1:8000/api"))
        self.settings = made._replace(council=made.council._replace(jurisdiction=jurisdiction))
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.register = Register(
            tuple(a_person(id, name, role) for id, name, role in zip(IDS, NAMES, roles, strict=True))
        )
        self.out: set[str] = {reporter} - {""} | ({"p1"} if email.startswith("p1") else set())
        self.log: list[tuple[str, str]] = []
        self.mailed: list[str] = []
        self.record = Record(KIND, "2222-2222-2222")
        given = {
            "answers": {**ANSWERS, **typed, "contact_email": email},
            "cited": [],
            "policy": 0,
            "reporter": reporter,
            "receipt": "x",
            "evidence": [],
            "checks": [],
            "track": rules.TRACK_OF[typed["subject"]],
            "deadlines": {},
        }
        self.make("report", rules.SOMEBODY, given)

    def make(self, action: str, by: Actor, given: dict[str, Any]) -> bool:
        """Make a move if it can be made."""
        try:
            made: Commit = records.made(self.settings, self.register, self.record, action, by, self.at, given)
        except (NotNow, NotYours, Unfit):
            return False
        if self.record.state not in EARLY and made.record.state not in EARLY:
            assert made.record.data["track"] == self.record.data["track"], "another procedure half-way"
        self.record = made.record
        self.out |= self.meant()
        self.log.append((made.entry.body(), made.entry.hash))
        mails = [write.item for write in made.writes if write.item.get("template") == "case-waiting"]
        for mail in mails:
            assert mail["to"]["id"] not in self.out | set(made.record.data["conflicts"])
        return True

    def meant(self) -> set[str]:
        """Whom the report means by name or office, by the register as it is, reckoned in the plainest way."""
        answers, day = self.record.data["answers"], today(self.at)
        running, asked = (
            (answers["what_happened"],),
            (answers["subject_name"], answers["witnesses"], *self.record.data["named"]),
        )
        surnames = {NAMED[said] for said in (*running, *asked) if said in NAMED}
        titled = (
            answers["subject_name"],
            *self.record.data["named"],
            *(running if answers["subject"] == "unknown" else ()),
        )
        roles = {OFFICES[said] for said in titled if said in OFFICES}
        if answers["subject"] == "clerk" and not self.record.data["subjects"]:
            roles.add("clerk")
        found = {one["name"] for one in (*self.record.data["subjects"], *self.record.data["witnesses"])}
        return {
            person.id
            for person in self.register.people
            if person.name.split()[1] in surnames
            or person.name in found
            or ("Una" in asked and person.name.startswith("Una"))
            or (person.on_register(day) and roles.intersection(person.roles))
        }

    def might_be(self) -> set[str]:
        """Who might be meant while nobody knows who is."""
        data = self.record.data
        roles = MIGHT_BE.get(data["answers"]["subject"], set())
        group = {person.id for person in self.register.people if roles.intersection(person.roles)}
        known = {id for id, why in data["conflicts"].items() if why == "subject"}
        named = data["answers"]["subject_name"] not in ("", "somebody")
        return set() if data["subjects"] or named or group & known else group

    def by(self, id: str) -> Actor:
        """A person as the service would have them act now."""
        person = self.person(id)
        return records.actor(self.settings, self.register, self.record.data, person, self.at)

    def person(self, id: str) -> Person:
        """The line of the register."""
        found = self.register.person(id)
        assert found is not None
        return found

    def somebody(self, turn: int) -> str:
        """Somebody who acts."""
        handlers = [person.id for person in rules.handlers(self.register, self.record.data, today(self.at))]
        return handlers[turn % len(handlers)] if handlers and turn < 8 else IDS[turn % len(IDS)]

    @rule(turn=turns, pick=st.integers(0, 39), finding=st.sampled_from(list(rules.FINDINGS)))
    def acts(self, turn: int, pick: int, finding: str) -> None:
        """Somebody tries something that the state allows, whether or not it is theirs to do."""
        there = [action for state, action in TABLE if state == self.record.state and action not in OWN_RULES]
        leads = [action for action in there if TABLE[self.record.state, action].to != self.record.state]
        action = leads[pick % len(leads)] if pick < 30 else there[pick % len(there)]
        self.make(action, self.by(self.somebody(turn)), self.given(action, finding))

    def given(self, action: str, finding: str = "breach") -> dict[str, Any]:
        """What any of these actions may be given."""
        person = {"person": "", "name": f"Outside {action}", "email": "", "kinds": ["member"]}
        return {
            "reason": "Because", "tell": "", "text": "", "finding": finding, "people": [person], "evidence": [],
            "grave": [], "clauses": [], "cited": [], "to": "", "reference": "", "guest": "g", "kind": "witness",
            "name": "W", "email": "w@x.example", "items": [], "until": stamp(self.at + timedelta(days=7)),
        }  # fmt: skip

    @rule(turn=turns, subjects=some, witnesses=some, track=st.sampled_from(["", "member", "staff"]))
    def finds(self, turn: int, subjects: list[str], witnesses: list[str], track: str) -> None:
        """Somebody says whom it is about, themselves perhaps."""

        def kept(ids: list[str]) -> list[dict[str, Any]]:
            found = [self.person(id) for id in ids]
            return [{"person": p.id, "name": p.name, "email": p.email, "kinds": rules.kinds(p)} for p in found]

        given = {"subjects": kept(subjects), "witnesses": kept(witnesses), "track": track}
        actor = self.by(self.somebody(turn))
        excluding = {*subjects, *witnesses}
        before = set(self.out)
        self.out |= excluding if rules.HANDLER in actor.capacities else set()
        if not self.make("people", actor, given):
            self.out = before

    @rule(turn=turns, approver=people, requester=people, found=st.booleans())
    def links(self, turn: int, approver: str, requester: str, found: bool) -> None:
        """Somebody links the check request of the post, or the daily run finds it."""
        check = {"reference": f"{approver}{requester}", "requester": requester, "approvers": [approver]}
        actor, before = rules.TICK if found else self.by(self.somebody(turn)), set(self.out)
        self.out |= {approver, requester} if found or rules.HANDLER in actor.capacities else set()
        move = ("match-check", {"checks": [check]}) if found else ("link-check", {"check": check})
        if not self.make(move[0], actor, move[1]):
            self.out = before

    @rule(named=text)
    def hears_from_the_reporter(self, named: str) -> None:
        """The reporter writes, and names somebody else."""
        self.make("say", rules.SOMEBODY, {"text": "Hello?", "named": named})

    @rule(days=st.integers(1, 12))
    def time_goes_by(self, days: int) -> None:
        """The daily run does what is due."""
        from chalicelib.cases.service import scheduled

        self.at += timedelta(days=days)
        for _ in range(10):
            step = next(scheduled._steps(self.register, self.record, self.at), None)
            if step is None:
                return
            assert self.make(step[0], rules.TICK, step[1])
        raise AssertionError("the daily run never comes to an end")

    @rule(who=people, what=st.sampled_from(["role", "name", "leaves", "returns"]), role=st.sampled_from(ROLES),
          name=st.sampled_from(NAMES))  # fmt: skip
    def somebody_changes(self, who: str, what: str, role: str, name: str) -> None:
        """The register changes under the case: another role, another name, they leave from tomorrow, they are back."""
        tomorrow = today(self.at) + timedelta(days=1)
        back: dict[str, Any] = {"until": None, "since": date(2020, 1, 1)}
        to: dict[str, Any] = {"role": {"roles": (role,)}, "name": {"name": name}, "leaves": {"until": tomorrow}}
        self.change(who, **to.get(what, back))

    def change(self, who: str, **to: Any) -> None:
        """Another line of the register."""
        self.register = Register(tuple(p._replace(**to) if p.id == who else p for p in self.register.people))

    @invariant()
    def nobody_concerned_has_it(self) -> None:
        """Not those whom it was said to concern, and not those whom it names."""
        day = today(self.at)
        handlers = rules.handlers(self.register, self.record.data, day)
        assert not self.out.intersection(person.id for person in handlers)
        assert not set(self.record.data["conflicts"]).intersection(person.id for person in handlers)
        assert not (self.meant() | self.might_be()).intersection(person.id for person in handlers)
        for person in handlers:
            assert person.on_register(day)
            assert person.officer_role
        for person in self.register.people:
            held = records.actor(self.settings, self.register, self.record.data, person, self.at).capacities
            assert bool(held) == (person in handlers)

    @invariant()
    def it_is_in_somebodys_hands_or_nobody_is_left(self) -> None:
        """Sealed only when every officer is excluded."""
        day = today(self.at)
        out = self.out | self.meant() | set(self.record.data["conflicts"])
        data = self.record.data
        unknown = data["answers"]["subject"] in MIGHT_BE and not data["subjects"]
        free = [one for one in self.register.on(day) if one.officer_role and one.id not in out]
        if not unknown:
            first = next((role for role in rules.ORDER if any(role == one.officer_role for one in free)), "")
            handlers = {one.id for one in rules.handlers(self.register, data, day)}
            assert handlers.issuperset(one.id for one in free if one.officer_role == first)
            assert handlers - set(data["stand_ins"]) <= {one.id for one in free if one.officer_role == first}
        elif not rules.handlers(self.register, data, day):
            assert self.might_be().issuperset(one.id for one in free) or data["answers"]["subject_name"]

    @invariant()
    def no_member_is_investigated_or_judged(self) -> None:
        """The Disciplinary Procedure is for employees; only the country's body judges a member."""
        data = self.record.data
        assert not data["track"] or all(data["track"] in subject["kinds"] for subject in data["subjects"])
        if self.record.state in EARLY:
            assert (data["finding"], data["outcome"], data["appointed"]) == ("", None, {})
        if self.record.state in DISCIPLINARY or data["appointed"]:
            assert data["track"] == "staff"
            assert data["subjects"]
            assert all("staff" in subject["kinds"] for subject in data["subjects"])
        if data["finding"] and data["track"] != "staff":
            assert data["referred"]
            assert data["outcome"]["what"] == "outside-outcome"

    @invariant()
    def the_log_holds(self) -> None:
        """Every entry follows from the one before it."""
        assert not verify(self.record, self.log)

    def holds(self) -> None:
        """All of these."""
        self.nobody_concerned_has_it()
        self.it_is_in_somebodys_hands_or_nobody_is_left()
        self.no_member_is_investigated_or_judged()
        self.the_log_holds()


TestCouncil = Council.TestCase
TestCouncil.settings = hypothesis_settings(max_examples=80, stateful_step_count=30, deadline=None)
