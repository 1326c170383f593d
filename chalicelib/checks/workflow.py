"""The check request's table of moves; pure.

The head's data:

requester   id of the person who asks
answers     what was asked, as the form gives it; `digest(answers)` is what a decision holds for
submitted_at    when it was first asked
draft       the number of the text: 1, then one more with every resubmission
since       the entry with which the present wait began
asked       ids of the officers to whom it was put, in turn; empty when nobody is left to ask
undeliverable   ids of officers whose mail about it came back
deadlines   action → when it is due (UTC)
decision    None, or outcome, reason, clauses (ids), cited (their labels), policy (the version they are of; 0: the
            project's own wording), by, name, role, at, draft, text (as approved), n (the entry)
posted      None, or where, text, matches (None: there was no text to compare)
"""

from dataclasses import dataclass

from chalicelib.checks.rules import DECIDER, DISPUTER, REQUESTER, SYSTEM, digest, matches
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


@dataclass
class OtherText(Exception):
    """The decision was made on a text that is no longer the one that waits."""


def _asked(data: Data, given: Data, entry: Entry) -> Data:
    return {
        "requester": data.get("requester", entry.who),
        "answers": given["answers"],
        "draft": data.get("draft", 0) + 1,
        "submitted_at": data.get("submitted_at", entry.at),
        **_waiting(given, entry),
    }


def _waiting(given: Data, entry: Entry) -> Data:
    return {
        "since": entry.n,
        "asked": given["asked"],
        "undeliverable": [],
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
            "n": entry.n,
        },
    }


def _put_to(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "asked": [*data["asked"], *given["asked"]]}


def _found(data: Data, given: Data, entry: Entry) -> Data:
    return {**_put_to(data, given, entry), "deadlines": given["deadlines"]}


def _past(action: str) -> Change:
    """A deadline met: it and those before it are over."""

    def change(data: Data, given: Data, entry: Entry) -> Data:
        over = data["deadlines"].get(action, "")
        left = {name: when for name, when in data["deadlines"].items() if when > over}
        return {**_put_to(data, given, entry), "deadlines": left}

    return change


def _undeliverable(data: Data, given: Data, entry: Entry) -> Data:
    return {**_put_to(data, given, entry), "undeliverable": [*data["undeliverable"], given["person"]]}


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
