"""The policy version's table of moves; pure.

The head's data:

title       what the policy is called
clauses     the clauses in order, each as `Clause.data()`
based_on    the number of the version it was begun from; 0: from none
source      SHA-256 of what it was begun with, by which the same form sent twice is known
adopted_on  the day on which the pasted text says it was adopted, or "": proposed when the adoption is recorded
taken       ids that no new clause may be given, because a clause of some version has or had them
adopted     None, or meeting, minute, material, sha256

A draft is corrected clause by clause, so that its log says what the Clerk changed and not only that they did. What was
adopted never changes: only the topics of its clauses may be corrected, since they say what the product does with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from chalicelib import dates
from chalicelib.policy.naming import new_id
from chalicelib.policy.rules import (
    ADOPTED,
    BULLET,
    DRAFT,
    LONGEST,
    LONGEST_VERSION,
    MOST_CLAUSES,
    WITHDRAWN,
    Clause,
    clause,
    clauses,
    size,
    version,
)
from chalicelib.record import NEW, Change, Data, Entry, Move, Table, instant
from chalicelib.register.rules import KEEPER

KIND = "policy"
"""The kind of record. Its id is the version's number as text."""


@dataclass
class Unfit(Exception):
    """The change cannot stand: `field` says where (or "" for the whole), `message` why, in plain words."""

    field: str
    message: str


Clauses: TypeAlias = tuple[Clause, ...]
Edit: TypeAlias = Callable[[Clauses, Data, Sequence[str]], Clauses]
"""(the clauses, what was given, the ids that are taken) → the clauses after."""


def _checked(data: Data, said: Sequence[Clause]) -> Data:
    """The data with these clauses, which all limits hold for."""
    if len(said) > MOST_CLAUSES:
        raise Unfit("text", f"A policy may have {MOST_CLAUSES} clauses at the most. This would make {len(said)}")
    whole = size(data["title"], said)
    if whole > LONGEST_VERSION:
        raise Unfit("text", f"A policy may have {LONGEST_VERSION:,} characters at the most. This would make {whole:,}")
    taken = sorted({*data["taken"], *(one.id for one in said)})
    return {**data, "clauses": [one.data() for one in said], "taken": taken}


def _begun(_data: Data, given: Data, _entry: Entry) -> Data:
    names = ("title", "based_on", "source", "adopted_on", "taken")
    return _checked({**{name: given[name] for name in names}, "adopted": None}, clauses(given["clauses"]))


def _imported(data: Data, given: Data, _entry: Entry) -> Data:
    whole = {**data, "title": given["title"], "adopted_on": given["adopted_on"] or data["adopted_on"]}
    return _checked(whole, clauses(given["clauses"]))


def _retitled(data: Data, given: Data, _entry: Entry) -> Data:
    return _checked({**data, "title": given["title"]}, clauses(data["clauses"]))


def _edited(edit: Edit) -> Change:
    def change(data: Data, given: Data, _entry: Entry) -> Data:
        return _checked(data, edit(clauses(data["clauses"]), given, data["taken"]))

    return change


def _place(said: Clauses, id: str) -> int:
    found = next((place for place, one in enumerate(said) if one.id == id), None)
    if found is None:
        raise Unfit("", "This clause is no longer in the draft")
    return found


def _named(said: Sequence[Clause], taken: Sequence[str]) -> Clauses:
    """The clauses, with an id for each that has none."""
    used, made = set(taken), []
    for one in said:
        id = one.id or new_id(one, used)
        used.add(id)
        made.append(one._replace(id=id))
    return tuple(made)


def _changed(said: Clauses, given: Data, taken: Sequence[str]) -> Clauses:
    """One clause becomes others: the first keeps its id, the rest were cut from it."""
    at = _place(said, given["clause"])
    becomes = [clause({**one, "id": ""}) for one in given["becomes"]]
    first = becomes[0]._replace(id=given["clause"])
    return _named((*said[:at], first, *becomes[1:], *said[at + 1 :]), taken)


