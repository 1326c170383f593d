"""Offices: "the Clerk" or "our Chair" as a person.

Rules: the office as the place to write to ("contact the Clerk", "available from the Clerk", "the Clerk's office") is
not the person; nor is a chair to sit on, another body's chair or clerk, a vacancy, or a signature. The person asking
may speak of their own office. Nobody on the register in that office: nothing to flag.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.checker.found import Found
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.roster import Roster
from chalicelib.checker.text import Draft
from chalicelib.checker.text import words as _words

_CLERK = frozenset(("clerk",))
_CHAIR = _words("chair chairman chairwoman chairperson")
_DEPUTY = _words("deputy vice acting locum")


def find(draft: Draft, roster: Roster, asker_id: str) -> Iterator[Found]:
    """Every mention of an office that means its holder."""
    for i, word in enumerate(draft.words):
        if word not in _CLERK and word not in _CHAIR:
            continue
        first = _begins(draft, i)
        if first < 0:
            continue
        role = _role(draft, first, i)
        holders = roster.holders(role)
        if not holders or any(person.id == asker_id for person in holders):
            continue
        if _is_person(draft, first, i):
            yield Found(draft.starts[first], draft.ends[i], "colleague", "colleague-office")


def _begins(draft: Draft, i: int) -> int:
    """The word with which "the [Parish] [Deputy] Clerk" begins, or -1."""
    words = word_list("offices.toml")
    first = i
    while first and i - first < 4 and draft.words[first - 1] in words["before_the_office"]:
        first -= 1
    if first and draft.words[first - 1] in words["whose"] and draft.sentences[first - 1] == draft.sentences[i]:
        return first - 1
    return -1


def _role(draft: Draft, first: int, i: int) -> str:
    deputy = any(word in _DEPUTY for word in draft.words[first:i])
    if draft.words[i] in _CLERK:
        return "deputy-clerk" if deputy else "clerk"
    return "vice-chair" if deputy else "chair"


def _is_person(draft: Draft, first: int, i: int) -> bool:
    words = word_list("offices.toml")
    sentence = draft.sentences[i]
    after = [
        draft.words[j] if j < len(draft.words) and draft.sentences[j] == sentence else "" for j in range(i + 1, i + 5)
    ]
    before = [draft.words[j] for j in range(max(0, first - 6), first) if draft.sentences[j] == sentence]
    # An office that stands alone is a signature or a heading.
    if (
        not (before or after[0])
        or _is_another(after, words)
        or (after[0] == "'s" and after[1] in words["belongs_to_the_office"])
    ):
        return False
    if any(word in words["vacancy"] for word in (*before, *after)) or _is_where_to_write(before, after, words):
        return False
    if draft.words[i] == "chair" and not draft.is_capital(i):
        if draft.words[first] == "the":
            return after[0] in words["does_what_people_do"]
        return after[0] not in words["happens_to_furniture"]
    return True


def _is_another(after: list[str], words: dict[str, frozenset[str]]) -> bool:
    """Of something that is not this Council: a clerk of works, the chair of the WI, the clerk at the bank."""
    if after[0] in ("at", "in", "behind") or (after[0] == "to" and after[1] in ("the", "our")):
        return not words["of_elsewhere"].isdisjoint(after[1:3])
    if after[0] not in ("of", "to", "for"):
        return False
    rest = [word for word in after[1:] if word not in ("the", "our", "this")]
    return after[0] == "of" and not (rest and rest[0] in words["this_council"])


def _is_where_to_write(before: list[str], after: list[str], words: dict[str, frozenset[str]]) -> bool:
    if after[0] in ("on", "at", "by") and (after[1][:1].isdigit() or after[1] in ("email", "e", "telephone", "phone")):
        return True
    if not before:
        return False
    if before[-1] in words["write_to"]:
        return True
    return before[-1] in words["by_way_of"] and any(word in words["papers"] for word in before)
