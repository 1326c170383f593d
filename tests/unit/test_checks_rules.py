"""Whom a check request names, whom it goes to, and what everybody may be to it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.checks import rules
from chalicelib.checks.rules import DECIDER, DISPUTER, REQUESTER
from chalicelib.register.rules import Person, Register
from tests.support.checks import (
    CHAIR,
    CLERK,
    COUNCIL,
    COUNCILLOR,
    DEPUTY,
    EMPLOYEE,
    OTHER,
    VICE,
    a_person,
    a_request,
    answers,
    new_data,
)

TODAY = date(2026, 11, 23)


def without(*people: Person) -> Register:
    return Register(tuple(person for person in COUNCIL.people if person not in people))


# Who is named -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Siân O’Merrow",
        "Siân O'Merrow said so",
        "thank you, siân o’merrow!",
        "SIÂN O’MERROW",
        "Siân\n  O’Merrow",
        "Siân\u00a0O’Merrow",
        "(Siân O’Merrow)",
        "Ms Siân O’Merrow’s view",
        "Sia\u0302n O’Merrow",
        "Sian O'Merrow",
        "Siân\tO\u2019Mer\u00adrow",
        "**Siân** O’Merrow",
        "𝐒𝐢𝐚𝐧 𝐎'𝐌𝐞𝐫𝐫𝐨𝐰",
        "Ｓｉâｎ Ｏ'Ｍｅｒｒｏｗ",
        "thanks @SianOMerrow",
        "#siânomerrow",
        "@sian_o_merrow",
        "Siân-O-Merrow",
        "😀Siân O’Merrow😀",
        "\u202eSiân O’Merrow",
        "Ms O’Merrow",
        "thank ms. o'merrow",
        "Cllr O’Merrow’s view",
        "Councillor S. O’Merrow",
        "Cllr Mrs O’Merrow",
        "@CllrOMerrow",
    ],
)
def test_a_full_name_written_out_names_the_person(text: str) -> None:
    assert rules.names(answers(text=text), DEPUTY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Siân",
        "O’Merrow",
        "Siân O’Merrows",
        "Osiân O’Merrow",
        "Siân and O’Merrow",
        "O’Merrow, Siân",
        "sianomerrow.example",
        "#SianOMerrowFanClub",
        "a@sianomerrows",
        "Mr Owen O’Merrow",
        "Cllr B. O’Merrow",
        "Ms Merrow",
        "Ms O’Merrows",
        "the alarms O’Merrow set off",
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not rules.names(answers(text=text), DEPUTY)


@pytest.mark.parametrize("field", ["text", "question", "others", "account", "links", "unsure", "picture_owner"])
def test_a_name_counts_wherever_it_is_written(field: str) -> None:
    assert rules.names(answers(**{field: "as Ruth Penhallow knows"}), CLERK)


def test_a_title_of_ones_own_counts_with_the_surname() -> None:
    doctor = CLERK._replace(title="Dr")
    assert rules.names(answers(text="Ask Dr Penhallow"), doctor)
    assert not rules.names(answers(text="The surgery is in Weir Dr. Penhallow opens it"), CLERK)
    assert not rules.names(answers(text="We miss Penhallow Fair"), CLERK)


def test_a_name_does_not_begin_in_one_answer_and_end_in_another() -> None:
    assert not rules.names(answers(text="Ruth", question="Penhallow"), CLERK)


def test_who_is_ticked_is_named() -> None:
    assert rules.names(answers(named=[OTHER.id, CLERK.id]), CLERK)
    assert not rules.names(answers(named=[OTHER.id]), CLERK)


@pytest.mark.parametrize("name", ["", " ", "–", "’"])
def test_who_has_no_name_is_not_named_by_everything(name: str) -> None:
    assert not rules.names(answers(text="– anything ’"), CLERK._replace(name=name))


def test_a_name_of_one_word_counts_as_a_word() -> None:
    assert rules.names(answers(text="Ask Zebedee about it"), CLERK._replace(name="Zebedee"))
    assert not rules.names(answers(text="Zebedees"), CLERK._replace(name="Zebedee"))


def test_a_long_text_is_searched_in_no_time() -> None:
    # What would hang a careless pattern: the first name again and again, and nothing but blanks after it.
    text = ("Siân " * 1000) + " " * 5000
    began = datetime.now(UTC)
    assert not rules.names(answers(text=text), DEPUTY)
    assert datetime.now(UTC) - began < timedelta(seconds=1)


# In which order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ("either", [CLERK, CHAIR, VICE, DEPUTY]),
        ("clerk", [CLERK, CHAIR, VICE, DEPUTY]),
        ("chair", [CHAIR, CLERK, VICE, DEPUTY]),
        ("vice-chair", [CLERK, CHAIR, VICE, DEPUTY]),
    ],
)
def test_the_clerk_is_asked_then_the_chair_then_their_deputies(ask: str, expected: list[Person]) -> None:
    assert list(rules.order(COUNCIL, new_data(ask=ask), TODAY)) == expected


def test_whoever_asks_or_is_named_is_passed_over() -> None:
    assert list(rules.order(COUNCIL, new_data(by=CLERK), TODAY)) == [CHAIR, VICE, DEPUTY]
    assert list(rules.order(COUNCIL, new_data(named=[CHAIR.id]), TODAY)) == [CLERK, VICE, DEPUTY]
    assert list(rules.order(COUNCIL, new_data(by=CHAIR, text="Ruth Penhallow"), TODAY)) == [VICE, DEPUTY]


def test_who_holds_two_offices_stands_there_once() -> None:
    both = CLERK._replace(roles=("chair", "clerk", "deputy-clerk"))
    register = Register((both, VICE))
    assert list(rules.order(register, new_data(), TODAY)) == [both, VICE]


@pytest.mark.parametrize(
    ("register", "data", "expected"),
    [
        (COUNCIL, new_data(), [CLERK, CHAIR]),
        (COUNCIL, new_data(ask="chair"), [CHAIR, CLERK]),
        (COUNCIL, new_data(by=CLERK), [CHAIR]),
        (COUNCIL, new_data(by=CLERK, named=[CHAIR.id]), [VICE]),
        (without(CLERK, CHAIR), new_data(), [VICE]),
        (without(CLERK, CHAIR, VICE), new_data(), [DEPUTY]),
        (without(CLERK, CHAIR), new_data(by=VICE), [DEPUTY]),
        (without(CLERK, CHAIR, VICE), new_data(by=DEPUTY), []),
        (Register(()), new_data(), []),
        (COUNCIL, {**new_data(), "asked": [CLERK.id, VICE.id]}, [CLERK, CHAIR, VICE]),
        (COUNCIL, {**new_data(), "asked": [COUNCILLOR.id, OTHER.id]}, [CLERK, CHAIR]),
        (COUNCIL, {**new_data(by=CLERK), "asked": [CLERK.id]}, [CHAIR]),
    ],
)
def test_the_first_two_decide_and_the_others_when_these_are_out_or_they_were_asked(
    register: Register, data: dict[str, object], expected: list[Person]
) -> None:
    assert list(rules.deciders(register, data, TODAY)) == expected


def test_all_of_the_office_that_is_turned_to_may_decide() -> None:
    second = a_person("p-second", "Bea Second", "vice-chair")
    register = Register((VICE, second, DEPUTY))
    assert set(rules.deciders(register, new_data(), TODAY)) == {VICE, second}


def test_who_has_left_or_not_yet_joined_is_not_turned_to() -> None:
    gone = CLERK._replace(until=TODAY)
    coming = CHAIR._replace(since=TODAY + timedelta(days=1))
    register = Register((gone, coming, VICE))
    assert list(rules.order(register, new_data(), TODAY)) == [VICE]
    assert list(rules.order(register, new_data(), TODAY - timedelta(days=1))) == [gone, VICE]


@pytest.mark.parametrize(
    ("asked", "undeliverable", "out", "in_hand"),
    [
        ([], [], True, False),
        ([CLERK.id], [], False, True),
        ([CLERK.id], [CLERK.id], True, False),
        ([CLERK.id, CHAIR.id], [CLERK.id], False, True),
        ([CLERK.id, CHAIR.id], [CHAIR.id, CLERK.id], True, False),
        # It was put to somebody who may decide nothing about it any more.
        ([OTHER.id], [], False, False),
        ([COUNCILLOR.id, VICE.id], [], False, True),
    ],
)
def test_a_request_is_in_hand_while_somebody_asked_can_be_reached_and_may_decide(
    asked: list[str], undeliverable: list[str], out: bool, in_hand: bool
) -> None:
    data = {**new_data(), "asked": asked, "undeliverable": undeliverable}
    assert (rules.out_of_hand(data), rules.in_hand(COUNCIL, data, TODAY)) == (out, in_hand)


def test_a_request_leaves_the_hands_of_whoever_leaves() -> None:
    data = {**new_data(), "asked": [CLERK.id]}
    register = Register((CLERK._replace(until=TODAY + timedelta(days=1)), CHAIR))
    assert rules.in_hand(register, data, TODAY)
    assert not rules.in_hand(register, data, TODAY + timedelta(days=1))


def test_the_other_officer_hears_of_a_decision() -> None:
    assert rules.other_officer(COUNCIL, new_data(), CLERK.id, TODAY) == CHAIR
    assert rules.other_officer(COUNCIL, new_data(), CHAIR.id, TODAY) == CLERK
    assert rules.other_officer(COUNCIL, new_data(by=CHAIR), CLERK.id, TODAY) == VICE
    assert rules.other_officer(Register((CLERK,)), new_data(), CLERK.id, TODAY) is None


def test_a_person_decides_in_the_first_office_that_they_hold() -> None:
    assert rules.deciding_role(CLERK._replace(roles=("councillor", "vice-chair", "chair"))) == "chair"
    assert rules.deciding_role(COUNCILLOR) == ""


# What somebody may be to a request ----------------------------------------------------------------------------------


def held(data: dict[str, object], who: Person, register: Register = COUNCIL, day: date = TODAY) -> set[str]:
    return set(rules.capacities(register, data, who, day))


def test_capacities_of_everybody_to_a_request_that_waits() -> None:
    data = dict(a_request().record.data)
    assert held(data, COUNCILLOR) == {REQUESTER}
    assert held(data, CLERK) == held(data, CHAIR) == {DECIDER, DISPUTER}
    assert held(data, VICE) == held(data, DEPUTY) == {DISPUTER}
    assert held(data, OTHER) == held(data, EMPLOYEE) == set()


def test_whoever_decided_may_say_that_they_did_not_though_named_by_now() -> None:
    data = dict(a_request("approved").record.data)
    named = {**data, "answers": answers(named=[CLERK.id])}
    assert held(named, CLERK) == {DISPUTER}
    assert held({**named, "requester": CLERK.id}, CLERK) == {REQUESTER}


def test_who_has_left_is_nothing_to_any_request() -> None:
    data = dict(a_request("approved").record.data)
    for who in (CLERK, COUNCILLOR):
        assert held(data, who._replace(until=TODAY)) == set()
        assert held(data, who._replace(since=TODAY + timedelta(days=1))) == set()


def test_only_the_requester_and_officers_may_read_a_request() -> None:
    data = new_data()
    readers = {person for person in COUNCIL.people if rules.may_see(data, person)}
    assert readers == {COUNCILLOR, CLERK, CHAIR, VICE, DEPUTY}
