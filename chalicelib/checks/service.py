"""What happens to check requests: load, move, commit. Whom it concerns is told by the mails that the commit holds."""

import contextlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib import access, dates, outbox
from chalicelib.checks import advice, letters, rules, words
from chalicelib.checks.workflow import DECISIONS, NOT_POSTED, TABLE, WAITING, WITHDRAWN
from chalicelib.record import Actor, Data, Entry, NotNow, NotYours, Record, allowed, move, stamp
from chalicelib.register.rules import DISOWNER, Person, Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.settings import Settings
from chalicelib.store import Commit, Conflict, Filing, Item, Store, Write, head_key, keyed

log = logging.getLogger(__name__)

KIND = QUEUE = "check"
DECIDED = "decided"
"""The list of decisions, newest first."""

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
_DRAFT_DAYS = 7
_TRIES = 5
_ANSWERED = {"agree": "agreed", "decline": "declined"}


class Unknown(LookupError):
    """There is no such request, or not for whoever asks."""


class AlreadySent(Exception):
    """A request with this reference stands already, and it says something else."""


class Taken(Exception):
    """Somebody else's request has this reference."""


def new_reference() -> str:
    """A reference such as `7F3K-9QXM`: no vowels, so no words, and no characters that look alike."""
    letters_ = [secrets.choice(_ALPHABET) for _ in range(8)]
    return "".join(letters_[:4]) + "-" + "".join(letters_[4:])


def is_reference(text: str) -> bool:
    """Whether a text has the form of a reference."""
    return len(text) == 9 and text[4] == "-" and all(c in _ALPHABET for c in text[:4] + text[5:])


def actor(data: Data, who: Person, register: Register, at: datetime, *, as_officer: bool = False) -> Actor:
    """The person as an actor on this request: their capacities to it, and the role in which they act."""
    held = rules.capacities(register, data, who, dates.today(at))
    return Actor(who.id, who.styled, who.officer_role if as_officer else who.role, held)


def filing(record: Record) -> Filing:
    """Where a request is found: in the queue while anything about it has a date, in its requester's list for ever."""
    data = record.data
    # While nobody could be asked, every tick looks again whether somebody can be now.
    unasked = record.state == WAITING and rules.out_of_hand(data)
    due = data["submitted_at"] if unasked else min(data["deadlines"].values(), default="")
    return Filing(
        queue=QUEUE if due else "",
        due=due,
        list=f"checks#{data['requester']}",
        listed_at=f"{data['submitted_at']}#{record.id}",
        brief={
            "title": words.title(data["answers"]["text"], data["answers"]["question"]),
            "requester": data["requester"],
            "in_name_of": data["answers"]["in_name_of"],
            "platform": data["answers"]["platform"],
            "when": data["answers"]["when"],
            "submitted_at": data["submitted_at"],
            "asked": data["asked"],
            "undeliverable": data["undeliverable"],
            "holding": data["holding"],
            "deadlines": data["deadlines"],
        },
    )


def _line(record: Record, entry: Entry) -> Filing:
    decision = record.data["decision"]
    if not decision or decision["n"] != entry.n:
        return Filing()
    brief = {
        "title": words.title(record.data["answers"]["text"], record.data["answers"]["question"]),
        "requester": record.data["requester"],
        "outcome": decision["outcome"],
        "by": decision["by"],
        "role": decision["role"],
    }
    return Filing(list=DECIDED, listed_at=f"{entry.at}#{record.id}", brief=brief)


def _commit(
    store: Store,
    register: Register,
    before: Record,
    action: str,
    by: Actor,
    at: datetime,
    given: Data,
    *,
    writes: tuple[Write, ...] = (),
    milestones: tuple[str, ...] = (),
) -> Record:
    made = _made(register, before, action, by, at, given, writes=writes, milestones=milestones)
    store.commit(made)
    return made.record


def _made(
    register: Register,
    before: Record,
    action: str,
    by: Actor,
    at: datetime,
    given: Data,
    *,
    writes: tuple[Write, ...] = (),
    milestones: tuple[str, ...] = (),
) -> Commit:
    record, entry = move(TABLE, before, action, by, at, given)
    mails = letters.letters(letters.Told(before, record, entry, register))
    return Commit(
        record,
        entry,
        head=filing(record),
        line=_line(record, entry),
        writes=(*writes, *outbox.written(KIND, record.id, entry.n, mails, at)),
        milestones=milestones,
    )


