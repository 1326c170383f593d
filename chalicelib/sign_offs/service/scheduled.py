"""What has a date: reminders, the Clerk's list, and what to do about a mail that came back."""

import contextlib
from collections.abc import Sequence
from datetime import datetime

from chalicelib import dates
from chalicelib.outbox import Letter, written
from chalicelib.record import Record, stamp
from chalicelib.register.rules import OFFICERS, Person, keepers
from chalicelib.settings import Settings
from chalicelib.sign_offs import letters, rules
from chalicelib.sign_offs.rules import LIST, TICK
from chalicelib.sign_offs.service import campaign, records
from chalicelib.sign_offs.service.records import QUEUE, Council
from chalicelib.sign_offs.workflow import ASKED, KIND
from chalicelib.store import Conflict, Item, Store, Write
from chalicelib.tick import Turns

LIST_KIND = "sign-off-list"
"""Where the mails to the Clerk stand, which are about many people and in nobody's own record."""

_TOGETHER = 45
"""People whom one transaction takes off the list that is due: it holds 100 items, two for each, and the mails."""

_TRIES = 3


def due(store: Store, _settings: Settings, at: datetime) -> int:
    """Remind who has not signed, and tell the Clerk of those who were reminded for the last time; how much that was. 1
    Query when nothing is due. A person whose turn fails keeps no other from theirs."""
    waiting = store.waiting(QUEUE, stamp(at))
    if not waiting:
        return 0
    council, done, listed, turns = records.council(store), 0, list[Record](), Turns()
    for item in waiting:
        with turns.of(item["pk"]):
            count, record = _due(store, council, item["brief"]["person"], at)
            done += count
            if record and rules.list_due(record.data, at):
                listed.append(record)
    done += _tell(store, council, listed, at)
    turns.over()
    return done


def _due(store: Store, council: Council, id: str, at: datetime) -> tuple[int, Record | None]:
    """Do what is due of one person: how much that was, and their record if something is still asked of them."""
    record, person = store.get(KIND, id), council.register.person(id)
    if record is None or person is None or record.state != ASKED:
        return 0, None
    if campaign.settle(store, council, person, record, at):
        return 1, None  # They left, or had another version's mail or another link just now: no reminder besides.
    action, line = rules.due_reminder(record.data, at), council.shelf.line(record.data["version"])
    if not action or line is None:
        return 0, record
    letter = letters.reminding(record, person, line, action)
    commit = records.made(record, action, TICK, at, {"version": line.number, "epoch": person.epoch}, (letter,))
    try:
        store.commit(commit)
    except Conflict:
        return 0, None  # Signed, or reminded by another tick, a moment ago.
    return 1, commit.record


def _tell(store: Store, council: Council, listed: Sequence[Record], at: datetime) -> int:
    """Tell the Clerk, in one mail with everybody who has not signed, and note of each of these that it was told.

    The mail goes with the last of them, so that a run that is killed before leaves it to the next; and it is one for
    each day, whichever run writes it.
    """
    told = 0
    for start in range(0, len(listed), _TOGETHER):
        some = listed[start : start + _TOGETHER]
        last = start + _TOGETHER >= len(listed)
        told += _noted(store, some, _list_mail(store, council, some[0].data["version"], at) if last else (), at)
    return told


def _noted(store: Store, some: Sequence[Record], mail: tuple[Write, ...], at: datetime) -> int:
    for _ in range(_TRIES):
        noted = [records.made(record, LIST, TICK, at, {"version": record.data["version"]}) for record in some]
        try:
            if noted:
                store.commit(noted[0]._replace(writes=mail), *noted[1:])
            elif mail:
                store.write(*mail)
        except Conflict as conflict:
            if {(write.item["pk"], write.item["sk"]) for write in mail} & {*conflict.keys}:
                mail = ()  # Another run of this day has written it.
            # Somebody signed this moment: of them there is nothing more to tell.
            now = store.records(*((KIND, record.id) for record in some))
            some = [record for record in now if record and record.state == ASKED and rules.list_due(record.data, at)]
            continue
        return len(noted)
    return 0


def _list_mail(store: Store, council: Council, version: int, at: datetime) -> tuple[Write, ...]:
    line = council.shelf.line(version)
    to = keepers(council.register, dates.today(at))
    if line is None:
        return ()
    unsigned = still_to_sign(store, council, at)
    made = tuple(letters.listing(unsigned, keeper, line) for keeper in to)
    return written(LIST_KIND, str(version), 0, made, at, again=f"{dates.today(at):%Y%m%d}.")


def still_to_sign(store: Store, council: Council, at: datetime) -> list[tuple[Person, str]]:
    """Those on the register of whom something is asked, by name, each with when it was. 1 Query."""
    asked = {item["brief"]["person"]: item["brief"]["asked_at"] for item in store.waiting(QUEUE)}
    return [(person, asked[person.id]) for person in council.register.on(dates.today(at)) if person.id in asked]


def list_came_back(store: Store, _settings: Settings, mail: Item, at: datetime) -> None:
    """The list did not reach who keeps the register: it goes to the officer after them in order, in the same words,
    until there is none. Told twice, it goes once."""
    register = records.council(store).register
    turn = [*dict.fromkeys(person for role in OFFICERS for person in register.holding(role, dates.today(at)))]
    ids = [person.id for person in turn]
    whom = mail["to"]["id"]
    after = turn[ids.index(whom) + 1 :] if whom in ids else turn
    to = next((person for person in after if person.id != whom), None)
    if to is None:
        return
    letter = Letter(mail["template"], to, {"whom": mail["to"]["name"], **mail["context"]})
    again = mail["sk"].partition(".")[2]
    with contextlib.suppress(Conflict):
        store.write(*written(LIST_KIND, mail["id"], 0, (letter,), at, again=f"{again}.back."))


def mail_came_back(store: Store, _settings: Settings, mail: Item, at: datetime) -> None:
    """Somebody cannot be reached: the register of sign-offs and the desk say so."""
    for _ in range(_TRIES):
        record = store.get(KIND, mail["id"])
        if record is None or record.state != ASKED or record.data["undeliverable"]:
            return
        if record.data["version"] != mail["link"]["version"]:
            return
        try:
            store.commit(records.made(record, "undeliverable", TICK, at, {"version": record.data["version"]}))
            return
        except Conflict:
            continue
