"""Agreeing: the answers of those whom a request names, and waiting for them."""

from datetime import datetime

from chalicelib import dates
from chalicelib.checks import rules
from chalicelib.checks.service.requests import actor, again, commit, moved
from chalicelib.checks.workflow import WAITING
from chalicelib.record import Data, NotNow, Record
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import Store

_ANSWERED = {"agree": "agreed", "decline": "declined"}


class Enough(Exception):
    """They have said something else about this text as often as anybody may."""


def wait_for_answers(
    store: Store, settings: Settings, register: Register, who: Person, before: Record, at: datetime
) -> Record:
    """Put the decision off until everybody who is named has said whether they agree; who was not asked is asked now.
    1 transaction. Pressed twice it is one. Raises NotNow, NotYours, Conflict."""

    def attempt(record: Record) -> Record:
        if record.data["holding"]:
            return record
        named = rules.still_to_answer(register, record.data, dates.today(at))
        if not named or record.state != WAITING:
            raise NotNow(record, "wait")
        by = actor(record.data, who, register, at, as_officer=True)
        deadlines = rules.holding_deadlines(record.data, at, settings.council.jurisdiction)
        given = {"draft": record.data["draft"], "named": list(named), "deadlines": deadlines}
        return commit(store, moved(register, record, "wait", by, at, given))

    return again(store, before, attempt)


def answer(
    store: Store, settings: Settings, register: Register, who: Person, before: Record, said: Data, at: datetime
) -> Record:
    """Note whether somebody who is named agrees. `said`: `answer` (agree or decline) and `reason`. 1 transaction.
    Said again, it is noted again only if it is something else. Raises NotNow (also when another version is asked about
    by now), NotYours, Enough, Conflict."""

    def attempt(record: Record) -> Record:
        so_far = record.data["agreements"].get(who.id, {})
        if record.data["draft"] != before.data["draft"]:
            raise NotNow(record, said["answer"])
        if (so_far.get("answer"), so_far.get("words")) == (_ANSWERED[said["answer"]], said["reason"]):
            return record
        if so_far.get("times", 0) >= rules.MOST_ANSWERS:
            raise Enough
        still = rules.still_to_answer(register, record.data, dates.today(at))
        named = [id for id in still if id != who.id]
        given = {"reason": said["reason"], "draft": record.data["draft"], "named": named}
        if record.state == WAITING:
            given["deadlines"] = rules.deadlines_at_last(record.data, at, settings.council.jurisdiction)
        by = actor(record.data, who, register, at)
        return commit(store, moved(register, record, said["answer"], by, at, given))

    return again(store, before, attempt)
