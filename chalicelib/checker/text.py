"""A draft prepared for the rules: folded to plain letters, cut into words and sentences, offsets kept.

Rules: folding replaces one character by one character or drops it, never more, so that every position in the folded
text leads back to the original; no rule looks at the original except to tell capitals or a genuine host name; all
work is one pass, and any `str` at all (lone surrogates, NUL, unassigned characters) goes through without an error.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate, repeat

from chalicelib.checker.lookalikes import LOOKALIKES

# Stands in for a character that is dropped. It is private use, so nobody's text needs it; one that does is a space.
_DROPPED = "\ue000"
_DROPS = re.compile(_DROPPED)


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

_SENTENCE_ENDS = frozenset("\n…!?;")
_TOKEN = re.compile(
    "(£ ?[0-9][0-9,]*(?:\\.[0-9]+)?(?:(?:k|m|bn)(?![^\\W_]))?"  # a sum of money is the one word "£"
    "|[^\\W_]+(?:'[^\\W_]+)*"
    "|[©&🖕🤡💩🐍📷📸📹🎥])"
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
    found at `plain[starts[i]:ends[i]]` in sentence number `sentences[i]`; `vocabulary` is the words without their
    order, for rules to see quickly what they need not look for. `span` leads back to the original.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]
    vocabulary: set[str]

    __slots__ = ("_dropped", "ends", "low", "original", "plain", "sentences", "starts", "vocabulary", "words")

    def __init__(self, text: str) -> None:
        self.original = text
        self._dropped: list[int] = []  # for each dropped character, how many kept ones come before it
        if text.isascii():
            self.plain = text.replace("\x00", " ")
        else:
            folded = text.translate(_FOLD)
            if _DROPPED in folded:
                self._dropped = [match.start() - k for k, match in enumerate(_DROPS.finditer(folded))]
                folded = folded.replace(_DROPPED, "")
            self.plain = folded
        self.low = self.plain.lower()
        self._cut()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `plain[start:end]` stands in the original text; invisible characters at its edges stay outside."""
        dropped = self._dropped
        if not dropped:
            return start, end
        first = start + bisect_right(dropped, start)
        return first, (end + bisect_right(dropped, end - 1) if end > start else first)

    def is_capital(self, index: int) -> bool:
        """Whether the word at `index` begins with a capital letter."""
        return self.plain[self.starts[index]].isupper()

    def _cut(self) -> None:
        # Gaps and words in turn. Whatever can be is done on whole lists: a draft has thousands of words, few unusual.
        pieces = _TOKEN.split(self.low)
        bounds = list(accumulate(map(len, pieces)))
        gaps, self.words, self.starts, self.ends = pieces[:-1:2], pieces[1::2], bounds[:-1:2], bounds[1::2]
        words, self.sentences, sentence = self.words, [], 0
        for i in [i for i, gap in enumerate(gaps) if gap != " "]:
            ends = _ends_sentence(gaps[i])
            if ends is True or (ends is None and i and words[i - 1] not in _ABBREVIATIONS):
                self.sentences.extend(repeat(sentence, i - len(self.sentences)))
                sentence += 1
        self.sentences.extend(repeat(sentence, len(words) - len(self.sentences)))
        odd = {word for word in set(words) if word in _BARE_CONTRACTIONS or "'" in word or word[0] in "£&"}
        if odd or "#" in self.low:
            unusual = [i for i, word in enumerate(words) if word in odd or gaps[i][-1:] == "#"]
            if unusual:
                self._replace(unusual)
        self.vocabulary = set(self.words)

    def _replace(self, unusual: list[int]) -> None:
        """Put the words that these words are made of in their places."""
        words, starts, ends, sentences = self.words, self.starts, self.ends, self.sentences
        self.words, self.starts, self.ends, self.sentences = [], [], [], []
        done = 0
        for i in unusual:
            self.words += words[done:i]
            self.starts += starts[done:i]
            self.ends += ends[done:i]
            self.sentences += sentences[done:i]
            self._add_unusual(words[i], starts[i], ends[i], sentences[i])
            done = i + 1
        self.words += words[done:]
        self.starts += starts[done:]
        self.ends += ends[done:]
        self.sentences += sentences[done:]

    def _add(self, word: str, start: int, end: int, sentence: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)
        self.sentences.append(sentence)

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


@lru_cache(maxsize=512)
def _ends_sentence(gap: str) -> bool | None:
    """Whether what stands between two words ends a sentence; None if it does but after an abbreviation."""
    if not _SENTENCE_ENDS.isdisjoint(gap):
        return True
    stop = gap.find(".")
    if stop < 0 or len(gap) == stop + 1:
        return False
    return None if stop == 0 else True