def _again(store: Store, before: Record, attempt: Callable[[Record], Record]) -> Record:
    """Make the attempt on the request as it was read; when something else happens to it at the same moment, on the
    request as it stands then: the table knows whether that is still possible. Raises Conflict if it goes on and on."""
    record = before
    for _ in range(_TRIES):
        try:
            return attempt(record)
        except Conflict:
            record = find(store, before.id)
    raise Conflict([head_key(KIND, before.id)])


def find(store: Store, reference: str) -> Record:
    """A request. 1 read. Raises Unknown."""
    record = store.get(KIND, reference) if is_reference(reference) else None
    if record is None:
        raise Unknown
    return record


# Asking -------------------------------------------------------------------------------------------------------------


def draft_key(who: Person, reference: str) -> tuple[str, str]:
    """Where the answers of a form that is being filled in stand."""
    return f"draft#{who.id}", f"check#{reference}"


def draft(store: Store, who: Person, reference: str, at: datetime) -> Item | None:
    """What the person has answered so far: `answers` (the form's fields), `version` (the draft it will be). 1 read."""
    found = store.item(draft_key(who, reference))
    # The table deletes what has expired hours late.
    return found if found and found["expires_at"] > access.epoch(at) else None


def save_draft(
    store: Store, who: Person, reference: str, answers: Mapping[str, Any], version: int, at: datetime
) -> None:
    """Keep the answers of a form that is being filled in for some days. 1 request."""
    expires = access.epoch(at) + _DRAFT_DAYS * 86400
    key = draft_key(who, reference)
    store.put(keyed(key, answers=dict(answers), version=version, expires_at=expires))


def submit(
    store: Store,
    settings: Settings,
    register: Register,
    who: Person,
    reference: str,
    answers: Data,
    at: datetime,
    flags: Sequence[Data] = (),
) -> Record:
    """Ask. `flags` are the post checker's (advice.py). 1 transaction, which also clears the draft away. Sent twice it
    is one request. Raises AlreadySent, Taken."""
    before = Record(KIND, reference)
    asker = Actor(who.id, who.styled, who.role, frozenset({rules.REQUESTER}))
    try:
        return _ask(store, settings, register, before, "submit", asker, who, answers, at, flags)
    except Conflict as conflict:
        record = store.get(KIND, reference)
        if record is None or record.data["requester"] != who.id:
            raise Taken from conflict
        return _as_sent(record, answers, 1)


def resubmit(
    store: Store,
    settings: Settings,
    register: Register,
    who: Person,
    before: Record,
    answers: Data,
    version: int,
    at: datetime,
    flags: Sequence[Data] = (),
) -> Record:
    """Ask again with other answers: a new draft, which needs a new decision. 1 transaction. Raises AlreadySent, NotNow,
    NotYours and Conflict; sent twice it is one draft."""

    def attempt(record: Record) -> Record:
        if record.data["draft"] + 1 != version:
            return _as_sent(record, answers, version)
        asker = actor(record.data, who, register, at)
        return _ask(store, settings, register, record, "resubmit", asker, who, answers, at, flags)

    return _again(store, before, attempt)


def _ask(
    store: Store,
    settings: Settings,
    register: Register,
    before: Record,
    action: str,
    asker: Actor,
    who: Person,
    answers: Data,
    at: datetime,
    flags: Sequence[Data],
) -> Record:
    put = _put(settings, register, {"requester": who.id, "answers": answers, "asked": []}, at)
    given = {"answers": answers, "advice": list(flags), **put}
    given["written"] = [person.id for person in register.on(dates.today(at)) if rules.names(answers, person)]
    # Emptied and out of date rather than deleted: deleting is a right that a function had better not need.
    clear = Write("put", keyed(draft_key(who, before.id), answers={}, version=0, expires_at=access.epoch(at)))
    return _commit(store, register, before, action, asker, at, given, writes=(clear,))


def _put(settings: Settings, register: Register, data: Data, at: datetime) -> dict[str, Any]:
    """To whom a request is put, and what falls due while it waits."""
    first = rules.next_to_ask(register, data, dates.today(at))
    deadlines = rules.waiting_deadlines(at, settings.council.jurisdiction)
    return {"asked": [first.id] if first else [], "deadlines": deadlines}


def _as_sent(record: Record, answers: Data, version: int) -> Record:
    if record.data["draft"] != version or rules.digest(record.data["answers"]) != rules.digest(answers):
        raise AlreadySent
    return record


# Deciding -----------------------------------------------------------------------------------------------------------


