"""The register's table: every action by every capacity, and the three rules that no change gets past."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.record import NEW, Actor, Data, NotNow, NotYours, Record, allowed, move, verify
from chalicelib.register.rules import (
    DISOWNER,
    KEEPER,
    ROLES,
    SELF,
    SETUP,
    Register,
    clash,
    keepers,
    register_of,
    unkept_from,
)
from chalicelib.register.workflow import ID, KEPT, KIND, TABLE, Unfit

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = AT.date()
CAPACITIES = (KEEPER, SELF, SETUP, DISOWNER)
LINE = {"name": "Ann Green", "title": "Cllr", "email": "ann@x.example", "roles": ["councillor"], "since": "2026-01-01"}

Log = list[tuple[str, str]]


def by(*capacities: str) -> Actor:
    """Somebody with these capacities."""
    return Actor("clerk", "Ruth", "clerk", frozenset(capacities))


def a_line(name: str, *roles: str, since: str = "2024-05-14", until: str = "") -> dict[str, Any]:
    """A line as it is seeded."""
    email = f"{name}@x.example"
    return {
        "name": name,
        "title": "",
        "email": email,
        "roles": list(roles),
        "since": since,
        "until": until,
        "epoch": 0,
    }


def a_register(**lines: dict[str, Any]) -> Record:
    """A register with a Clerk, a Chair and these."""
    people = {"clerk": a_line("clerk", "clerk"), "chair": a_line("chair", "chair"), **lines}
    return moved(Record(KIND, ID), "seed", {"people": people}, SETUP)


def moved(record: Record, action: str, given: Data, *capacities: str, at: datetime = AT) -> Record:
    """The register after an action; by its keeper, unless another capacity is given."""
    return move(TABLE, record, action, by(*(capacities or (KEEPER,))), at, given)[0]


def person_of(record: Record, id: str) -> Any:
    """A person as the register has them."""
    return register_of(record.data).person(id)


GIVEN: dict[str, Data] = {
    "seed": {"people": {}},
    "add": {"person": "p1", **LINE},
    "change": {"person": "chair", "name": "Alan"},
    "end": {"person": "chair", "until": "2026-12-01"},
    "return": {"person": "gone", "since": "2026-11-24"},
    "sign-out-everywhere": {"person": "clerk"},
    "end-sessions": {"person": "chair"},
}
GONE = a_line("gone", "councillor", until="2026-06-01")


@pytest.mark.parametrize("capacity", [*CAPACITIES, "stranger"])
@pytest.mark.parametrize("action", [*GIVEN, "delete", ""])
@pytest.mark.parametrize("state", [NEW, KEPT])
def test_every_action_in_every_state_by_every_capacity(state: str, action: str, capacity: str) -> None:
    record = a_register(gone=GONE) if state == KEPT else Record(KIND, ID)
    legal = TABLE.get((state, action))
    if legal is None:
        with pytest.raises(NotNow):
            moved(record, action, GIVEN.get(action, {}), capacity)
    elif legal.by != capacity:
        with pytest.raises(NotYours):
            moved(record, action, GIVEN[action], capacity)
    else:
        after = moved(record, action, GIVEN[action], capacity)
        assert (after.state, after.version) == (KEPT, record.version + 1)
        assert action in allowed(TABLE, record, {capacity})


def test_the_table_is_this_one_and_no_other() -> None:
    assert {key: legal.by for key, legal in TABLE.items()} == {
        (NEW, "seed"): SETUP,
        (KEPT, "add"): KEEPER,
        (KEPT, "change"): KEEPER,
        (KEPT, "end"): KEEPER,
        (KEPT, "return"): KEEPER,
        (KEPT, "sign-out-everywhere"): SELF,
        (KEPT, "end-sessions"): DISOWNER,
    }


def test_somebody_is_added_with_everything_that_is_said_of_them() -> None:
    ann = person_of(moved(a_register(), "add", {"person": "p1", **LINE, "reason": "Elected"}), "p1")
    assert (ann.styled, ann.email, ann.roles) == ("Cllr Ann Green", "ann@x.example", ("councillor",))
    assert (ann.since, ann.until, ann.epoch) == (date(2026, 1, 1), None, 0)


def test_a_change_leaves_the_rest_alone() -> None:
    before = a_register()
    after = moved(before, "change", {"person": "chair", "name": "Alan", "until": "2026-12-01", "epoch": 9})
    assert person_of(after, "chair").name == "Alan"
    assert person_of(after, "chair").until is None
    assert person_of(after, "chair").epoch == 0
    assert person_of(after, "clerk") == person_of(before, "clerk")
    assert person_of(before, "chair").name == "chair"


def test_a_new_address_ends_what_went_to_the_old_one() -> None:
    after = moved(a_register(), "change", {"person": "chair", "email": "alan@x.example"})
    assert (person_of(after, "chair").email, person_of(after, "chair").epoch) == ("alan@x.example", 1)
    same = moved(a_register(), "change", {"person": "chair", "email": "chair@x.example"})
    assert person_of(same, "chair").epoch == 0


def test_whoever_comes_back_starts_with_new_links() -> None:
    back = person_of(moved(a_register(gone=GONE), "return", {"person": "gone", "since": "2026-11-23"}), "gone")
    assert (back.since, back.until, back.epoch) == (TODAY, None, 1)


def test_an_end_that_is_still_to_come_is_taken_back() -> None:
    leaving = moved(a_register(), "end", {"person": "chair", "until": "2026-12-01"})
    stays = person_of(moved(leaving, "return", {"person": "chair"}), "chair")
    assert (stays.since, stays.until, stays.epoch) == (date(2024, 5, 14), None, 0)


def test_another_day_of_leaving_can_be_entered() -> None:
    leaving = moved(a_register(gone=GONE), "end", {"person": "gone", "until": "2026-07-01"})
    assert person_of(leaving, "gone").until == date(2026, 7, 1)


@pytest.mark.parametrize("action", ["sign-out-everywhere", "end-sessions"])
def test_ending_sessions_counts_on(action: str) -> None:
    capacity = TABLE[KEPT, action].by
    once = moved(a_register(gone=GONE), action, {"person": "gone"}, capacity)
    assert person_of(moved(once, action, {"person": "gone"}, capacity), "gone").epoch == 2


def unfit(record: Record, action: str, given: Data, *capacities: str) -> tuple[str, str]:
    """Where and why an action cannot stand."""
    with pytest.raises(Unfit) as stop:
        moved(record, action, given, *capacities)
    return stop.value.field, stop.value.message


def test_what_cannot_stand_says_where_and_why() -> None:
    record = a_register(gone=GONE)
    leave = "The day they leave must be after the day they joined, which was 14 May 2024"
    assert unfit(record, "end", {"person": "chair", "until": "2024-05-14"}) == ("until", leave)
    assert unfit(record, "change", {"person": "gone", "since": "2026-06-01"})[0] == "until"
    assert unfit(record, "return", {"person": "chair"}) == ("", "No day is entered on which this person leaves")
    away = "The day they come back must not be before 1 June 2026, when they left"
    assert unfit(record, "return", {"person": "gone"}) == ("since", away)
    assert unfit(record, "return", {"person": "gone", "since": "2026-05-31"}) == ("since", away)
    there = ("", "This person is on the register already")
    assert unfit(record, "add", {"person": "gone", **LINE}) == there
    for action in ("change", "end", "return"):
        assert unfit(record, action, {**GIVEN[action], "person": "nobody"}) == (
            "",
            "This person is not on the register",
        )
    for action in ("sign-out-everywhere", "end-sessions"):
        assert unfit(record, action, {"person": "nobody"}, TABLE[KEPT, action].by)[1].endswith("not on the register")


def test_an_address_that_somebody_has_is_refused_however_it_is_written() -> None:
    record = a_register()
    told = ("email", "chair is on the register with this e-mail address already")
    assert unfit(record, "add", {"person": "p1", **LINE, "email": "CHAIR@x.example"}) == told
    assert unfit(record, "change", {"person": "clerk", "email": "chair@X.EXAMPLE"}) == told


def test_an_address_goes_from_one_clerk_to_the_next_but_never_has_two_owners() -> None:
    leaving = moved(a_register(), "end", {"person": "clerk", "until": "2026-12-01"})
    successor = {**LINE, "person": "p1", "roles": ["clerk"], "email": "clerk@x.example"}
    assert unfit(leaving, "add", {**successor, "since": "2026-11-30"}) == (
        "email",
        "clerk is on the register with this e-mail address until 1 December 2026",
    )
    both = moved(leaving, "add", {**successor, "since": "2026-12-01"})
    told = ("email", "Cllr Ann Green is on the register with this e-mail address already")
    assert unfit(both, "return", {"person": "clerk"}) == told
    assert unfit(both, "end", {"person": "clerk", "until": "2026-12-02"}) == told


def test_two_who_had_one_address_from_the_start_may_still_be_changed() -> None:
    twin = {**a_line("chair", "chair"), "email": "clerk@x.example"}
    record = a_register(chair=twin)
    assert person_of(moved(record, "change", {"person": "chair", "name": "Alan"}), "chair").name == "Alan"


def test_somebody_always_remains_who_keeps_the_register() -> None:
    clerk_only = moved(Record(KIND, ID), "seed", {"people": {"clerk": a_line("clerk", "clerk")}}, SETUP)
    told = "Nobody would be left to keep the register. Enter the next Clerk or Chair first"
    assert unfit(clerk_only, "end", {"person": "clerk", "until": "2026-11-23"}) == ("", told)
    assert unfit(clerk_only, "change", {"person": "clerk", "roles": ["employee"]}) == ("", told)
    assert unfit(clerk_only, "change", {"person": "clerk", "since": "2026-11-24"}) == ("", told)
    later = told.replace("register.", "register from 1 December 2026.")
    assert unfit(clerk_only, "end", {"person": "clerk", "until": "2026-12-01"}) == ("", later)
    followed = moved(clerk_only, "add", {**LINE, "person": "p1", "roles": ["clerk"], "since": "2026-12-01"})
    left = moved(followed, "end", {"person": "clerk", "until": "2026-12-01"})
    assert unkept_from(register_of(left.data), TODAY) is None


def test_a_gap_that_is_there_already_stops_nobody_from_narrowing_it() -> None:
    seeded = {"people": {"clerk": a_line("clerk", "clerk", until="2026-12-01")}}
    record = moved(Record(KIND, ID), "seed", seeded, SETUP)
    later = moved(record, "end", {"person": "clerk", "until": "2026-12-10"})
    assert unkept_from(register_of(later.data), TODAY) == date(2026, 12, 10)
    assert unfit(later, "end", {"person": "clerk", "until": "2026-12-05"})[0] == ""


ids = st.sampled_from(["clerk", "chair", "p1", "p2", "p3"])
iso = st.integers(-30, 30).map(lambda n: (TODAY + timedelta(days=n)).isoformat())
lines = st.fixed_dictionaries(
    {
        "name": st.just("Ann"),
        "title": st.just(""),
        "email": st.sampled_from(["a@x.example", "A@x.example", "b@x.example", "c@x.example"]),
        "roles": st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=2, unique=True),
        "since": iso,
    }
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ids, lines),
        st.tuples(st.just("change"), ids, lines),
        st.tuples(st.just("end"), ids, st.fixed_dictionaries({"until": iso})),
        st.tuples(st.just("return"), ids, st.fixed_dictionaries({}, optional={"since": iso})),
        st.tuples(st.just("sign-out-everywhere"), ids, st.just({})),
    ),
    max_size=12,
)


def tried(record: Record, log: Log, steps: Iterable[tuple[str, str, Data]]) -> tuple[Record, Log]:
    """The register after those of the steps that could stand, and its log."""
    for action, id, given_ in steps:
        try:
            record, entry = move(TABLE, record, action, by(*CAPACITIES), AT, {"person": id, **given_})
        except Unfit:
            continue
        log.append((entry.body(), entry.hash))
    return record, log


@given(steps)
def test_no_run_of_changes_breaks_the_three_rules(steps: list[tuple[str, str, Data]]) -> None:
    first, entry = move(TABLE, Record(KIND, ID), "seed", by(SETUP), AT, {"people": a_register().data["people"]})
    record, log = tried(first, [(entry.body(), entry.hash)], steps)
    register: Register = register_of(record.data)
    assert keepers(register, TODAY)
    assert unkept_from(register, TODAY) is None
    assert not [person for person in register.people if clash(register, person.id)]
    assert not [person for person in register.people if person.until and person.until <= person.since]
    assert verify(record, log) == []
    assert record.version == len(log)
