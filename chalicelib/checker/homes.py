"""Homes: street addresses, named houses and full postcodes.

Rules: an address needs a house number or a house name, and a street; a street alone is no address. The Council's own
addresses and postcodes are left alone, and so are those of places the public goes to (a hall, a church, a shop). What
looks like one but is a reference, an ordinal ("2nd") or a quantity is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from chalicelib.checker.found import Found
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.model import Council
from chalicelib.checker.text import Draft, words

_POSTCODE = re.compile(r"(?<![\w/])([a-z]{1,2}\d[a-z\d]?)([ \t]{0,2})(\d[abd-hjlnp-uw-z]{2})(?![\w/])")
_PLANNING_REFERENCE = re.compile(r"\d\d(?<![\d/]..)/\d{4,5}/[a-z]{1,4}(?![a-z])")
_UNITS = words("hr ft pt lb gb tb hp pp yr px")
_HOUSE_NUMBER = re.compile(r"^\d{1,4}[a-z]?$")
_NOT_HOUSE_NUMBER = re.compile(r"^(?:19|20)\d\d$|^\d{1,2}(?:p|h)$")


@cache
def _names() -> dict[str, frozenset[str]]:
    return word_list("places.toml")


def find(draft: Draft, council: Council) -> Iterator[Found]:
    """Every street address, named house and full postcode that is not the Council's own or a public place's."""
    own_text, own_codes = _own(tuple(council.addresses))
    for match in _POSTCODE.finditer(draft.low):
        if match[1] + match[3] in own_codes:
            continue
        if len(match[1]) < 4 and _is_ordinal(match[3]) and draft.plain[match.start(3) : match.end(3)] == match[3]:
            continue
        if not _at_public_place(draft, _word_at(draft, match.start()), 12):
            yield Found(match.start(), match.end(), "contact-details", "postcode")
    yield from _streets(draft, own_text)


@lru_cache(maxsize=8)
def _own(addresses: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The Council's own addresses as plain words, and their postcodes without the space."""
    return (
        tuple(" ".join(Draft(address).words) for address in addresses),
        frozenset(c[1] + c[3] for address in addresses for c in _POSTCODE.finditer(address.lower())),
    )


def _is_ordinal(inward: str) -> bool:
    """Whether "1st" in "the A4 1st left" or "5ft" is meant, rather than half a postcode."""
    ending = {"1": "st", "2": "nd", "3": "rd"}.get(inward[0], "th")
    return inward[1:] == ending or inward[1:] in _UNITS


def _word_at(draft: Draft, position: int) -> int:
    from bisect import bisect_left

    return bisect_left(draft.starts, position)


def _at_public_place(draft: Draft, index: int, reach: int) -> bool:
    """Whether the name that leads up to the address is a place that is open to the public.

    "The Village Hall, 2 High Street" is; "the flood store key is at 2 High Street" and "The Old Chapel, 2 High
    Street" are not.
    """
    names = _names()
    for i in range(index - 1, max(-1, index - 1 - reach), -1):
        word = draft.words[i]
        if "\n\n" in draft.low[draft.ends[i] : draft.starts[i + 1]] if i + 1 < len(draft.words) else False:
            return False
        if word in names["public"] and not _is_street(draft, i + 1):
            return not (i and draft.words[i - 1] == "old")
        if word in names["pubs"] and "the" in draft.words[max(0, i - 3) : i]:
            return True
        if not (draft.is_capital(i) or word[0].isdigit() or word in names["leading_up"]):
            return False
    return False


def _is_street(draft: Draft, index: int) -> bool:
    return index < len(draft.words) and draft.words[index] in _names()["streets"]


