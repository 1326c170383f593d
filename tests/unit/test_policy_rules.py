"""What a policy version is, which one is in force, how clauses are named and cited."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy import rules, standard
from chalicelib.policy.rules import ADOPTED, BULLET, DRAFT, WITHDRAWN, Adoption, Clause, Line, Shelf, Version
from chalicelib.record import sha256

DAY = date(2024, 5, 14)


def act(meeting: date = DAY, *, material: bool = True) -> Adoption:
    return Adoption(meeting, "24/017", material, "0" * 64)


def line(number: int, meeting: date | None = DAY, state: str = ADOPTED) -> Line:
    return Line(number, state, f"Policy {number}", act(meeting) if meeting else None)


days = st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))
lines = st.lists(st.tuples(st.sampled_from([ADOPTED, DRAFT, WITHDRAWN]), days), max_size=8).map(
    lambda found: [line(n, day if state == ADOPTED else None, state) for n, (state, day) in enumerate(found, 1)]
)


@given(lines, days)
def test_the_version_in_force_is_the_one_adopted_last_by_that_day(found: list[Line], day: date) -> None:
    current = rules.in_force(found, day)
    there = [one for one in found if one.adopted and one.adopted.meeting <= day]
    assert (current is None) == (not there)
    if current:
        assert current in there
        assert all(one.turn <= current.turn for one in there)


@given(lines, days)
def test_recording_older_adoptions_never_changes_what_is_in_force_now(found: list[Line], day: date) -> None:
    before = rules.in_force(found, date.max)
    older = line(99, day)
    after = rules.in_force([*found, older], date.max)
    assert after == (before if before and before.turn > older.turn else older)


@given(st.lists(days, max_size=6))
def test_the_shelf_always_holds_the_version_in_force(meetings: list[date]) -> None:
    shelf = Shelf()
    for number, meeting in enumerate(meetings, 1):
        assert shelf.next_number == number
        shelf = shelf.with_line(Line(number, DRAFT, "Policy"))
        assert shelf.draft is not None
        adopted = Version(number, "Policy", (Clause(f"c{number}"),), act(meeting))
        shelf = shelf.with_adopted(adopted)
        assert shelf.draft is None
        latest = rules.in_force(shelf.lines, date.max)
        assert latest is not None
        assert shelf.current is not None
        assert shelf.current.number == latest.number == shelf.adopted[0].number
        assert shelf.taken == {f"c{n}" for n in range(1, number + 1)}
        assert rules.shelf_of(shelf.data()) == shelf
    assert shelf.serial == 2 * len(meetings)


def test_a_shelf_knows_its_lines_and_takes_corrected_topics() -> None:
    shelf = Shelf().with_adopted(Version(1, "Policy", (Clause("a"),), act()))
    assert shelf.line(1) == shelf.adopted[0]
    assert shelf.line(2) is None
    changed = Version(1, "Policy", (Clause("a", topics=("link",)),), act())
    assert shelf.with_topics(changed).current == changed
    other = Version(2, "Policy", (), act())
    assert shelf.with_topics(other).current == shelf.current
    assert shelf.with_topics(other).serial == shelf.serial + 1
    assert rules.shelf_of({}) == Shelf()


def test_a_version_is_kept_and_read_again() -> None:
    said = (Clause("a", "1.", "Links", "Look first.", "rule", True, ("link",)), Clause("b", text="Ask."))
    made = Version(3, "Policy", said, act())
    data = {"title": "Policy", "clauses": [one.data() for one in said], "adopted": act().data()}
    assert rules.version(3, data) == made
    assert made.clause("b") == said[1]
    assert made.clause("c") is None
    assert rules.version(0, data | {"adopted": None}).adopted is None


def test_the_text_is_everything_that_is_shown_and_the_fingerprint_is_its_own() -> None:
    said = (
        Clause("a", "1.", "Links", "Look first.\n\nThen link."),
        Clause("b", BULLET, "", "Ask."),
        Clause("c", heading="Review"),
        Clause("d", text="Every year."),
    )
    made = Version(1, "Policy", said)
    assert made.text == "Policy\n\n1. Links\nLook first.\n\nThen link.\n\n• Ask.\n\nReview\n\nEvery year.\n"
    assert made.sha256 == sha256(made.text)
    assert rules.size("Policy", said) == len("Policy1.LinksLook first.\n\nThen link.•Ask.ReviewEvery year.")


@pytest.mark.parametrize(
    "other",
    [
        Clause("a", "2.", "Links", "Look."),
        Clause("a", "1.", "Link", "Look."),
        Clause("a", "1.", "Links", "Look!"),
        Clause("a", "1.", "Links", "Look.", "duty"),
        Clause("a", "1.", "Links", "Look.", grave=True),
        Clause("a", "1.", "Links", "Look.", topics=("link",)),
    ],
)
def test_what_a_form_saw_differs_when_anything_does(other: Clause) -> None:
    assert other.seen != Clause("a", "1.", "Links", "Look.").seen


@pytest.mark.parametrize(
    ("one", "lead_in", "label"),
    [
        (Clause("a", text="Be kind. Be brief."), "", "Be kind"),
        (Clause("a", BULLET, "", "be kind;"), "", "Be kind"),
        (Clause("a", "3.2", "Links", "Look."), "Members must:", "3.2 Links"),
        (Clause("a", BULLET, "", "shout"), "Members must not:", "Members must not: shout"),
        (Clause("a", BULLET, "", "shout"), "m" * 61 + ":", "Shout"),
        (Clause("a", text="word " * 40), "", "Word" + " word" * 22 + "…"),
        (Clause("a", text="x" * 200), "", "X" + "x" * 118 + "…"),
    ],
)
def test_a_clause_is_known_by_its_heading_or_its_first_sentence(one: Clause, lead_in: str, label: str) -> None:
    assert rules.label(one, lead_in) == label


def test_items_are_led_in_by_what_stands_above_their_list() -> None:
    said = [
        Clause("a", text="Members must not:"),
        Clause("b", BULLET, "", "shout"),
        Clause("c", BULLET, "", "curse"),
        Clause("d", text="That is all."),
        Clause("e", BULLET, "", "be kind"),
    ]
    assert list(rules.labels(said).values()) == [
        "Members must not:",
        "Members must not: shout",
        "Members must not: curse",
        "That is all",
        "Be kind",
    ]


def test_decisions_rest_on_rules_and_duties_or_on_whatever_says_something() -> None:
    said = [Clause("a", heading="Rules", kind="text"), Clause("b", text="Hello.", kind="text"), Clause("c", text="Do.")]
    assert list(rules.citable(said)) == ["c"]
    assert list(rules.citable(said[:2])) == ["b"]
    assert list(rules.citable(standard.CLAUSES_IN_FULL)) == [
        one.id for one in standard.CLAUSES_IN_FULL if one.kind in ("rule", "duty")
    ]


def test_a_flag_finds_its_clauses_by_topic_in_the_policys_order() -> None:
    said = [Clause("a", topics=("link", "heated")), Clause("b"), Clause("c", topics=("link",))]
    assert rules.by_topic(said) == {"link": ("a", "c"), "heated": ("a",)}
