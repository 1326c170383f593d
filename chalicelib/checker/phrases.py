"""The phrase language of the data files, and finding phrases in a draft.

Rules: a phrase is matched word by word inside one sentence, never by a regular expression over the text, so matching
is linear whatever the text; each word of the draft is looked up once for the phrases that begin with it.

    liar(s)  theft(s|ing)       the word, and the word with each ending (the bare word too)
    steal/stole/nick(ed)        any of these
    [the/our]                   may stand here or not
    <person>                    any word of the class of that name (a file's or classes.toml's)
    ^labour  ~labour            the word written with a capital; without one
    ^^labour                    with a capital that is not owed to the sentence's or a name's beginning
    <Name>  <number>            any capitalised word; any number
    ..3                         up to three words of any kind
    !of/for                     the next word, if there is one, is none of these
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, takewhile
from typing import Generic, NamedTuple, TypeVar

from chalicelib.checker.text import Draft

G = TypeVar("G")
Words = frozenset[str]

_WORDS, _OPTIONAL, _GAP, _NOT, _CAPITAL, _SMALL, _NAME, _NUMBER = range(8)
_ENDINGS = re.compile(r"^([^()]*)\(([^()]*)\)$")


class Element(NamedTuple):
    kind: int
    words: Words = frozenset()
    most: int = 0


class Hit(NamedTuple, Generic[G]):
    """Words `first` to `last` (exclusive) of the draft are a phrase of `group`."""

    group: G
    first: int
    last: int


class PhraseError(ValueError):
    """A line of a data file that is not a phrase: holds the line."""


def alternatives(source: str, classes: Mapping[str, Words]) -> Words:
    """The words that one element may stand for."""
    words: set[str] = set()
    for part in source.split("/"):
        if part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in classes:
                raise PhraseError(f"no class {part}")
            words |= classes[part[1:-1]]
            continue
        ending = _ENDINGS.match(part)
        if ending:
            words.add(ending[1])
            words.update(ending[1] + e for e in ending[2].split("|"))
        elif not part or "(" in part or ")" in part:
            raise PhraseError(f"not an element: {source!r}")
        else:
            words.add(part)
    return frozenset(words)


def parse(line: str, classes: Mapping[str, Words]) -> tuple[Element, ...]:
    """One line of a data file as elements. Raises `PhraseError` with what is wrong."""
    elements = []
    for source in line.split():
        if source.startswith(".."):
            elements.append(Element(_GAP, most=int(source[2:])))
        elif source.startswith("!"):
            elements.append(Element(_NOT, alternatives(source[1:], classes)))
        elif source.startswith("["):
            elements.append(Element(_OPTIONAL, alternatives(source.strip("[]"), classes)))
        elif source.startswith("^^"):
            elements.append(Element(_CAPITAL, alternatives(source[2:], classes), most=1))
        elif source.startswith("^"):
            elements.append(Element(_CAPITAL, alternatives(source[1:], classes)))
        elif source.startswith("~"):
            elements.append(Element(_SMALL, alternatives(source[1:], classes)))
        elif source == "<Name>":
            elements.append(Element(_NAME))
        elif source == "<number>":
            elements.append(Element(_NUMBER))
        else:
            elements.append(Element(_WORDS, alternatives(source, classes)))
    return tuple(elements)


def _variants(elements: tuple[Element, ...]) -> Iterator[tuple[Element, ...]]:
    """Phrases that begin with a word: a leading optional element is tried both ways."""
    if not elements or elements[0].kind not in (_WORDS, _CAPITAL, _OPTIONAL):
        raise PhraseError("a phrase must begin with a word")
    if elements[0].kind == _OPTIONAL:
        yield (Element(_WORDS, elements[0].words), *elements[1:])
        yield from _variants(elements[1:])
    else:
        yield elements


class Entry(NamedTuple, Generic[G]):
    """What follows a phrase's first word: first the sets of words of `fixed`, one after another, then `rest`.

    `capital`: 1 if the first word needs a capital, 2 one not owed to its place. `needs`: one word at least of each of
    these sets is in any text that holds the phrase.
    """

    capital: int
    fixed: tuple[Words, ...]
    rest: tuple[Element, ...]
    group: G
    needs: tuple[Words, ...]


def _entry(first: Element, elements: tuple[Element, ...], group: G) -> Entry[G]:
    fixed = tuple(e.words for e in takewhile(lambda e: e.kind == _WORDS, elements))
    needs = sorted((e.words for e in elements if e.kind in (_WORDS, _CAPITAL, _SMALL)), key=len)
    return Entry((first.kind == _CAPITAL) + first.most, fixed, elements[len(fixed) :], group, tuple(needs))


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
        if element.kind in (_WORDS, _CAPITAL, _SMALL):
            return words | element.words
        if element.kind == _OPTIONAL:
            words |= element.words
        elif element.kind != _NOT:
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
                for first, *rest in _variants(parse(line, classes)):
                    self._add(first.words, _entry(first, tuple(rest), group))
            except ValueError as error:
                raise PhraseError(f"{line!r}: {error}") from None

    def _add(self, first: Words, entry: Entry[G]) -> None:
        rest = entry.rest
        self._longest = max(self._longest, len(entry.fixed) + 1)
        if not entry.fixed and len(rest) > 1 and rest[0].kind == _GAP and rest[1].kind in (_WORDS, _CAPITAL, _SMALL):
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
                before = words[i - reach if i > reach else 0 : i]
                if not first.isdisjoint(before):
                    for j in [j for j, word in enumerate(before, i - len(before)) if word in first]:
                        search.at(j, (entry,))


class _Search(Generic[G]):
    """One draft as phrases are looked for in it, and what was found. `words` are padded, to look ahead freely."""

    __slots__ = ("_draft", "_most", "_sentences", "_spent", "_times", "found", "words")

    def __init__(self, draft: Draft, padding: int, most: int) -> None:
        self._draft, self._most = draft, most
        self.words = draft.words + [""] * padding
        self._sentences = draft.sentences + [-1] * padding
        self._times, self._spent = Counter[G](), set[G]()
        self.found: list[Hit[G]] = []

    def at(self, i: int, entries: Iterable[Entry[G]]) -> None:
        """Those of the phrases that stand at word `i`."""
        words, sentences = self.words, self._sentences
        for capital, fixed, rest, group, _ in entries:
            last = i
            for choice in fixed:
                last += 1
                if words[last] not in choice:
                    break
            else:
                if sentences[last] != sentences[i] or group in self._spent:
                    continue
                if capital and not (self._draft.is_capital(i) and (capital == 1 or _within(self._draft, i))):
                    continue
                last = _match(self._draft, rest, 0, last + 1, sentences[i]) if rest else last + 1
                if last:
                    self._add(Hit(group, i, last))

    def _add(self, hit: Hit[G]) -> None:
        self.found.append(hit)
        self._times[hit.group] += 1
        if self._times[hit.group] >= self._most:
            self._spent.add(hit.group)


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
        if kind == _WORDS:
            if not here or words[i] not in choice:
                return 0
            i += 1
        elif kind == _OPTIONAL:
            found = here and words[i] in choice and _match(draft, elements, k + 1, i + 1, sentence)
            if found:
                return found
        elif kind == _NOT:
            if here and words[i] in choice:
                return 0
        elif kind == _GAP:
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
        if following.kind == _WORDS and words[j] not in following.words:
            continue
        found = _match(draft, elements, k, j, sentence)
        if found:
            return found
    return 0


def _is(draft: Draft, kind: int, choice: Words, i: int) -> bool:
    if kind == _NUMBER:
        return draft.words[i][0].isdigit()
    if kind == _SMALL:
        return not draft.is_capital(i) and draft.words[i] in choice
    return draft.is_capital(i) and (kind == _NAME or draft.words[i] in choice)
