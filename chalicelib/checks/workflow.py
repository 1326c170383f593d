"""The check request's table of moves; pure.

The head's data:

requester   id of the person who asks
answers     what was asked, as the form gives it; `digest(answers)` is what a decision holds for
submitted_at    when it was first asked
draft       the number of the text: 1, then one more with every resubmission
since       the entry with which the present wait began
asked_at    when that was; absent in the oldest requests
asked       ids of the officers to whom it was put, in turn; empty when nobody is left to ask
undeliverable   ids of officers whose mail about it came back
deadlines   action → when it is due (UTC)
written     ids of those whom it names, ticked or in words, by the names that they had when it was asked
advice      what the post checker said of the text: code, start, end, message, advice, clauses (labels) of each flag
agreements  id of each named person who was asked → answer (agreed, declined or ""), words, at, times (how often they
            answered), told (the decision of which their "no" was told: its entry, or 0)
unreached   ids of named persons whose mail about this text came back
holding     whether the officer waits for those answers; only they are reminded meanwhile
held        the entry with which the officer began to wait; 0 before that
decision    None, or outcome, reason, clauses (ids), cited (their labels), policy (the version they are of; 0: the
            project's own wording), by, name, role, at, draft, text (as approved), flags (those that were shown), n (the
            entry)
posted      None, or where, text, matches (None: there was no text to compare)
"""

from collections.abc import Iterable

from chalicelib.checks.rules import DECIDER, DISPUTER, NAMED, REQUESTER, SYSTEM, digest, matches
from chalicelib.record import NEW, Change, Data, Entry, Move, Table

WAITING, APPROVED, CHANGES_ASKED, REJECTED = "waiting", "approved", "changes-asked", "rejected"
WITHDRAWN, LAPSED, APPROVAL_LAPSED = "withdrawn", "lapsed", "approval-lapsed"
POSTED, NOT_POSTED = "posted", "not-posted"

STATES = {
    WAITING: "Waiting for a decision",
    APPROVED: "Approved",
    CHANGES_ASKED: "Changes asked for",
    REJECTED: "Rejected",
    WITHDRAWN: "Withdrawn",
    LAPSED: "Lapsed without a decision",
    APPROVAL_LAPSED: "Approval has lapsed",
    POSTED: "Posted",
    NOT_POSTED: "Not posted",
}
"""State → how it is written."""

DECISIONS = ("approve", "approve-with-edits", "ask-for-changes", "reject")


class OtherText(Exception):
    """The decision was made on a text that is no longer the one that waits."""


def _asked(data: Data, given: Data, entry: Entry) -> Data:
    return {
        "requester": data.get("requester", entry.who),
        "answers": given["answers"],
        "draft": data.get("draft", 0) + 1,
        "advice": given["advice"],
        "written": given["written"],
        "agreements": _unanswered(given["answers"]["named"] if given["answers"]["ask_named"] == "yes" else ()),
        "unreached": [],
        "submitted_at": data.get("submitted_at", entry.at),
        **_waiting(given, entry),
    }


_UNASKED: Data = {"answer": "", "words": "", "at": "", "times": 0, "told": 0}


def _unanswered(ids: Iterable[str]) -> dict[str, Data]:
    return dict.fromkeys(ids, _UNASKED)


def _waiting(given: Data, entry: Entry) -> Data:
    return {
        "since": entry.n,
        "asked_at": entry.at,
        "asked": given["asked"],
        "undeliverable": [],
        "holding": False,
        "held": 0,
        "deadlines": given["deadlines"],
        "decision": None,
        "posted": None,
    }


def _decided(data: Data, given: Data, entry: Entry) -> Data:
    if given["shown"] != digest(data["answers"]):
        raise OtherText
    return dict(data) | {
        "deadlines": given["deadlines"],
        "decision": {
            "outcome": entry.action,
            "reason": given["reason"],
            "clauses": given["clauses"],
            **{name: given[name] for name in ("cited", "policy") if name in given},
            "by": entry.who,
            "name": entry.name,
            "role": entry.role,
            "at": entry.at,
            "draft": data["draft"],
            "text": given.get("text", data["answers"]["text"]),
            "flags": given["flags"],
            "n": entry.n,
        },
    }


def _put_to(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "asked": [*data["asked"], *given["asked"]]}


def _found(data: Data, given: Data, entry: Entry) -> Data:
    # Whoever it is put to now says for themselves whether they wait for those who are named.
    return {**_put_to(data, given, entry), "holding": False, "deadlines": given["deadlines"]}


def _past(action: str) -> Change:
    """A deadline met: it and those before it are over."""

    def change(data: Data, given: Data, entry: Entry) -> Data:
        over = data["deadlines"].get(action, "")
        left = {name: when for name, when in data["deadlines"].items() if when > over}
        return {**_put_to(data, given, entry), "deadlines": left}

    return change


def _undeliverable(data: Data, given: Data, entry: Entry) -> Data:
    return {**_put_to(data, given, entry), "undeliverable": [*data["undeliverable"], given["person"]]}


