"""How the register and its history are told."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.record import Actor, Entry, Record, move
from chalicelib.register import words
from chalicelib.register.rules import KEEPER, SETUP, Person, Register
from chalicelib.register.workflow import ID, KIND, TABLE

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = AT.date()


def a_person(id: str, *roles: str, until: date | None = None) -> Person:
    """Somebody on the register since 2024."""
    return Person(id, id.title(), "Cllr", f"{id}@x.example", roles, date(2024, 5, 14), until)


def test_roles_are_told_in_their_order_and_none_is_left_out() -> None:
    assert words.roles(["councillor", "chair"]) == "Chair, Councillor"
    assert words.roles(["bishop", "employee"]) == "Employee, bishop"
    assert words.roles([]) == ""


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (None, "From 14 May 2024"),
        (date(2026, 11, 24), "From 14 May 2024; leaves on 24 November 2026"),
        (date(2026, 11, 23), "From 14 May 2024; left on 23 November 2026"),
    ],
)
def test_from_when_until_when_somebody_is_on_the_register(until: date | None, told: str) -> None:
    assert words.period(a_person("ann", until=until), TODAY) == told


def test_the_keeper_is_told_what_to_see_to() -> None:
    clerk, chair = a_person("ruth", "clerk"), a_person("alan", "chair")
    assert words.remarks(Register((clerk, chair)), TODAY) == ()
    (nobody_stands_in,) = words.remarks(Register((clerk,)), TODAY)
    assert nobody_stands_in.startswith("There is no Chair")
    (no_clerk,) = words.remarks(Register((chair,)), TODAY)
    assert no_clerk.startswith("There is no Clerk")
    (two,) = words.remarks(Register((clerk, chair, a_person("bea", "chair"))), TODAY)
    assert two == "2 people hold the role of Chair: Cllr Alan and Cllr Bea. Is that right?"


def a_history() -> list[Entry]:
    """Ann is added to a register of two, changed, ended and put back; Bea is added."""
    line = {"title": "", "since": "2024-05-14", "until": "", "epoch": 0}
    clerk = {**line, "name": "Ruth", "email": "ruth@x.example", "roles": ["clerk"]}
    chair = {**line, "name": "Alan", "email": "alan@x.example", "roles": ["chair"]}
    ann = {"name": "Ann", "title": "Cllr", "roles": ["councillor"], "since": "2026-01-01"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("seed", {"people": {"clerk": clerk, "chair": chair}}),
        ("add", {"person": "ann", **ann, "email": "ann@x.example", "reason": "Elected"}),
        ("add", {"person": "bea", **ann, "email": "bea@x.example", "reason": ""}),
        ("change", {"person": "ann", "roles": ["councillor", "chair"], "title": "", "reason": ""}),
        ("end", {"person": "ann", "until": "2026-11-23", "reason": "Moved away"}),
        ("return", {"person": "ann", "since": "2026-11-24", "reason": ""}),
    ]
    record, entries = Record(KIND, ID), list[Entry]()
    for action, given in steps:
        role = "clerk" if entries else "setup"
        actor = Actor("clerk", "Mrs Ruth", role, frozenset({KEEPER, SETUP}))
        record, entry = move(TABLE, record, action, actor, AT, given)
        entries.append(entry)
    return entries


def test_a_persons_history_tells_what_each_entry_changed_and_nothing_of_others() -> None:
    told = words.history(a_history(), "ann")
    assert [entry["what"] for entry in told] == [
        "Put on the register",
        "Changed",
        "Day of leaving entered",
        "Put back on the register",
    ]
    assert [entry["why"] for entry in told] == ["Elected", "", "Moved away", ""]
    assert {(entry["who"], entry["role"], entry["when"]) for entry in told} == {
        ("Mrs Ruth", "Clerk", "23 November 2026 at 9:00am")
    }
    assert [entry["details"] for entry in told] == [
        [
            ("Name", "Ann"),
            ("Title", "Cllr"),
            ("E-mail", "ann@x.example"),
            ("Roles", "Councillor"),
            ("On the register from", "1 January 2026"),
        ],
        [("Title", "Cllr → nothing"), ("Roles", "Councillor → Chair, Councillor")],
        [("Leaves on", "23 November 2026")],
        [
            ("On the register from", "1 January 2026 → 24 November 2026"),
            ("Leaves on", "23 November 2026 → nothing"),
        ],
    ]


def test_the_first_clerk_and_chair_came_from_the_settings() -> None:
    (told,) = words.history(a_history(), "chair")
    assert (told["what"], told["role"]) == ("Entered from the settings, on the first start", "")
    assert ("Name", "Alan") in told["details"]


def test_nobody_has_no_history() -> None:
    assert words.history(a_history(), "nobody") == []


@pytest.mark.parametrize(
    "given",
    [
        {"person": "ann", "roles": "chair", "since": "soon", "until": 7, "reason": ["?"]},
        {"people": {"ann": "?"}},
        {"people": "?"},
        {},
    ],
)
def test_a_history_that_was_tampered_with_is_told_as_far_as_it_goes(given: dict[str, Any]) -> None:
    odd = a_history()[1]._replace(action="rewritten", at="some day", given=given)
    told = words.history([odd], "ann")
    if "person" in given:
        assert (told[0]["what"], told[0]["when"]) == ("rewritten", "some day")
        assert ("On the register from", "soon") in told[0]["details"]
    else:
        assert told == []
