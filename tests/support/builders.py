"""Things in the state that a test needs, made by the moves that lead there and by no short cut.

Used through the fixture `a_request`: `a_request()` waits for a decision, `a_request(state="approved")` has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib import access
from chalicelib.checks import rules
from chalicelib.checks import workflow as states
from chalicelib.checks.service import afterwards, asking, deciding, requests, scheduled
from chalicelib.record import Record
from chalicelib.register.rules import Person
from chalicelib.settings import Settings
from chalicelib.store import Store

TEXT = "The village hall is open again from Monday. Everybody is welcome."

ANSWERS: Mapping[str, Any] = {
    "in_name_of": "council",
    "platform": "facebook",
    "account": "The council's page",
    "text": TEXT,
    "question": "",
    "links": "",
    "has_pictures": "no",
    "picture_owner": "",
    "picture_consent": "",
    "pictures": [],
    "named": [],
    "others": "",
    "agreed": "",
    "ask_named": "no",
    "when": "",
    "unsure": "",
    "ask": "either",
}
"""What somebody asks who says nothing else; see `Whole.answers` in chalicelib/checks/forms/asking.py."""

FORM: Mapping[str, Any] = {"in_name_of": "council", "platform": "facebook", "text": TEXT}
"""The same as a form sends it, with no more than is needed."""

_OUTCOMES = {states.CHANGES_ASKED: "ask-for-changes", states.REJECTED: "reject"}


def a_decision(record: Record, decision: str = "approve", **given: Any) -> dict[str, Any]:
    """A decision on exactly what the request says now."""
    reason = "" if decision == "approve" else "It names somebody who has not agreed."
    text = {"text": f"{record.data['answers']['text']} See you there."} if decision == "approve-with-edits" else {}
    shown = rules.digest(record.data["answers"])
    return {"decision": decision, "reason": reason, "clauses": [], "shown": shown, **text, **given}


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes check requests in a store."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime]

    def __call__(
        self, state: str = states.WAITING, by: str = "councillor1", decided_by: str = "clerk", **answers: Any
    ) -> Record:
        """A request in this state, asked by one person and, where it is decided, decided by another."""
        record = self.asked(by, **answers)
        if state == states.WITHDRAWN:
            record = self._by_requester(record, by, "withdraw", {})
        elif state == states.LAPSED:
            record = self._later(record, timedelta(days=15))
        elif state != states.WAITING:
            record = self.decided(record, decided_by, _OUTCOMES.get(state, "approve"))
        if state == states.APPROVAL_LAPSED:
            record = self._later(record, timedelta(days=self.settings.approval_days + 1))
        elif state == states.POSTED:
            record = self._by_requester(record, by, "record-posted", {"where": "Our page", "text": TEXT})
        elif state == states.NOT_POSTED:
            record = self._by_requester(record, by, "never-posted", {})
        assert record.state == state
        return record

    def asked(self, by: str = "councillor1", **answers: Any) -> Record:
        """A request that waits for its decision."""
        register = access.register(self.store)
        whole = {**ANSWERS, **answers}
        reference = requests.new_reference()
        return asking.submit(self.store, self.settings, register, self._person(by), reference, whole, self.clock())

    def decided(self, record: Record, by: str = "clerk", decision: str = "approve", **given: Any) -> Record:
        """The request, decided."""
        register = access.register(self.store)
        made = a_decision(record, decision, **given)
        return deciding.decide(self.store, self.settings, register, self._person(by), record, made, self.clock())

    def _by_requester(self, record: Record, by: str, action: str, given: dict[str, Any]) -> Record:
        register = access.register(self.store)
        return afterwards.by_requester(self.store, register, self._person(by), record, action, given, self.clock())

    def _later(self, record: Record, by: timedelta) -> Record:
        # Each run does one thing for a request, and several may be due by then.
        for _ in range(5):
            scheduled.due(self.store, self.settings, self.clock() + by)
        return requests.find(self.store, record.id)

    def _person(self, id: str) -> Person:
        found = access.register(self.store).person(id)
        assert found is not None, f"{id} is not on the register"
        return found
