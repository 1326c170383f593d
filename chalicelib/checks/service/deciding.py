"""Deciding, and undoing a decision that was not its officer's own."""

import contextlib
from datetime import datetime

from chalicelib import access, dates, outbox
from chalicelib.checks import advice, letters, rules
from chalicelib.checks.service.requests import KIND, TRIES, Unknown, actor, commit, moved, put_to
from chalicelib.checks.workflow import DECISIONS, TABLE
from chalicelib.record import Actor, Data, NotNow, NotYours, Record, allowed
from chalicelib.register.rules import DISOWNER, Person, Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Store, head_key, unchanged


def decide(
    store: Store, settings: Settings, register: Register, who: Person, before: Record, decision: Data, at: datetime
) -> Record:
    """Decide on the request as it was read, and by the register as it was read: an officer who meanwhile left, lost the
    office or came to be named decides nothing. 1 transaction. `decision`: `decision`, `reason`, `clauses`, `shown` (the
    digest of what the page showed) and for approve-with-edits `text`.

    Pressed twice, it is one decision. Raises NotNow with the record as it stands when somebody was quicker, NotYours
    and OtherText (also when the request came to name them, or was changed, since it was read), Conflict.
    """
    action = decision["decision"]
    if action not in DECISIONS:
        raise NotNow(before, action)
    given = {name: decision[name] for name in ("reason", "clauses", "cited", "policy", "shown") if name in decision}
    if action == "approve-with-edits":
        given["text"] = decision["text"]
    lapses = action != "reject"
    given["deadlines"] = rules.lapse_deadline(at, settings.approval_days) if lapses else {}

    record, people = before, register
    for _ in range(TRIES):
        by = actor(record.data, people.person(who.id) or who, people, at, as_officer=True)
        if not _is_still(who, people):
            raise NotYours(record, action, rules.DECIDER)
        shown = {"draft": record.data["draft"], "flags": advice.brief(record.data["advice"])}
        by_register = unchanged(REGISTER, REGISTER_ID, people.version)
        try:
            return commit(store, moved(people, record, action, by, at, {**given, **shown}, writes=(by_register,)))
        except NotNow:
            if _decided_so(record, who, decision):
                return record
            raise
        except Conflict:
            record, people = _read_again(store, before.id)
    raise Conflict([head_key(KIND, before.id)])


def _is_still(who: Person, people: Register) -> bool:
    """Whether whoever opened the page is still there, and nobody has ended their sessions and links since."""
    now = people.person(who.id)
    return now is not None and now.epoch == who.epoch


def _read_again(store: Store, reference: str) -> tuple[Record, Register]:
    head, record = store.records((REGISTER, REGISTER_ID), (KIND, reference))
    if head is None or record is None:
        raise Unknown
    return record, register_of(head.data, head.version)


def _decided_so(record: Record, who: Person, decision: Data) -> bool:
    made, answers = record.data["decision"], record.data["answers"]
    if not made or made["by"] != who.id or decision["shown"] != rules.digest(answers):
        return False
    text = decision["text"] if decision["decision"] == "approve-with-edits" else answers["text"]
    said = (decision["decision"], decision["reason"], decision["clauses"], text)
    return (made["outcome"], made["reason"], made["clauses"], made["text"]) == said


def reopen(store: Store, settings: Settings, who: Person, before: Record, at: datetime) -> Record:
    """Undo a decision that was not its officer's own, in 1 read and 1 transaction: the request waits again (unless it
    has been withdrawn or has lapsed since), and every session and link of the one in whose name it was made ends.

    `before` is the request as it was shown. Raises NotNow when that decision stands no more, NotYours, Conflict.
    """
    for _ in range(TRIES):
        head, record = store.records((REGISTER, REGISTER_ID), (KIND, before.id))
        if head is None or record is None or not _stands(record, before):
            raise NotNow(record or before, "reopen")
        by = actor(record.data, who, register_of(head.data), at, as_officer=True)
        if rules.DISPUTER not in by.capacities:
            raise NotYours(record, "reopen", rules.DISPUTER)
        disowner = Actor(by.id, by.name, by.role, frozenset({DISOWNER}))
        reason = f"The decision on {record.id} was not their own"
        made = [access.ending(head, record.data["decision"]["by"], disowner, "end-sessions", at, reason)]
        if "reopen" in allowed(TABLE, record, by.capacities):
            fresh = register_of(made[0].record.data)
            made.insert(0, moved(fresh, record, "reopen", by, at, _reopening(settings, fresh, record, at)))
        with contextlib.suppress(Conflict):
            store.commit(*made)
            return made[0].record if len(made) > 1 else record
    raise Conflict([head_key(KIND, before.id)])


def _stands(record: Record, before: Record) -> bool:
    return bool(record.data["decision"]) and record.data["decision"]["n"] == before.data["decision"]["n"]


def _reopening(settings: Settings, register: Register, before: Record, at: datetime) -> Data:
    # The mailbox from which the decision may have been stolen had better not get the first fresh link.
    disowned = [before.data["decision"]["by"]]
    put = put_to(settings, register, {**before.data, "asked": disowned}, at)
    if not put["asked"]:
        put = put_to(settings, register, {**before.data, "asked": []}, at)
    return {"reason": "", "draft": before.data["draft"], **put}


def send_new_link(store: Store, record: Record, who: Person, register: Register, at: datetime) -> None:
    """Send an officer whose link is too old another one, to the registered address; once a minute. Nothing for those
    who may not decide. 1 request."""
    if rules.DECIDER not in rules.capacities(register, record.data, who, dates.today(at)):
        return
    letter = letters.review(record, register, who, "new-link")
    minute = f"{at:%Y%m%d%H%M}.{who.id}."
    try:
        store.write(*outbox.written(KIND, record.id, record.version, (letter,), at, again=minute))
    except Conflict:
        return  # It was asked for a moment ago, and is on its way.
