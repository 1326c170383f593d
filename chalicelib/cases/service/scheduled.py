"""What happens to cases without anybody asking: chasing, standing in, passing on after the register has changed, ending
access, and an officer's mail that came back.

One query when no case is open. Else one query, one batch read of the register and the open cases (a change of the
register moves a case on although nothing of it was due), a query for each address that an open case names (its post may
have been recorded since), and a transaction for each thing due. Twice is once; what an earlier run missed is caught up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib import access, dates
from chalicelib.cases import rules
from chalicelib.cases.service import linking, records
from chalicelib.cases.workflow import CLOSED, KIND, TABLE
from chalicelib.record import Data, Record
from chalicelib.register.rules import Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Item, Store
from chalicelib.tick import Turns


def due(store: Store, settings: Settings, at: datetime) -> int:
    """Everything that is due as of `at`; how much that was.

    A case that fails keeps no other from its turn; what was wrong is raised in the end.
    """
    references = [item["pk"].partition("#")[2] for item in store.waiting(records.QUEUE)]
    if not references:
        return 0
    head, *found = store.records((REGISTER, REGISTER_ID), *((KIND, reference) for reference in references))
    register, done, turns = register_of(head.data if head else {}), 0, Turns()
    for record in found:
        # Not even its reference goes into a log.
        with turns.of("a case"):
            done += _due(store, settings, register, record, at) if record else 0
    turns.over()
    return done


def _due(store: Store, settings: Settings, register: Register, record: Record, at: datetime) -> int:
    done, open_ = 0, (record.state, "match-check") in TABLE
    checks = linking.checks_of(store, linking.places(record.data), record.data["checks"]) if open_ else []
    while step := next(_steps(register, record, at, checks), None):
        action, given, milestone = step
        try:
            marks = (milestone,) if milestone else ()
            record = records.commit(store, settings, register, record, action, rules.TICK, at, given, milestones=marks)
        except Conflict:
            return done  # A handler, or another run, was quicker; the next run looks again.
        done += 1
    return done


def _steps(
    register: Register, record: Record, at: datetime, checks: Sequence[Data] = ()
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What is due of a case, first things first: the action, what is given to it, its milestone. `checks` are the check
    requests of its post."""
    data, day = record.data, dates.today(at)
    for guest in rules.ended_guests(data, at):
        yield "expire", {"guest": guest}, ""
    if (record.state, "pass-on") not in TABLE:
        return
    if fresh := [one for one in checks if one not in data["checks"]]:
        yield "match-check", {"checks": fresh}, ""
    handlers = [person.id for person in rules.handlers(register, data, day)]
    if handlers != data["told"]:
        yield "pass-on", {}, ""
    if not handlers:
        return
    for action in rules.due_actions(data, at):
        if action == "chase":
            yield "chase", {}, f"chase#{data['deadlines']['chase']}"
        else:
            stand_in = rules.next_in_order(register, data, day)
            given = {"stand_ins": [stand_in.id] if stand_in else []}
            yield "stand-in", given, f"stand-in#{data['deadlines']['stand-in']}"


def may_go(store: Store, mail: Item, at: datetime) -> bool:
    """Whether a mail that is due may still go: to a handler who by the register of this moment is one, to a guest who
    is still let in. Whoever has the case instead hears of it by the daily run. 1 read."""
    head, record = store.records((REGISTER, REGISTER_ID), (KIND, mail["id"]))
    if record is None:
        return False
    register, to = register_of(head.data if head else {}), mail["to"]["id"]
    if mail["template"] == "case-waiting":
        return to in [person.id for person in rules.handlers(register, record.data, dates.today(at))]
    if mail["link"]["purpose"]:
        guest = rules.guest(record.data, to, at)
        return guest is not None and rules.may_be_let_in(register, record.data, guest)
    return True


def mail_came_back(store: Store, settings: Settings, mail: Item, at: datetime) -> None:
    """A handler cannot be reached: the next in order is asked as well, and the case's page says so."""
    if mail["template"] != "case-waiting":
        return
    for _ in range(records.TRIES):
        record, person = store.get(KIND, mail["id"]), mail["to"]["id"]
        if record is None or record.state == CLOSED or person in record.data["undeliverable"]:
            return
        register = access.register(store)
        stand_in = rules.next_in_order(register, record.data, dates.today(at))
        waits = person in record.data["told"]
        given = {"person": person, "stand_ins": [stand_in.id] if stand_in and waits else []}
        try:
            records.commit(store, settings, register, record, "undeliverable", rules.TICK, at, given)
            return
        except Conflict:
            continue
