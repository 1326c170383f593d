"""Afterwards: what only the requester does with a request."""

from datetime import datetime

from chalicelib import posts
from chalicelib.checks.service.requests import actor, again, commit, moved
from chalicelib.checks.workflow import NOT_POSTED, WITHDRAWN
from chalicelib.record import Data, NotNow, Record
from chalicelib.register.rules import Person, Register
from chalicelib.store import Store


def by_requester(
    store: Store, register: Register, who: Person, before: Record, action: str, given: Data, at: datetime
) -> Record:
    """`withdraw`, `record-posted` or `never-posted`. 1 transaction; pressed twice it is done once. Raises NotNow with
    the record as it stands, NotYours, Conflict."""

    found = posts.lines(given["where"], before.id) if action == "record-posted" else ()

    def attempt(record: Record) -> Record:
        by, whole = actor(record.data, who, register, at), {**given, "draft": record.data["draft"]}
        try:
            return commit(store, moved(register, record, action, by, at, whole, writes=found))
        except NotNow:
            if _done_so(record, action, given):
                return record
            raise

    return again(store, before, attempt)


def _done_so(record: Record, action: str, given: Data) -> bool:
    if action == "record-posted":
        posted = record.data["posted"]
        return bool(posted) and (posted["where"], posted["text"]) == (given["where"], given["text"])
    return record.state == {"withdraw": WITHDRAWN, "never-posted": NOT_POSTED}[action]
