"""What the checker says of a text, cut for the page and put into words."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib import settings
from chalicelib.checks import advice
from chalicelib.policy import standard, topics
from chalicelib.policy.rules import by_topic
from infra.local import demo
from tests.support.checks import CLERK, COUNCIL, COUNCILLOR, answers
from tests.support.clock import MONDAY_MORNING

SETTINGS = settings.read(demo.environment("https://checks.council.example"))


def noticed(text: str, **asked: str) -> list[dict[str, Any]]:
    return advice.given(SETTINGS, COUNCIL, standard.VERSION, COUNCILLOR, answers(text=text, **asked), MONDAY_MORNING)


def codes(text: str, **asked: str) -> list[str]:
    return [flag["code"] for flag in noticed(text, **asked)]


def test_what_is_the_councils_own_is_let_stand() -> None:
    assert codes("Ring the office on 01632 960123 or see https://news.netherwickby.example/hall") == []
    assert codes(f"Write to {SETTINGS.council.email}") == []
    assert codes("Ring me on 01632 960999 or see https://elsewhere.example/hall") == ["contact-details", "link"]


def test_a_colleague_is_noticed_and_oneself_is_not() -> None:
    assert codes(f"{CLERK.name} will be at the hall") == ["colleague"]
    assert codes(f"{COUNCILLOR.name} will be at the hall") == []


def test_in_the_weeks_before_a_poll_the_council_is_warned_and_a_person_is_not() -> None:
    text = "The play area is open."
    assert codes(text, in_name_of="council", when="2027-04-20") == ["pre-election"]
    assert codes(text, in_name_of="own", when="2027-04-20") == []
    assert codes(text, in_name_of="council", when="2027-06-20") == []


def test_a_question_without_a_text_is_not_checked() -> None:
    assert (
        advice.given(
            SETTINGS, COUNCIL, standard.VERSION, COUNCILLOR, answers(text="", question="May I?"), MONDAY_MORNING
        )
        == []
    )


def test_the_same_text_gets_the_same_advice() -> None:
    text = "Ring 07700 900123! See https://elsewhere.example NOW NOW NOW!!!"
    assert noticed(text) == noticed(text)


def test_no_text_fills_the_record_with_flags() -> None:
    assert len(noticed("https://a.example. " * 500)) <= advice.MOST


def test_a_note_quotes_the_passage_and_names_the_rule() -> None:
    text = "Ring Jo on 07700 900123."
    (note,) = advice.notes(text, noticed(text))
    assert note["passage"] == "07700 900123"
    (clause,) = note["clauses"]
    assert clause.startswith("Do not publish anybody else’s contact details")
    assert note["message"]
    assert note["advice"]


def test_the_policy_and_the_checker_speak_of_the_same_codes() -> None:
    from chalicelib.checker import CODES

    assert set(topics.CODES) == set(CODES)
    assert set(CODES) <= set(by_topic(standard.VERSION.clauses)), "the project's own wording governs every code"


FLAGS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda ends: ends[0] < ends[1]), max_size=5)


@given(st.text(min_size=30, max_size=40), FLAGS)
def test_the_pieces_are_the_whole_text_and_every_flag_is_marked(text: str, ends: list[tuple[int, int]]) -> None:
    flags: list[dict[str, Any]] = [{"code": "link", "start": start, "end": end} for start, end in sorted(ends)]
    pieces = advice.passages(text, flags)
    assert "".join(piece["text"] for piece in pieces) == text
    for n, flag in enumerate(flags, 1):
        marked = "".join(piece["text"] for piece in pieces if n in piece["notes"])
        whole = (flag["start"], flag["end"]) == (0, len(text))
        assert marked == ("" if whole else text[flag["start"] : flag["end"]])
        assert sum(n in piece["begins"] for piece in pieces) == (0 if whole else 1)
