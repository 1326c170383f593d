"""The register's rules: who is on it, who keeps it, whose address is whose; over any register there can be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.register.rules import (
    COMING,
    KEEPER,
    LEFT,
    OFFICERS,
    ON,
    ROLES,
    SELF,
    Person,
    Register,
    capacities,
    clash,
    keeper_role,
    keepers,
    register_of,
    unkept_from,
)

TODAY = date(2026, 11, 23)
days = st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))
role_sets = st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=3, unique=True).map(tuple)


def somebody(
    id: str = "p1",
    *roles: str,
    since: date = TODAY - timedelta(days=365),
    until: date | None = None,
    email: str = "",
    title: str = "",
) -> Person:
    """A person; a councillor with an address of their own, unless more is said."""
    return Person(id, f"Person {id}", title, email or f"{id}@council.example", roles or ("councillor",), since, until)


@st.composite
def people(draw: st.DrawFn, id: str = "") -> Person:
    since = draw(days)
    lasts = draw(st.none() | st.integers(1, 40))
    return somebody(
        id or draw(st.uuids()).hex,
        *draw(role_sets),
        since=since,
        until=since + timedelta(days=lasts) if lasts else None,
        email=draw(st.sampled_from(["a@x.example", "A@X.example", "b@x.example", "c@x.example"])),
    )


registers = st.lists(people(), max_size=6).map(lambda found: Register(tuple(found)))


def test_somebody_is_on_the_register_from_their_first_day_and_no_longer_on_the_day_they_leave() -> None:
    ann = somebody(since=date(2026, 5, 1), until=date(2026, 11, 23))
    assert [ann.on_register(day) for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 11, 22))] == [
        False,
        True,
        True,
    ]
    assert not ann.on_register(date(2026, 11, 23))


@given(people(), days)
def test_a_line_stands_in_exactly_one_way_on_a_day(person: Person, day: date) -> None:
    assert person.standing(day) in (COMING, ON, LEFT)
    assert (person.standing(day) == ON) is person.on_register(day)
    if person.standing(day) == LEFT:
        assert person.until is not None
        assert person.until <= day


@given(people(), people())
def test_two_people_overlap_when_there_is_a_day_on_which_both_are_on_the_register(one: Person, other: Person) -> None:
    shared = any(one.on_register(day) and other.on_register(day) for day in (one.since, other.since))
    assert one.overlaps(other) is other.overlaps(one) is shared


@given(people(), days, days)
def test_whoever_has_left_never_comes_back_by_the_passing_of_time(person: Person, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    if person.standing(earlier) == LEFT:
        assert person.standing(later) == LEFT


@given(registers, days)
def test_the_clerk_keeps_the_register_and_only_without_a_clerk_the_chair(register: Register, day: date) -> None:
    found = keepers(register, day)
    assert all(person.on_register(day) for person in found)
    clerks = [person for person in register.people if "clerk" in person.roles and person.on_register(day)]
    chairs = [person for person in register.people if "chair" in person.roles and person.on_register(day)]
    assert set(found) == set(clerks or chairs)
    for person in found:
        assert keeper_role(person) in person.roles
        assert keeper_role(person) == ("clerk" if clerks else "chair")


@given(registers, people("asker"), days)
def test_nobody_but_a_keeper_is_one_and_nobody_but_oneself_is_oneself(
    register: Register, who: Person, day: date
) -> None:
    register = Register((*register.people, who))
    for whose in (who.id, "other"):
        held = capacities(register, who, whose, day)
        assert (SELF in held) is (whose == who.id)
        assert (KEEPER in held) is (who in keepers(register, day))
        assert held <= {SELF, KEEPER}


@given(registers, days)
def test_the_first_day_without_a_keeper_is_found(register: Register, day: date) -> None:
    until = unkept_from(register, day)
    ahead = [day + timedelta(days=n) for n in range(130)]
    unkept = [one for one in ahead if not keepers(register, one)]
    assert until == (unkept[0] if unkept else None)


@given(registers)
def test_an_address_clashes_when_two_have_it_on_one_day(register: Register) -> None:
    for person in register.people:
        other = clash(register, person.id)
        same = [
            one
            for one in register.people
            if one.id != person.id and one.email.casefold() == person.email.casefold() and one.overlaps(person)
        ]
        assert (other in same) if other else not same


@given(registers, days)
def test_without_a_clash_an_address_has_one_person_on_any_day(register: Register, day: date) -> None:
    if any(clash(register, person.id) for person in register.people):
        return
    for address in ("a@x.example", " A@x.EXAMPLE "):
        having = [p for p in register.on(day) if p.email.casefold() == "a@x.example"]
        assert len(having) <= 1
        assert register.by_email(address, day) == (having[0] if having else None)


def test_nobody_clashes_with_somebody_who_is_not_there() -> None:
    assert clash(Register((somebody("p1"),)), "p2") is None


@pytest.mark.parametrize(
    ("roles", "officer", "role"),
    [
        (("councillor",), "", "councillor"),
        (("employee",), "", "employee"),
        (("councillor", "chair"), "chair", "chair"),
        (("deputy-clerk", "chair"), "chair", "deputy-clerk"),
        (("vice-chair", "deputy-clerk", "councillor"), "vice-chair", "deputy-clerk"),
        (("clerk", "chair"), "clerk", "clerk"),
        ((), "", ""),
    ],
)
def test_the_role_in_which_somebody_acts(roles: tuple[str, ...], officer: str, role: str) -> None:
    person = Person("p1", "Ann", "", "a@x.example", roles, TODAY, None)
    assert (person.officer_role, person.role) == (officer, role)
    assert not officer or officer in OFFICERS


def test_a_deputy_who_is_chair_keeps_the_register_as_chair() -> None:
    assert keeper_role(somebody("p1", "deputy-clerk", "chair")) == "chair"


def test_names_are_told_with_their_title_and_after_somebody_left() -> None:
    register = Register((somebody("p1", title="Cllr", until=TODAY), somebody("p2")))
    assert [register.named(id) for id in ("p1", "p2", "p3")] == [
        "Cllr Person p1",
        "Person p2",
        "Somebody no longer known",
    ]


def test_people_are_listed_by_name_and_role() -> None:
    register = Register((somebody("b", "chair"), somebody("a"), somebody("c", until=TODAY)))
    assert [person.id for person in register.on(TODAY)] == ["a", "b"]
    assert [person.id for person in register.holding("chair", TODAY)] == ["b"]


def test_the_register_is_read_from_its_records_data() -> None:
    line = {"name": "Ann", "title": "Cllr", "email": "a@x.example", "roles": ["chair"]}
    data = {"people": {"p1": {**line, "since": "2026-01-01", "until": "2026-12-31", "epoch": 3}}}
    register = register_of(data)
    ann = Person("p1", "Ann", "Cllr", "a@x.example", ("chair",), date(2026, 1, 1), date(2026, 12, 31), 3)
    assert register.people == (ann,)
    assert (register.person("p1"), register.person("p2")) == (ann, None)
    assert register_of({}).people == ()
