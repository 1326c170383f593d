"""Dates in three boxes, and answers that were saved."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import forms
from chalicelib.forms import Fields
from tests.support.invitation import Dated, Invitation, errors, filled

# Dates --------------------------------------------------------------------------------------------------------------


def day(day: str, month: str, year: str) -> Invitation:
    return filled(day__day=day, day__month=month, day__year=year)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("27", "3", "2027"), date(2027, 3, 27)),
        (("01", "09", "2026"), date(2026, 9, 1)),
        ((" 29 ", "2", "2028"), date(2028, 2, 29)),
        (("31", "12", "9999"), date(9999, 12, 31)),
        (("1", "1", "1900"), date(1900, 1, 1)),
        (("", "", ""), None),
    ],
)
def test_a_date_is_read_from_its_three_boxes(typed: tuple[str, str, str], expected: date | None) -> None:
    form = day(*typed)
    assert errors(form) == {}
    assert form.day.data == expected


@pytest.mark.parametrize(
    "typed",
    [
        ("29", "2", "2027"),
        ("31", "4", "2027"),
        ("0", "4", "2027"),
        ("1", "13", "2027"),
        ("1", "1", "27"),
        ("1", "1", "1899"),
        ("1", "1", "10000"),
        ("1", "1", "9" * 30),
        ("1", "1", "9" * 5000),
        ("1_0", "1", "2027"),
        ("+1", "1", "2027"),
        ("-1", "1", "2027"),
        ("1.5", "1", "2027"),
        ("٣", "1", "2027"),
        ("²", "1", "2027"),
        ("one", "May", "2027"),
        ("1", "1", "\ufffd"),
    ],
)
def test_what_is_no_date_is_told_and_stays_in_the_boxes(typed: tuple[str, str, str]) -> None:
    form = day(*typed)
    assert errors(form) == {"day": ["Enter a real date, such as 27 3 2027"]}
    assert form.day.data is None
    assert form.day.raw == dict(zip(("day", "month", "year"), typed, strict=True))
    assert form.day.wrong_parts == ("day", "month", "year")


@pytest.mark.parametrize(
    ("typed", "wrong", "words"),
    [
        (("1", "", "2027"), ("month",), "a month"),
        (("", "3", ""), ("day", "year"), "a day and a year"),
        (("", " ", "2027"), ("day", "month"), "a day and a month"),
    ],
)
def test_what_is_missing_of_a_date_is_named(typed: tuple[str, str, str], wrong: tuple[str, ...], words: str) -> None:
    form = day(*typed)
    assert errors(form) == {"day": [f"The date must include {words}"]}
    assert form.day.wrong_parts == wrong


def test_a_saved_date_fills_the_boxes() -> None:
    form = Invitation(forms.of_mapping({"name": "Ann", "day": "2027-03-09"}))
    assert errors(form) == {}
    assert form.day.raw == {"day": "9", "month": "3", "year": "2027"}
    assert Invitation(day=date(2027, 3, 9)).day.raw == {"day": "9", "month": "3", "year": "2027"}


@pytest.mark.parametrize("saved", ["2027", "2027-", "tomorrow", "2027-03-09-11", "--"])
def test_a_forged_saved_date_is_no_accident(saved: str) -> None:
    form = filled(day=saved)
    form.validate()
    assert form.day.data is None or form.day.data == date(2027, 3, 9)


def test_a_date_may_be_needed() -> None:
    assert errors(Dated(Fields())) == {"day": ["Enter the day"]}
    # The message about what was typed is the one that helps.
    assert errors(Dated(Fields({"day-day": ["31"], "day-month": ["2"], "day-year": ["2027"]}))) == {
        "day": ["Enter a real date, such as 27 3 2027"]
    }


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_typed_is_a_date_or_a_message(a: str, b: str, c: str) -> None:
    form = day(a, b, c)
    well = form.validate()
    assert well is not bool(form.day.errors)
    assert well or form.day.data is None


# Saved answers ------------------------------------------------------------------------------------------------------


def test_saved_answers_are_fields_again() -> None:
    saved = {"name": "Ann", "guests": ["a", "b"], "pair": ("c",), "count": 3, "note": "", "none": None, "list": []}
    assert forms.of_mapping(saved) == {"name": ["Ann"], "guests": ["a", "b"], "pair": ["c"], "count": ["3"]}


def test_an_absent_value_is_an_empty_text() -> None:
    assert (forms.stripped(None), forms.kept(None), forms.stripped(" a "), forms.kept(" a ")) == ("", "", "a", " a ")
