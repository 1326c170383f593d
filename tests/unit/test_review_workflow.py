"""Every move of a review, by everybody, in every state; what the year's figures count; and the agenda item."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.checks import evidence as checks
from chalicelib.policy.standard import VERSION
from chalicelib.record import NEW, Actor, NotNow, NotYours, Record, move
from chalicelib.review import agenda, evidence, rules, views
from chalicelib.review.rules import CHAIR, CLERK, PREPARER, SIGNER, SYSTEM, TICK
from chalicelib.review.workflow import MOST_ADVICE, STATES, TABLE, Unfit
from chalicelib.store import Store
from tests.support.clock import MONDAY_MORNING

EVERYBODY = Actor("clerk", "Mrs Ruth Penhallow", "clerk", frozenset({PREPARER, *SIGNER.values()}))
ACT = {"meeting": "2026-11-02", "minute": "26/101", "outcome": rules.UNCHANGED, "version": 0}
FIGURES = {"since": "2025-05-14T23:00:00Z", "until": "2026-11-23T09:00:00Z", "parts": []}
OPENING = {"anchor": "2025-05-14", "version": 1, "evidence": FIGURES}
SAID = {"clause": "honesty", "what": "change", "words": "Be\nkind.", "why": "", "label": "Be honest"}
GIVEN: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("announce", "open", "begin"), OPENING),
    "notify": {},
    "refresh": {"evidence": {**FIGURES, "since": "x"}},
    "recommend": SAID,
    "drop": {"clause": "honesty"},
    "plan": {"planned": "2026-12-08"},
    **dict.fromkeys(("resolve", "correct"), ACT),
    "record": {**OPENING, **ACT},
    "sign-as-clerk": {"answers": {"legal": "Well."}},
    "sign-as-chair": {"answers": {}},
    "overtake": {},
    "strike": {"why": "The date was mistyped."},
    "undeliverable": {"person": "clerk", "name": "Mrs Ruth Penhallow", "told": ""},
}
PATHS = {
    NEW: (),
    rules.COMING: ("announce",),
    rules.OPEN: ("open",),
    rules.RESOLVED: ("open", "resolve"),
    rules.CLERK_SIGNED: ("open", "resolve", "sign-as-clerk"),
    rules.CHAIR_SIGNED: ("open", "resolve", "sign-as-chair"),
    rules.CLOSED: ("open", "resolve", "sign-as-chair", "sign-as-clerk"),
    rules.RECORDED: ("record",),
    rules.OVERTAKEN: ("announce", "overtake"),
    rules.STRUCK: ("record", "strike"),
}
ACTIONS = sorted({action for _, action in TABLE})


def moved(record: Record, action: str, **given: Any) -> Record:
    by = TICK if (record.state, action) in TABLE and TABLE[record.state, action].by == SYSTEM else EVERYBODY
    return move(TABLE, record, action, by, MONDAY_MORNING, {**GIVEN[action], **given})[0]


def in_state(state: str) -> Record:
    record = Record("review", "2026-05-14")
    for action in PATHS[state]:
        record = moved(record, action)
    assert record.state == state
    return record


def test_every_state_has_words_and_every_action_a_heading() -> None:
    assert {NEW, *STATES} == set(PATHS)
    assert set(ACTIONS) == set(views.ACTIONS) == set(GIVEN)


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("capacity", [PREPARER, SYSTEM, *SIGNER.values(), ""])
def test_only_what_the_table_lists_happens_and_only_by_whom_it_says(state: str, action: str, capacity: str) -> None:
    record = in_state(state)
    actor = Actor("x", "X", "clerk", frozenset({capacity} - {""}))
    legal = TABLE.get((state, action))
    if legal is None:
        with pytest.raises(NotNow):
            move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
    elif legal.by != capacity:
        with pytest.raises(NotYours):
            move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
    else:
        after, entry = move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
        assert (after.state, entry.n) == (legal.to, record.version + 1)


@pytest.mark.parametrize("meeting", ["2025-05-14", "2024-01-01", "2026-11-24"])
def test_a_resolution_is_of_a_meeting_after_the_anchor_that_has_been(meeting: str) -> None:
    with pytest.raises(Unfit):
        moved(in_state(rules.OPEN), "resolve", meeting=meeting)


def test_a_correction_asks_both_again() -> None:
    signed = in_state(rules.CHAIR_SIGNED)
    assert list(signed.data["statements"]) == [CHAIR]
    corrected = moved(signed, "correct", minute="26/102")
    assert (corrected.state, corrected.data["statements"]) == (rules.RESOLVED, {})
    assert corrected.data["resolved"] == corrected.version > signed.data["resolved"]


def test_both_statements_are_kept_with_who_gave_them() -> None:
    said = in_state(rules.CLOSED).data["statements"]
    assert {seat: one["by"] for seat, one in said.items()} == {CLERK: "clerk", CHAIR: "clerk"}
    assert said[CLERK]["answers"] == {"legal": "Well."}


def test_all_recommendations_together_have_a_limit() -> None:
    record = in_state(rules.OPEN)
    for n in range(MOST_ADVICE // 5_000):
        record = moved(record, "recommend", clause=f"c{n}", words="x" * 5_000)
    with pytest.raises(Unfit):
        moved(record, "recommend", clause="one-more", words="x")
    assert "c0" not in moved(record, "drop", clause="c0").data["advice"]


def test_a_meeting_of_a_past_review_is_past() -> None:
    with pytest.raises(Unfit):
        moved(in_state(NEW), "record", meeting="2026-11-24")


# The agenda item ----------------------------------------------------------------------------------------------------


def item(record: Record) -> str:
    return agenda.text(record, VERSION, "Nether Wickby Parish Council", date(2026, 11, 23))


def test_without_recommendations_the_policy_is_to_be_kept() -> None:
    said = item(in_state(rules.OPEN))
    assert "To keep every clause as it is." in said
    assert "re-adopts it unchanged." in said
    assert "Its review was due on 14 May 2026." in said


def test_recommendations_stand_in_the_policys_order_and_figures_as_lines() -> None:
    record = in_state(rules.OPEN)
    blocks = [
        evidence.chart("Outcomes", {"Approved": 1_200, "Rejected": 1}, "requests", "So far."),
        evidence.chart("Cited", {}, "decisions"),
        evidence.figures("Time", [("Half", "5 hours")]),
        evidence.table("Cases", ["Clause", "Outcome"], [["Be kind", "Upheld"]]),
    ]
    record = moved(record, "refresh", evidence={**FIGURES, "parts": [{"part": "Checks", "blocks": blocks}]})
    first, last = VERSION.clauses[1].id, VERSION.clauses[-1].id
    for id, what, words in ((last, "remove", ""), ("new-1", "add", "Say\nwho."), (first, "change", "Be kind.")):
        record = moved(record, "recommend", clause=id, what=what, words=words, label="" if what == "add" else id)
    record = moved(record, "plan")
    said = item(record)
    assert said.index(f"- {first}: change its words.") < said.index(f"- {last}: remove it.") < said.index("- Add a new")
    wanted = ["Proposed words: Say who.", "- Approved: 1,200", "So far.", "- none", "- Half: 5 hours"]
    wanted += ["- Clause: Be kind; Outcome: Upheld", "For the meeting on 8 December 2026.", "as a new version"]
    for line in wanted:
        assert line in said, line


def test_a_chart_has_its_longest_bar_full_and_nothing_where_nothing_is() -> None:
    assert [bar["length"] for bar in agenda.bars(evidence.chart("", {"a": 4, "b": 1, "c": 0}, "x"))] == [100, 25, 0]
    assert [bar["length"] for bar in agenda.bars(evidence.chart("", {"a": 0}, "x"))] == [0]


# The figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ([], "no decision yet"),
        ([timedelta(minutes=1)], "1 minute"),
        ([timedelta(minutes=10), timedelta(minutes=20)], "15 minutes"),
        ([timedelta(hours=1), timedelta(hours=5), timedelta(days=9)], "5 hours"),
        ([timedelta(days=1)], "1 working day"),
        ([timedelta(days=1, hours=12)], "1.5 working days"),
    ],
)
def test_the_time_to_decision_is_told_as_people_would(times: list[timedelta], told: str) -> None:
    assert checks.in_words(times) == told


def test_a_decision_that_was_undone_counts_as_undone_only() -> None:
    mark = "2026-11-23T09:00:00Z#7F3K-9QXM"
    made: dict[str, Any] = {"listed_at": mark, "brief": {"outcome": "approve", "by": "clerk"}}
    undone: dict[str, Any] = {"listed_at": f"{mark}~undone", "brief": {"outcome": "undone", "by": "clerk"}}
    assert checks.standing([undone, made]) == []
    assert checks.standing([made]) == [made]


def test_clauses_and_flags_are_counted_the_most_first() -> None:
    briefs = [{"clauses": ["b", "a"], "flags": ["link"]}, {"clauses": ["b"], "flags": ["link", "abusive"]}, {}]
    assert checks.cited(briefs, {"b": "Be kind"}) == {"Be kind": 2, "a (no longer in the policy)": 1}
    assert checks.raised(briefs) == {"Link": 2, "Abusive": 1}


class Endless(Store):
    """A list that never ends."""

    def __init__(self, step: timedelta) -> None:
        super().__init__(client=None, table="")
        self.step, self.asked = step, 0

    def listed(self, name: str, limit: int, before: str = "~") -> list[dict[str, Any]]:
        page = range(self.asked * limit, (self.asked + 1) * limit)
        self.asked += 1
        assert not page.start or before.startswith(
            f"{MONDAY_MORNING - (page.start - 1) * self.step:%Y-%m-%dT%H:%M:%SZ}"
        )
        return [{"listed_at": f"{MONDAY_MORNING - n * self.step:%Y-%m-%dT%H:%M:%SZ}#{name}"} for n in page]


def test_a_list_is_read_to_the_beginning_of_the_period_and_to_a_bound() -> None:
    year = MONDAY_MORNING - timedelta(days=365)
    daily = Endless(timedelta(days=1))
    found, whole = evidence.lines(daily, "decided", year, MONDAY_MORNING)
    assert (whole, daily.asked) == (True, 1)
    assert all(item["listed_at"] >= f"{year:%Y-%m-%d}" for item in found)
    seconds = Endless(timedelta(seconds=1))
    found, whole = evidence.lines(seconds, "decided", year, MONDAY_MORNING)
    assert (whole, len(found)) == (False, evidence.MOST_LINES)
