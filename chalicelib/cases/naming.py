"""Whom words mean: people on the register in what a reporter typed; pure.

Rules: better one too many than one too few, because whoever is found is kept from the case, and nobody is accused by
it. In a running text somebody is named as in a check request: in full, or by title and surname. In the box that asks
for a name any one part of theirs is enough, a letter more, less or other included, and so is the name of an office.
"""

import re
import unicodedata

from chalicelib.checks.rules import names
from chalicelib.register.rules import Person

_WORD = re.compile(r"[^\W\d_]+")
_LONG = 5
"""From how many letters on one slip of the pen is let pass."""

_TITLES = frozenset("cllr councillor mr mrs ms mx miss dr rev revd reverend sir dame lord lady the and or of".split())  # noqa: SIM905  (a list of strings is harder to read)

_CHAIR = r"(chair(man|woman|person)?|mayor(ess)?)"
_OFFICES = (
    ("vice-chair", rf"(vice|deputy|assistant)\W*{_CHAIR}"),
    ("deputy-clerk", r"(deputy|assistant)\W*(town\W*|parish\W*)?clerk"),
    ("clerk", r"clerk|proper\W*officer|r\.?f\.?o\.?|responsible financial officer"),
    ("chair", _CHAIR),
)
"""Role → how it is written. Each is taken out of the text before the next is looked for."""


def mentioned(text: str, who: Person) -> bool:
    """Whether a running text names the person."""
    return names({"text": text}, who)


def called(typed: str, who: Person) -> bool:
    """Whether what was typed where a name was asked for may mean the person."""
    if mentioned(typed, who):
        return True
    said = [word for word in _words(typed) if word not in _TITLES and len(word) > 1]
    parts = [part for part in _words(who.name) if len(part) > 1]
    return any(_close(word, part) for word in said for part in parts)


def offices(text: str) -> frozenset[str]:
    """The roles that a text names as offices: `the Clerk`, `our Vice-Chairman`."""
    found, left = set(), _plain(text)
    for role, written in _OFFICES:
        left, times = re.subn(rf"(?<![^\W_])({written})(?![^\W_])", " ", left)
        if times:
            found.add(role)
    return frozenset(found)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Cf")).replace("\u2019", "'")


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _close(one: str, other: str) -> bool:
    """Equal, or long and no more than one letter apart."""
    if one == other:
        return True
    if min(len(one), len(other)) < _LONG or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start + 1 :], other[start + 1 :]
    rests = ((rest, others), (rest, other[start:]), (one[start:], others))
    swapped = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return swapped or any(a == b for a, b in rests)
