"""The annual review's table of moves; pure.

The head's data:

anchor      the meeting from which it was counted (an ISO date)
version     number of the policy version in force when it opened; 0 before
evidence    None, or since, until, at (ISO), parts: part → its blocks (evidence.py)
advice      clause id → what (keep, change, remove, add), words, why, label: what the Clerk recommends of it
planned     the meeting at which the Council is to consider it (an ISO date), or ""
resolution  None, or meeting, minute, outcome, version (the one adopted; 0: unchanged)
resolved    the entry with which that was last written, for which alone statements count; 0: none
undeliverable   those to whom mail about it came back, since mail about it last went
statements  clerk and chair → by, name, role, at, answers (of the Clerk's checklist: point → words)

A past review has nothing but its resolution. One that was recorded by mistake is struck out: its log keeps what it
said, and the review is what it was before, to be opened anew if it is due.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.record import NEW, Change, Data, Entry, Move, Table, instant
from chalicelib.review.rules import (
    CHAIR,
    CHAIR_SIGNED,
    CLERK,
    CLERK_SIGNED,
    CLOSED,
    COMING,
    OPEN,
    OVERTAKEN,
    PREPARER,
    RECORDED,
    RESOLVED,
    SIGNER,
    STRUCK,
    SYSTEM,
)

KIND = "review"
"""The kind of record. Its id is the day on which it is due, as an ISO date."""

STATES = {
    COMING: "Announced",
    OPEN: "Open",
    RESOLVED: "Resolved, two statements to come",
    CLERK_SIGNED: "Resolved, the Chair’s statement to come",
    CHAIR_SIGNED: "Resolved, the Clerk’s statement to come",
    CLOSED: "Closed",
    RECORDED: "Recorded afterwards",
    OVERTAKEN: "Overtaken by another",
    STRUCK: "Struck out",
}
"""State → how it is written."""

MOST_ADVICE = 60_000
"""Characters of all recommendations together."""


@dataclass
class Unfit(Exception):
    """The change cannot stand: `field` says where (or "" for the whole), `message` why, in plain words."""

    field: str
    message: str


def _blank(given: Data) -> dict[str, Any]:
    return {
        "anchor": given["anchor"],
        "version": 0,
        "evidence": None,
        "advice": {},
        "planned": "",
        "resolution": None,
        "resolved": 0,
        "undeliverable": [],
        "statements": {},
    }


def _announced(data: Data, given: Data, _entry: Entry) -> Data:
    return {**(data or _blank(given)), "undeliverable": []}


def _opened(data: Data, given: Data, _entry: Entry) -> Data:
    opened = {name: given[name] for name in ("version", "evidence")}
    return {**(data or _blank(given)), **opened, "undeliverable": []}


def _notified(data: Data, _given: Data, _entry: Entry) -> Data:
    return {**data, "undeliverable": []}


def _unreached(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "undeliverable": [*data["undeliverable"], given["person"]]}


def _refreshed(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "evidence": given["evidence"]}


def _recommended(data: Data, given: Data, _entry: Entry) -> Data:
    said = {name: given[name] for name in ("what", "words", "why", "label")}
    advice = {**data["advice"], given["clause"]: said}
    if sum(len(one["words"]) + len(one["why"]) for one in advice.values()) > MOST_ADVICE:
        raise Unfit("words", f"All recommendations together may have {MOST_ADVICE:,} characters at the most")
    return {**data, "advice": advice}


def _dropped(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "advice": {id: said for id, said in data["advice"].items() if id != given["clause"]}}


def _planned(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "planned": given["planned"]}


def _resolved(data: Data, given: Data, entry: Entry) -> Data:
    meeting = date.fromisoformat(given["meeting"])
    if meeting > dates.today(instant(entry.at)):
        raise Unfit("meeting", "The meeting is still to come. Record the resolution when the Council has met")
    if meeting <= date.fromisoformat(data["anchor"]):
        before = dates.on_day(date.fromisoformat(data["anchor"]))
        raise Unfit("meeting", f"The meeting must be after {before}, from which this review was counted")
    resolution = {name: given[name] for name in ("meeting", "minute", "outcome", "version")}
    return {**data, "resolution": resolution, "resolved": entry.n, "undeliverable": [], "statements": {}}


def _past(data: Data, given: Data, entry: Entry) -> Data:
    if date.fromisoformat(given["meeting"]) > dates.today(instant(entry.at)):
        raise Unfit("meeting", "The meeting is still to come. Record the review when the Council has met")
    resolution = {name: given[name] for name in ("meeting", "minute", "outcome", "version")}
    return {**(data or _blank(given)), "resolution": resolution, "resolved": entry.n}


def _struck(data: Data, _given: Data, _entry: Entry) -> Data:
    return {**data, "resolution": None, "resolved": 0}


def _signed(seat: str) -> Change:
    def change(data: Data, given: Data, entry: Entry) -> Data:
        said = {"by": entry.who, "name": entry.name, "role": entry.role, "at": entry.at, "answers": given["answers"]}
        left = [id for id in data["undeliverable"] if id != entry.who]
        return {**data, "undeliverable": left, "statements": {**data["statements"], seat: said}}

    return change


TABLE: Table = {
    **{(state, "announce"): Move(by=SYSTEM, to=COMING, change=_announced) for state in (NEW, OVERTAKEN, STRUCK)},
    **{
        (state, action): Move(by=who, to=OPEN, change=_opened)
        for state in (NEW, COMING, OVERTAKEN, STRUCK)
        for action, who in (("open", SYSTEM), ("begin", PREPARER))
    },
    (OPEN, "notify"): Move(by=SYSTEM, to=OPEN, change=_notified),
    (OPEN, "refresh"): Move(by=PREPARER, to=OPEN, change=_refreshed),
    (OPEN, "recommend"): Move(by=PREPARER, to=OPEN, change=_recommended),
    (OPEN, "drop"): Move(by=PREPARER, to=OPEN, change=_dropped),
    (OPEN, "plan"): Move(by=PREPARER, to=OPEN, change=_planned),
    (OPEN, "resolve"): Move(by=PREPARER, to=RESOLVED, change=_resolved),
    **{
        (state, "correct"): Move(by=PREPARER, to=RESOLVED, change=_resolved)
        for state in (RESOLVED, CLERK_SIGNED, CHAIR_SIGNED)
    },
    (RESOLVED, "sign-as-clerk"): Move(by=SIGNER[CLERK], to=CLERK_SIGNED, change=_signed(CLERK)),
    (RESOLVED, "sign-as-chair"): Move(by=SIGNER[CHAIR], to=CHAIR_SIGNED, change=_signed(CHAIR)),
    (CHAIR_SIGNED, "sign-as-clerk"): Move(by=SIGNER[CLERK], to=CLOSED, change=_signed(CLERK)),
    (CLERK_SIGNED, "sign-as-chair"): Move(by=SIGNER[CHAIR], to=CLOSED, change=_signed(CHAIR)),
    **{
        (state, "record"): Move(by=PREPARER, to=RECORDED, change=_past)
        for state in (NEW, COMING, OPEN, OVERTAKEN, STRUCK)
    },
    (RECORDED, "strike"): Move(by=PREPARER, to=STRUCK, change=_struck),
    **{
        (state, "undeliverable"): Move(by=SYSTEM, to=state, change=_unreached)
        for state in (COMING, OPEN, RESOLVED, CLERK_SIGNED, CHAIR_SIGNED)
    },
    **{(state, "overtake"): Move(by=SYSTEM, to=OVERTAKEN) for state in (COMING, OPEN)},
}