def _held(data: Data, given: Data, entry: Entry) -> Data:
    unasked = [id for id in given["named"] if id not in data["agreements"]]
    agreements = {**data["agreements"], **_unanswered(unasked)}
    return {**data, "agreements": agreements, "holding": True, "held": entry.n, "deadlines": given["deadlines"]}


def _held_no_longer(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "holding": False, "deadlines": given["deadlines"]}


def _unreached(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "unreached": [*data["unreached"], given["person"]]}


def _answered(answer: str) -> Change:
    """What a named person says; the last answer that the officer waits for sets the clocks going again."""

    def change(data: Data, given: Data, entry: Entry) -> Data:
        before = data["agreements"].get(entry.who, _UNASKED)
        # Whoever decided hears of the first "no" after their decision; what is said later only stands there.
        tells = answer == "declined" and entry.before == APPROVED
        said = {
            "answer": answer,
            "words": given["reason"],
            "at": entry.at,
            "times": before["times"] + 1,
            "told": data["decision"]["n"] if tells else before["told"],
        }
        after = {**data, "agreements": {**data["agreements"], entry.who: said}}
        if data["holding"] and not given["named"]:
            after |= {"holding": False, "deadlines": given["deadlines"]}
        return after

    return change


def _over(data: Data, _given: Data, _entry: Entry) -> Data:
    return dict(data) | {"deadlines": {}}


def _reopened(data: Data, given: Data, entry: Entry) -> Data:
    return {**data, **_waiting(given, entry)}


def _posted(data: Data, given: Data, entry: Entry) -> Data:
    approved = data["decision"]["text"]
    posted = {
        "where": given["where"],
        "text": given["text"],
        "matches": matches(approved, given["text"]) if approved else None,
        "at": entry.at,
    }
    return {**_over(data, given, entry), "posted": posted}


_DECIDED = (APPROVED, CHANGES_ASKED, REJECTED, APPROVAL_LAPSED, POSTED, NOT_POSTED)

TABLE: Table = {
    (NEW, "submit"): Move(by=REQUESTER, to=WAITING, change=_asked),
    (WAITING, "approve"): Move(by=DECIDER, to=APPROVED, change=_decided),
    (WAITING, "approve-with-edits"): Move(by=DECIDER, to=APPROVED, change=_decided),
    (WAITING, "ask-for-changes"): Move(by=DECIDER, to=CHANGES_ASKED, change=_decided),
    (WAITING, "reject"): Move(by=DECIDER, to=REJECTED, change=_decided),
    (WAITING, "remind"): Move(by=SYSTEM, to=WAITING, change=_past("remind")),
    (WAITING, "ask-stand-in"): Move(by=SYSTEM, to=WAITING, change=_past("ask-stand-in")),
    (WAITING, "ask"): Move(by=SYSTEM, to=WAITING, change=_found),
    (WAITING, "wait"): Move(by=DECIDER, to=WAITING, change=_held),
    **{
        (state, action): Move(by=NAMED, to=state, change=_answered(answer))
        for state in (WAITING, CHANGES_ASKED, APPROVED)
        for action, answer in (("agree", "agreed"), ("decline", "declined"))
    },
    (WAITING, "remind-named"): Move(by=SYSTEM, to=WAITING, change=_past("remind-named")),
    (WAITING, "stop-waiting"): Move(by=SYSTEM, to=WAITING, change=_held_no_longer),
    (WAITING, "unreached"): Move(by=SYSTEM, to=WAITING, change=_unreached),
    (WAITING, "undeliverable"): Move(by=SYSTEM, to=WAITING, change=_undeliverable),
    (WAITING, "lapse"): Move(by=SYSTEM, to=LAPSED, change=_over),
    (CHANGES_ASKED, "lapse"): Move(by=SYSTEM, to=LAPSED, change=_over),
    (APPROVED, "lapse"): Move(by=SYSTEM, to=APPROVAL_LAPSED, change=_over),
    **{(state, "reopen"): Move(by=DISPUTER, to=WAITING, change=_reopened) for state in _DECIDED},
    (WAITING, "withdraw"): Move(by=REQUESTER, to=WITHDRAWN, change=_over),
    (CHANGES_ASKED, "withdraw"): Move(by=REQUESTER, to=WITHDRAWN, change=_over),
    **{
        (state, "resubmit"): Move(by=REQUESTER, to=WAITING, change=_asked)
        for state in (WAITING, CHANGES_ASKED, REJECTED, APPROVED, LAPSED, APPROVAL_LAPSED)
    },
    (APPROVED, "record-posted"): Move(by=REQUESTER, to=POSTED, change=_posted),
    (APPROVAL_LAPSED, "record-posted"): Move(by=REQUESTER, to=POSTED, change=_posted),
    (APPROVED, "never-posted"): Move(by=REQUESTER, to=NOT_POSTED, change=_over),
    (APPROVAL_LAPSED, "never-posted"): Move(by=REQUESTER, to=NOT_POSTED, change=_over),
}
