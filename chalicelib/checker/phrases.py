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
from collections.abc import Iterable, Iterator, Mapping
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


Entry = tuple[int, tuple[Element, ...], G]


class _Node(Generic[G]):
    """The phrases that begin with one word: by the word that must follow, or whatever follows."""

    __slots__ = ("by_next", "whatever")

    def __init__(self, entries: list[Entry[G]]) -> None:
        self.whatever: list[Entry[G]] = []
        self.by_next: dict[str, list[Entry[G]]] = {}
        for entry in entries:
            following = _first_words(entry[1])
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


class Index(Generic[G]):
    """All phrases by the word they begin with."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry[G]]] = {}
        self._nodes: dict[str, _Node[G]] = {}

    def add(self, lines: Iterable[str], group: G, classes: Mapping[str, Words]) -> None:
        """Add the phrases of one group; blank lines and those beginning with `#` are skipped."""
        for raw in lines:
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            try:
                for first, *rest in _variants(parse(line, classes)):
                    entry = ((first.kind == _CAPITAL) + first.most, tuple(rest), group)
                    for word in first.words:
                        self._entries.setdefault(word, []).append(entry)
            except ValueError as error:
                raise PhraseError(f"{line!r}: {error}") from None

    def find(self, draft: Draft) -> Iterator[Hit[G]]:
        """Every phrase in the draft, by the position of its first word."""
        entries, words, last_word = self._entries, draft.words, len(draft.words) - 1
        for i, word in enumerate(words):
            if word not in entries:
                continue
            node = self._nodes.get(word) or self._node(word)
            if i < last_word:
                candidates = node.by_next.get(words[i + 1])
                if candidates is not None:
                    yield from _hits(draft, i, candidates)
            if node.whatever:
                yield from _hits(draft, i, node.whatever)

    def _node(self, word: str) -> _Node[G]:
        """Made when the word is first met: most words never are."""
        node = self._nodes[word] = _Node(self._entries[word])
        return node


def _hits(draft: Draft, i: int, entries: list[Entry[G]]) -> Iterator[Hit[G]]:
    sentence = draft.sentences[i]
    for capital, rest, group in entries:
        if capital and not (draft.is_capital(i) and (capital == 1 or _within(draft, i))):
            continue
        if not rest:
            last = i + 1
        elif rest[0].kind == _GAP:
            last = _match_after_gap(draft, rest, 1, i + 1, rest[0].most, sentence)
        else:
            last = _match(draft, rest, 0, i + 1, sentence)
        if last:
            yield Hit(group, i, last)


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
