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
from typing import Any, NamedTuple

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

# Words in every other sentence: a phrase with one of these after its gap is looked up by its first word after all.
_COMMON = words("a an the in is are was were be been from by on for to of at it and this that 's")

# More words than any phrase has: as far as a search looks ahead.
_LONGEST = 40
# A text in which each word comes oftener than this repeats itself.
_OFTEN = 16


class Hit(NamedTuple):
    """Words `first` to `last` (exclusive) of the draft are a phrase of `group`."""

    group: str
    first: int
    last: int


class Phrase(NamedTuple):
    """One phrase: its first word, then the sets of words of `fixed`, one after another, then `rest`.

    `asks`: what is asked of the first word beside being one of `first`.
    """

    first: Words
    asks: int
    fixed: tuple[Words, ...]
    rest: tuple[Element, ...]
    group: str

    def needs(self) -> list[Words]:
        """Of each of these sets, the smallest first, one word at least is in any text that holds the phrase."""
        asked = [element.words for element in self.rest if element.kind in (WORDS, CAPITAL, SMALL)]
        return sorted([*self.fixed, *asked], key=len)


class Packed(NamedTuple):
    """An index as plain values: sets of words, each written once, and phrases that name them by number."""

    sets: tuple[str, ...]
    phrases: tuple[tuple[Any, ...], ...]
    by_first: dict[str, list[int]]
    by_distant: dict[str, list[int]]


class _Node:
    """The phrases that begin with one word: by the word that must follow, or, with what they need, whatever follows."""

    __slots__ = ("by_next", "whatever")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.whatever: list[tuple[Phrase, list[Words]]] = []
        self.by_next: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            following = phrase.fixed[0] if phrase.fixed else _first_words(phrase.rest)
            if following is None:
                self.whatever.append((phrase, phrase.needs()))
            else:
                for word in following:
                    self.by_next.setdefault(word, []).append(phrase)


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


