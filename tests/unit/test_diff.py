"""Differences between two texts: nothing is lost, what changed is found, and it never takes long."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import diff


def put_together(chunks: list[diff.Chunk], without: str) -> str:
    return "".join(text for kind, text in chunks if kind != without)


def holds(before: str, after: str) -> list[diff.Chunk]:
    """The chunks, which must give both texts again and be as few as they can."""
    chunks = diff.words(before, after)
    assert put_together(chunks, "added") == before
    assert put_together(chunks, "removed") == after
    kinds = [kind for kind, _ in chunks]
    assert all(text for _, text in chunks)
    assert all(one != other for one, other in pairwise(kinds))
    assert ("added", "removed") not in pairwise(kinds)
    return chunks


@pytest.mark.parametrize(
    ("before", "after", "chunks"),
    [
        ("", "", []),
        ("a b", "a b", [("same", "a b")]),
        ("", "a b", [("added", "a b")]),
        ("a b", "", [("removed", "a b")]),
        ("a", "b", [("removed", "a"), ("added", "b")]),
        (
            "The hall is open.",
            "The hall is closed.",
            [("same", "The hall is "), ("removed", "open."), ("added", "closed.")],
        ),
        ("Come all", "Come you all", [("same", "Come "), ("added", "you "), ("same", "all")]),
        ("Come you all", "Come all", [("same", "Come "), ("removed", "you "), ("same", "all")]),
        ("a\nb", "a\n\nb", [("same", "a"), ("removed", "\n"), ("added", "\n\n"), ("same", "b")]),
        (" a", "a", [("removed", " "), ("same", "a")]),
        ("“a”", '"a"', [("removed", "“a”"), ("added", '"a"')]),
        (
            "one two three four",
            "one 2 three 4",
            [
                ("same", "one "),
                ("removed", "two"),
                ("added", "2"),
                ("same", " three "),
                ("removed", "four"),
                ("added", "4"),
            ],
        ),
    ],
)
def test_what_changed_is_shown_word_by_word(before: str, after: str, chunks: list[diff.Chunk]) -> None:
    assert holds(before, after) == chunks


def prose(words: int) -> list[str]:
    """A long text as people write it: some words again and again, some once."""
    chance = random.Random(1)  # noqa: S311  (the same text at every run)
    return [chance.choice(["the", "a", "and", "hall", "is", f"word{n}"]) for n in range(words)]


def test_a_few_edits_in_a_long_text_are_found_as_such() -> None:
    old = prose(1800)
    new = [*old[:300], "inserted", *old[300:700], *old[702:1200], "replaced", *old[1201:]]
    chunks = holds(" ".join(old), " ".join(new))
    touched = sum(len(text.split()) for kind, text in chunks if kind != "same")
    assert touched <= 8


def test_paragraphs_that_changed_places_keep_most_of_the_text() -> None:
    old = prose(1500)
    chunks = holds(" ".join(old), " ".join([*old[750:], *old[:750]]))
    same = sum(len(text.split()) for kind, text in chunks if kind == "same")
    assert same >= 750


MANY = [chr(0x4E00 + n) for n in range(5000)]


def shuffled(kinds: int, seed: int, count: int = 5000) -> str:
    """So many words of so many kinds, in any order; 5,000 is as many as a text can have."""
    words = [MANY[n % kinds] for n in range(count)]
    random.Random(seed).shuffle(words)  # noqa: S311  (the same text at every run)
    return " ".join(words)


KINDS = (1, 2, 51, 100, 500, 2500, 5000)
NESTED = [MANY[n] for n in range(2400) for _ in range(2)]

HARD = {
    **{
        f"{kinds} kinds of words": (shuffled(kinds, 1), shuffled(kinds, 2))
        for kinds in (1, 2, 51, 100, 500, 2500, 5000)
    },
    "backwards": (" ".join(MANY), " ".join(reversed(MANY))),
    "one word again and again": ("a " * 5000, "b " + "a " * 4999),
    "sentences again and again": ("the quick brown fox. " * 470, "the quick red fox. " * 480),
    "no words": ("a" * 10_000, "a" * 9999),
    "blanks": (" " * 10_000, "\n" * 10_000),
    "pairs": (" ".join(NESTED), " ".join([*NESTED[1:], "x"])),
    "nested": (" ".join(NESTED), " ".join([*NESTED[::2], *NESTED[1::2]])),
}


@pytest.mark.parametrize("how", HARD)
def test_no_two_texts_take_long(how: str) -> None:
    before, after = HARD[how]
    began = time.process_time()
    holds(before, after)
    assert time.process_time() - began < 2


def test_texts_too_different_to_compare_count_as_replaced() -> None:
    before, after = "a b " * 1000, "b a " * 1100
    assert [kind for kind, _ in holds(before, after)] == ["removed", "added", "same"]


TEXT = st.lists(st.sampled_from(["a", "b", "the", "é", " ", "\n", "  ", "😀", "word"]), max_size=60).map("".join)


@given(TEXT, TEXT)
def test_nothing_is_lost(before: str, after: str) -> None:
    holds(before, after)


@given(st.text(), st.text())
def test_nothing_is_lost_of_any_text(before: str, after: str) -> None:
    holds(before, after)


@given(st.integers(100, 700), st.integers(1, 400), st.integers(1, 400), st.integers(0, 10**6))
def test_nothing_is_lost_of_long_texts(count: int, kinds: int, others: int, seed: int) -> None:
    holds(shuffled(kinds, seed, count), shuffled(others, seed + 1, count))
