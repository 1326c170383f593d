"""The register as the checker reads it: who can be named, by which first names, surnames and offices.

Rules: names are folded and cut exactly as a draft is, so that Siobhán O’Leary and siobhan o'leary are one; built once
for a register and kept, since the same register checks many posts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from chalicelib.checker.lexicon import word_list
from chalicelib.checker.model import PersonLike
from chalicelib.checker.text import Draft


class Entry(NamedTuple):
    """One person: first name (may be empty), surname as one or more words, office."""

    id: str
    first: str
    surname: tuple[str, ...]
    roles: frozenset[str]


class Roster:
    """Everyone on the register, by what they are called."""

    def __init__(self, people: tuple[Entry, ...]) -> None:
        # People leave out the apostrophe of O'Leary; a hyphen makes two words, as in a draft.
        people += tuple(
            person._replace(surname=tuple(word.replace("'", "") for word in person.surname))
            for person in people
            if any("'" in word for word in person.surname)
        )
        self.people = people
        self.by_surname: dict[str, list[Entry]] = {}
        self.by_first: dict[str, list[Entry]] = {}
        self.joined: dict[str, Entry] = {}
        for person in people:
            self.by_surname.setdefault(person.surname[0], []).append(person)
            if person.first:
                for first in same_first_names(person.first):
                    self.by_first.setdefault(first, []).append(person)
                self.joined[person.first + "".join(person.surname)] = person
            for title in ("cllr", "councillor"):  # as accounts are called: @CllrPike
                self.joined.setdefault(title + "".join(person.surname), person)
        # Words that a name may begin with.
        self.beginnings = word_list("names.toml")["titles"].union(self.joined, self.by_first)
        self.initials = frozenset(person.first[0] for person in people if person.first)

    def holders(self, role: str) -> list[Entry]:
        """Whoever holds an office."""
        return [person for person in self.people if role in person.roles]


def same_first_names(first: str) -> set[str]:
    """A first name, its other spellings and its short forms, from names.toml."""
    same = {first}
    for names in word_list("names.toml").values():
        if first in names and len(names) < 20:
            same |= names
    return same


def roster(register: Iterable[PersonLike]) -> Roster:
    """The roster of a register, built at most once for each."""
    return _roster(tuple((str(p.id), str(p.name), tuple(sorted(map(str, p.roles)))) for p in register))


@lru_cache(maxsize=8)
def _roster(people: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Roster:
    return Roster(tuple(entry for entry in (_entry(*person) for person in people) if entry))


def _entry(person_id: str, name: str, roles: tuple[str, ...]) -> Entry | None:
    titles = word_list("names.toml")["titles"]
    parts = [tuple(Draft(part).words) for part in name.split()]
    parts = [part for part in parts if part]
    while len(parts) > 1 and parts[0][0] in titles:
        parts.pop(0)
    if not parts:
        return None
    first = parts[0][0] if len(parts) > 1 else ""
    return Entry(person_id, first, parts[-1], frozenset(role.lower().replace("_", "-") for role in roles))


def distance(a: str, b: str, limit: int) -> int:
    """Edits between two words (insert, delete, replace, swap neighbours), or `limit` + 1 if there are more.

    The optimal string alignment distance. Names are short, so the plain table is the fastest.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