def _added(said: Clauses, given: Data, taken: Sequence[str]) -> Clauses:
    """New clauses after the one that is named, or at the beginning."""
    at = _place(said, given["after"]) + 1 if given["after"] else 0
    new = [clause({**one, "id": ""}) for one in given["becomes"]]
    return _named((*said[:at], *new, *said[at:]), taken)


def _removed(said: Clauses, given: Data, _taken: Sequence[str]) -> Clauses:
    at = _place(said, given["clause"])
    return (*said[:at], *said[at + 1 :])


def _moved(said: Clauses, given: Data, _taken: Sequence[str]) -> Clauses:
    at = _place(said, given["clause"])
    to = at - 1 if given["way"] == "up" else at + 1
    if not 0 <= to < len(said):
        raise Unfit("", "This clause stands at the end already, and cannot be moved further")
    first, second = sorted((at, to))
    return (*said[:first], said[second], said[first], *said[second + 1 :])


def _joined(said: Clauses, given: Data, _taken: Sequence[str]) -> Clauses:
    """A clause goes to the end of the one before it, with every word it has."""
    at = _place(said, given["clause"])
    if at == 0:
        raise Unfit("", "There is no clause above this one to join it to")
    above, one = said[at - 1], said[at]
    # A bullet only says that there is a list; a number may be referred to.
    words = one.words if one.mark != BULLET or above.mark != BULLET else one._replace(mark="").words
    text = f"{above.text}\n\n{words}".strip()
    if len(text) > LONGEST["text"]:
        raise Unfit("", f"The two together are longer than the {LONGEST['text']:,} characters that a clause may have")
    kind = one.kind if above.kind == "text" else above.kind
    topics = (*above.topics, *(topic for topic in one.topics if topic not in above.topics))
    both = above._replace(text=text, kind=kind, grave=above.grave or one.grave, topics=topics)
    return (*said[: at - 1], both, *said[at + 1 :])


def _adopted(data: Data, given: Data, entry: Entry) -> Data:
    meeting = date.fromisoformat(given["meeting"])
    if meeting > dates.today(instant(entry.at)):
        raise Unfit("meeting", "The meeting is still to come. Record the adoption when the Council has met")
    if not any(one["text"] for one in data["clauses"]):
        raise Unfit("", "There is nothing to adopt: no clause of this draft says anything yet")
    names = ("meeting", "minute", "material")
    adopted = {**{name: given[name] for name in names}, "sha256": version(0, data).sha256}
    return {**data, "adopted": adopted}


def _retopiced(data: Data, given: Data, _entry: Entry) -> Data:
    said = clauses(data["clauses"])
    at = _place(said, given["clause"])
    changed = said[at]._replace(topics=tuple(given["topics"]))
    return {**data, "clauses": [one.data() for one in (*said[:at], changed, *said[at + 1 :])]}


TABLE: Table = {
    (NEW, "begin"): Move(by=KEEPER, to=DRAFT, change=_begun),
    (DRAFT, "import"): Move(by=KEEPER, to=DRAFT, change=_imported),
    (DRAFT, "retitle"): Move(by=KEEPER, to=DRAFT, change=_retitled),
    (DRAFT, "change-clause"): Move(by=KEEPER, to=DRAFT, change=_edited(_changed)),
    (DRAFT, "add-clause"): Move(by=KEEPER, to=DRAFT, change=_edited(_added)),
    (DRAFT, "remove-clause"): Move(by=KEEPER, to=DRAFT, change=_edited(_removed)),
    (DRAFT, "move-clause"): Move(by=KEEPER, to=DRAFT, change=_edited(_moved)),
    (DRAFT, "join-clause"): Move(by=KEEPER, to=DRAFT, change=_edited(_joined)),
    (DRAFT, "adopt"): Move(by=KEEPER, to=ADOPTED, change=_adopted),
    (DRAFT, "withdraw"): Move(by=KEEPER, to=WITHDRAWN),
    (ADOPTED, "retopic"): Move(by=KEEPER, to=ADOPTED, change=_retopiced),
}
