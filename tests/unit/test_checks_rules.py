"""Who may do what to a check request, whom it goes to and by when; above all, who may never decide it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import dates
from chalicelib.checks import rules
from chalicelib.checks.rules import DECIDER, DISPUTER, REQUESTER
from chalicelib.record import canonical, instant, stamp
from chalicelib.register.rules import OFFICERS, ROLES, Person, Register
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
from tests.support.clock import MONDAY_MORNING

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
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not rules.names(answers(text=text), DEPUTY)


@pytest.mark.parametrize("field", ["text", "question", "others", "account", "links", "unsure", "picture_owner"])
def test_a_name_counts_wherever_it_is_written(field: str) -> None:
    assert rules.names(answers(**{field: "as Ruth Penhallow knows"}), CLERK)


def test_a_name_does_not_begin_in_one_answer_and_end_in_another() -> None:
    assert not rules.names(answers(text="Ruth", question="Penhallow"), CLERK)


def test_who_is_ticked_is_named() -> None:
    assert rules.names(answers(named=[OTHER.id, CLERK.id]), CLERK)
    assert not rules.names(answers(named=[OTHER.id]), CLERK)


@pytest.mark.parametrize("name", ["", " ", "–", "’"])
def test_who_has_no_name_is_not_named_by_everything(name: str) -> None:
    assert not rules.names(answers(text="– anything ’"), replace(CLERK, name=name))


def test_a_name_of_one_word_counts_as_a_word() -> None:
    assert rules.names(answers(text="Ask Zebedee about it"), replace(CLERK, name="Zebedee"))
    assert not rules.names(answers(text="Zebedees"), replace(CLERK, name="Zebedee"))


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
    both = replace(CLERK, roles=("chair", "clerk", "deputy-clerk"))
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
    gone = replace(CLERK, until=TODAY)
    coming = replace(CHAIR, since=TODAY + timedelta(days=1))
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
    register = Register((replace(CLERK, until=TODAY + timedelta(days=1)), CHAIR))
    assert rules.in_hand(register, data, TODAY)
    assert not rules.in_hand(register, data, TODAY + timedelta(days=1))


def test_the_other_officer_hears_of_a_decision() -> None:
    assert rules.other_officer(COUNCIL, new_data(), CLERK.id, TODAY) == CHAIR
    assert rules.other_officer(COUNCIL, new_data(), CHAIR.id, TODAY) == CLERK
    assert rules.other_officer(COUNCIL, new_data(by=CHAIR), CLERK.id, TODAY) == VICE
    assert rules.other_officer(Register((CLERK,)), new_data(), CLERK.id, TODAY) is None


def test_a_person_decides_in_the_first_office_that_they_hold() -> None:
    assert rules.deciding_role(replace(CLERK, roles=("councillor", "vice-chair", "chair"))) == "chair"
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
        assert held(data, replace(who, until=TODAY)) == set()
        assert held(data, replace(who, since=TODAY + timedelta(days=1))) == set()


def test_only_the_requester_and_officers_may_read_a_request() -> None:
    data = new_data()
    readers = {person for person in COUNCIL.people if rules.may_see(data, person)}
    assert readers == {COUNCILLOR, CLERK, CHAIR, VICE, DEPUTY}


# Nobody decides their own, by any register, roles or words ----------------------------------------------------------

NAMES = ["Ann Green", "Siân O’Brien", "Bob Brown", "Grace Okonjo-Webb", "Zebedee", "Jo King", "Mary Ann Green"]


@st.composite
def people(draw: st.DrawFn) -> Register:
    """A register of up to seven with any roles, some of them gone or yet to come."""
    roles = st.lists(st.sampled_from(sorted(ROLES)), max_size=3, unique=True).map(tuple)
    since = st.sampled_from([date(2020, 1, 1), TODAY, TODAY + timedelta(days=1)])
    until = st.sampled_from([None, None, None, TODAY, TODAY + timedelta(days=1)])
    made = [
        Person(f"p{n}", name, "", f"p{n}@council.example", draw(roles), draw(since), draw(until))
        for n, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))])
    ]
    return Register(tuple(made))


WAYS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.lower,
    lambda name: name.replace(" ", "  \n "),
    lambda name: name.replace("’", "'"),
    lambda name: f"Cllr {name}’s",
    lambda name: f"“{name}”",
    lambda name: "@" + name.replace(" ", "").replace("’", "").replace("-", ""),
    lambda name: name.replace(" ", "\u00a0"),
    lambda name: name.replace("â", "a\u0302"),
    lambda name: name.replace("â", "a"),
]


@st.composite
def requests(draw: st.DrawFn) -> tuple[Register, dict[str, object], set[str]]:
    """A register, a request's data, and the ids of those who are its requester or named in it."""
    register = draw(people())
    everybody = st.sampled_from([person.id for person in register.people])
    ticked = draw(st.lists(everybody, max_size=2, unique=True))
    field = draw(st.sampled_from(["text", "question", "others", "account", "links", "unsure", "picture_owner"]))
    written = draw(st.lists(st.sampled_from(register.people), max_size=2, unique=True))
    words = ", ".join(draw(st.sampled_from(["", "with ", "😀"])) + draw(st.sampled_from(WAYS))(p.name) for p in written)
    by = draw(everybody)
    asked = answers(named=ticked, ask=draw(st.sampled_from(["either", "clerk", "chair"])), **{field: words})
    turned_to = draw(st.lists(everybody, max_size=3, unique=True))
    decided_by = draw(st.sampled_from([None, *(person.id for person in register.people)]))
    decision = {"by": decided_by} if decided_by else None
    data: dict[str, object] = {"requester": by, "answers": asked, "asked": turned_to, "decision": decision}
    return register, data, {by, *ticked, *(person.id for person in written)}


