"""Nobody ever decides a request that is theirs or names them: by any register, roles or words."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.checks import rules
from chalicelib.checks.rules import DECIDER, DISPUTER, REQUESTER
from chalicelib.record import canonical
from chalicelib.register.rules import OFFICERS, ROLES, Person, Register
from tests.support.checks import (
    COUNCIL,
    answers,
)

TODAY = date(2026, 11, 23)


def without(*people: Person) -> Register:
    return Register(tuple(person for person in COUNCIL.people if person not in people))


# Nobody decides their own, by any register, roles or words ----------------------------------------------------------

NAMES = ["Ann Green", "Siân O’Brien", "Bob Brown", "Grace Okonjo-Webb", "Zebedee", "Jo King", "Mary Ann Green"]

TWINS: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda name: name.replace("â", "a").replace("’", "'"),
    lambda name: name.replace(" ", "  ").replace("-", " "),
    lambda name: f"Cllr {name}",
    lambda name: f"The Rev. Dr {name}".removeprefix("The "),
]
"""How one name is written in a second line of the register."""


@st.composite
def people(draw: st.DrawFn) -> Register:
    """A register of up to seven with any roles, some of them gone or yet to come, and some of them there twice."""
    roles = st.lists(st.sampled_from(sorted(ROLES)), max_size=3, unique=True).map(tuple)
    since = st.sampled_from([date(2020, 1, 1), TODAY, TODAY + timedelta(days=1)])
    until = st.sampled_from([None, None, None, TODAY, TODAY + timedelta(days=1)])
    made = [
        Person(f"p{n}", name, "", f"p{n}@council.example", draw(roles), draw(since), draw(until))
        for n, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))])
    ]
    for n, twin in enumerate(draw(st.lists(st.sampled_from(made), max_size=2))):
        name = draw(st.sampled_from(TWINS))(twin.name)
        made.append(Person(f"t{n}", name, "", f"t{n}@council.example", draw(roles), draw(since), draw(until)))
    return Register(tuple(made))


def same(register: Register, ids: set[str]) -> set[str]:
    """These, and whoever is one of them in another line of the register."""
    origin = {person.id: NAMES.index(original(person.name)) for person in register.people}
    return {person.id for person in register.people if origin[person.id] in {origin[id] for id in ids}}


def original(name: str) -> str:
    """Which of NAMES a twin's name is."""
    return next(known for known in NAMES if name in {way(known) for way in TWINS})


WAYS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.lower,
    lambda name: name.replace(" ", "  \n "),
    lambda name: name.replace("’", "'"),
    lambda name: f"Cllr {name}’s",
    lambda name: f"“{name}”",
    lambda name: f"Cllr {name.split()[-1]}",
    lambda name: f"MRS. {name[0]} {name.split()[-1]}",
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
    return register, data, same(register, {by, *ticked}) | {person.id for person in written}


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
        assert (person in turn) is (bool(person.officer_role) and not rules.excluded(register, data, person))
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
