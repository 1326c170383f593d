"""The codes that are a matter of wording: political, confidential, abusive, accusation, third-party-content, heated.

Rules: the phrases are data (data/wordings); this file only says what a group's level means. A `strong` phrase is
flagged; a `weak` one unless its sentence holds a `calm` phrase or the post a `calm-post` one; one that `needs` support
only with a `support` phrase in its sentence. An `innocent` phrase clears what it overlaps, whatever the level.
Words of a `masked` group are flagged only under a mask (masks.py). A hint is marked together with its sentence, which
says what is hinted at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from chalicelib.checker.found import MOST, Found
from chalicelib.checker.lexicon import Group, wordings
from chalicelib.checker.matching import Hit
from chalicelib.checker.text import Draft

_AROUND_A_HINT = 30  # words


class _Sheet:
    """The phrases of one code that stand in the draft, sorted by what they do."""

    __slots__ = ("calm", "calm_post", "cleared", "hits", "support")

    def __init__(self) -> None:
        self.hits: list[tuple[Hit, Group]] = []
        self.cleared: set[int] = set()
        self.calm: set[int] = set()
        self.support: set[int] = set()
        self.calm_post = False


def find(draft: Draft) -> Iterator[Found]:
    """Every passage whose wording touches a rule."""
    phrases, groups, _ = wordings()
    sheets: dict[str, _Sheet] = {}
    for hit in phrases.find(draft, MOST):
        group = groups[hit.group]
        sheet = sheets.get(group.code)
        if sheet is None:
            sheet = sheets[group.code] = _Sheet()
        _sort(draft, sheet, hit, group)
    for sheet in sheets.values():
        for hit, group in sheet.hits:
            if _stands(draft, sheet, hit, group.level):
                first, last = _sentence(draft, hit) if group.why == "hint" else (hit.first, hit.last)
                yield Found(draft.starts[first], draft.ends[last - 1], group.code, group.why)


def _sentence(draft: Draft, hit: Hit) -> tuple[int, int]:
    """The words of the hint's sentence, as far as they are near."""
    sentence = draft.sentences[hit.first]
    return (
        max(hit.first - _AROUND_A_HINT, bisect_left(draft.sentences, sentence)),
        min(hit.last + _AROUND_A_HINT, bisect_right(draft.sentences, sentence)),
    )


def _sort(draft: Draft, sheet: _Sheet, hit: Hit, group: Group) -> None:
    level = group.level
    if level == "innocent":
        sheet.cleared.update(range(hit.first, hit.last))
    elif level == "calm":
        sheet.calm.add(draft.sentences[hit.first])
    elif level == "calm-post":
        sheet.calm_post = True
    elif level == "support":
        sheet.support.add(draft.sentences[hit.first])
    elif level != "masked":
        sheet.hits.append((hit, group))


def _stands(draft: Draft, sheet: _Sheet, hit: Hit, level: str) -> bool:
    if sheet.cleared and not sheet.cleared.isdisjoint(range(hit.first, hit.last)):
        return False
    sentence = draft.sentences[hit.first]
    if level == "needs" and sentence not in sheet.support:
        return False
    return level == "strong" or not (sheet.calm_post or sentence in sheet.calm)
