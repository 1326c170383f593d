"""Obscenities and insults under a mask: w*nker, sh1t, f u c k, f.u.c.k, fuuuuck, f***.

Rules: only the words of the groups marked `masked` are looked for; a word is looked at only if it has a mask (a digit
or sign among its letters, letters one by one, a letter three times over); digits that are digits ("1st", "5pm", "B4")
and Markdown's asterisks around a word are no masks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

from chalicelib.checker.found import Found
from chalicelib.checker.lexicon import wordings
from chalicelib.checker.text import Draft

_LEET = str.maketrans("013456789@$!|+€", "oieasgtbgasilte")
_CANDIDATE = re.compile(r"[a-z@$][\w@$!*#|+€-]{1,23}(?![\w@$*#])")
_MASK = re.compile(r"[*#_-]|[0-9@$!|+€]")
_LETTER = re.compile(r"[a-z]")
_HIDDEN = re.compile(r"[*#]+|[@$]{2,}|[_-]{2,}|(?<=[a-z])[_-](?=[a-z])")
_SPACED = re.compile(r"[a-z](?<![\w'&].)(?<!(?<!\w)\w .)(?:[ .\-_*/]{1,2}[a-z](?![\w'])){2,14}")
_TRIPLE = re.compile(r"(?<![\w])[a-z]*([a-z])\1\1[a-z]*")
_TRIPLES = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvxyz")  # not www
_RUNS = re.compile(r"([a-z])\1+")
_GRAWLIX = re.compile(r"[@#$%&*!]{4,12}")
# Where a mask may be; patterns that begin with a plain choice of characters are the ones that search fast.
_HINT = re.compile(r"[a-z@$][*#_0-9@$!|+€-]|[@$][a-z]")
_INSIDE = frozenset("abcdefghijklmnopqrstuvwxyz@$")

# Masked down to one letter and the right number of stars, only these are certain.
_FIRST_LETTER = {"f": (4, 6, 7), "s": (4,), "c": (4,), "b": (7, 8), "w": (6, 7), "t": (4,), "a": (8,), "p": (4,)}


@cache
def _by_shape() -> dict[tuple[str, int], list[str]]:
    shapes: dict[tuple[str, int], list[str]] = {}
    for word in wordings().masked:
        shapes.setdefault((word[0], len(word)), []).append(word)
    return shapes


@cache
def _squeezed() -> dict[str, str]:
    return {_RUNS.sub(r"\1", word): word for word in wordings().masked}


def find(draft: Draft) -> Iterator[Found]:
    """Every masked word. Words in plain sight are the business of wording.py."""
    low = draft.low
    for start in _chunks(low):
        match = _CANDIDATE.match(low, start)
        if match and _is_masked(match.group()):
            yield Found(match.start(), match.end(), "abusive", "masked")
    for match in _GRAWLIX.finditer(low):
        if len(set(match.group())) >= 3:
            yield Found(match.start(), match.end(), "abusive", "masked")
    for match in _letters_apart(draft):
        joined = re.sub("[^a-z]", "", match.group())
        if joined in wordings().masked or (joined[0] in "ai" and joined[1:] in wordings().masked):
            yield Found(match.start(), match.end(), "abusive", "masked")
    for match in _drawn_out(draft):
        if _RUNS.sub(r"\1", match.group()) in _squeezed():
            yield Found(match.start(), match.end(), "abusive", "masked")


def _chunks(low: str) -> Iterator[int]:
    """Where the words begin that may wear a mask; a word inside a longer chain of signs begins none."""
    end = 0
    for hint in _HINT.finditer(low):
        start = hint.start()
        if start < end:
            continue
        while start > end and hint.start() - start < 24 and low[start - 1] in _INSIDE:
            start -= 1
        end = hint.end()
        if not start or not (low[start - 1].isalnum() or low[start - 1] in "_*.#/-"):
            yield start


def _letters_apart(draft: Draft) -> Iterator[re.Match[str]]:
    """Where letters stand one by one, three or more of them."""
    single, end = [i for i, word in enumerate(draft.words) if len(word) == 1], 0
    for i, third in zip(single, single[2:], strict=False):
        if third == i + 2 and draft.starts[i] >= end:
            match = _SPACED.match(draft.low, draft.starts[i])
            if match:
                end = match.end()
                yield match


def _drawn_out(draft: Draft) -> Iterator[re.Match[str]]:
    """Words in which a letter stands three times over."""
    low, seen = draft.low, set[int]()
    for triple in _TRIPLES:
        at = low.find(triple)
        while at >= 0:
            i = bisect_right(draft.starts, at) - 1
            end = draft.ends[i] if i >= 0 else 0
            if at < end and i not in seen:
                seen.add(i)
                yield from _TRIPLE.finditer(low, draft.starts[i], end)
            at = low.find(triple, max(end, at + 1))


@cache
def _longest() -> int:
    return max(map(len, wordings().masked))


@lru_cache(maxsize=1024)  # A text that repeats a masked word repeats it often.
def _is_masked(word: str) -> bool:
    """Whether a word has a mask, and what is under it is one of the words."""
    return bool(_MASK.search(word) and _LETTER.search(word)) and _unmask(word)


def _unmask(word: str) -> bool:
    word = word.rstrip("!-|+_")
    if len(word) > _longest() + 3:
        return False
    plain = word.translate(_LEET)
    if plain != word and plain in wordings().masked:
        return True
    if word.replace("1", "l").translate(_LEET) in wordings().masked and "1" in word:
        return True
    if not _HIDDEN.search(word):
        return False
    hidden = _HIDDEN.sub(lambda m: "?" * len(m.group()), word).translate(_LEET)
    shown = len(hidden) - hidden.count("?")
    if shown == 1:
        return len(word) in _FIRST_LETTER.get(word[0], ())
    exact = any(
        all(a in ("?", b) for a, b in zip(hidden, real, strict=True))
        for real in _by_shape().get((hidden[0], len(hidden)), ())
    )
    return exact or _one_star_for_many(hidden)


def _one_star_for_many(hidden: str) -> bool:
    """ "f*ing" and "w*er": the mask stands for more letters, or for none ("f*uck")."""
    head, _, tail = hidden.partition("?")
    tail = tail.lstrip("?")
    if "?" in tail:
        return False
    if head + tail in wordings().masked:
        return True
    return len(head) + len(tail) >= 4 and any(
        word.startswith(head) and word.endswith(tail) and abs(len(word) - len(hidden)) <= 3
        for length in range(len(head) + len(tail) + 1, len(hidden) + 4)
        for word in _by_shape().get((head[:1] or "?", length), ())
    )
