"""Finding phrases in a draft.

Rules: a phrase is matched word by word inside one sentence, never by a regular expression over the text, so matching
is linear whatever the text. Each word is looked up once, for the phrases that begin with it and go on with the next
one; a phrase with a gap after its first word is looked up by the word after the gap, which is the rarer one.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise, takewhile
from typing import Generic, NamedTuple, TypeVar

from chalicelib.checker.phrases import (
    ANY,
    CAPITAL,
    END,
    FIRST,
    GAP,
    NAME,
    NOT,
    NUMBER,
    OPTIONAL,
    SMALL,
    WITHIN,
    WORDS,
    Element,
    PhraseError,
    Words,
    readings,
)
from chalicelib.checker.text import Draft, words

G = TypeVar("G")

# Words in every other sentence: a phrase with one of these after its gap is looked up by its first word after all.
_COMMON = words("a an the in is are was were be been from by on for to of at it and this that 's")


class Hit(NamedTuple, Generic[G]):
    """Words `first` to `last` (exclusive) of the draft are a phrase of `group`."""

    group: G
    first: int
    last: int


class Entry(NamedTuple, Generic[G]):
    """What follows a phrase's first word: first the sets of words of `fixed`, one after another, then `rest`.

    `asks`: what is asked of the first word beside being the word. `needs`: one word at least of each of these sets is
    in any text that holds the phrase.
    """

    asks: int
    fixed: tuple[Words, ...]
    rest: tuple[Element, ...]
    group: G
    needs: tuple[Words, ...]


def _entry(first: Element, elements: tuple[Element, ...], group: G) -> Entry[G]:
    fixed = tuple(e.words for e in takewhile(lambda e: e.kind == WORDS, elements))
    needs = sorted((e.words for e in elements if e.kind in (WORDS, CAPITAL, SMALL)), key=len)
    return Entry(first.most, fixed, elements[len(fixed) :], group, tuple(needs))


class _Node(Generic[G]):
    """The phrases that begin with one word: by the word that must follow, or whatever follows."""

    __slots__ = ("by_next", "whatever")

    def __init__(self, entries: list[Entry[G]]) -> None:
        self.whatever: list[Entry[G]] = []
        self.by_next: dict[str, list[Entry[G]]] = {}
        for entry in entries:
            following = entry.fixed[0] if entry.fixed else _first_words(entry.rest)
            if following is None:
                self.whatever.append(entry)
            else:
                for word in following:
                    self.by_next.setdefault(word, []).append(entry)


def _first_words(elements: tuple[Element, ...]) -> Words | None:
    """The words that these elements can begin with, or None when it may be any word, or none at all."""
    words: Words = frozenset()
    for element in elements:
        if element.kind in (WORDS, CAPITAL, SMALL):
            return words | element.words
        if element.kind == OPTIONAL:
            words |= element.words
        elif element.kind != NOT:
            return None
    return None


class _Distant(NamedTuple, Generic[G]):
    """A phrase whose second element comes up to `reach` words after one of its `first` words."""

    first: Words
    reach: int
    entry: Entry[G]


class Index(Generic[G]):
    """All phrases by the word they begin with; those with a gap after it by the word after the gap, which is rarer."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry[G]]] = {}
        self._nodes: dict[str, _Node[G]] = {}
        self._distant: dict[str, list[_Distant[G]]] = {}
        self._longest = 2

    def add(self, lines: Iterable[str], group: G, classes: Mapping[str, Words]) -> None:
        """Add the phrases of one group; blank lines and those beginning with `#` are skipped."""
        for raw in lines:
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            try:
                for first, *rest in readings(line, classes):
                    self._add(first.words, _entry(first, tuple(rest), group))
            except ValueError as error:
                raise PhraseError(f"{line!r}: {error}") from None

    def _add(self, first: Words, entry: Entry[G]) -> None:
        rest = entry.rest
        self._longest = max(self._longest, len(entry.fixed) + 1)
        is_gap = not entry.fixed and len(rest) > 1 and rest[0].kind == GAP
        if is_gap and rest[1].kind in (WORDS, CAPITAL, SMALL) and _COMMON.isdisjoint(rest[1].words):
            distant = _Distant(first, rest[0].most + 1, entry)
            for word in rest[1].words:
                self._distant.setdefault(word, []).append(distant)
        else:
            for word in first:
                self._entries.setdefault(word, []).append(entry)

    def find(self, draft: Draft, most: int = sys.maxsize) -> list[Hit[G]]:
        """Every phrase in the draft; of one group about `most` at the most."""
        search = _Search[G](draft, self._longest, most)
        lacks = draft.vocabulary.isdisjoint
        by_next, whatever = {}, {}
        for word in draft.vocabulary & self._entries.keys():
            node = self._nodes.get(word)
            if node is None:  # Made when the word is first met: most words never are.
                node = self._nodes[word] = _Node(self._entries[word])
            by_next[word] = node.by_next
            possible = [entry for entry in node.whatever if not any(map(lacks, entry.needs))]
            if possible:
                whatever[word] = possible
        padded = search.words
        for i, entries in [
            (i, by_next[first][second])
            for i, (first, second) in enumerate(pairwise(padded))
            if first in by_next and second in by_next[first]
        ]:
            search.at(i, entries)
        for i in [i for i, word in enumerate(padded) if word in whatever]:
            search.at(i, whatever[padded[i]])
        self._find_distant(search)
        return search.found

    def _find_distant(self, search: _Search[G]) -> None:
        """The phrases with a gap after their first word, from the word after the gap backwards."""
        words, distant = search.words, self._distant
        for i in [i for i, word in enumerate(words) if word in distant]:
            for first, reach, entry in distant[words[i]]:
                if entry.group in search.spent:
                    continue
                before = words[i - reach if i > reach else 0 : i]
                if not first.isdisjoint(before):
                    for j in [j for j, word in enumerate(before, i - len(before)) if word in first]:
                        search.at(j, (entry,))


