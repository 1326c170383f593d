"""Clause ids: where a new one comes from, and how a clause keeps its own when a text is pasted again; pure.

An id is a few words of the clause, as an address can hold them. It is given once: a clause whose words change keeps it,
and an id whose clause is gone is given to no other.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from chalicelib.policy.rules import Clause

LONGEST = 48
ALIKE = 0.6
"""From how much likeness on (0 to 1, by words) a clause is taken for the one before, reworded."""

RESERVED = frozenset({"main", "clauses", "versions", "notice-title"})
"""What else on the page of a policy has an id."""

_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    "a an and any are as at be by for in is it its of on or that the this to with you your".split(" ")  # noqa: SIM905  (a list of twenty strings is harder to read)
)


def slug(one: Clause) -> str:
    """The first telling words of a clause, such as `upload-post-forward-link-abusive`; `clause` when it has none."""
    said = unicodedata.normalize("NFKD", re.sub("[’']", "", one.heading or one.text)[:400].casefold())
    words = re.findall(r"[a-z0-9]+", said.encode("ascii", "ignore").decode())
    telling = [word for word in words if word not in _SMALL] or words
    made = "-".join(telling[:5])[:LONGEST].strip("-")
    return made or "clause"


def new_id(one: Clause, taken: Iterable[str]) -> str:
    """An id for a clause that no other has or had."""
    used, wanted = {*taken, *RESERVED}, slug(one)
    tries = (f"{wanted}-{number}" for number in range(2, len(used) + 3))
    return wanted if wanted not in used else next(name for name in tries if name not in used)


def named(said: Sequence[Clause], before: Sequence[Clause], taken: Iterable[str]) -> tuple[Clause, ...]:
    """The clauses with ids. One that was there `before`, word for word or nearly, keeps its id and what the Clerk has
    said of it: its kind, whether it is grave, its topics."""
    same = _matched(said, before)
    used = {*taken, *(one.id for one in before)}
    made = []
    for place, one in enumerate(said):
        if old := same.get(place):
            made.append(one._replace(id=old.id, kind=old.kind, grave=old.grave, topics=old.topics))
            continue
        id = new_id(one, used)
        used.add(id)
        made.append(one._replace(id=id))
    return tuple(made)


def _matched(said: Sequence[Clause], before: Sequence[Clause]) -> dict[int, Clause]:
    """Place among the new clauses → the old one that it is."""
    found: dict[int, Clause] = {}
    left = dict(enumerate(before))
    words = [_words(one) for one in said]
    for place, one in enumerate(said):
        twin = next((at for at, old in left.items() if (old.heading, old.text) == (one.heading, one.text)), None)
        if twin is not None:
            found[place] = left.pop(twin)
    old_words = {at: _words(old) for at, old in left.items()}
    pairs = [
        (-likeness, abs(place - at), place, at)
        for place in range(len(said))
        if place not in found
        for at in left
        if (likeness := _likeness(words[place], old_words[at])) >= ALIKE
    ]
    for _, _, place, at in sorted(pairs):
        if place not in found and at in left:
            found[place] = left.pop(at)
    return found


def _words(one: Clause) -> Counter[str]:
    return Counter(_WORD.findall(f"{one.heading} {one.text}".casefold()))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Twice the words that both have, of the words of both."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())