@given(requests())
def test_nobody_decides_a_request_that_is_theirs_or_names_them(
    made: tuple[Register, dict[str, object], set[str]],
) -> None:
    register, data, concerned = made
    for person in register.people:
        if DECIDER in rules.capacities(register, data, person, TODAY):
            assert person.id not in concerned
            assert person.on_register(TODAY)
            assert set(person.roles) & set(OFFICERS)
    turn = rules.order(register, data, TODAY)
    assert not concerned & {person.id for person in turn}
    assert len(set(turn)) == len(turn)
    assert set(rules.deciders(register, data, TODAY)) <= set(turn)


@given(requests())
def test_whoever_is_not_concerned_and_holds_an_office_is_in_the_order(
    made: tuple[Register, dict[str, object], set[str]],
) -> None:
    register, data, _ = made
    turn = rules.order(register, data, TODAY)
    for person in register.on(TODAY):
        assert (person in turn) is (bool(person.officer_role) and not rules.excluded(data, person))
    assert bool(rules.deciders(register, data, TODAY)) is bool(turn)


@given(requests())
def test_asking_one_after_the_other_asks_everybody_in_turn_once(
    made: tuple[Register, dict[str, object], set[str]],
) -> None:
    register, data, concerned = made
    data = {**data, "asked": []}
    asked: list[str] = []
    while (person := rules.next_to_ask(register, data, TODAY)) is not None:
        assert person.id not in asked
        assert person.id not in concerned
        asked.append(person.id)
        data = {**data, "asked": list(asked)}
        assert person in rules.deciders(register, data, TODAY)
    assert asked == [person.id for person in rules.order(register, data, TODAY)]


@given(requests())
def test_the_other_officer_is_another_and_not_concerned(made: tuple[Register, dict[str, object], set[str]]) -> None:
    register, data, concerned = made
    for by in (person.id for person in register.people):
        other = rules.other_officer(register, data, by, TODAY)
        assert other is None or (other.id != by and other.id not in concerned)


@given(requests())
def test_nobody_disputes_a_decision_on_their_own_request(made: tuple[Register, dict[str, object], set[str]]) -> None:
    register, data, _ = made
    for person in register.people:
        capacities = rules.capacities(register, data, person, TODAY)
        if DISPUTER in capacities:
            assert REQUESTER not in capacities
            assert person.on_register(TODAY)


@given(requests())
def test_every_request_has_one_digest_whatever_the_order_of_its_answers(
    made: tuple[Register, dict[str, object], set[str]],
) -> None:
    asked = made[1]["answers"]
    assert isinstance(asked, dict)
    turned = dict(reversed(asked.items()))
    assert rules.digest(turned) == rules.digest(asked)
    assert rules.digest({**asked, "text": asked["text"] + " "}) != rules.digest(asked)
    assert canonical(turned) == canonical(asked)


# By when ------------------------------------------------------------------------------------------------------------


def utc(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("jurisdiction", ["england", "wales"])
@pytest.mark.parametrize(
    ("at", "remind", "stand_in", "lapse"),
    [
        (utc(11, 23), utc(11, 24), utc(11, 25), utc(12, 7)),
        (utc(11, 27, 21), utc(11, 30, 21), utc(12, 1, 21), utc(12, 11, 21)),
        (utc(11, 28, 21), utc(12, 1, 0), utc(12, 2, 0), utc(12, 12, 21)),
        (utc(12, 24, 16), utc(12, 29, 16), utc(12, 30, 16), utc(1, 7, 16, year=2027)),
        (utc(4, 2), utc(4, 7), utc(4, 8), utc(4, 16)),
        (utc(3, 27), utc(3, 30, 8), utc(3, 31, 8), utc(4, 10)),
        (utc(10, 23, 8), utc(10, 26, 9), utc(10, 27, 9), utc(11, 6, 8)),
    ],
    ids=str,
)
def test_reminders_go_by_working_days_and_the_lapse_by_days(
    at: datetime, remind: datetime, stand_in: datetime, lapse: datetime, jurisdiction: str
) -> None:
    expected = {"remind": stamp(remind), "ask-stand-in": stamp(stand_in), "lapse": stamp(lapse)}
    assert rules.waiting_deadlines(at, jurisdiction) == expected


MOMENTS = st.integers(1_577_836_800, 2_524_608_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WHERE = st.sampled_from(["england", "wales"])


@given(MOMENTS, WHERE)
def test_the_deadlines_come_one_after_the_other(at: datetime, jurisdiction: str) -> None:
    when = rules.waiting_deadlines(at, jurisdiction)
    assert stamp(at) < when["remind"] < when["ask-stand-in"] < when["lapse"]
    for action in ("remind", "ask-stand-in"):
        assert dates.is_working_day(dates.today(instant(when[action])), jurisdiction)


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (utc(11, 24), {"remind": "2026-11-25T09:00:00Z", "ask-stand-in": "2026-11-26T09:00:00Z"}),
        (utc(12, 3), {"remind": "2026-12-04T09:00:00Z"}),
        (utc(12, 4), {}),
        (utc(12, 7), {}),
    ],
    ids=str,
)
def test_whoever_is_asked_late_has_their_time_and_the_request_lapses_when_it_would_have(
    at: datetime, left: dict[str, str]
) -> None:
    # Asked on Thursday: Monday the 7th, on which it lapses, is the second working day after.
    data = {"deadlines": rules.waiting_deadlines(MONDAY_MORNING, "england")}
    lapse = {"lapse": "2026-12-07T09:00:00Z"}
    assert rules.deadlines_at_last(data, at, "england") == left | lapse


