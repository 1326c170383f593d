"""What a reporter does: report, come back, say more, add evidence. Whoever they are, they are known by the reference
and the receipt code alone; a wrong code and a reference that does not exist get the same answer, after the same work.

The caller keeps the limits on how often a source may report and try codes (`access.over_limit`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import access, dates
from chalicelib.cases import codes, rules, words
from chalicelib.cases.service import records
from chalicelib.cases.service.records import Unknown, made
from chalicelib.cases.workflow import CLOSED, KIND
from chalicelib.record import Data, Entry, Record, instant, stamp
from chalicelib.register.rules import Register
from chalicelib.settings import Settings
from chalicelib.store import Conflict, History, Store, Write, milestone_key

__all__ = ["FollowUp", "Message", "Taken", "TooMuch", "Unknown", "add_evidence", "follow_up", "report", "say"]

MOST_EVIDENCE, MOST_SAID = 25, 100
"""Files and messages of a reporter's in one case."""

_NO_RECEIPT = access.digest("")


class Taken(Exception):
    """Another report stands under this reference. Nothing was saved: it is to be sent under a new one."""


class TooMuch(Exception):
    """The case holds as many of the reporter's files or messages as it can."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something said between reporter and Council. `sender`: reporter or council; `letter`: it is the outcome letter;
    `at` as in entries."""

    sender: str
    text: str
    at: str
    letter: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A case as its reporter may see it. `status` is in plain words; `sealed`: nobody at the Council may handle it, so
    where to go outside the Council must be shown (`words.OUTSIDE`). `answer_by`: the day by which it is to be
    acknowledged ("": that is done, or will not be); `late`: that is over."""

    record: Record
    status: str
    sealed: bool
    messages: tuple[Message, ...]
    evidence: tuple[Data, ...]
    closed: bool
    answer_by: str = ""
    late: bool = False


def report(
    store: Store,
    settings: Settings,
    register: Register,
    reference: str,
    receipt: str,
    answers: Data,
    at: datetime,
    *,
    reporter: str = "",
    cited: Sequence[str] = (),
    policy: int = 0,
    evidence: Sequence[Data] = (),
    checks: Sequence[Data] = (),
    writes: tuple[Write, ...] = (),
) -> Record:
    """Report. 1 transaction; sent twice it is one report. Raises Taken.

    `reference` and `receipt` (`codes.receipt` of the code) are the form's; `answers` as workflow.py has them;
    `reporter` the id of the person who is signed in, "" for anybody else; `cited` the labels of `answers["clauses"]` in
    version `policy`; `evidence` files with name, type, size, sha256 and key; `checks` as workflow.py has them;
    `writes` go with it.
    """
    given = {
        "answers": answers,
        "cited": list(cited),
        "policy": policy,
        "reporter": reporter,
        "receipt": receipt,
        "evidence": list(evidence),
        "checks": list(checks),
        "track": rules.TRACK_OF[answers["subject"]],
        "deadlines": rules.first_deadlines(at, settings.council.jurisdiction),
    }
    whole = made(settings, register, Record(KIND, reference), "report", rules.SOMEBODY, at, given, writes=writes)
    try:
        store.commit(whole)
    except Conflict as conflict:
        record = store.get(KIND, reference)
        if record is None or not codes.matches(receipt, record.data["receipt"]) or record.data["answers"] != answers:
            raise Taken from conflict
        return record
    return whole.record


def _theirs(record: Record | None, receipt: str) -> Record:
    # The comparison is made for a reference that does not exist as well.
    same = codes.matches(receipt, record.data["receipt"] if record else _NO_RECEIPT)
    if record is None or not same:
        raise Unknown
    return record


def opened(store: Store, reference: str, receipt: str) -> Record:
    """The case of this reference, for its receipt. 1 read. Raises Unknown."""
    return _theirs(store.get(KIND, codes.reference(reference) or "-"), receipt)


def follow_up(store: Store, register: Register, reference: str, receipt: str, at: datetime) -> FollowUp:
    """The case as its reporter may see it. 1 read, more for a very long one. Raises Unknown."""
    found: History = store.history(KIND, codes.reference(reference) or "-")
    record = _theirs(found.record, receipt)
    sealed = not rules.handlers(register, record.data, dates.today(at))
    messages = tuple(message for entry in found.entries() for message in _messages(entry))
    evidence = tuple(one for one in record.data["evidence"] if one["source"] == "reporter")
    status = words.SEALED if sealed else words.STATUS[record.state]
    waits = "" if sealed or record.data["acknowledged_at"] else record.data["deadlines"].get("acknowledge", "")
    closed, late = record.state == CLOSED, bool(waits) and waits <= stamp(at)
    answer_by = dates.today(instant(waits)).isoformat() if waits else ""
    return FollowUp(record, status, sealed, messages, evidence, closed, answer_by, late)


def _messages(entry: Entry) -> list[Message]:
    if entry.action == "say":
        return [Message("reporter", entry.given["text"], entry.at)]
    if entry.given.get("tell"):
        return [Message("council", entry.given["tell"], entry.at, letter=entry.action == "letter")]
    return []


def say(
    store: Store,
    settings: Settings,
    register: Register,
    reference: str,
    receipt: str,
    text: str,
    id: str,
    at: datetime,
    named: str = "",
) -> Record:
    """Send the handlers a message; whoever is `named` with it is none of them any more. `id` is the form's (letters,
    digits, hyphens): sent twice it is one message. 1 read and 1 transaction. Raises Unknown, TooMuch, Conflict."""
    before = opened(store, reference, receipt)

    def attempt(record: Record) -> Record:
        if record.data["said"] >= MOST_SAID:
            raise TooMuch
        given = {"text": text, "named": named}
        try:
            return records.commit(
                store, settings, register, record, "say", rules.SOMEBODY, at, given, milestones=(f"said#{id}",)
            )
        except Conflict as conflict:
            if milestone_key(KIND, record.id, f"said#{id}") in conflict.keys:
                return records.find(store, record.id)
            raise

    return records.again(store, before, attempt)


def add_evidence(
    store: Store,
    settings: Settings,
    register: Register,
    reference: str,
    receipt: str,
    files: Sequence[Data],
    at: datetime,
) -> Record:
    """Keep more files (name, type, size, sha256, key); one that is there already is passed over. 1 read and 1
    transaction. Raises Unknown, TooMuch, Conflict."""
    before = opened(store, reference, receipt)

    def attempt(record: Record) -> Record:
        known = {one["sha256"] for one in record.data["evidence"]}
        fresh = [one for one in files if one["sha256"] not in known]
        if not fresh:
            return record
        if len(known) + len(fresh) > MOST_EVIDENCE:
            raise TooMuch
        given = {"evidence": fresh}
        return records.commit(store, settings, register, record, "add-evidence", rules.SOMEBODY, at, given)

    return records.again(store, before, attempt)
