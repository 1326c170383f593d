"""Who may handle a case, and who must not know of it."""

from datetime import date
from typing import Any

import pytest

from chalicelib.cases import naming, rules
from chalicelib.record import Data
from chalicelib.register.rules import Person, Register
from tests.support import cases
from tests.support.cases import CHAIR, CLERK, DEPUTY, EMPLOYEE, MEMBER, PEOPLE, VICE_CHAIR

NOT_CHAIR = ["clerk", "vice-chair", "deputy"]
DAY = date(2026, 11, 23)


def turn(data: Data, register: Register = PEOPLE) -> list[str]:
    """The ids of those who may handle it, in turn."""
    return [person.id for person in rules.order(register, data, DAY)]


ALL = ["clerk", "chair", "vice-chair", "deputy"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({}, ALL, id="nobody known"),
        pytest.param({"subject": "clerk"}, ["chair", "vice-chair", "deputy"], id="the Clerk"),
        pytest.param({"subject": "member"}, ["clerk", "deputy"], id="any member"),
        pytest.param({"subject": "employee"}, ["chair", "vice-chair"], id="any employee, the Clerk among them"),
        pytest.param({"subject": "member", "subject_name": "Ivor Pugh"}, ALL, id="a member by name"),
        pytest.param({"subject": "member", "subject_name": "pugh"}, ALL, id="by surname alone"),
        pytest.param({"subject": "member", "subject_name": "Cllr Grene"}, NOT_CHAIR, id="slip"),
        pytest.param({"subject": "member", "subject_name": "the Chairman"}, NOT_CHAIR, id="office"),
        pytest.param({"subject": "member", "subject_name": "somebody new"}, ["clerk", "deputy"], id="an unknown name"),
        pytest.param({"subject": "member", "subject_name": "Dawn Marsh"}, ["clerk", "deputy"], id="a misfit"),
        pytest.param({"subject": "employee", "subject_name": "Dawn Marsh"}, ALL, id="an employee by name"),
        pytest.param({"subject": "unknown", "subject_name": "perhaps the deputy clerk"}, ALL[:3], id="perhaps"),
        pytest.param({"what_happened": "It was the Clerk, I think."}, ALL[1:], id="an office in the text"),
        pytest.param({"subject": "clerk", "what_happened": "I told the Chair."}, ALL[1:], id="an office in passing"),
        pytest.param({"what_happened": "Cllr Green laughed at me."}, NOT_CHAIR, id="in the text"),
        pytest.param({"contact_email": " CLERK@council.example "}, ALL[1:], id="the reporter, by address"),
        pytest.param({"contact_name": "Margaret Holloway"}, ALL[1:], id="the reporter, by name"),
        pytest.param({"witnesses": "Philip saw it"}, ALL[:3], id="a witness by first name"),
        pytest.param({"subject_name": "the Clerk and the Chair"}, ["vice-chair", "deputy"], id="both"),
        pytest.param({"subject_name": "clerk, deputy clerk, chair and vice chair"}, [], id="all"),
        pytest.param({"reporter": "clerk"}, ALL[1:], id="the reporter, signed in"),
        pytest.param({"witnesses": [], "conflicts": {"clerk": "named"}}, ALL[1:], id="ever"),
    ],
)
def test_whom_a_report_reaches(answers: dict[str, Any], expected: list[str]) -> None:
    if answers.get("witnesses") == []:
        answers = {name: value for name, value in answers.items() if name != "witnesses"}
    assert turn(cases.data(**answers)) == expected


def identified(person: Person, **more: Any) -> dict[str, Any]:
    """A subject or witness as the case keeps them."""
    return {"person": person.id, "name": person.styled, "email": "", "kinds": rules.kinds(person), **more}


def test_once_a_subject_is_identified_the_others_may_come_in() -> None:
    assert turn(cases.data(subject="member", track="member") | {"subjects": [identified(MEMBER)]}) == ALL
    assert turn(cases.data(subject="employee", track="staff") | {"subjects": [identified(CLERK)]}) == ALL[1:]


def test_somebody_found_since_is_excluded_however_they_were_written_down() -> None:
    by_email = {"person": "", "name": "A Neighbour", "email": "chair@council.example"}
    by_name = {"person": "", "name": "Ann Green", "email": ""}
    for witness in (identified(CHAIR), by_email, by_name):
        assert turn(cases.data() | {"witnesses": [witness]}) == ["clerk", "vice-chair", "deputy"]


