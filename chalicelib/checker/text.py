"""A draft prepared for the rules: folded to plain letters, cut into words and sentences, offsets kept.

Rules: folding replaces one character by one character or drops it, never more, so that every position in the folded
text leads back to the original; no rule looks at the original except to tell capitals or a genuine host name; all
work is one pass, and any `str` at all (lone surrogates, NUL, unassigned characters) goes through without an error.
"""

from __future__ import annotations

import re
import unicodedata

from chalicelib.checker.lookalikes import LOOKALIKES

# Stands in for a character that is dropped. It is private use, so nobody's text needs it; one that does is a space.
_DROPPED = "\ue000"


def words(text: str) -> frozenset[str]:
    """A set of words, written as they are in the data files."""
    return frozenset(text.split())


# Words after which a full stop does not end the sentence.
_ABBREVIATIONS = words(
    "cllr cllrs mr mrs ms dr rev revd st no nos tel ext eg ie e.g i.e vs etc approx dept rd ave sgt prof "
    "hon jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun p "
    "pp min ref a b c d e f g h j k l m"
)

# Contractions that people write without the apostrophe, as the two words they are.
_BARE_CONTRACTIONS = {
    "youre": ("you", "'re"),
    "theyre": ("they", "'re"),
    "shes": ("she", "'s"),
    "hes": ("he", "'s"),
    "thats": ("that", "'s"),
    "weve": ("we", "'ve"),
    "youve": ("you", "'ve"),
    "theyve": ("they", "'ve"),
    "ive": ("i", "'ve"),
    "im": ("i", "'m"),
    "whos": ("who", "'s"),
    "dont": ("don't",),
    "doesnt": ("doesn't",),
    "didnt": ("didn't",),
    "cant": ("can't",),
    "wont": ("won't",),
    "isnt": ("isn't",),
    "couldnt": ("couldn't",),
    "wouldnt": ("wouldn't",),
    "shouldnt": ("shouldn't",),
    "hasnt": ("hasn't",),
    "havent": ("haven't",),
}
_CLITICS = frozenset(("s", "re", "ve", "ll", "d", "m"))

_TOKEN = re.compile(
    "£ ?[0-9][0-9,]*(?:\\.[0-9]+)?"  # a sum of money is the one word "£"
    "|[^\\W_]+(?:'[^\\W_]+)*"
    "|[©&🖕🤡💩🐍📷📸📹🎥]"
)
_CAMEL = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


class _Fold(dict[int, str]):
    """What each character folds to, worked out the first time it is met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    """The one plain character that reads the same, or `_DROPPED` for what cannot be seen."""
    if character in LOOKALIKES or character == _DROPPED:
        return LOOKALIKES.get(character, " ")
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return _DROPPED
    if category in ("Zs", "Cc", "Cs", "Zl", "Zp"):
        return "\n" if character in "\n\r\x0b\x0c\x85\u2028\u2029" else " "
    if category == "Pd":
        return "-"
    decomposed = [c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) != "Mn"]
    if len(decomposed) == 1:
        first = decomposed[0]
        return LOOKALIKES.get(first, first if len(first.lower()) == 1 else character)
    return character if len(character.lower()) == 1 else "?"


_FOLD = _Fold()


class Draft:
    """One text in all the forms that the rules need.

    `plain` is folded with its capitals, `low` the same in lower case (equally long). `words[i]` is the i-th word,
    found at `plain[starts[i]:ends[i]]` in sentence number `sentences[i]`. `span` leads back to the original.
    """

    __slots__ = ("_offsets", "ends", "low", "original", "plain", "sentences", "starts", "words")

    def __init__(self, text: str) -> None:
        self.original = text
        self._offsets: list[int] | None = None
        if text.isascii():
            self.plain = text.replace("\x00", " ")
        else:
            folded = text.translate(_FOLD)
            if _DROPPED in folded:
                self._offsets = [i for i, c in enumerate(folded) if c != _DROPPED]
                self._offsets.append(len(text))
                folded = folded.replace(_DROPPED, "")
            self.plain = folded
        self.low = self.plain.lower()
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sentences: list[int] = []
        self._cut()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `plain[start:end]` stands in the original text; invisible characters at its edges stay outside."""
        if self._offsets is None or end <= start:
            return (start, end) if self._offsets is None else (self._offsets[start], self._offsets[start])
        return self._offsets[start], self._offsets[end - 1] + 1

    def is_capital(self, index: int) -> bool:
        """Whether the word at `index` begins with a capital letter."""
        return self.plain[self.starts[index]].isupper()

    def _add(self, word: str, start: int, end: int, sentence: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)
        self.sentences.append(sentence)

    def _cut(self) -> None:
        low = self.low
        sentence, previous_end, previous_word = 0, 0, ""
        add_word, add_start = self.words.append, self.starts.append
        add_end, add_sentence = self.ends.append, self.sentences.append
        for match in _TOKEN.finditer(low):
            start, end = match.span()
            gap = low[previous_end:start]
            if gap != " " and _ends_sentence(gap, previous_word):
                sentence += 1
            word = match.group()
            previous_end, previous_word = end, word
            if word in _BARE_CONTRACTIONS or not word.isalpha() or gap[-1:] == "#":
                self._add_unusual(word, start, end, sentence)
            else:
                add_word(word)
                add_start(start)
                add_end(end)
                add_sentence(sentence)

    def _add_unusual(self, word: str, start: int, end: int, sentence: int) -> None:
        """What is not simply letters: sums of money, contractions, hashtags, "&"."""
        if word[0] == "£":
            self._add("£", start, end, sentence)
        elif "'" in word:
            stem, _, clitic = word.rpartition("'")
            if clitic in _CLITICS:
                self._add(stem, start, end - len(clitic) - 1, sentence)
                self._add("'" + clitic, end - len(clitic) - 1, end, sentence)
            else:
                self._add(word, start, end, sentence)
        elif start and self.low[start - 1] == "#" and not self.plain[start:end].islower():
            self._cut_hashtag(start, end, sentence)
        elif word in _BARE_CONTRACTIONS:
            for part in _BARE_CONTRACTIONS[word]:
                self._add(part, start, end, sentence)
        else:
            self._add("and" if word == "&" else word, start, end, sentence)

    def _cut_hashtag(self, start: int, end: int, sentence: int) -> None:
        """#VoteLabour is read as the words it is made of."""
        for part in _CAMEL.finditer(self.plain, start, end):
            self._add(part.group().lower(), part.start(), part.end(), sentence)


def _ends_sentence(gap: str, word: str) -> bool:
    if "\n" in gap or "…" in gap:
        return True
    for mark in ".!?;":
        at = gap.find(mark)
        if at >= 0:
            if mark == "." and (len(gap) == at + 1 or (at == 0 and word in _ABBREVIATIONS)):
                continue
            return True
    return False
