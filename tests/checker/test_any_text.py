"""Whatever the text: no exception, offsets that point into it, the same answer twice, time in step with its length."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.checker import CODES, Flag, check
from tests.checker.corpus import COUNCIL, REGISTER, posts
from tests.checker.hostile import TEXTS

any_text = st.text(st.characters(codec=None, categories=None), max_size=400)
pieces = st.lists(
    st.sampled_from(
        [word for post in posts()[::9] for word in post.text.split()]
        + ["\u200b", "*", "@", ".", " dot ", "//", "£", "\n", "(", "＠", "😀", "'s", '"', "0", "-"]
    ),
    max_size=60,
)


def checked(text: str) -> list[Flag]:
    return check(text, on_behalf="council", asker="p05", register=REGISTER, council=COUNCIL)


def assert_sound(text: str) -> None:
    found = checked(text)
    assert found == sorted(found)
    assert found == checked(text)
    for flag in found:
        assert flag.code in CODES
        assert 0 <= flag.start < flag.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(any_text)
def test_any_text_at_all(text: str) -> None:
    assert_sound(text)


@settings(max_examples=150, deadline=None)
@given(pieces, st.sampled_from(["", " "]))
def test_any_pieces_of_posts(words: list[str], between: str) -> None:
    assert_sound(between.join(words))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(posts()), st.integers(0, 3))
def test_invisible_characters_change_nothing_but_offsets(post: object, every: int) -> None:
    text = getattr(post, "text")  # noqa: B009 - hypothesis types the sample as an object
    hidden = "".join(c + "\u200b" * (i % (every + 2) == 0) for i, c in enumerate(text))
    plain = [(f.code, text[f.start : f.end].replace("\u200b", "")) for f in checked(text) if f.code != "link"]
    found = [(f.code, hidden[f.start : f.end].replace("\u200b", "")) for f in checked(hidden) if f.code != "link"]
    assert found == plain


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_sound(name: str) -> None:
    assert_sound(TEXTS[name][:3_000])


@pytest.mark.parametrize("name", TEXTS)
def test_time_grows_with_length(name: str) -> None:
    """Eight times the text takes about eight times as long; anything quadratic takes 64 times."""
    text = TEXTS[name]
    checked(text[:100])
    short = min(_seconds(text[:1_250]) for _ in range(3))
    long = min(_seconds(text[:10_000]) for _ in range(2))
    assert long < 24 * short + 0.01


def test_a_hundred_passages_of_a_kind_are_enough() -> None:
    """The first ones are shown; another kind further on is shown all the same."""
    found = checked("Ring 01632 960417. " * 150 + "See www.elsewhere.example.")
    assert [f.code for f in found] == ["contact-details"] * 100 + ["link"]
    assert found[0].start == 5


def _seconds(text: str) -> float:
    start = time.process_time()
    checked(text)
    return time.process_time() - start


def test_importing_the_checker_loads_no_rules() -> None:
    code = (
        "import sys; import chalicelib.checker;"
        "heavy = {'chalicelib.checker.engine', 'tomllib', 'holidays', 'boto3', 'chalice', 'jinja2'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
