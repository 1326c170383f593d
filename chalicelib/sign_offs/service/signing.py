"""Signing: by whoever holds the link, whoever is signed in, or on paper; and other mails on request."""

from datetime import date, datetime

from chalicelib.outbox import written
from chalicelib.policy.rules import Line, Version
from chalicelib.record import Actor, Data, Record
from chalicelib.register.rules import KEEPER, SELF, Person, keeper_role
from chalicelib.sign_offs import letters, looks, roll, rules
from chalicelib.sign_offs.service import records
from chalicelib.sign_offs.workflow import ASKED, EXCUSED, KIND, ON_PAPER, Unfit
from chalicelib.store import Conflict, Store, Write, attempted


def find(store: Store, person: str) -> Record:
    """A person's record; the one that they do not have yet, as a new one. 1 read."""
    return store.get(KIND, person) or Record(KIND, person)


def _committed(
    store: Store, before: Record, action: str, by: Actor, at: datetime, given: Data, also: tuple[Write, ...] = ()
) -> Record:
    """Write a move after which something else is signed, with the person's line of the roll. Raises Conflict."""
    made = records.made(before, action, by, at, given, writes=also)
    line = roll.write(made.record.id, rules.numbers(made.record.data))
    store.commit(made._replace(writes=(*made.writes, line)))
    return made.record


def sign(store: Store, who: Person, version: Version, how: str, at: datetime, before: Record) -> Record:
    """Record that somebody has read and understood this version, in 1 transaction on their record as it was read.
    Pressed twice it is once. Raises Conflict."""
    by = Actor(who.id, who.styled, who.role, frozenset({SELF}))
    given = {"version": version.number, "sha256": version.sha256, "how": how, "name": who.styled}

    def attempt(record: Record) -> Record:
        if str(version.number) in record.data.get("signed", {}):
            return record
        return _committed(store, record, "sign", by, at, given)

    return attempted(before, attempt, lambda: find(store, who.id), records.TRIES)


def on_paper(
    store: Store, by: Person, who: Person, versions: tuple[Line, ...], number: int, on: date, kept_at: str, at: datetime
) -> Record:
    """Record a signature on paper: of which version, the day on it, and where the paper is. 1 read, 1 transaction. The
    same once more is done already. Raises Unfit, Conflict."""
    line = next((line for line in versions if line.number == number), None)
    if line is None or line.adopted is None:
        raise Unfit("version", "Choose a version that the Council has adopted")
    keeper = Actor(by.id, by.styled, keeper_role(by), frozenset({KEEPER}))
    paper = {"on": on.isoformat(), "kept": kept_at, "sha256": line.adopted.sha256}
    given = {**paper, "version": number, "name": who.styled, "adopted": line.adopted.meeting.isoformat()}
    settling = {one.number for one in rules.settling(versions)}

    def attempt(record: Record) -> Record:
        known = on_paper_of(record, number)
        if known and all(known[name] == value for name, value in paper.items()):
            return record
        settles = settling & {*rules.numbers(record.data), number}
        action = "paper" if settles or record.state not in (ASKED, EXCUSED) else "earlier-paper"
        return _committed(store, record, action, keeper, at, given)

    return attempted(find(store, who.id), attempt, lambda: find(store, who.id), records.TRIES)


def strike_paper(store: Store, by: Person, who: Person, number: int, why: str, at: datetime) -> Record:
    """Strike out a signature on paper that was recorded by mistake; if they must sign now, they are asked. 1 read,
    1 transaction. Where there is none, or none any more, nothing is done. Raises Conflict."""
    keeper = Actor(by.id, by.styled, keeper_role(by), frozenset({KEEPER}))
    given = {"version": number, "why": why, "name": who.styled}

    def attempt(record: Record) -> Record:
        if not on_paper_of(record, number):
            return record
        look = looks.again(record.id, record.version + 1, at)
        return _committed(store, record, "strike-paper", keeper, at, given, (look,))

    return attempted(find(store, who.id), attempt, lambda: find(store, who.id), records.TRIES)


def on_paper_of(record: Record, number: int) -> Data | None:
    """The signature on paper of a version, or None."""
    signature: Data = record.data.get("signed", {}).get(str(number), {})
    return signature if signature.get("how") == ON_PAPER else None


def ask_again(store: Store, by: Person, who: Person, versions: tuple[Line, ...], at: datetime) -> Record:
    """Send somebody who has not signed another mail now, once a day at the most. 1 read, 1 transaction. Raises NotNow,
    Unfit, Conflict."""
    record = find(store, who.id)
    line = _asked_for(record, versions)
    keeper = Actor(by.id, by.styled, keeper_role(by), frozenset({KEEPER}))
    letter = (letters.reminding(record, who, line, "ask-again"),) if line else ()
    commit = records.made(record, "ask-again", keeper, at, {"epoch": who.epoch}, letter)
    store.commit(commit)
    return commit.record


def send_new_link(store: Store, record: Record, who: Person, versions: tuple[Line, ...], at: datetime) -> None:
    """Send somebody whose link is too old another one, to the registered address; once a minute. Nothing when nothing
    is asked of them. 1 request."""
    line = _asked_for(record, versions)
    if record.state != ASKED or line is None:
        return
    letter = letters.reminding(record, who, line, "new-link")
    try:
        store.write(*written(KIND, record.id, record.version, (letter,), at, again=f"{at:%Y%m%d%H%M}."))
    except Conflict:
        return  # It was asked for a moment ago, and is on its way.


def _asked_for(record: Record, versions: tuple[Line, ...]) -> Line | None:
    return next((line for line in versions if line.number == record.data.get("version")), None)
