"""What happens to a request without anybody asking: what falls due, and mail that came back."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from chalicelib import access, dates, logs
from chalicelib.checks import rules
from chalicelib.checks.service.requests import KIND, QUEUE, TRIES, commit, moved
from chalicelib.checks.workflow import WAITING
from chalicelib.record import Record, stamp
from chalicelib.register.rules import Register
from chalicelib.settings import Settings
from chalicelib.store import Commit, Conflict, Item, Store
from chalicelib.tick import Turns


def due(store: Store, settings: Settings, at: datetime) -> int:
    """Remind, ask stand-ins, lapse: everything due as of `at`; how much that was. 1 Query when nothing is.

    A request that fails keeps no other from its turn; what was wrong is raised in the end. What is not due yet is read
    with the rest, as much as the desk reads, to say for how long the oldest has waited for its decision.
    """
    waiting = store.waiting(QUEUE)
    ages = [at - rules.waits_since(item["brief"]) for item in waiting if item["state"] == WAITING]
    logs.measured(at, OldestRequestDays=max(ages, default=timedelta()).days)
    now_due = [item for item in waiting if item["due"] <= stamp(at)]
    if not now_due:
        return 0
    register, done, turns = access.register(store), 0, Turns()
    for item in now_due:
        with turns.of(item["pk"]):
            done += _due(store, settings, register, item["pk"].partition("#")[2], at)
    turns.over()
    return done


def _due(store: Store, settings: Settings, register: Register, reference: str, at: datetime) -> int:
    record = store.get(KIND, reference)
    if record is None:
        return 0
    data, today = record.data, dates.today(at)
    action = _next(register, record, at)
    if action is None:
        return 0
    next_one = rules.next_to_ask(register, data, today) if action in ("ask", "ask-stand-in") else None
    given: dict[str, Any] = {"asked": [next_one.id] if next_one else [], "draft": data["draft"]}
    milestone = f"{action}#{data['since']}"
    if action == "ask":
        milestone += f".{len(data['asked'])}"
    if action in ("ask", "stop-waiting"):
        given["deadlines"] = rules.deadlines_at_last(data, at, settings.council.jurisdiction)
    if action in ("remind-named", "stop-waiting"):
        milestone = f"{action}#{data['held']}"
        given["named"] = list(rules.still_to_answer(register, data, today))
        given["because"] = rules.why_stop_waiting(register, data, today) or "time"
    try:
        commit(store, moved(register, record, action, rules.TICK, at, given, milestones=(milestone,)))
    except Conflict:
        return 0  # Decided, or done by another tick, a moment ago.
    return 1


def _next(register: Register, record: Record, at: datetime) -> str | None:
    """What the scheduled run does to a request now, if anything."""
    action, data, today = rules.due_action(record.data, at), record.data, dates.today(at)
    if record.state != WAITING or action == "lapse":
        return action
    if not rules.in_hand(register, data, today):
        # There is nobody to remind, nor to stand in for.
        return "ask" if rules.next_to_ask(register, data, today) else None
    if data["holding"] and rules.why_stop_waiting(register, data, today):
        return "stop-waiting"
    return action


def mail_came_back(store: Store, settings: Settings, mail: Item, at: datetime) -> None:
    """Somebody cannot be reached. An officer: the request is put to the next in order, and the desk says so. Somebody
    who is named: nobody waits for their answer any longer."""
    about = {"check-review": _officer_unreached, "check-agreement": _named_unreached}.get(mail["template"])
    if about is None:
        return
    for _ in range(TRIES):
        record = store.get(KIND, mail["id"])
        if record is None or record.state != WAITING or record.data["draft"] != mail["link"]["version"]:
            return
        register = access.register(store)
        made = about(register, record, mail["to"]["id"], at)
        with contextlib.suppress(Conflict):
            if made:
                store.commit(made)
            if record.data["holding"]:
                _due(store, settings, register, record.id, at)
            return


def _officer_unreached(register: Register, record: Record, officer: str, at: datetime) -> Commit | None:
    if officer in record.data["undeliverable"]:
        return None
    next_one = rules.next_to_ask(register, record.data, dates.today(at))
    given = {"person": officer, "asked": [next_one.id] if next_one else [], "draft": record.data["draft"]}
    return moved(register, record, "undeliverable", rules.TICK, at, given)


def _named_unreached(register: Register, record: Record, named: str, at: datetime) -> Commit | None:
    if named in record.data["unreached"] or record.data["agreements"].get(named, {}).get("answer"):
        return None
    given = {"person": named, "draft": record.data["draft"]}
    return moved(register, record, "unreached", rules.TICK, at, given)
