"""Colleagues: people on the register, named in full, by title and surname, or by an office that they hold.

Rules: a surname alone is never enough; a name before a street word is a place; whoever asks may name themselves. A
full name may be slightly misspelt, unless what was written is another first name in its own right or a short surname
that sounds otherwise.
Offices (the Clerk, our Chair) are in offices.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.checker.found import Found
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.roster import Entry, Roster, distance
from chalicelib.checker.text import Draft

_VOWELS = frozenset("aeiouy")
_CONFUSED = ({"c", "k"}, {"s", "z"}, {"c", "s"}, {"g", "j"}, {"f", "v"})


class _Name(NamedTuple):
    """Words `first` to `last` (exclusive) may name any of `people`."""

    first: int
    last: int
    people: list[Entry]


def find(draft: Draft, roster: Roster, asker_id: str) -> Iterator[Found]:
    """Every name of somebody on the register other than the person asking."""
    names = word_list("names.toml")
    titles, ordinary = names["titles"], names["ordinary_first_names"]
    total, plain, starts, initials, done = len(draft.words), draft.plain, draft.starts, roster.initials, 0
    tried: dict[tuple[str, str], list[Entry]] = {}
    known = draft.vocabulary & roster.beginnings
    for i in [
        i for i, word in enumerate(draft.words) if word in known or (word[0] in initials and plain[starts[i]].isupper())
    ]:
        if i < done:
            continue
        word = draft.words[i]
        name = None
        if word in titles:
            name = _titled(draft, roster, i, titles)
        elif word in roster.joined:
            name = _Name(i, i + 1, [roster.joined[word]])
        elif word in roster.by_first:
            name = _full(draft, roster, i, ordinary)
        if name is None and word[0] in initials and i + 1 < total and plain[starts[i]].isupper():
            name = _misspelt(draft, roster, i, tried)
        if name is None:
            continue
        if not _is_place(draft, name) and all(person.id != asker_id for person in name.people):
            yield Found(starts[name.first], draft.ends[name.last - 1], "colleague", "colleague")
        done = name.last


def _surname(draft: Draft, people: list[Entry], i: int) -> tuple[int, list[Entry]]:
    """The word after the surname that stands at `i`, and who bears it."""
    best = -1
    bearers: list[Entry] = []
    for person in people:
        last = i + len(person.surname)
        if tuple(draft.words[i:last]) == person.surname and draft.sentences[i] == draft.sentences[last - 1]:
            if last > best:
                best, bearers = last, []
            bearers.append(person)
    return best, bearers


def _titled(draft: Draft, roster: Roster, i: int, titles: frozenset[str]) -> _Name | None:
    """Cllr Marsh, Councillor Mrs Marsh, Cllr. G Pike, Cllrs Marsh and Pike."""
    words, first = draft.words, i
    # "miss" is also a verb and "dr" a drive: in small letters they are no titles.
    if words[i] in ("miss", "chair", "clerk", "chairman") and not draft.is_capital(i):
        return None
    plural = words[i] in ("cllrs", "councillors", "crs")
    j = i + 1
    while j < len(words) and j < i + 3 and words[j] in titles:
        j += 1
    initial = ""
    while j < len(words) and j < i + 5 and len(words[j]) == 1 and words[j].isalpha():
        initial = initial or words[j]
        j += 1
    if j >= len(words) or draft.sentences[j] != draft.sentences[first]:
        return None
    last, people = _surname(draft, roster.by_surname.get(words[j], []), j)
    if initial:
        people = [person for person in people if not person.first or person.first[0] == initial]
    if last < 0 and words[j] in roster.by_first and j + 1 < len(words):
        last, people = _surname(draft, roster.by_first[words[j]], j + 1)
    if last < 0 and not initial:
        last, people = _titled_roughly(draft, roster, j)
    if last < 0 or not people:
        return None
    if plural:
        return (
            _Name(first, last, people)
            if last < len(words) and _more(draft, roster, last) < 0
            else _Name(first, _more(draft, roster, last) if last < len(words) else last, people)
        )
    return _Name(first, last, people)


def _more(draft: Draft, roster: Roster, i: int) -> int:
    """The end of ", Pike and Nair" after "Cllrs Marsh", or -1 when the list does not go on."""
    end = -1
    while i < len(draft.words):
        j = i + 1 if draft.words[i] == "and" else i
        if j >= len(draft.words):
            break
        last, people = _surname(draft, roster.by_surname.get(draft.words[j], []), j)
        if not people or not draft.is_capital(j) or "." in draft.low[draft.ends[i - 1] : draft.starts[j]]:
            break
        i = end = last
    return end


def _titled_roughly(draft: Draft, roster: Roster, j: int) -> tuple[int, list[Entry]]:
    """A title and a long surname with one slip in it."""
    word = draft.words[j]
    if len(word) < 6 or not draft.is_capital(j):
        return -1, []
    people = [
        person
        for person in roster.people
        if len(person.surname) == 1 and person.surname[0][0] == word[0] and distance(word, person.surname[0], 1) == 1
    ]
    return (j + 1, people) if people else (-1, [])


def _full(draft: Draft, roster: Roster, i: int, ordinary: frozenset[str]) -> _Name | None:
    """Margaret Holloway, with at most two initials or one quoted name in between."""
    people = roster.by_first[draft.words[i]]
    for j in range(i + 1, min(i + 4, len(draft.words))):
        last, bearers = _surname(draft, people, j)
        if bearers:
            if draft.is_capital(j) or draft.words[i] not in ordinary:
                return _Name(i, last, bearers)
            return None
        if len(draft.words[j]) > 1 or draft.sentences[j] != draft.sentences[i]:
            return None
    return None


def _misspelt(draft: Draft, roster: Roster, i: int, tried: dict[tuple[str, str], list[Entry]]) -> _Name | None:
    """A full name with one or two slips of the pen."""
    if not draft.is_capital(i + 1) or draft.sentences[i] != draft.sentences[i + 1]:
        return None
    first, surname = draft.words[i], draft.words[i + 1]
    if len(first) < 3 or len(surname) < 3:
        return None
    key = (first, surname)
    if key not in tried:
        known = first in word_list("names.toml")["first_names"]
        tried[key] = [p for p in roster.people if _is_slip(first, surname, p, first_is_a_name=known)]
    people = tried[key]
    if not people:
        return None
    extra = len(people[0].surname)
    return _Name(i, min(i + 1 + extra, len(draft.words)) if extra == 1 else i + 2, people)


def _is_slip(first: str, surname: str, person: Entry, *, first_is_a_name: bool) -> bool:
    if not person.first or len(person.surname) != 1:
        return False
    if first == person.first:
        in_first = 0
    elif person.first.startswith(first) and surname == person.surname[0]:
        return True  # Raj for Rajesh.
    elif first[0] != person.first[0] or first_is_a_name or max(len(first), len(person.first)) < 4:
        return False
    else:
        in_first = distance(first, person.first, 2 if len(person.first) >= 7 else 1)
        if in_first > (2 if len(person.first) >= 7 else 1):
            return False
    real = person.surname[0]
    allowed = 0 if len(real) < 4 else 1 if len(real) < 7 else 2
    in_surname = distance(surname, real, allowed)
    if len(real) < 5 and in_surname == 1 and len(surname) == len(real) and not _sounds_alike(surname, real):
        return False
    return in_surname <= allowed and 0 < in_first + in_surname <= 2


def _sounds_alike(a: str, b: str) -> bool:
    """Whether two short names of one length differ only as slips do: Pyke is Pike, but Pine is somebody else."""
    different = [{x, y} for x, y in zip(a, b, strict=True) if x != y]
    return sorted(a) == sorted(b) or all(pair <= _VOWELS or pair in _CONFUSED for pair in different)


def _is_place(draft: Draft, name: _Name) -> bool:
    """Whether the name goes on as a street or a place: Margaret Holloway Close."""
    i = name.last
    if i >= len(draft.words) or draft.starts[i] - draft.ends[i - 1] != 1:
        return False
    places = word_list("places.toml")
    if not draft.is_capital(i):
        return draft.words[i] in places["called_after"]
    return draft.words[i] in places["streets"] or draft.words[i] in places["public"]
