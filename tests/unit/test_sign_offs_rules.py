"""Who must sign which version: examples as the product tells them, and properties that hold for any history."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.policy.rules import ADOPTED, DRAFT, Adoption, Line
from chalicelib.sign_offs.rules import must_sign, numbers, settling
from tests.support.checks import a_person

DAY = date(2026, 11, 23)
TOM = a_person("tom", "Tom Eldersfield", since=date(2024, 1, 1))


def adopted(number: int, meeting: date, *, material: bool) -> Line:
    return Line(number, ADOPTED, "Policy", Adoption(meeting, "1", material, "0" * 64))


def v(number: int, year: int, how: str = "material") -> Line:
    return adopted(number, date(year, 5, 14), material=how == "material")


ONE, TWO, THREE = v(1, 2020), v(2, 2022, "small"), v(3, 2024)
HISTORY = (ONE, TWO, THREE, v(4, 2025, "small"), v(5, 2026, "small"), Line(6, DRAFT, "Policy"))


@pytest.mark.parametrize(
    ("versions", "signed", "wanted"),
    [
        ((), (), None),
        ((Line(1, DRAFT, "Policy"),), (), None),
        ((ONE,), (), 1),
        ((ONE,), (1,), None),
        ((ONE, TWO), (1,), None),
        ((ONE, TWO), (), 2),
        ((ONE, TWO, THREE), (1, 2), 3),
        (HISTORY, (), 5),
        (HISTORY, (1, 2), 5),
        (HISTORY, (3,), None),
        (HISTORY, (4,), None),
        (HISTORY, (5,), None),
        # A material version recorded late counts from its meeting on.
        ((v(1, 2020), v(2, 2024, "small"), v(3, 2022)), (1,), 2),
        ((v(1, 2020), v(2, 2024, "small"), v(3, 2022)), (2,), None),
        ((v(1, 2020), v(2, 2024, "small"), v(3, 2022)), (3,), None),
        # Recorded late and before everything else: nothing changes.
        ((v(1, 2020), v(2, 2010)), (1,), None),
        # Of two at one meeting the one with the higher number is in force.
        ((v(1, 2020), v(2, 2020)), (1,), 2),
    ],
)
def test_who_must_sign_what(versions: tuple[Line, ...], signed: tuple[int, ...], wanted: int | None) -> None:
    line = must_sign(TOM, DAY, versions, signed)
    assert (line.number if line else None) == wanted


@pytest.mark.parametrize(
    ("since", "until", "asked"),
    [
        (date(2026, 11, 24), None, False),
        (date(2026, 11, 23), None, True),
        (date(2024, 1, 1), date(2026, 11, 23), False),
        (date(2024, 1, 1), date(2026, 11, 24), True),
    ],
)
def test_nobody_signs_before_they_joined_or_after_they_left(since: date, until: date | None, asked: bool) -> None:
    person = a_person("ann", "Ann Green", since=since, until=until)
    assert bool(must_sign(person, DAY, (ONE,), ())) == asked


LINES = some.lists(
    some.tuples(some.dates(date(2020, 1, 1), date(2024, 12, 31)), some.booleans()), min_size=1, max_size=8
).map(lambda told: tuple(adopted(n, meeting, material=how) for n, (meeting, how) in enumerate(told, 1)))


@given(LINES, some.sets(some.integers(1, 8)))
def test_the_rule_in_other_words(lines: tuple[Line, ...], signed: set[int]) -> None:
    """One must sign unless one signed something after which nothing material was adopted."""
    line = must_sign(TOM, DAY, lines, signed)
    in_force = max(lines, key=lambda one: one.turn)
    good = [
        one.number
        for one in lines
        if one.number in signed and not any(o.adopted and o.adopted.material and o.turn > one.turn for o in lines)
    ]
    assert (line is None) == bool(good)
    assert line is None or line == in_force
    assert settling(lines)[-1] == in_force


@given(LINES, some.sets(some.integers(1, 8)))
def test_whoever_signs_what_they_must_has_nothing_left(lines: tuple[Line, ...], signed: set[int]) -> None:
    line = must_sign(TOM, DAY, lines, signed)
    assert line is None or must_sign(TOM, DAY, lines, {*signed, line.number}) is None


@given(LINES, some.sets(some.integers(1, 8)))
def test_an_adoption_never_lets_anybody_off(lines: tuple[Line, ...], signed: set[int]) -> None:
    before = must_sign(TOM, DAY, lines[:-1], signed - {len(lines)})
    after = must_sign(TOM, DAY, lines, signed - {len(lines)})
    assert before is None or after is not None


def test_the_versions_that_a_record_says_were_signed() -> None:
    assert numbers({}) == ()
    assert numbers({"signed": {"10": {}, "9": {}}}) == (9, 10)
