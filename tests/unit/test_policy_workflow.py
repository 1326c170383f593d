"""Every move of a policy version, by everybody, in every state; and that a draft keeps its limits and its words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy.rules import ADOPTED, BULLET, DRAFT, WITHDRAWN, Clause, clauses, version
from chalicelib.policy.workflow import TABLE, Unfit
from chalicelib.record import NEW, Actor, NotNow, NotYours, Record, move, verify
from chalicelib.register.rules import DISOWNER, KEEPER, SELF, SETUP
from tests.support.clock import MONDAY_MORNING

CLERK = Actor("clerk", "Mrs Ruth Penhallow", "clerk", frozenset({KEEPER}))
SAID = (
    Clause("rules", heading="Rules", kind="text"),
    Clause("kind", BULLET, "", "Be kind.", "rule", False, ("heated",)),
    Clause("links", "2.", "Links", "Look first.", "rule", True, ("link",)),
    Clause("review", text="Every year.", kind="duty"),
)
MEETING = {"meeting": "2026-11-02", "minute": "26/101", "material": True}
NEW_ONE = Clause("", BULLET, "", "Be brief.").data()
GIVEN: dict[str, dict[str, Any]] = {
    "begin": {
        "title": "Policy",
        "clauses": [one.data() for one in SAID],
        "based_on": 0,
        "source": "s",
        "adopted_on": "",
        "taken": ["gone"],
    },
    "import": {"title": "Policy", "clauses": [SAID[1].data()], "adopted_on": "2026-11-02", "source": "t"},
    "retitle": {"title": "Another"},
    "change-clause": {"clause": "kind", "becomes": [NEW_ONE]},
    "add-clause": {"after": "kind", "becomes": [NEW_ONE]},
    "remove-clause": {"clause": "kind"},
    "move-clause": {"clause": "kind", "way": "down"},
    "join-clause": {"clause": "links"},
    "adopt": MEETING,
    "withdraw": {"reason": ""},
    "retopic": {"clause": "kind", "topics": ["abusive"]},
}
ACTIONS = sorted({action for _, action in TABLE})
STATES = (NEW, DRAFT, ADOPTED, WITHDRAWN)


def in_state(state: str) -> Record:
    record = Record("policy", "2")
    for action in {NEW: (), DRAFT: ("begin",), ADOPTED: ("begin", "adopt"), WITHDRAWN: ("begin", "withdraw")}[state]:
        record, _ = move(TABLE, record, action, CLERK, MONDAY_MORNING, GIVEN[action])
    return record


def after(action: str, record: Record | None = None, **given: Any) -> tuple[Clause, ...]:
    """The clauses of a draft after one move."""
    moved, _ = move(TABLE, record or in_state(DRAFT), action, CLERK, MONDAY_MORNING, {**GIVEN[action], **given})
    return clauses(moved.data["clauses"])


def ids(said: tuple[Clause, ...]) -> list[str]:
    return [one.id for one in said]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("capacity", [KEEPER, SELF, SETUP, DISOWNER, ""])
def test_only_what_the_table_lists_happens_and_only_by_the_keeper(state: str, action: str, capacity: str) -> None:
    record = in_state(state)
    actor = Actor("x", "X", "clerk", frozenset({capacity} - {""}))
    if (state, action) not in TABLE:
        with pytest.raises(NotNow):
            move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
    elif capacity != KEEPER:
        with pytest.raises(NotYours):
            move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
    else:
        moved, entry = move(TABLE, record, action, actor, MONDAY_MORNING, GIVEN[action])
        assert (moved.state, entry.n) == (TABLE[state, action].to, record.version + 1)


def test_a_clause_that_changes_keeps_its_id_and_what_is_cut_from_it_gets_one() -> None:
    said = after("change-clause", becomes=[NEW_ONE, Clause("", text="Ask us.").data(), Clause("", text="Gone").data()])
    assert ids(said) == ["rules", "kind", "ask-us", "gone-2", "links", "review"]
    assert said[1].text == "Be brief."


def test_a_clause_is_added_below_another_or_first() -> None:
    assert ids(after("add-clause")) == ["rules", "kind", "brief", "links", "review"]
    assert ids(after("add-clause", after=""))[:2] == ["brief", "rules"]


def test_a_clause_moves_up_and_down_and_no_further_than_the_ends() -> None:
    assert ids(after("move-clause")) == ["rules", "links", "kind", "review"]
    assert ids(after("move-clause", way="up")) == ["kind", "rules", "links", "review"]
    for clause, way in (("rules", "up"), ("review", "down")):
        with pytest.raises(Unfit):
            after("move-clause", clause=clause, way=way)


def test_joined_clauses_keep_every_word_and_the_id_of_the_first() -> None:
    said = after("join-clause")
    assert ids(said) == ["rules", "kind", "review"]
    assert said[1] == Clause(
        "kind", BULLET, "", "Be kind.\n\n2. Links\nLook first.", "rule", grave=True, topics=("heated", "link")
    )
    below = after("join-clause", clause="kind")
    assert below[0] == Clause("rules", "", "Rules", "• Be kind.", "rule", False, ("heated",))
    two = after("add-clause")
    record = in_state(DRAFT)
    record, _ = move(TABLE, record, "add-clause", CLERK, MONDAY_MORNING, GIVEN["add-clause"])
    assert after("join-clause", record, clause=two[2].id)[1].text == "Be kind.\n\nBe brief."


@pytest.mark.parametrize("clause", ["rules", "nothing-such"])
def test_what_cannot_be_joined_is_refused(clause: str) -> None:
    with pytest.raises(Unfit):
        after("join-clause", clause=clause)


def test_two_long_clauses_are_not_joined() -> None:
    long = [Clause("", text="x" * 6_000).data(), Clause("", text="y" * 6_000).data()]
    record, _ = move(TABLE, in_state(DRAFT), "add-clause", CLERK, MONDAY_MORNING, {"after": "", "becomes": long})
    with pytest.raises(Unfit):
        after("join-clause", record, clause=record.data["clauses"][1]["id"])


def test_a_policy_has_no_more_clauses_and_characters_than_it_may() -> None:
    many = [Clause("", text=f"Number {n}").data() for n in range(147)]
    with pytest.raises(Unfit) as refused:
        after("add-clause", becomes=many)
    assert "150 clauses" in refused.value.message
    assert len(after("add-clause", becomes=many[:146])) == 150
    with pytest.raises(Unfit) as refused:
        after("add-clause", becomes=[Clause("", text="x" * 10_000).data()] * 6)
    assert "60,000 characters" in refused.value.message


def test_an_adoption_fixes_the_text_by_its_fingerprint() -> None:
    record = in_state(ADOPTED)
    assert record.data["adopted"]["sha256"] == version(2, in_state(DRAFT).data).sha256
    moved, _ = move(TABLE, record, "retopic", CLERK, MONDAY_MORNING, GIVEN["retopic"])
    adopted = version(2, moved.data)
    assert adopted.adopted is not None
    assert adopted.sha256 == adopted.adopted.sha256
    changed = [one.topics for one in adopted.clauses if one.id == "kind"]
    assert changed == [("abusive",)]


def test_nothing_is_adopted_at_a_meeting_to_come_and_nothing_empty() -> None:
    with pytest.raises(Unfit) as refused:
        after("adopt", meeting="2026-11-24")
    assert refused.value.field == "meeting"
    assert after("adopt", meeting="2026-11-23")
    nothing = {**GIVEN["begin"], "clauses": []}
    empty, _ = move(TABLE, Record("policy", "3"), "begin", CLERK, MONDAY_MORNING, nothing)
    with pytest.raises(Unfit):
        after("adopt", empty)


def test_another_text_keeps_the_day_that_the_first_one_named() -> None:
    record = in_state(DRAFT)
    moved, _ = move(TABLE, record, "import", CLERK, MONDAY_MORNING, GIVEN["import"])
    assert moved.data["adopted_on"] == "2026-11-02"
    again, _ = move(TABLE, moved, "import", CLERK, MONDAY_MORNING, {**GIVEN["import"], "adopted_on": ""})
    assert again.data["adopted_on"] == "2026-11-02"
    titled, _ = move(TABLE, again, "retitle", CLERK, MONDAY_MORNING, GIVEN["retitle"])
    assert titled.data["title"] == "Another"


edits = st.sampled_from(["change-clause", "add-clause", "remove-clause", "move-clause", "join-clause"])


@given(st.lists(st.tuples(edits, st.integers(0, 9), st.sampled_from(["up", "down"]), st.integers(1, 3)), max_size=25))
def test_whatever_is_done_to_a_draft_no_id_is_ever_given_twice(steps: list[tuple[str, int, str, int]]) -> None:
    record, first = move(TABLE, Record("policy", "2"), "begin", CLERK, MONDAY_MORNING, GIVEN["begin"])
    log = [(first.body(), first.hash)]
    words = dict[str, str]()
    for action, at, way, pieces in steps:
        said = clauses(record.data["clauses"])
        id = said[at % len(said)].id if said else ""
        becomes = [Clause("", text=f"Say {at} {n}.").data() for n in range(pieces)]
        given = {"clause": id, "after": id, "way": way, "becomes": becomes}
        try:
            record, entry = move(TABLE, record, action, CLERK, MONDAY_MORNING, given)
        except Unfit:
            continue
        log.append((entry.body(), entry.hash))
        now = ids(clauses(record.data["clauses"]))
        assert len(set(now)) == len(now)
        new = set(now) - {one.id for one in said}
        assert not new & set(words), "an id that was gone came back for another clause"
        words |= dict.fromkeys([*now, *(one.id for one in said)], "")
        assert set(now) <= set(record.data["taken"])
    assert not verify(record, log)