def test_whoever_decided_on_the_post_or_asked_is_excluded() -> None:
    check = {"reference": "7F3K-9QXM", "requester": "vice-chair", "approvers": ["clerk"]}

    assert turn(cases.data() | {"checks": [check]}) == ["chair", "deputy"]


def test_only_the_first_in_order_has_it_and_whoever_was_asked_to_stand_in() -> None:
    assert rules.handlers(PEOPLE, cases.data(), DAY) == (CLERK,)
    assert rules.handlers(PEOPLE, cases.data(stand_ins=["deputy"]), DAY) == (CLERK, DEPUTY)
    assert rules.next_in_order(PEOPLE, cases.data(), DAY) == CHAIR
    assert rules.handlers(PEOPLE, cases.data(stand_ins=["chair"], subject_name="the Chair"), DAY) == (CLERK,)
    assert rules.handlers(Register((MEMBER, EMPLOYEE)), cases.data(), DAY) == ()
    assert rules.next_in_order(Register((CLERK,)), cases.data(), DAY) is None


def test_a_new_clerk_is_no_subject_of_what_the_last_one_did_once_that_is_known() -> None:
    new = cases.a_person("new", "Una Fell", "clerk")
    register = Register((new, CHAIR))
    about_the_last = cases.data(subject="clerk", conflicts={"clerk": "subject"})

    assert turn(about_the_last, register) == ["chair"]
    assert turn(about_the_last | {"subjects": [identified(CLERK)]}, register) == ["new", "chair"]


@pytest.mark.parametrize(
    ("more", "who", "jurisdiction", "held"),
    [
        ({}, CLERK, "england", {rules.HANDLER, rules.HANDLER_UNREACHABLE}),
        ({}, CHAIR, "england", set()),
        ({"said": 1}, CLERK, "england", {rules.HANDLER}),
        ({"contact_email": "a@b.example", "track": "member"}, CLERK, "england", {rules.HANDLER}),
    ],
)
def test_what_a_person_is_to_a_case(more: dict[str, Any], who: Person, jurisdiction: str, held: set[str]) -> None:
    assert rules.capacities(PEOPLE, cases.data(**more), who, jurisdiction, DAY) == held


@pytest.mark.parametrize(
    ("subject", "jurisdiction", "capacity"),
    [
        (MEMBER, "england", rules.HANDLER_ENGLAND),
        (MEMBER, "wales", rules.HANDLER_WALES),
        (EMPLOYEE, "england", rules.HANDLER_STAFF),
        (EMPLOYEE, "wales", rules.HANDLER_STAFF),
    ],
)
def test_each_track_has_its_own_capacity(subject: Person, jurisdiction: str, capacity: str) -> None:
    (track,) = rules.kinds(subject)
    known = cases.data(said=1, track=track) | {"subjects": [identified(subject)]}

    assert rules.capacities(PEOPLE, known, CLERK, jurisdiction, DAY) == {rules.HANDLER, capacity}


def test_an_office_is_told_from_those_that_sound_like_it() -> None:
    assert naming.offices("the Vice-Chairman, our Deputy Clerk and the Deputy Mayor") == {"vice-chair", "deputy-clerk"}
    assert naming.offices("the parish clerk and the Mayor") == {"clerk", "chair"}
    assert naming.offices("clerks, armchairs") == frozenset()


@pytest.mark.parametrize(
    ("typed", "means"),
    [("", False), ("Margret", True), ("Hollowya", True), ("Holloways", True), ("Mrs", False), ("Hallows", False)],
)
def test_a_name_with_a_slip_of_the_pen_still_means_its_person(typed: str, means: bool) -> None:
    assert naming.called(typed, CLERK) is means


def test_nobody_whom_a_case_is_about_is_let_in() -> None:
    outside = {"person": "", "name": "Rob Best", "email": "rob@mail.example", "kinds": ["member"]}
    known = cases.data(conflicts={"member": "subject", "employee": "witness"}, subjects=[outside])

    def may(name: str, email: str) -> bool:
        return rules.may_be_let_in(PEOPLE, known, {"name": name, "email": email})

    assert not may("Somebody", "Member@council.example")
    assert not may("Cllr Ivor Pugh", "ivor@mail.example")
    assert not may("R. Best", "Rob@mail.example")
    assert not may("rob best", "other@mail.example")
    assert may("Dawn Marsh", "employee@council.example")
    assert may("Una Fell", "outside@law.example")
    assert rules.kinds(None) == ["member"]
    assert VICE_CHAIR.officer_role == "vice-chair"
