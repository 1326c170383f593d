"""Whom a text names; pure, and linear in the text, whatever is written in it.

A text is read once: made plain (without what makes one name look different), cut into words, and kept as one line of
words with a blank around each, so that finding a name is finding a piece of that line.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"[#@]([^\W_]+)")

_TITLES = frozenset(
    ("cllr", "councillor", "mr", "mrs", "ms", "mx", "rev", "revd", "reverend"),
)
"""What with a surname names somebody, as does their own title. Not `miss` nor `dr`: a verb and a street too."""

_BEFORE_A_NAME = _TITLES | {"dr", "miss", "sir", "dame", "lady", "lord", "prof", "professor", "canon", "fr", "father"}
"""What may stand before a name on the register without being part of it."""

_LONGEST = 3
"""Letters that one character may be written out in (ligatures). What becomes more is no letter of anybody's name, and
would make a text many times as long."""


class _Plain(dict[int, str]):
    """Character → what is left of it: no case, accents, fancy letters, soft hyphens. Character by character, because
    normalising a whole text takes time that grows with the square of a run of accents."""

    most = 20_000

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
        plain = ("" if _is_mark(char) else char) if folded == char else "".join(c for c in folded if not _is_mark(c))
        if len(plain) > _LONGEST:
            plain = char
        if len(self) < self.most:
            self[code] = plain
        return plain


def _is_mark(char: str) -> bool:
    return bool(unicodedata.combining(char)) or unicodedata.category(char) in ("Mn", "Cf")


_PLAIN = _Plain()


def plain(text: str) -> str:
    """The text without what makes one name look different: case, accents, fancy letters, soft hyphens."""
    return text.casefold() if text.isascii() else text.translate(_PLAIN)


class Words(NamedTuple):
    """A text as it is searched: the line of its words, the words themselves, and those that are tags or handles."""

    line: str
    words: frozenset[str]
    tags: frozenset[str]


@lru_cache(maxsize=4)
def read(texts: tuple[str, ...]) -> Words:
    """These texts to be searched. A name does not run from one to the next."""
    found = [plain(text) for text in texts]
    cut = [_WORD.findall(text) for text in found]
    line = " | ".join(" ".join(words) for words in cut)
    words = frozenset(word for each in cut for word in each)
    return Words(f" {line} ", words, frozenset(tag for text in found for tag in _TAG.findall(text)))


class Name(NamedTuple):
    """A name as it is looked for: its words, its surname's, and the titles that go before that."""

    whole: tuple[str, ...]
    surname: tuple[str, ...]
    titles: tuple[str, ...]


@lru_cache(maxsize=256)
def name_of(name: str, title: str) -> Name:
    """How a line of the register is looked for."""
    whole = _WORD.findall(plain(name))
    surname = (_WORD.findall(plain(name.rsplit(maxsplit=1)[-1])) if name.split() else []) or whole
    return Name(tuple(whole), tuple(surname), tuple(sorted({*_TITLES, *_WORD.findall(plain(title))})))


def is_named(name: Name, words: Words) -> bool:
    """Whether it stands there: in full or by title and surname (`Cllr Green`, `Mrs A. Green`), as words or as a tag or
    handle (`#AnnGreen`)."""
    if not name.whole:
        return False
    surname = "".join(name.surname)
    if words.tags and ("".join(name.whole) in words.tags or any(t + surname in words.tags for t in name.titles)):
        return True
    if not words.words.issuperset(name.surname):
        return False
    if _stands(name.whole, words):
        return True
    initial = name.whole[0][0]
    return any(
        _stands((title, *between, *name.surname), words)
        for title in name.titles
        if title in words.words
        for between in ((), (initial,))
    )


def _stands(sought: tuple[str, ...], words: Words) -> bool:
    return words.words.issuperset(sought) and f" {' '.join(sought)} " in words.line


@lru_cache(maxsize=256)
def key(name: str) -> str:
    """What two lines of the register have in common that are one person's: the name without case, accents, blanks,
    hyphens and a title before it. Empty for a name without a letter."""
    words = _WORD.findall(plain(name))
    while len(words) > 1 and words[0] in _BEFORE_A_NAME:
        words = words[1:]
    return "".join(words)
