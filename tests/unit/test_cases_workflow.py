"""The case's table of moves: what a parish may not do is not in it; and what each move does to the case."""

from typing import Any

import pytest

from chalicelib.cases import rules, workflow
from chalicelib.cases.workflow import STATES, TABLE, Unfit
from chalicelib.record import NEW, Actor, NotNow, NotYours, Record, move, verify
from tests.support import cases
from tests.support.cases import CLERK, EMPLOYEE, MEMBER
from tests.support.clock import MONDAY_MORNING

OF_A_MEMBER = {
    "england": {rules.HANDLER, rules.HANDLER_ENGLAND, rules.HANDLER_UNREACHABLE},
    "wales": {rules.HANDLER, rules.HANDLER_WALES, rules.HANDLER_UNREACHABLE},
}
"""All that a handler of a case about a member can be to it."""
OF_STAFF = {rules.HANDLER, rules.HANDLER_STAFF, rules.HANDLER_UNREACHABLE}
OTHERS = {rules.REPORTER, rules.SYSTEM, rules.GUEST}
DISCIPLINARY = {"investigation", "hearing", "decided", "appeal"}


def reached(held: set[str]) -> set[str]:
    """Every state that can be reached by holders of these capacities, from a report."""
    found, left = set(), [NEW]
    while left:
        state = left.pop()
        found.add(state)
        left += [
            legal.to for (at, _), legal in TABLE.items() if at == state and legal.by in held and legal.to not in found
        ]
    return found - {NEW}


@pytest.mark.parametrize("jurisdiction", ["england", "wales"])
def test_no_move_leads_a_members_case_into_the_disciplinary_procedure(jurisdiction: str) -> None:
    assert reached(OF_A_MEMBER[jurisdiction] | OTHERS) == set(STATES) - DISCIPLINARY


def test_no_move_refers_an_employees_case_outside() -> None:
    assert reached(OF_STAFF | OTHERS) == set(STATES) - {"referred"}


@pytest.mark.parametrize(
    ("jurisdiction", "only"), [("england", "refer-monitoring-officer"), ("wales", "refer-ombudsman")]
)
def test_a_member_is_referred_to_the_body_of_the_country(jurisdiction: str, only: str) -> None:
    held = OF_A_MEMBER[jurisdiction]
    assert {action for (_, action), legal in TABLE.items() if legal.to == "referred" != _ and legal.by in held} == {
        only
    }


def test_there_is_no_move_that_upholds_or_sanctions() -> None:
    assert not [action for _, action in TABLE if any(word in action for word in ("uphold", "sanction", "guilty"))]


def test_the_police_and_the_reporter_are_heard_at_any_time() -> None:
    for state in STATES:
        assert {(state, action) for action in ("hand-over", "say", "add-evidence", "note", "tell")} <= set(TABLE)


def test_every_state_can_be_left_and_only_a_conclusion_leads_to_closing() -> None:
    assert {state for state, action in TABLE if TABLE[state, action].to != state} == {NEW, *STATES}
    assert {state for (state, _), legal in TABLE.items() if legal.to == "closed" and state != "closed"} == {
        "concluded",
        "answered",
    }


GIVEN: dict[str, Any] = {
    "answers": {**cases.ANSWERS},
    "cited": [],
    "policy": 1,
    "reporter": "",
    "receipt": "x",
    "evidence": [],
    "checks": [],
    "track": "",
    "deadlines": {"chase": "2026-11-25T09:00:00Z"},
}


class Life:
    """A case, by its moves, with its log."""

    def __init__(self, *held: str) -> None:
        self.held = {*held, rules.HANDLER, *OTHERS}
        self.record, entry = move(TABLE, Record("case", "C"), "report", rules.SOMEBODY, MONDAY_MORNING, GIVEN)
        self.log = [(entry.body(), entry.hash)]

    def __call__(self, action: str, **given: Any) -> Any:
        by = Actor("clerk", "The Clerk", "clerk", frozenset(self.held))
        self.record, entry = move(TABLE, self.record, action, by, MONDAY_MORNING, given)
        self.log.append((entry.body(), entry.hash))
        assert not verify(self.record, self.log)
        return self.record.data


