"""What changed between two texts, word by word; pure."""

import difflib
import re
from typing import Literal, TypeAlias

Chunk: TypeAlias = tuple[Literal["same", "added", "removed"], str]

_WORD = re.compile(r"\s+|\S+")


def words(before: str, after: str) -> list[Chunk]:
    """The two texts as one run of chunks: all but the `added` give `before`, all but the `removed` give `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    chunks: list[Chunk] = []
    # Words that stand everywhere are no anchors (autojunk); without that, a text of one word repeated takes minutes.
    for how, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if how == "equal":
            chunks.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            chunks.append(("removed", "".join(old[a:b])))
        if d > c:
            chunks.append(("added", "".join(new[c:d])))
    return chunks
