"""What happens to policy versions: load, move, commit.

Rules: there is one draft at a time, so that what one person corrects is what another adopts. A form sent twice makes
one change, and its second answer is its first. A change made from a page that is no longer what the draft says is
refused and told, never merged behind anybody's back; the pages of two clauses do not stand in each other's way.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.hooks import VERSION_ADOPTED
from chalicelib.policy import importing, shelf, standard
from chalicelib.policy.rules import ADOPTED, DRAFT, WITHDRAWN, Clause, Line, Shelf, clauses, version
from chalicelib.policy.workflow import KIND, TABLE
from chalicelib.record import Actor, Data, NotNow, Record, canonical, move, sha256
from chalicelib.register.rules import KEEPER, Person, keeper_role
from chalicelib.store import Commit, Conflict, Store

_TRIES = 5

Changed = Callable[[Record], Data | None]
"""The draft as it stands → what is given to the move; None: it is done already."""


class Unknown(LookupError):
    """There is no such version."""


class Moved(Exception):
    """The draft is no longer what the page showed. Nothing was changed."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record


class DraftThere(Exception):
    """There is a draft already: its number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def find(store: Store, number: int) -> Record:
    """A version. 1 read. Raises Unknown."""
    record = store.get(KIND, str(number))
    if record is None:
        raise Unknown
    return record


def _actor(by: Person) -> Actor:
    """The keeper. Their pages open to nobody else, by the register as it was read with their session."""
    return Actor(by.id, by.styled, keeper_role(by), frozenset({KEEPER}))


# Drafts -------------------------------------------------------------------------------------------------------------


def begin(store: Store, by: Person, number: int, how: str, text: str, at: datetime) -> Record:
    """Begin a draft: `how` is `paste` (from `text`), `copy` (of the version in force) or `standard` (the project's own
    wording). `number` is the one that the form was made for, so that sent twice it begins one draft. 2 requests.
    Raises DraftThere, Unfit."""
    source = sha256(canonical([number, how, text]))
    for _ in range(_TRIES):
        kept = shelf.read(store)
        if kept.line(number) and (begun := find(store, number)).data["source"] == source:
            return begun
        if kept.draft:
            raise DraftThere(kept.draft.number)
        before = Record(KIND, str(kept.next_number))
        given = {**_beginning(kept, how, text), "source": source, "taken": sorted({*kept.taken, *standard.CLAUSES})}
        after, entry = move(TABLE, before, "begin", _actor(by), at, given)
        line = Line(kept.next_number, DRAFT, after.data["title"])
        try:
            store.commit(Commit(after, entry, writes=shelf.writes(kept.with_line(line))))
        except Conflict:
            continue
        return after
    raise Conflict([shelf.KEY])


def _beginning(kept: Shelf, how: str, text: str) -> dict[str, Any]:
    base = kept.current
    if how == "paste":
        known = base.clauses if base else standard.CLAUSES_IN_FULL
        made = importing.propose(text, known, kept.taken)
        title, said, adopted_on = made.title, made.clauses, made.adopted_on
    else:
        like = base if base and how == "copy" else standard.VERSION
        title, said, adopted_on = like.title, like.clauses, None
    return {
        "title": title,
        "clauses": [one.data() for one in said],
        "based_on": base.number if base else 0,
        "adopted_on": adopted_on.isoformat() if adopted_on else "",
    }


def again(store: Store, by: Person, number: int, seen: int, text: str, at: datetime) -> Record:
    """Paste another text over the draft; what is in both keeps its ids. 2 requests. Raises Moved, Unfit, NotNow."""

    def given(record: Record) -> Data:
        made = importing.propose(text, clauses(record.data["clauses"]), record.data["taken"])
        said = [one.data() for one in made.clauses]
        adopted_on = made.adopted_on.isoformat() if made.adopted_on else ""
        return {"title": made.title, "clauses": said, "adopted_on": adopted_on, "source": sha256(text)}

    return _change(store, by, number, "import", at, _as_seen(store, by, seen, "import", given, "source"))


def edit(store: Store, by: Person, number: int, seen: int, action: str, given: Data, at: datetime) -> Record:
    """One of `retitle`, `add-clause`, `remove-clause`, `move-clause`, `join-clause`, on the draft as it was `seen` (the
    record's version). 2 requests. Raises Moved, Unfit, NotNow."""
    return _change(store, by, number, action, at, _as_seen(store, by, seen, action, lambda _record: given))


def change_clause(
    store: Store, by: Person, number: int, id: str, seen: str, becomes: list[Clause], at: datetime
) -> Record:
    """Change one clause, or cut it into several; `seen` is `Clause.seen` of the one that was shown, so that others may
    be changed meanwhile. 2 requests. Raises Moved, Unfit, NotNow."""
    wanted = [_said(one) for one in becomes]

    def given(record: Record) -> Data | None:
        said = clauses(record.data["clauses"])
        at = next((place for place, one in enumerate(said) if one.id == id), None)
        if at is None:
            raise Moved(record)
        if [_said(one) for one in said[at : at + len(becomes)]] == wanted:
            return None
        if said[at].seen != seen:
            raise Moved(record)
        return {"clause": id, "becomes": [one.data() for one in becomes]}

    return _change(store, by, number, "change-clause", at, given)


def _said(one: Clause) -> Data:
    return {**one.data(), "id": ""}


def _as_seen(
    store: Store, by: Person, seen: int, action: str, given: Callable[[Record], Data], only: str = ""
) -> Changed:
    """Refuse what was sent from an older page, unless it is the same form once more. `only`: the one thing given by
    which that shows."""

    def changed(record: Record) -> Data | None:
        if record.version == seen:
            return given(record)
        wanted = given(record)
        for entry in store.history(KIND, record.id).entries()[seen:]:
            same = entry.given.get(only) == wanted[only] if only else entry.given == wanted
            if (entry.action, entry.who) == (action, by.id) and same:
                return None
        raise Moved(record)

    return changed


def _change(store: Store, by: Person, number: int, action: str, at: datetime, changed: Changed) -> Record:
    for _ in range(_TRIES):
        record = find(store, number)
        if record.state != DRAFT:
            raise NotNow(record, action)
        given = changed(record)
        if given is None:
            return record
        after, entry = move(TABLE, record, action, _actor(by), at, given)
        try:
            store.commit(Commit(after, entry))
        except Conflict:
            continue
        return after
    raise Moved(find(store, number))


# The Council's act --------------------------------------------------------------------------------------------------


def adopt(store: Store, by: Person, number: int, seen: int, act: Mapping[str, Any], at: datetime) -> Record:
    """Record that the Council adopted the draft as it was `seen`. `act`: `meeting` (an ISO date), `minute`, `material`.
    The first adoption is material, whatever is said. 3 requests. Raises Moved, Unfit, NotNow."""
    for _ in range(_TRIES):
        record, kept = find(store, number), shelf.read(store)
        given = {**act, "material": act["material"] or not kept.adopted}
        if record.state == ADOPTED and all(act[name] == record.data["adopted"][name] for name in ("meeting", "minute")):
            return record
        if record.state == DRAFT and record.version != seen:
            raise Moved(record)
        after, entry = move(TABLE, record, "adopt", _actor(by), at, given)
        adopted = version(number, after.data)
        along = [write for part in VERSION_ADOPTED.values() for write in part(adopted, at)]
        try:
            store.commit(Commit(after, entry, writes=(*shelf.writes(kept.with_adopted(adopted)), *along)))
        except Conflict:
            continue
        return after
    raise Moved(find(store, number))


def withdraw(store: Store, by: Person, number: int, seen: int, reason: str, at: datetime) -> Record:
    """Take the draft off the table; it is kept. 3 requests. Raises Moved, NotNow."""
    for _ in range(_TRIES):
        record, kept = find(store, number), shelf.read(store)
        if record.state == WITHDRAWN:
            return record
        if record.state == DRAFT and record.version != seen:
            raise Moved(record)
        after, entry = move(TABLE, record, "withdraw", _actor(by), at, {"reason": reason})
        line = Line(number, WITHDRAWN, after.data["title"])
        try:
            store.commit(Commit(after, entry, writes=shelf.writes(kept.with_line(line))))
        except Conflict:
            continue
        return after
    raise Moved(find(store, number))


def retopic(store: Store, by: Person, number: int, id: str, seen: str, topics: list[str], at: datetime) -> Record:
    """Correct what a clause of an adopted version governs. Its words stay. 3 requests. Raises Moved, Unfit, NotNow."""
    for _ in range(_TRIES):
        record, kept = find(store, number), shelf.read(store)
        after, entry = move(TABLE, record, "retopic", _actor(by), at, {"clause": id, "topics": topics})
        one = version(number, record.data).clause(id)
        if after.data == record.data:
            return record
        if one is None or one.seen != seen:
            raise Moved(record)
        try:
            writes = shelf.writes(kept.with_topics(version(number, after.data)))
            store.commit(Commit(after, entry, writes=writes))
        except Conflict:
            continue
        return after
    raise Moved(find(store, number))