def one(name: str, **more: Any) -> dict[str, Any]:
    """Somebody as a case keeps them."""
    return {"person": "", "name": name, "email": "", "kinds": ["member"], **more}


def test_investigator_hearing_and_appeal_share_nobody_and_nobody_concerned() -> None:
    life = Life(rules.HANDLER_STAFF)
    life("acknowledge", tell="Thank you")
    life("people", subjects=[one("Dawn", person="employee", kinds=["staff"])], witnesses=[one("Eve")], track="staff")
    for wrong in ([one("Eve")], [one("D.", person="employee")], []):
        with pytest.raises(Unfit):
            life("investigate", people=wrong, reason="")
    life("investigate", people=[one("Ann", email="A@x.example")], reason="")
    with pytest.raises(Unfit, match="another part"):
        life("hear", people=[one("A.", email="a@x.example")], reason="")
    life("hear", people=[one("Bea")], reason="")
    assert life("hearing-outcome", finding="breach", reason="A warning")["finding"] == "breach"
    with pytest.raises(Unfit):
        life("appeal", people=[one("bea ")], reason="")
    assert life("no-appeal", reason="None came")["outcome"]["finding"] == "breach"
    reopened = life("reopen", reason="New facts")
    assert (reopened["outcome"], reopened["finding"], reopened["appointed"]) == (None, "", {})


def test_the_track_fits_everybody_whom_the_case_is_about_and_stays_once_it_is_taken() -> None:
    life = Life(rules.HANDLER_STAFF, rules.HANDLER_ENGLAND)
    life("acknowledge", tell="Thank you")
    with pytest.raises(Unfit):
        life("people", subjects=[one("Ivor")], witnesses=[], track="staff")
    life("people", subjects=[one("Ivor")], witnesses=[], track="")
    with pytest.raises(Unfit):
        life("people", subjects=[], witnesses=[], track="staff")
    life("people", subjects=[], witnesses=[], track="member")
    life("refer-monitoring-officer", to="The Monitoring Officer", reference="", reason="")
    with pytest.raises(Unfit):
        life("people", subjects=[], witnesses=[], track="staff")
    assert life("people", subjects=[one("Una")], witnesses=[], track="member")["track"] == "member"


def test_a_check_request_is_linked_once() -> None:
    life, check = Life(), {"reference": "R", "requester": "a", "approvers": ["b"]}
    life("link-check", check=check)
    with pytest.raises(Unfit):
        life("link-check", check=check)


def test_access_ends_once() -> None:
    life = Life()
    life(
        "let-in-witness", guest="g", kind="witness", name="W", email="w@x.example", items=["report"], until="2026-12-01"
    )
    assert life("end-access", guest="g", reason="Done")["guests"]["g"]["ended"]
    for guest in ("g", "other"):
        with pytest.raises(Unfit):
            life("end-access", guest=guest, reason="Done")


def test_whom_a_case_excludes_only_grows() -> None:
    life = Life()
    life("note", text="x", conflicts={"clerk": "named"}, told=["chair"])
    data = life("note", text="y", conflicts={"clerk": "witness", "chair": "subject"}, told=[])
    assert data["conflicts"] == {"clerk": "named", "chair": "subject"}
    assert data["told"] == []


def test_what_is_not_legal_changes_nothing() -> None:
    life = Life()
    before = life.record
    with pytest.raises(NotNow):
        life("close")
    life("acknowledge", tell="Thank you")
    with pytest.raises(NotYours):
        life("investigate", people=[one("Ann")], reason="")
    assert life.record.version == before.version + 1


def test_kinds_are_those_of_the_roles() -> None:
    assert [rules.kinds(person) for person in (CLERK, EMPLOYEE, MEMBER)] == [["staff"], ["staff"], ["member"]]
    assert workflow.GUESTS["investigator"] == rules.HANDLER_STAFF