class Index:
    """All phrases by the word they begin with; those with a gap after it by the word after the gap, which is rarer.

    An index that was packed is unpacked phrase by phrase, as texts hold the words: most are never met.
    """

    def __init__(self, packed: Packed | None = None) -> None:
        self._packed = packed or Packed((), (), {}, {})
        self._phrases: dict[int, Phrase] = {}
        self._sets: dict[int, Words] = {}
        self._by_first, self._by_distant = self._packed.by_first, self._packed.by_distant
        self._nodes: dict[str, _Node] = {}
        self._distant: dict[str, list[Phrase]] = {}

    def add(self, lines: Iterable[str], group: str, classes: Mapping[str, Words]) -> None:
        """Add the phrases of one group; blank lines and those beginning with `#` are skipped."""
        for raw in lines:
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            try:
                for first, *elements in readings(line, classes):
                    if len(elements) >= _LONGEST:
                        raise PhraseError("too long")
                    fixed = tuple(e.words for e in takewhile(lambda e: e.kind == WORDS, elements))
                    self._add(Phrase(first.words, first.most, fixed, tuple(elements[len(fixed) :]), group))
            except ValueError as error:
                raise PhraseError(f"{line!r}: {error}") from None

    def _add(self, phrase: Phrase) -> None:
        number = len(self._phrases)
        self._phrases[number] = phrase
        rest, place, under = phrase.rest, self._by_first, phrase.first
        is_gap = not phrase.fixed and len(rest) > 1 and rest[0].kind == GAP
        if is_gap and rest[1].kind in (WORDS, CAPITAL, SMALL) and _COMMON.isdisjoint(rest[1].words):
            place, under = self._by_distant, rest[1].words
        for word in under:
            place.setdefault(word, []).append(number)

    def packed(self) -> Packed:
        """All of it as plain values, the same each time."""
        numbers: dict[str, int] = {}

        def number(words: Words) -> int:
            return numbers.setdefault(" ".join(sorted(words)), len(numbers))

        phrases = tuple(
            (
                number(phrase.first),
                phrase.asks,
                tuple(map(number, phrase.fixed)),
                tuple((kind, number(words), most) for kind, words, most in phrase.rest),
                phrase.group,
            )
            for phrase in map(self._phrase, range(len(self._packed.phrases) or len(self._phrases)))
        )
        by_first, by_distant = (dict(sorted(place.items())) for place in (self._by_first, self._by_distant))
        return Packed(tuple(numbers), phrases, by_first, by_distant)

    def _phrase(self, number: int) -> Phrase:
        phrase = self._phrases.get(number)
        if phrase is None:
            first, asks, fixed, rest, group = self._packed.phrases[number]
            elements = tuple(Element(kind, self._set(words), most) for kind, words, most in rest)
            phrase = Phrase(self._set(first), asks, tuple(map(self._set, fixed)), elements, group)
            self._phrases[number] = phrase
        return phrase

    def _set(self, number: int) -> Words:
        if number not in self._sets:
            self._sets[number] = words(self._packed.sets[number])
        return self._sets[number]

    def find(self, draft: Draft, most: int = sys.maxsize) -> list[Hit]:
        """Every phrase in the draft; of one group about `most` at the most."""
        search = _Search(draft, most)
        lacks = draft.vocabulary.isdisjoint
        by_next, whatever = {}, {}
        for word in draft.vocabulary & self._by_first.keys():
            node = self._nodes.get(word)
            if node is None:
                node = self._nodes[word] = _Node(map(self._phrase, self._by_first[word]))
            by_next[word] = node.by_next
            if _repeats(draft):
                here = {
                    second: _possible(node.by_next[second], draft) for second in node.by_next.keys() & draft.vocabulary
                }
                by_next[word] = {second: phrases for second, phrases in here.items() if phrases}
            possible = [phrase for phrase, needs in node.whatever if not any(map(lacks, needs))]
            if possible:
                whatever[word] = possible
        padded = search.words
        for i, phrases in [
            (i, by_next[first][second])
            for i, (first, second) in enumerate(pairwise(padded))
            if first in by_next and second in by_next[first]
        ]:
            search.at(i, phrases)
        for i in [i for i, word in enumerate(padded) if word in whatever]:
            search.at(i, whatever[padded[i]])
        self._find_distant(search, draft)
        return search.found

    def _find_distant(self, search: _Search, draft: Draft) -> None:
        """The phrases with a gap after their first word, from the word after the gap backwards."""
        words, distant = search.words, self._distant
        for word in draft.vocabulary & self._by_distant.keys():
            if word not in distant:
                distant[word] = [*map(self._phrase, self._by_distant[word])]
        here = distant
        if _repeats(draft):
            here = {word: _possible(distant[word], draft) for word in draft.vocabulary & distant.keys()}
        for i in [i for i, word in enumerate(words) if word in here]:
            for phrase in here[words[i]]:
                first, _, _, rest, group = phrase
                if group in search.spent:
                    continue
                reach = rest[0].most + 1
                before = words[i - reach if i > reach else 0 : i]
                if not first.isdisjoint(before):
                    for j in [j for j, word in enumerate(before, i - len(before)) if word in first]:
                        search.at(j, (phrase,))


def _repeats(draft: Draft) -> bool:
    """Whether a text says few words over and over, so that it pays to ask of each phrase if it can be there at all."""
    return len(draft.words) > _OFTEN * len(draft.vocabulary)


def _possible(phrases: list[Phrase], draft: Draft) -> list[Phrase]:
    """Those of the phrases for which the draft has all the words."""
    lacks = draft.vocabulary.isdisjoint
    return [p for p in phrases if not (lacks(p.first) or any(map(lacks, p.needs())))]


class _Search:
    """One draft as phrases are looked for in it, and what was found. `words` are padded, to look ahead freely."""

    __slots__ = ("_draft", "_most", "_sentences", "_times", "found", "spent", "words")

    def __init__(self, draft: Draft, most: int) -> None:
        self._draft, self._most = draft, most
        self.words = draft.words + [""] * _LONGEST
        self._sentences = draft.sentences + [-1] * _LONGEST
        self._times, self.spent = Counter[str](), set[str]()
        self.found: list[Hit] = []

    def at(self, i: int, phrases: Iterable[Phrase]) -> None:
        """Those of the phrases that stand at word `i`."""
        words, sentences = self.words, self._sentences
        for _, asks, fixed, rest, group in phrases:
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

    def _add(self, hit: Hit) -> None:
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