def test_approvals_lapse_after_the_days_that_the_council_has_set() -> None:
    assert rules.lapse_deadline(MONDAY_MORNING, 30) == {"lapse": "2026-12-23T09:00:00Z"}
    assert rules.lapse_deadline(MONDAY_MORNING, 1) == {"lapse": "2026-11-24T09:00:00Z"}


@pytest.mark.parametrize(
    ("at", "action"),
    [
        (utc(11, 23), None),
        (utc(11, 24, 8, 59), None),
        (utc(11, 24, 9), "remind"),
        (utc(11, 25, 8, 59), "remind"),
        (utc(11, 25, 9), "ask-stand-in"),
        (utc(12, 7, 8, 59), "ask-stand-in"),
        (utc(12, 7, 9), "lapse"),
        (utc(1, 1, year=2030), "lapse"),
    ],
    ids=str,
)
def test_after_missed_runs_the_last_of_what_is_due_is_done(at: datetime, action: str | None) -> None:
    assert rules.due_action({"deadlines": rules.waiting_deadlines(MONDAY_MORNING, "england")}, at) == action


def test_nothing_is_due_without_deadlines() -> None:
    assert rules.due_action({"deadlines": {}}, MONDAY_MORNING) is None


@given(st.lists(st.integers(0, 20 * 24), max_size=8))
def test_runs_missed_doubled_and_late_do_each_thing_once_and_never_go_back(hours: list[int]) -> None:
    made, done = a_request(), []
    start = made.at
    for after in sorted(hours):
        at = start + timedelta(hours=after)
        for _ in range(2):
            action = rules.due_action(made.record.data, at)
            if action:
                done.append(action)
                made = made.then(action, rules.TICK, seconds=(at - made.at).total_seconds())
        assert rules.due_action(made.record.data, at) is None
    wanted = ["remind", "ask-stand-in", "lapse"]
    assert done == [action for action in wanted if action in done]
    last = max(hours, default=0)
    assert (made.record.state == "lapsed") is (last >= 14 * 24)
    assert ("ask-stand-in" in done or made.record.state == "lapsed") is (last >= 48)


# What was posted ----------------------------------------------------------------------------------------------------

APPROVED = "The Clerk’s office is “open”.\n\nCome in – Caffi Siân too!"


@pytest.mark.parametrize(
    "posted",
    [
        APPROVED,
        APPROVED.replace("\n", "\r\n"),
        APPROVED.replace("\n", "\r"),
        APPROVED.replace("’", "'").replace("“", '"').replace("”", '"'),
        f"\n  {APPROVED} \n\n",
        APPROVED.replace("\n\n", "  \n\t\n"),
        APPROVED.replace("â", "a\u0302"),
        APPROVED.replace(" ", "\u00a0"),
    ],
)
def test_what_platforms_change_in_passing_is_no_difference(posted: str) -> None:
    assert rules.matches(APPROVED, posted)
    assert rules.matches(posted, APPROVED)


@pytest.mark.parametrize(
    "posted",
    [
        "",
        APPROVED.replace("open", "closed"),
        APPROVED.lower(),
        APPROVED.replace("!", "."),
        APPROVED.replace("\n\n", "\n"),
        APPROVED.replace("The Clerk", "The  Clerk"),
        APPROVED + " More.",
        APPROVED.replace("–", "-"),
        APPROVED.replace("â", "a"),
    ],
)
def test_anything_else_is(posted: str) -> None:
    assert not rules.matches(APPROVED, posted)


@given(st.text(max_size=60))
def test_the_compared_form_is_settled(text: str) -> None:
    once = rules.as_posted(text)
    assert rules.as_posted(once) == once
    assert rules.matches(text, once)


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_goes_both_ways(one: str, other: str) -> None:
    assert rules.matches(one, one)
    assert rules.matches(one, other) == rules.matches(other, one)
