"""Shouting and long quotations: what is seen from capitals and marks rather than from words.

Rules: a shout is three or more words in capitals in a row, not counting initials such as NALC or AGM; three or more
exclamation or question marks in a row, spaces and double emoji marks included, are heat. A long quotation is somebody
else's content: at least 20 words or 120 characters inside quotation marks, in one paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from chalicelib.checker.found import Found
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.text import Draft

_MARKS = re.compile(r"[!?‼⁉⁈⁇❗❓❕❔](?:[ \t]{0,1}[!?‼⁉⁈⁇❗❓❕❔])*")
_DOUBLE = frozenset("‼⁉⁈⁇")
_QUOTATION = re.compile(r'"([^"\n]{25,4000}+)"')
_COPYRIGHT = re.compile(r"\(c\) {0,2}(?:[A-Z][\w'-]{1,30} ){0,4}(?:19|20)\d\d", re.IGNORECASE)
# A credit to somebody's account, and a shorter quotation with its author's name.
_HANDLE = re.compile(r"(?:[📷📸📹🎥]|photo|picture|pic|image|video|credit|h/t|rt|via)s?(?: by| from)?[ :]{0,3}@\w")
_SAID_BY = re.compile(r'" ?-{1,2} ?[A-Z]')
# A shout can only be where two capitals stand side by side and no small letter follows for a while.
_NO_SMALL_LETTERS = re.compile(r"[A-Z]{2}[^a-z]{4,}+")
_VOWELS = frozenset("aeiouy")


def marks(draft: Draft) -> Iterator[Found]:
    """Runs of three or more exclamation or question marks."""
    for match in _MARKS.finditer(draft.plain):
        text = match.group()
        if len(text) > 1 and sum(2 if c in _DOUBLE else 1 for c in text if c not in " \t") >= 3:
            yield Found(match.start(), match.end(), "heated", "marks")


def shouts(draft: Draft) -> Iterator[Found]:
    """Runs of three or more words in capitals."""
    if len(draft.words) < 3 or draft.plain == draft.low:
        return
    lists = word_list("initials.toml")
    initials = lists["initials"]
    done = 0
    for region in _NO_SMALL_LETTERS.finditer(draft.plain):
        i = max(done, bisect_left(draft.starts, region.start()))
        done = bisect_left(draft.starts, region.end())
        yield from _shouts_among(draft, range(i, done), initials, lists["headings"])


def _shouts_among(draft: Draft, among: range, initials: frozenset[str], headings: frozenset[str]) -> Iterator[Found]:
    first, last, loud = -1, -1, 0
    for i in among:
        kind = _loudness(draft, i, draft.words[i], initials)
        if kind < 0 or (first >= 0 and _apart(draft, i)):
            yield from _shout(draft, first, last, loud, headings)
            first, loud = -1, 0
        if kind >= 0:
            first, last, loud = (i if first < 0 else first), (i if kind else last), loud + kind
    yield from _shout(draft, first, last, loud, headings)


def _loudness(draft: Draft, i: int, word: str, initials: frozenset[str]) -> int:
    """1 for a word in capitals, 0 for what may stand among them, -1 for what ends a shout."""
    start, end = draft.starts[i], draft.ends[i]
    written = draft.plain[start:end]
    if word[0].isdigit() or word in ("£", "'s", "and"):
        return 0 if written.upper() == written else -1
    if not written.isupper():
        return -1
    if len(word) == 1 or word in initials or not _VOWELS.intersection(word):
        return 0
    return 1


def _apart(draft: Draft, i: int) -> bool:
    """A shout runs over sentences on one line, but not over a blank line or a heading's end."""
    return "\n" in draft.plain[draft.ends[i - 1] : draft.starts[i]]


def _shout(draft: Draft, first: int, last: int, loud: int, headings: frozenset[str]) -> Iterator[Found]:
    if loud < 3 or first < 0:
        return
    after = draft.plain[draft.ends[last] : draft.ends[last] + 2]
    start = draft.starts[first]
    # "ROYAL BRITISH LEGION: helpers wanted" is a title.
    if after[:1] == ":" and last - first < 6 and (not start or draft.plain[start - 1] == "\n"):
        return
    if "!" in after or not headings.issuperset(draft.words[first : last + 1]):
        yield Found(start, draft.ends[last], "heated", "shouting")


def borrowed(draft: Draft) -> Iterator[Found]:
    """Copyright marks, and quotations so long that they are somebody else's content."""
    low = draft.low
    for pattern in [_COPYRIGHT] * ("(c" in low) + [_HANDLE] * ("@" in low):
        for match in pattern.finditer(low):
            yield Found(match.start(), match.end(), "third-party-content", "third-party-content")
    if draft.plain.count('"') < 2:
        return
    for match in _QUOTATION.finditer(draft.plain):
        by_name = len(match[1]) <= 300 and _SAID_BY.match(draft.plain, match.end() - 1)
        if len(match[1]) >= 120 or match[1].count(" ") >= 19 or by_name:
            yield Found(match.start(), match.end(), "third-party-content", "quotation")