def decide(
    store: Store, settings: Settings, register: Register, who: Person, before: Record, decision: Data, at: datetime
) -> Record:
    """Decide on the request as it was read. 1 transaction. `decision`: `decision`, `reason`, `clauses`, `shown` (the
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

    def attempt(record: Record) -> Record:
        by = actor(record.data, who, register, at, as_officer=True)
        shown = {"draft": record.data["draft"], "flags": advice.brief(record.data["advice"])}
        try:
            return _commit(store, register, record, action, by, at, {**given, **shown})
        except NotNow:
            if _decided_so(record, who, decision):
                return record
            raise

    return _again(store, before, attempt)


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
    for _ in range(_TRIES):
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
            made.insert(0, _made(fresh, record, "reopen", by, at, _reopening(settings, fresh, record, at)))
        with contextlib.suppress(Conflict):
            store.commit(*made)
            return made[0].record if len(made) > 1 else record
    raise Conflict([head_key(KIND, before.id)])


def _stands(record: Record, before: Record) -> bool:
    return bool(record.data["decision"]) and record.data["decision"]["n"] == before.data["decision"]["n"]


def _reopening(settings: Settings, register: Register, before: Record, at: datetime) -> Data:
    # The mailbox from which the decision may have been stolen had better not get the first fresh link.
    disowned = [before.data["decision"]["by"]]
    put = _put(settings, register, {**before.data, "asked": disowned}, at)
    if not put["asked"]:
        put = _put(settings, register, {**before.data, "asked": []}, at)
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


def wait_for_answers(store: Store, register: Register, who: Person, before: Record, at: datetime) -> Record:
    """Put the decision off until everybody who is named has said whether they agree; who was not asked is asked now.
    1 transaction. Pressed twice it is one. Raises NotNow, NotYours, Conflict."""

    def attempt(record: Record) -> Record:
        if record.data["holding"]:
            return record
        if not rules.still_to_answer(record.data):
            raise NotNow(record, "wait")
        by = actor(record.data, who, register, at, as_officer=True)
        return _commit(store, register, record, "wait", by, at, {"draft": record.data["draft"]})

    return _again(store, before, attempt)


def answer(
    store: Store, settings: Settings, register: Register, who: Person, before: Record, said: Data, at: datetime
) -> Record:
    """Note whether somebody who is named agrees. `said`: `answer` (agree or decline) and `reason`. 1 transaction.
    Said again, it is noted again only if it is something else. Raises NotNow (also when another version is asked about
    by now), NotYours, Conflict."""

    def attempt(record: Record) -> Record:
        so_far = record.data["agreements"].get(who.id, {})
        if record.data["draft"] != before.data["draft"]:
            raise NotNow(record, said["answer"])
        if (so_far.get("answer"), so_far.get("words")) == (_ANSWERED[said["answer"]], said["reason"]):
            return record
        given = {"reason": said["reason"], "draft": record.data["draft"]}
        if record.state == WAITING:
            given["deadlines"] = rules.deadlines_at_last(record.data, at, settings.council.jurisdiction)
        return _commit(store, register, record, said["answer"], actor(record.data, who, register, at), at, given)

    return _again(store, before, attempt)


# Afterwards ---------------------------------------------------------------------------------------------------------


def by_requester(
    store: Store, register: Register, who: Person, before: Record, action: str, given: Data, at: datetime
) -> Record:
    """`withdraw`, `record-posted` or `never-posted`. 1 transaction; pressed twice it is done once. Raises NotNow with
    the record as it stands, NotYours, Conflict."""

    def attempt(record: Record) -> Record:
        by = actor(record.data, who, register, at)
        try:
            return _commit(store, register, record, action, by, at, {**given, "draft": record.data["draft"]})
        except NotNow:
            if _done_so(record, action, given):
                return record
            raise

    return _again(store, before, attempt)


def _done_so(record: Record, action: str, given: Data) -> bool:
    if action == "record-posted":
        posted = record.data["posted"]
        return bool(posted) and (posted["where"], posted["text"]) == (given["where"], given["text"])
    return record.state == {"withdraw": WITHDRAWN, "never-posted": NOT_POSTED}[action]


# Without anybody asking ---------------------------------------------------------------------------------------------


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
        _commit(store, register, record, action, rules.TICK, at, given, milestones=(milestone,))
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
            _commit(store, register, record, "undeliverable", rules.TICK, at, given)
            return
        except Conflict:
            continue
