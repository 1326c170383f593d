"""The corpus is as rich as it must be, and the checker as good on the half that is only measured."""

from __future__ import annotations

import pytest

from chalicelib.checker import CODES
from tests.checker.corpus import posts
from tests.checker.scores import Scores, score

AT_LEAST = dict.fromkeys(CODES, 0.85) | {"contact-details": 0.95, "link": 0.95, "colleague": 0.95}


@pytest.fixture(scope="module")
def measured() -> Scores:
    return score(post for post in posts() if post.half == "measured")


@pytest.mark.parametrize("code", CODES)
def test_recall_and_precision_on_the_measured_half(measured: Scores, code: str) -> None:
    assert measured.labels[code] >= 5
    assert measured.recall(code) >= AT_LEAST[code]
    assert measured.precision(code) >= AT_LEAST[code]


def test_clean_posts_are_left_alone(measured: Scores) -> None:
    assert measured.false_alarms <= 0.05


def test_the_corpus_is_large_enough_and_has_enough_clean_posts() -> None:
    clean = [post for post in posts() if not post.labels]
    assert len(posts()) >= 400
    assert len(clean) >= 0.35 * len(posts())
    assert len({post.id for post in posts()}) == len(posts())


def test_labels_stand_where_they_say() -> None:
    for post in posts():
        for label in post.labels:
            assert label.code in CODES
            assert 0 <= label.start < label.end <= len(post.text)
            assert post.text[label.start : label.end].strip()