class _Search(Generic[G]):
    """One draft as phrases are looked for in it, and what was found. `words` are padded, to look ahead freely."""

    __slots__ = ("_draft", "_most", "_sentences", "_times", "found", "spent", "words")

    def __init__(self, draft: Draft, padding: int, most: int) -> None:
        self._draft, self._most = draft, most
        self.words = draft.words + [""] * padding
        self._sentences = draft.sentences + [-1] * padding
        self._times, self.spent = Counter[G](), set[G]()
        self.found: list[Hit[G]] = []

    def at(self, i: int, entries: Iterable[Entry[G]]) -> None:
        """Those of the phrases that stand at word `i`."""
        words, sentences = self.words, self._sentences
        for asks, fixed, rest, group, _ in entries:
            last = i
            for choice in fixed:
                last += 1
                if words[last] not in choice:
                    break
            else:
                if sentences[last] != sentences[i] or group in self.spent:
                    continue
                if asks != ANY and not _is_as_asked(self._draft, i, asks):
                    continue
                last = _match(self._draft, rest, 0, last + 1, sentences[i]) if rest else last + 1
                if last:
                    self._add(Hit(group, i, last))

    def _add(self, hit: Hit[G]) -> None:
        self.found.append(hit)
        self._times[hit.group] += 1
        if self._times[hit.group] >= self._most:
            self.spent.add(hit.group)


def _is_as_asked(draft: Draft, i: int, asks: int) -> bool:
    if asks == FIRST:
        return not i or draft.sentences[i - 1] != draft.sentences[i]
    return draft.is_capital(i) and (asks != WITHIN or _within(draft, i))


def _within(draft: Draft, i: int) -> bool:
    """Whether a word stands inside its sentence, after a word in small letters or the sentence's first."""
    if not i or draft.sentences[i - 1] != draft.sentences[i]:
        return False
    first = i == 1 or draft.sentences[i - 2] != draft.sentences[i]
    return first or not draft.is_capital(i - 1)


def _match(draft: Draft, elements: tuple[Element, ...], k: int, i: int, sentence: int) -> int:
    """The index after the phrase's last word if `elements[k:]` match from word `i` on, else 0."""
    words, sentences = draft.words, draft.sentences
    total = len(words)
    while k < len(elements):
        kind, choice, most = elements[k]
        here = i < total and sentences[i] == sentence
        if kind == WORDS:
            if not here or words[i] not in choice:
                return 0
            i += 1
        elif kind == OPTIONAL:
            found = here and words[i] in choice and _match(draft, elements, k + 1, i + 1, sentence)
            if found:
                return found
        elif kind in (NOT, END):
            if here and (kind == END or words[i] in choice):
                return 0
        elif kind == GAP:
            return _match_after_gap(draft, elements, k + 1, i, most, sentence)
        elif not here or not _is(draft, kind, choice, i):
            return 0
        else:
            i += 1
        k += 1
    return i


def _match_after_gap(draft: Draft, elements: tuple[Element, ...], k: int, i: int, count: int, sentence: int) -> int:
    """Like `_match`, from any of the words `i` to `i + count`."""
    words, sentences = draft.words, draft.sentences
    following = elements[k]
    for j in range(i, min(i + count + 1, len(words))):
        if sentences[j] != sentence:
            return 0
        # Most words are not the one that is waited for: ask that before anything that costs more.
        if following.kind == WORDS and words[j] not in following.words:
            continue
        found = _match(draft, elements, k, j, sentence)
        if found:
            return found
    return 0


def _is(draft: Draft, kind: int, choice: Words, i: int) -> bool:
    if kind == NUMBER:
        return draft.words[i][0].isdigit()
    if kind == SMALL:
        return not draft.is_capital(i) and draft.words[i] in choice
    if kind == NAME:
        return draft.is_capital(i) or draft.words[i] in choice
    return draft.is_capital(i) and draft.words[i] in choice
