"""What changed between two versions, and how clauses are grouped for reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy import views
from chalicelib.policy.rules import BULLET, Clause, Version
from chalicelib.record import Entry, Fault


def a_version(*said: Clause, title: str = "Policy") -> Version:
    return Version(1, title, said)


A, B, C = (Clause(id, text=f"Clause {id}.") for id in "abc")


def how(before: Version, after: Version) -> dict[str, str]:
    return {one["id"]: one["how"] for one in views.changes(before, after)["clauses"]}


def test_what_was_added_removed_changed_and_moved() -> None:
    new, changed = Clause("n", text="New."), Clause("b", text="Clause b, reworded.")
    assert how(a_version(A, B, C), a_version(A, changed, C, new)) == {"b": "changed", "n": "added"}
    assert how(a_version(A, B, C), a_version(A, C)) == {"b": "removed"}
    assert how(a_version(A, B, C), a_version(C, A, B)) == {"c": "moved"}
    both = views.changes(a_version(A, B, C), a_version(C, A, changed))["clauses"]
    assert [(one["id"], one["how"], one["moved"]) for one in both] == [("c", "moved", True), ("b", "changed", False)]


def test_a_clause_may_move_and_change_at_once() -> None:
    found = views.changes(a_version(A, B, C), a_version(Clause("c", text="Clause c now."), A, B))["clauses"]
    assert [(one["how"], one["moved"]) for one in found] == [("changed", True)]
    assert ("added", "c now.") in found[0]["words"]


def test_what_went_stands_where_it_was() -> None:
    order = [one["id"] for one in views.changes(a_version(A, B, C), a_version(Clause("n"), C))["clauses"]]
    assert order == ["a", "b", "n"]
    assert list(how(a_version(A, B, C), a_version(A))) == ["b", "c"]


def test_a_change_of_kind_or_weight_is_told_although_no_word_changed() -> None:
    heavier = Clause("a", text="Clause a.", kind="duty", grave=True)
    (found,) = views.changes(a_version(A), a_version(heavier))["clauses"]
    assert found["how"] == "changed"
    assert found["also"] == ["It was a rule, and is a duty now.", "A breach of it is now a grave matter."]
    (back,) = views.changes(a_version(heavier), a_version(A))["clauses"]
    assert back["also"][1] == "A breach of it is no longer a grave matter."


def test_topics_are_no_change_of_the_policy_and_a_title_is() -> None:
    assert how(a_version(A), a_version(Clause("a", text="Clause a.", topics=("link",)))) == {}
    found = views.changes(a_version(A), a_version(A, title="Other"))
    assert found == {"title": [("removed", "Policy"), ("added", "Other")], "clauses": [], "unchanged": 1}


said = st.lists(st.sampled_from("abcdefgh"), unique=True).flatmap(
    lambda ids: st.tuples(*(st.sampled_from([Clause(id, text="One"), Clause(id, text="Two words")]) for id in ids))
)


@given(said, said)
def test_both_versions_can_be_read_off_the_changes(old: tuple[Clause, ...], new: tuple[Clause, ...]) -> None:
    before, after = a_version(*old), a_version(*new)
    found = views.changes(before, after)
    told = {one["id"]: one for one in found["clauses"]}
    for one in new:
        if one.id in told:
            assert "".join(text for op, text in told[one.id]["words"] if op != "removed") == one.words
        else:
            assert before.clause(one.id) == one
    for one in old:
        if one.id in told:
            assert "".join(text for op, text in told[one.id]["words"] if op != "added") == one.words
    assert {id for id, one in told.items() if one["how"] == "added"} == {c.id for c in new} - {c.id for c in old}
    assert {id for id, one in told.items() if one["how"] == "removed"} == {c.id for c in old} - {c.id for c in new}
    common = {c.id for c in new} & {c.id for c in old}
    assert found["unchanged"] == len(common - set(told))
    stayed = [c.id for c in new if c.id in common and not told.get(c.id, {"moved": False})["moved"]]
    assert stayed == [c.id for c in old if c.id in stayed]


def test_items_stand_in_one_list_and_headings_alone() -> None:
    item = Clause("i", BULLET, "", "Item.")
    found = views.groups([Clause("h", "1.", "Heading"), item, item, Clause("s", "1.2", "Sub", "Text."), item])
    assert [(group["listed"], len(group["clauses"]), group["level"]) for group in found] == [
        (False, 1, 2),
        (True, 2, 2),
        (False, 1, 3),
        (True, 1, 2),
    ]
    assert [one.id for one in views.contents([Clause("h", heading="H"), item])] == ["h"]


def test_a_record_that_was_tampered_with_is_still_told_of() -> None:
    entry = Entry("policy", "2", 1, "2026-11-23T09:00:00Z", "x", "X", "clerk", "sing", "new", "draft", {}, "", "")
    (told,) = views.history([entry])
    assert (told["what"], told["role"], told["details"]) == ("sing", "Clerk", [])
    assert views.faults([Fault(0, "it is gone"), Fault(2, "it was changed")]) == [
        "It is gone",
        "Entry 2: it was changed",
    ]
