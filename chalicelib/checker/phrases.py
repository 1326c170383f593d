"""The phrase language of the data files.

Rules: a phrase is read as elements, each of which stands for one word of a draft or says something about the next one;
it never runs over the end of a sentence. How phrases are found in a draft: matching.py.

    liar(s)  theft(s|ing)       the word, and the word with each ending (the bare word too)
    steal/stole/nick(ed)        any of these
    [the/our]                   may stand here or not
    <person>                    any word of the class of that name (a file's or classes.toml's)
    ^labour  ~labour            the word written with a capital; without one
    ^^labour                    with a capital that is not owed to the sentence's or a name's beginning
    <Name>  <Name>/him          any capitalised word; that or one of these
    <number>                    any number
    ..3                         up to three words of any kind
    !of/for                     the next word, if there is one, is none of these
    | typical $                 "|" at the beginning: a sentence begins here; "$" at the end: it ends here

A word with a hyphen or with 's, 're, 'll and the like ("no-one", "today's") is read as the two words that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

Words = frozenset[str]

# What an element stands for.
WORDS, OPTIONAL, GAP, NOT, CAPITAL, SMALL, NAME, NUMBER, START, END = range(10)
# What is asked of a phrase's first word (`most` of its element): capitals, capitals inside the sentence, the beginning.
ANY, CAPITALISED, WITHIN, FIRST = range(4)
_ALONE = {"|": START, "$": END, "<number>": NUMBER}
# By the sign before the words.
_MARKS = {
    "!": (NOT, 0),
    "[": (OPTIONAL, 0),
    "^^": (CAPITAL, WITHIN),
    "^": (CAPITAL, CAPITALISED),
    "~": (SMALL, 0),
}
_COMPOUND = re.compile(r"(?<=\w)-(?=\w)|(?<=\w)(?='(?:s|re|ve|ll|d|m)$)")
_ENDINGS = re.compile(r"^([^()]*)\(([^()]*)\)$")


class Element(NamedTuple):
    kind: int
    words: Words = frozenset()
    most: int = 0


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
    return tuple(_element(source, classes) for source in line.split())


def _element(source: str, classes: Mapping[str, Words]) -> Element:
    if source in _ALONE:
        return Element(_ALONE[source])
    if source.startswith(".."):
        return Element(GAP, most=int(source[2:]))
    if "<Name>" in source.split("/"):
        others = "/".join(part for part in source.split("/") if part != "<Name>")
        return Element(NAME, alternatives(others, classes) if others else frozenset())
    if source[0] not in _MARKS:
        return Element(WORDS, alternatives(source, classes))
    mark = source[:2] if source[:2] in _MARKS else source[0]
    kind, most = _MARKS[mark]
    return Element(kind, alternatives(source[len(mark) :].removesuffix("]"), classes), most)


def readings(line: str, classes: Mapping[str, Words]) -> Iterator[tuple[Element, ...]]:
    """The phrases that one line of a data file stands for, each of which begins with a word.

    Hyphens and clitics are taken apart, and an optional first element is tried both ways. Raises `PhraseError`.
    """
    for sources in product(*map(_taken_apart, line.split())):
        yield from _variants(parse(" ".join(sources), classes))


def _taken_apart(source: str) -> list[str]:
    """One element as one or more, each in as many words as a draft has for it."""
    inner = source.strip("[]")
    if source[0] in ".!" or not any(map(_COMPOUND.search, inner.split("/"))):
        return [source]
    mark = inner[: len(inner) - len(inner.lstrip("^~"))]
    parts = inner[len(mark) :].split("/")
    simple = "/".join(part for part in parts if not _COMPOUND.search(part))
    compounds = [mark + _COMPOUND.sub(" ", part) for part in parts if _COMPOUND.search(part)]
    if simple:
        return [source.replace(inner, mark + simple), *compounds]
    return ["", *compounds] if source[0] == "[" else compounds


def _variants(elements: tuple[Element, ...]) -> Iterator[tuple[Element, ...]]:
    if elements and elements[0].kind == START:
        for first, *rest in _variants(elements[1:]):
            yield (first._replace(most=FIRST), *rest)
    elif not elements or elements[0].kind not in (WORDS, CAPITAL, OPTIONAL):
        raise PhraseError("a phrase must begin with a word")
    elif elements[0].kind == OPTIONAL:
        yield (Element(WORDS, elements[0].words), *elements[1:])
        yield from _variants(elements[1:])
    else:
        yield elements
