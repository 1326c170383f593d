"""Precision and recall of the checker over posts with labels.

Rules: a flag is right if it shares a character with a label of its code; a label is found if it shares a character
with a flag of its code. A clean post is one without labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.checker.corpus import Post


@dataclass
class Scores:
    """Counts by code, and of clean posts."""

    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    clean_flagged: int = 0
    posts: int = 0

    def recall(self, code: str) -> float:
        return self.found[code] / self.labels[code] if self.labels[code] else 1.0

    def precision(self, code: str) -> float:
        return self.right[code] / self.flags[code] if self.flags[code] else 1.0

    @property
    def false_alarms(self) -> float:
        """The share of clean posts that were flagged."""
        return self.clean_flagged / self.clean if self.clean else 0.0


def score(posts: Iterable[Post]) -> Scores:
    """Check every post and count."""
    scores = Scores()
    for post in posts:
        flags = post.flags()
        scores.posts += 1
        for label in post.labels:
            scores.labels[label.code] += 1
            scores.found[label.code] += any(
                f.code == label.code and f.start < label.end and label.start < f.end for f in flags
            )
        for flag in flags:
            scores.flags[flag.code] += 1
            scores.right[flag.code] += any(
                flag.code == label.code and flag.start < label.end and label.start < flag.end for label in post.labels
            )
        if not post.labels:
            scores.clean += 1
            scores.clean_flagged += bool(flags)
    return scores
