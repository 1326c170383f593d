"""What changed between two texts, word by word; pure.

The time it takes is bounded whatever the texts are, because a page and a decision wait for it: words that stand once in
each text hold the two together, only what lies between them is compared closely, and what is too large even then counts
as replaced.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["same", "added", "removed"]
Chunk: TypeAlias = tuple[Kind, str]

_WORD = re.compile(r"\s+|\S+")
_CLOSELY = 160_000
"""How many pairs of words are compared closely at the most."""
_DEPTH = 8
"""How often a gap between such words is searched for further ones."""


def words(before: str, after: str) -> list[Chunk]:
    """The two texts as one run of chunks: all but the `added` give `before`, all but the `removed` give `after`."""
    chunks: list[Chunk] = []
    # Between two same runs, all that went stands before all that came.
    runs: dict[Kind, list[str]] = {"same": [], "removed": [], "added": []}

    def close(*kinds: Kind) -> None:
        chunks.extend((kind, "".join(runs[kind])) for kind in kinds if runs[kind])
        for kind in kinds:
            runs[kind].clear()

    for kind, run in _runs(_WORD.findall(before), _WORD.findall(after), _DEPTH):
        if run and kind == "same":
            close("removed", "added")
        elif run:
            close("same")
        runs[kind].extend(run)
    close("same", "removed", "added")
    return chunks


def _runs(old: Sequence[str], new: Sequence[str], depth: int) -> Iterator[tuple[Kind, Sequence[str]]]:
    start = _alike(old, new)
    yield "same", old[:start]
    old, new = old[start:], new[start:]
    end = _alike(old[::-1], new[::-1])
    tail = old[len(old) - end :]
    old, new = old[: len(old) - end], new[: len(new) - end]
    if len(old) * len(new) <= _CLOSELY:
        # Most pages with a text compare it with none.
        from difflib import SequenceMatcher

        for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield "same" if how == "equal" else "removed", old[a:b]
            if how != "equal":
                yield "added", new[c:d]
    else:
        a = b = 0
        for x, y in _anchors(old, new) if depth else []:
            yield from _runs(old[a:x], new[b:y], depth - 1)
            yield "same", old[x : x + 1]
            a, b = x + 1, y + 1
        if a:
            yield from _runs(old[a:], new[b:], depth - 1)
        else:
            yield "removed", old
            yield "added", new
    yield "same", tail


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many equal words both begin."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand that each text has once, as many of them as come in one order: (in `old`, in `new`)."""
    once = {word for word, count in Counter(old).items() if count == 1}
    there = {word: n for n, word in enumerate(new) if word in once}
    once &= {word for word, count in Counter(new).items() if count == 1}
    pairs = [(n, there[word]) for n, word in enumerate(old) if word in once]
    # The longest rising run: `ends[k]` is the pair with the smallest end of all runs of k + 1 pairs.
    ends: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for n, (_, place) in enumerate(pairs):
        k = bisect_left(ends, place)
        before.append(heads[k - 1] if k else -1)
        ends[k : k + 1] = [place]
        heads[k : k + 1] = [n]
    run, n = [], heads[-1] if heads else -1
    while n >= 0:
        run.append(pairs[n])
        n = before[n]
    return run[::-1]
