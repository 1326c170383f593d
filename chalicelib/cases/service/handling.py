"""What the handlers of a case do, and what they see of all cases.

For everybody else there is no such case: `Unknown`, whether it does not exist, is not theirs, or has just ceased to be.
A list reads what is open (one query, one batch read) and keeps the cases that its reader handles.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib import dates
from chalicelib.cases import rules
from chalicelib.cases.service import records
from chalicelib.cases.service.records import CLOSED_LIST, QUEUE, Unknown
from chalicelib.cases.workflow import CLOSED, KIND, Unfit
from chalicelib.record import Data, NotNow, NotYours, Record, instant
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Item, Store, milestone_key

LISTED = 25
_ROUNDS = 10
_AT_ONCE = 100


def act(
    store: Store,
    settings: Settings,
    register: Register,
    reference: str,
    who: Person,
    action: str,
    given: Data,
    id: str,
    at: datetime,
) -> Record:
    """Make a handler's move; the case afterwards, which may be theirs no longer. `id` is the form's: sent twice, it is
    done once. 1 read and 1 transaction. Raises Unknown, NotNow, NotYours, Unfit, Conflict."""
    before, _ = records.handled(store, settings, register, reference, who, at)
    mark = f"done#{id}"

    def attempt(record: Record) -> Record:
        by = records.actor(settings, register, record.data, who, at)
        if rules.HANDLER not in by.capacities:
            raise Unknown
        try:
            return records.commit(store, settings, register, record, action, by, at, given, milestones=(mark,))
        except (NotNow, NotYours, Unfit):
            if store.item(milestone_key(KIND, record.id, mark)):
                return record
            raise
        except Conflict as conflict:
            if milestone_key(KIND, record.id, mark) in conflict.keys:
                return records.find(store, record.id)
            raise

    return records.again(store, before, attempt)


def is_handler(settings: Settings, register: Register, record: Record, who: Person, at: datetime) -> bool:
    """Whether the person has the case in hand at this moment."""
    return rules.HANDLER in records.actor(settings, register, record.data, who, at).capacities


def people_of(register: Register, lines: str, ids: list[str]) -> list[dict[str, Any]]:
    """Those who were ticked (ids on the register) and typed (`name, e-mail` on each line), as a case keeps them."""
    found = [person for id in ids if (person := register.person(id))]
    typed = [line.partition(",") for line in lines.split("\n") if line.strip()]
    everybody: list[tuple[Person | None, str, str]] = [(person, person.styled, person.email) for person in found]
    for name, _, email in typed:
        address = email.strip().casefold()
        known = next((one for one in register.people if address and one.email.casefold() == address), None)
        everybody.append((known, name.strip(), email.strip()))
    return [
        {"person": person.id if person else "", "name": name, "email": email, "kinds": rules.kinds(person)}
        for person, name, email in everybody
    ]


def of_these(
    store: Store, settings: Settings, register: Register, who: Person, at: datetime, waiting: Sequence[Item]
) -> list[Record]:
    """The open ones of these cases that a person handles, the longest waiting first. 1 request, even when none is open:
    an officer who is kept from the only case had better not wait longer than while there is none."""
    found = store.records((KIND, "-"), *((KIND, item["pk"].partition("#")[2]) for item in waiting))
    there = [record for record in found if record and record.state != CLOSED]
    mine = [record for record in there if is_handler(settings, register, record, who, at)]
    return sorted(mine, key=lambda record: str(record.data["reported_at"]))


def open_cases(store: Store, settings: Settings, register: Register, who: Person, at: datetime) -> list[Record]:
    """The open cases that a person handles, the longest waiting first. 2 requests."""
    return of_these(store, settings, register, who, at, store.waiting(QUEUE))


def closed_cases(
    store: Store, settings: Settings, register: Register, who: Person, at: datetime, before: str = "~"
) -> tuple[list[Record], str]:
    """The closed cases that a person would handle, the newest first, and where the next page begins ("": nowhere). 2
    requests, more where many are not theirs."""
    mine: list[Record] = []
    for _ in range(_ROUNDS):
        items = store.listed(CLOSED_LIST, _AT_ONCE, before)
        records = store.records(*((KIND, item["pk"].partition("#")[2]) for item in items))
        mine += [record for record in records if record and is_handler(settings, register, record, who, at)]
        if len(mine) > LISTED:
            mine = mine[:LISTED]
            return mine, f"{mine[-1].data['closed_at']}#{mine[-1].id}"
        if len(items) < _AT_ONCE:
            return mine, ""
        before = items[-1]["listed_at"]
    # The mark of a page must not be the reference of a case that is not theirs.
    return mine, before.partition("#")[0]


def clock(record: Record, at: datetime) -> dict[str, Any]:
    """How the case stands by the clock: when it is or was to be acknowledged, and how many days it is open."""
    data = record.data
    begun = dates.today(instant(data["reported_at"]))
    return {
        "acknowledge": data["deadlines"].get("acknowledge", ""),
        "overdue": records.is_overdue(data, at),
        "days": (dates.today(at) - begun).days,
    }
