"""Links: anything that leads, or could be made to lead, to a place outside the Council's own domains.

Rules: a host is the Council's own only if it is one of its domains, or below one, letter for letter as written; a
look-alike letter makes it somebody else's. A missing space after a full stop ("closed.It will") is no link. Every
pattern starts only where a word starts and does not back up, so the time taken grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chalicelib.checker.found import Found, Taken
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.text import Draft, words

_DOT = r"(?:[ \t]?[\[({<][ \t]?(?:\.|dot)[ \t]?[\])}>][ \t]?|[ \t]{1,2}dot[ \t]{1,2}|[ \t]\.[ \t])"
_SCHEME = re.compile(r"(?:h(?:tt|xx|\*\*)ps?|ftps?)(?:://|\[:\]//|:\\\\)[^\s<>\"]{1,2048}+")
_BARE = re.compile(r"(?<![\w@.\-/])(?:[\w-]{1,63}+\.){1,9}[^\W\d_]{2,24}(?![\w@-])")
_SPELLED = re.compile(rf"(?<![\w@.-])([\w-]{{1,63}}+)((?:(?:{_DOT}|\.)[\w-]{{1,63}}+){{1,6}})(?![\w@])")
_SPELLED_DOT = re.compile(_DOT)
_TAIL = re.compile(r"(?::\d{1,5})?(?:[/?#][^\s<>\"]{0,2048}+)?")
_HOST = re.compile(r"[^/?#\\\s]{1,255}")

# Words before " dot com" that make it ordinary English rather than a host name spelled out.
_NOT_A_HOST = words("the a an polka red black small big each every one this that on")


class Address(NamedTuple):
    """A link found in the text: `host` in lower case, without port or user name."""

    start: int
    end: int
    host: str


@cache
def _top_level() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    names = word_list("domains.toml")
    return names["certain"], names["ordinary_words"], names["country_words"], names["short_hosts"]


def certain_ending(label: str) -> bool:
    """Whether a last label such as "org" makes a host name beyond doubt."""
    return label in _top_level()[0]


def find(draft: Draft, own_domains: Sequence[str], taken: Taken) -> Iterator[Found]:
    """Every link outside `own_domains`. `taken` are the e-mail addresses, which are no
    links; every link is added to it, the Council's own too."""
    own = tuple(domain.lower().removeprefix("www.").strip(".") for domain in own_domains if domain)
    for address in _addresses(draft):
        if taken.any(address.start, address.end):
            continue
        taken.add(address.start, address.end)
        if not _is_own(draft, address, own):
            yield Found(address.start, address.end, "link", "link")


def _addresses(draft: Draft) -> Iterator[Address]:
    low = draft.low
    if "//" in low or ":\\\\" in low:
        for match in _SCHEME.finditer(low):
            end = _trim(low, match.start(), match.end())
            inner = low[match.start() : end].replace("[.]", ".").replace("(.)", ".")
            yield Address(match.start(), end, _host(inner))
    if "." in low:
        for match in _BARE.finditer(low):
            tail = _TAIL.match(low, match.end())
            end = _trim(low, match.start(), tail.end() if tail else match.end())
            if _is_host(draft, match.start(), match.end(), followed=end > match.end()):
                yield Address(match.start(), end, match.group())
    if "dot" in low or "[." in low or "(." in low or " . " in low:
        for match in _SPELLED.finditer(low):
            labels = re.split(rf"{_DOT}|\.", match.group())
            if _SPELLED_DOT.search(match.group()) and certain_ending(labels[-1]) and labels[0] not in _NOT_A_HOST:
                tail = _TAIL.match(low, match.end())
                yield Address(match.start(), _trim(low, match.start(), tail.end() if tail else 0), ".".join(labels))


def _host(url: str) -> str:
    """The host of a URL with a scheme; what stands before an @ is a user name, not a host."""
    rest = re.split(r"//|\\\\", url, maxsplit=1)[-1]
    match = _HOST.match(rest)
    host = match.group().rpartition("@")[2] if match else ""
    return host.partition(":")[0] if not host.startswith("[") else host


def _is_host(draft: Draft, start: int, end: int, *, followed: bool) -> bool:
    """Whether dotted words are a host name and not a sentence that lacks a space."""
    low, plain = draft.low[start:end], draft.plain[start:end]
    certain, ordinary, country_words, short_hosts = _top_level()
    labels = low.split(".")
    last, before = labels[-1], labels[-2]
    if low.startswith("www.") or low in short_hosts or (last in certain and before.strip("-")):
        return True
    if before.isdigit() or len(before) < 2 or (plain[-len(last) :] != last and not plain.isupper()):
        return False
    plainly_a_host = followed or len(labels) > 2 or "-" in low or any(c.isdigit() for c in before)
    if last in country_words:
        return plainly_a_host and not (len(labels) > 2 and not followed and len(labels[0]) == 1)
    if last in ordinary:
        return plainly_a_host or len(before) > 2
    return len(last) == 2 and last in word_list("domains.toml")["countries"]


def _trim(low: str, start: int, end: int) -> int:
    """Leave closing punctuation outside, but keep a bracket whose partner is inside."""
    while end > start:
        last = low[end - 1]
        if last in ".,;:!?'\"*_~|…":
            end -= 1
        elif last in ")]}":
            opening = "([{"[")]}".index(last)]
            if low.count(opening, start, end) >= low.count(last, start, end):
                return end
            end -= 1
        else:
            return end
    return end


def _is_own(draft: Draft, address: Address, own: tuple[str, ...]) -> bool:
    host = address.host.strip(".").removeprefix("www.")
    if not any(host == domain or host.endswith("." + domain) for domain in own):
        return False
    # What the reader's browser would go to is the original text, look-alike letters and all.
    start, end = draft.span(address.start, address.end)
    return draft.original[start:end].isascii()