def _streets(draft: Draft, own_text: tuple[str, ...]) -> Iterator[Found]:
    streets, weak = _names()["streets"], _names()["weak_streets"]
    done = 0
    for i, word in enumerate(draft.words):
        if word not in streets or i < done:
            continue
        if i + 1 < len(draft.words) and draft.words[i + 1] in streets and draft.is_capital(i + 1):
            continue
        if word in weak and not draft.is_capital(i) and not _is_small_address(draft, i):
            continue
        first = _house(draft, i)
        if first < 0:
            continue
        done = i + 1
        text = " ".join(draft.words[first : i + 1])
        if any(text in own for own in own_text):
            continue
        if _is_site(draft, first) or (draft.words[first][0].isdigit() and _at_public_place(draft, first, 6)):
            continue
        yield Found(draft.starts[first], draft.ends[i], "contact-details", "address")


def _is_small_address(draft: Draft, street: int) -> bool:
    """ "from 11 church hill": in small letters only with a number, one name and a word such as "hill"."""
    names = _names()
    return (
        street >= 3
        and draft.words[street] in names["small_streets"]
        and draft.words[street - 2].isdigit()
        and draft.words[street - 1].isalpha()
        and draft.words[street - 1] not in names["not_in_a_street"]
        and draft.words[street - 3] in names["before_a_home"]
    )


def _is_site(draft: Draft, first: int) -> bool:
    """Whether the address is the site of a planning application."""
    before = [draft.words[i] for i in range(max(0, first - 15), first) if draft.sentences[i] == draft.sentences[first]]
    if not _names()["planning"].isdisjoint(before):
        return True
    start = draft.starts[first]
    return draft.low[start].isdigit() and bool(_PLANNING_REFERENCE.search(draft.low, max(0, start - 200), start))


def _house(draft: Draft, street: int) -> int:
    """The word with which an address ending in the street word at `street` begins, or -1."""
    names = _names()
    capital = draft.is_capital(street)
    sentence = draft.sentences[street]
    for i in range(street - 1, max(-1, street - 6), -1):
        word = draft.words[i]
        if draft.sentences[i] != sentence and not _HOUSE_NUMBER.match(word):
            return -1
        if word[0].isdigit():
            return _with_number(draft, i, street) if i < street - 1 or word not in names["streets"] else -1
        if (
            (word in names["houses"] or word in names["house_names"])
            and capital
            and draft.is_capital(i)
            and i < street - 1
        ):
            return _named_house(draft, i)
        if not draft.is_capital(i) and capital and word not in ("the", "of", "'s", "and", "in", "on", "upon"):
            return -1
    return -1


def _with_number(draft: Draft, i: int, street: int) -> int:
    names = _names()
    word = draft.words[i]
    if i == street - 1 or not _HOUSE_NUMBER.match(word) or _NOT_HOUSE_NUMBER.match(word):
        return -1
    between = draft.words[i + 1 : street]
    if any(w in names["not_in_a_street"] for w in between) or draft.words[street] in names["not_in_a_street"]:
        return -1
    before = draft.words[i - 1] if i else ""
    mark = draft.low[draft.starts[i] - 1] if draft.starts[i] else " "
    if before in names["numbered_things"] or mark in "/£$€.:-":
        return -1
    if not draft.is_capital(street) and before not in names["before_a_home"] and draft.plain != draft.low:
        return -1  # Whoever writes without any capitals writes "14 mill lane".
    if i >= 2 and draft.words[i - 2] in ("flat", "unit", "apartment") and draft.words[i - 1][0].isdigit():
        return i - 2
    return i - 1 if before in ("number", "no") else i


def _named_house(draft: Draft, i: int) -> int:
    """The first of the capitalised words that make the name of a house ending at `i`."""
    then = draft.words[i + 1] if i + 1 < len(draft.words) else ""
    leads_on = draft.low[draft.ends[i]] == "," or (draft.words[i] in ("cottage", "bungalow") and then in ("in", "on"))
    if not leads_on or (i and draft.words[i - 1] in ("public", "council", "village")):
        return -1
    first = i
    while first and i - first < 3 and draft.is_capital(first - 1) and draft.ends[first - 1] + 1 == draft.starts[first]:
        first -= 1
    return first if first < i or draft.words[i] in _names()["house_names"] else -1
