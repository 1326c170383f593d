"""Whom a text names: in words, by title and surname, as a tag; and quickly, whatever is written."""

from __future__ import annotations

import time

import pytest

from chalicelib.checks import naming, rules
from chalicelib.register.rules import Register
from tests.support.checks import CLERK, COUNCIL, COUNCILLOR, a_person, answers

FULL = [
    a_person(f"p-{first}-{last}", f"{first} {last}", title="Cllr")
    for first in ["Ann", "Bob", "Cath", "Dave", "Eve", "Fred", "Grace", "Hugh", "Ivy", "Jack"]
    for last in ("Green", "O’Brien", "Okonjo-Webb", "Smith", "Marchbanks", "Thistlewood")
]
"""A full register: sixty people."""

HOSTILE = {
    "accents of two kinds in turn": "a" + "\u0301\u0323" * 5000,
    "spacing accents of two kinds in turn": "a" + "\u302e\U0001d165" * 5000,
    "letters that are written out in eighteen": "\ufdfa" * 10_000,
    "letters that are written out in three": "\ufb03" * 10_000,
    "emoji": "\U0001f600" * 10_000,
    "characters that are all different": "".join(chr(code) for code in range(0x3400, 0x3400 + 10_000)),
    "every surname and title": " ".join(f"Cllr {who.name.split()[-1]}x Mrs. {who.name}y" for who in FULL) * 5,
    "tags": "#é" * 5000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_full_register_is_looked_for_in_less_than_twenty_milliseconds(what: str) -> None:
    asked = answers(text=HOSTILE[what][:10_000])
    assert not [who for who in FULL if rules.names(asked, who)]
    took = []
    for n in range(3):
        # Another text each time: what was read before helps nobody.
        other = {**asked, "unsure": str(n)}
        began = time.process_time()
        assert not any(rules.names(other, who) for who in FULL)
        took.append(time.process_time() - began)
    assert min(took) < 0.02


def test_a_name_is_found_among_what_is_hostile() -> None:
    for text in HOSTILE.values():
        assert rules.names(answers(text=f"{text[:9_000]} Siân O’Merrow {text[:900]}"), COUNCIL.people[3])


def test_a_name_does_not_run_from_one_answer_to_the_next() -> None:
    assert not rules.names(answers(text="Ruth", question="Penhallow"), CLERK)


def test_somebody_without_a_letter_in_their_name_is_named_only_by_ticking() -> None:
    nobody = CLERK._replace(name="!")
    assert not rules.names(answers(text="! Mrs !"), nobody)
    assert rules.names(answers(named=[nobody.id]), nobody)
    assert naming.key("!") == ""


@pytest.mark.parametrize(
    "name",
    [
        "RUTH PENHALLOW",
        "Ruth  Penhallow",
        "Mrs Ruth Penhallow",
        "Ruth Pénhallow",
        "Ruth Pen-hallow",
        "Dr. Ruth Penhallow",
    ],
)
def test_two_lines_of_one_person_are_one_person(name: str) -> None:
    twin = a_person("p-twin", name, "chair", title="Cllr")
    register = Register((*COUNCIL.people, twin))
    data = {"requester": CLERK.id, "answers": answers(), "asked": []}
    assert rules.excluded(register, data, twin)
    named = {"requester": COUNCILLOR.id, "answers": answers(named=[CLERK.id]), "asked": []}
    assert rules.excluded(register, named, twin)
    assert twin.id in rules.concerned(register, data, CLERK.since)
    assert CLERK.id not in rules.concerned(register, data, CLERK.since)


def test_nobody_is_somebody_else_for_having_their_surname() -> None:
    sister = a_person("p-sister", "Rose Penhallow", "chair")
    register = Register((*COUNCIL.people, sister))
    assert not rules.excluded(register, {"requester": CLERK.id, "answers": answers()}, sister)
