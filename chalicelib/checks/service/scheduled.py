"""What happens to a request without anybody asking: what falls due, and mail that came back."""

import logging
from datetime import datetime
from typing import Any

from chalicelib import access, dates
from chalicelib.checks import rules
from chalicelib.checks.service.requests import KIND, QUEUE, commit, moved
from chalicelib.checks.workflow import WAITING
from chalicelib.record import stamp
from chalicelib.register.rules import Register
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Item, Store

log = logging.getLogger(__name__)


def due(store: Store, settings: Settings, at: datetime) -> int:
    """Remind, ask stand-ins, lapse: everything due as of `at`; how much that was. 1 Query when nothing is.

    A request that fails keeps no other from its turn; what was wrong is raised in the end.
    """
    waiting = store.waiting(QUEUE, stamp(at))
    if not waiting:
        return 0
    register, done = access.register(store), 0
    fault: Exception | None = None
    for item in waiting:
        try:
            done += _due(store, settings, register, item["pk"].partition("#")[2], at)
        except Exception as error:
            log.exception("what is due of %s could not be done", item["pk"])
            fault = error
    if fault:
        raise fault
    return done


def _due(store: Store, settings: Settings, register: Register, reference: str, at: datetime) -> int:
    record = store.get(KIND, reference)
    if record is None:
        return 0
    action, data, today = rules.due_action(record.data, at), record.data, dates.today(at)
    next_one = rules.next_to_ask(register, data, today) if record.state == WAITING else None
    if record.state == WAITING and action != "lapse" and not rules.in_hand(register, data, today):
        # There is nobody to remind, nor to stand in for.
        action = "ask" if next_one else None
    if action is None:
        return 0
    asked = [next_one.id] if next_one and action in ("ask", "ask-stand-in") else []
    given: dict[str, Any] = {"asked": asked, "draft": data["draft"]}
    milestone = f"{action}#{data['since']}"
    if action == "ask":
        given["deadlines"] = rules.deadlines_at_last(data, at, settings.council.jurisdiction)
        milestone += f".{len(data['asked'])}"
    try:
        commit(store, moved(register, record, action, rules.TICK, at, given, milestones=(milestone,)))
    except Conflict:
        return 0  # Decided, or done by another tick, a moment ago.
    return 1


def mail_came_back(store: Store, _settings: Settings, mail: Item, at: datetime) -> None:
    """An officer cannot be reached: the request is put to the next in order, and the desk says so."""
    if mail["template"] != "check-review":
        return
    for _ in range(3):
        record, officer = store.get(KIND, mail["id"]), mail["to"]["id"]
        if record is None or record.state != WAITING or officer in record.data["undeliverable"]:
            return
        if record.data["draft"] != mail["link"]["version"]:
            return
        register = access.register(store)
        next_one = rules.next_to_ask(register, record.data, dates.today(at))
        given = {"person": officer, "asked": [next_one.id] if next_one else [], "draft": record.data["draft"]}
        try:
            commit(store, moved(register, record, "undeliverable", rules.TICK, at, given))
            return
        except Conflict:
            continue
