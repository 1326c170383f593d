"""The case's table of moves; pure. One table for both tracks and both jurisdictions: what a parish may not do is not in
it, and whoever lacks the capacity cannot make the move.

About a *member* a parish resolves informally or refers, and records what the outside body says; it has no move that
investigates, upholds or sanctions. About the Clerk or an employee (*staff*) there is the Disciplinary Procedure, with
an investigator, a hearing and an appeal that share nobody. The capacities (rules.py) tell the tracks apart.

The head's data; every text that grows (messages, notes, observations, what was disclosed) is in the log alone:

answers     what was reported, as the form gives it: what_happened, where, when, subject (SUBJECTS), subject_name,
            witnesses, clauses (ids), harassment (yes, no, unsure or ""), contact_name, contact_email, confidential (why
            the reporter asks for confidentiality, or "")
cited       labels of the reported clauses as they then were; `policy` the number of the version they are of
reporter    id of the person who was signed in when they reported; "" otherwise
receipt     SHA-256 of the receipt code
reported_at when it came
conflicts   id → why (rules.WHY): whom anything that was ever said of this case excludes; it only grows
told        ids of the handlers as last computed, who have had a mail; empty while it is sealed
stand_ins   ids of those who were asked beside the first in order
undeliverable   ids of handlers whose mail about it came back
deadlines   action → when it is due (UTC): acknowledge (a clock, not an action), chase, stand-in
acknowledged_at "" or when
track       "", member or staff
subjects    whom it is about, as identified: person (id or ""), name, kinds (tracks that fit them)
witnesses   those who were found since: person (id or ""), name, email
checks      linked check requests: reference, requester, approvers (ids)
evidence    name, type, size, sha256, key, source (reporter or handler), n (the entry) of each file
grave       the grave categories (topics.BREACHES) found; `found` the ids of the clauses, `found_cited` their labels
appointed   investigator, hearing, appeal → list of person, name, email
referred    None, or to, at, reference
finding     "" or what an outside body or a hearing found (rules.FINDINGS)
outcome     None, or what (OUTCOMES), finding, reason, at, n; the outside body's or the hearing's words are the reason
letter      "" or when the outcome letter was written
closed_at   "" or when it was closed
said        how many messages the reporter has sent
named       whom they named as concerned with those messages, each in their words
guests      id → kind, name, email, items, until, ended ("" or when)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.cases.rules import (
    GUEST,
    HANDLER,
    HANDLER_ENGLAND,
    HANDLER_STAFF,
    HANDLER_UNREACHABLE,
    HANDLER_WALES,
    REPORTER,
    SYSTEM,
    same_person,
)
from chalicelib.record import NEW, Change, Data, Entry, Move, Table

KIND = "case"

RECEIVED, TRIAGE, INFORMAL, REFERRED = "received", "triage", "informal", "referred"
INVESTIGATION, HEARING, DECIDED, APPEAL = "investigation", "hearing", "decided", "appeal"
CONCLUDED, ANSWERED, CLOSED = "concluded", "answered", "closed"

STATES = {
    RECEIVED: "Received, not acknowledged yet",
    TRIAGE: "Acknowledged, to be triaged",
    INFORMAL: "Informal resolution",
    REFERRED: "Referred outside the Council",
    INVESTIGATION: "Disciplinary Procedure: investigation",
    HEARING: "Disciplinary Procedure: hearing",
    DECIDED: "Disciplinary Procedure: outcome given",
    APPEAL: "Disciplinary Procedure: appeal",
    CONCLUDED: "Concluded, reporter not answered yet",
    ANSWERED: "Concluded, reporter answered",
    CLOSED: "Closed",
}
"""State → how it is written."""

OUTCOMES = {
    "no-further-action": "No further action",
    "resolved": "Resolved informally",
    "outside-outcome": "Decided outside the Council",
    "no-case": "No case to answer",
    "no-appeal": "Decided under the Disciplinary Procedure",
    "appeal-outcome": "Decided under the Disciplinary Procedure, on appeal",
}
"""The move that concluded a case → how its outcome is written."""

GUESTS = {"witness": HANDLER, "investigator": HANDLER_STAFF, "panel": HANDLER_STAFF}
"""Kind of guest → the capacity in which a handler may let one in: nobody is let in to investigate a member."""


@dataclass
class Unfit(Exception):
    """What was given does not fit the case; `field` names what is wrong, the message says why."""

    field: str
    message: str


def _reported(_data: Data, given: Data, entry: Entry) -> Data:
    return {
        "answers": given["answers"],
        "cited": given["cited"],
        "policy": given["policy"],
        "reporter": given["reporter"],
        "receipt": given["receipt"],
        "reported_at": entry.at,
        "conflicts": {},
        "told": [],
        "stand_ins": [],
        "undeliverable": [],
        "deadlines": given["deadlines"],
        "acknowledged_at": "",
        "track": given["track"],
        "subjects": [],
        "witnesses": [],
        "checks": given["checks"],
        "evidence": _files(given["evidence"], "reporter", entry),
        "grave": [],
        "found": [],
        "found_cited": [],
        "appointed": {},
        "referred": None,
        "finding": "",
        "outcome": None,
        "letter": "",
        "closed_at": "",
        "said": 0,
        "named": [],
        "guests": {},
    }


def _files(files: Sequence[Data], source: str, entry: Entry) -> list[Data]:
    kept = ("name", "type", "size", "sha256", "key")
    return [{**{name: one[name] for name in kept}, "source": source, "n": entry.n} for one in files]


def _acknowledged(data: Data, _given: Data, entry: Entry) -> Data:
    return {**data, "acknowledged_at": entry.at}


def _said(data: Data, given: Data, _entry: Entry) -> Data:
    named = [given["named"]] if given["named"] else []
    return {**data, "said": data["said"] + 1, "named": [*data["named"], *named]}


def _evidence(source: str) -> Change:
    def change(data: Data, given: Data, entry: Entry) -> Data:
        return {**data, "evidence": [*data["evidence"], *_files(given["evidence"], source, entry)]}

    return change


def _early(data: Data, given: Data, entry: Entry) -> Data:
    """Who it is about and who saw it; which track follows is open until the case goes a formal way."""
    return {**_people(data, given, entry), "track": given["track"]}


def _people(data: Data, given: Data, _entry: Entry) -> Data:
    subjects = [*data["subjects"], *given["subjects"]]
    track = given.get("track", data["track"])
    if track and any(track not in subject["kinds"] for subject in subjects):
        raise Unfit("track", "Somebody whom it is about does not fit this procedure")
    return {**data, "subjects": subjects, "witnesses": [*data["witnesses"], *given["witnesses"]]}


def _later(data: Data, given: Data, entry: Entry) -> Data:
    if given["track"] != data["track"]:
        raise Unfit("track", "The procedure cannot be changed any more")
    return _people(data, given, entry)


def _linked(data: Data, given: Data, _entry: Entry) -> Data:
    if any(one["reference"] == given["check"]["reference"] for one in data["checks"]):
        raise Unfit("reference", "This check request is linked already")
    return {**data, "checks": [*data["checks"], given["check"]]}


def _matched(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "checks": [*data["checks"], *given.get("checks", ())]}


def _observed(data: Data, given: Data, entry: Entry) -> Data:
    return _matched(_evidence("handler")(data, given, entry), given, entry)


def _classified(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "grave": given["grave"], "found": given["clauses"], "found_cited": given["cited"]}


def _concluded(data: Data, given: Data, entry: Entry) -> Data:
    kept = {"finding": data["finding"], "reason": given["reason"], "at": entry.at, "n": entry.n}
    return {**data, "outcome": {"what": entry.action, **kept}, "letter": ""}


def _found(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "finding": given["finding"]}


def _found_at_last(data: Data, given: Data, entry: Entry) -> Data:
    return _concluded(_found(data, given, entry), given, entry)


def _referred(data: Data, given: Data, entry: Entry) -> Data:
    return {**data, "referred": {"to": given["to"], "reference": given["reference"], "at": entry.at}}


def _appointed(role: str) -> Change:
    """Who investigates, hears or hears the appeal: three that share nobody, and none of whom the case is about."""

    def change(data: Data, given: Data, _entry: Entry) -> Data:
        others = [(name, one) for name, several in data["appointed"].items() if name != role for one in several]
        for one in given["people"]:
            taken = next((name for name, other in others if same_person(one, other)), "")
            if taken:
                raise Unfit("people", f"{one['name']} has another part in this case already: {taken}")
            if any(same_person(one, other) for other in (*data["subjects"], *data["witnesses"])):
                raise Unfit("people", f"{one['name']} is concerned in this case")
        if not given["people"]:
            raise Unfit("people", "Somebody must be named")
        return {**data, "appointed": {**data["appointed"], role: list(given["people"])}}

    return change


def _letter(data: Data, _given: Data, entry: Entry) -> Data:
    return {**data, "letter": entry.at}


def _closed(data: Data, _given: Data, entry: Entry) -> Data:
    return {**data, "closed_at": entry.at}


def _reopened(data: Data, _given: Data, _entry: Entry) -> Data:
    emptied = dict.fromkeys(("finding", "letter", "closed_at"), "")
    return {**data, **emptied, "outcome": None, "appointed": {}, "referred": None}


def _let_in(data: Data, given: Data, _entry: Entry) -> Data:
    guest = {name: given[name] for name in ("kind", "name", "email", "items", "until")} | {"ended": ""}
    return {**data, "guests": {**data["guests"], given["guest"]: guest}}


def _ended(data: Data, given: Data, entry: Entry) -> Data:
    guest = data["guests"].get(given["guest"])
    if guest is None or guest["ended"]:
        raise Unfit("guest", "This access has ended already")
    return {**data, "guests": {**data["guests"], given["guest"]: {**guest, "ended": entry.at}}}


def _stood_in(data: Data, given: Data, _entry: Entry) -> Data:
    return {**data, "stand_ins": [*data["stand_ins"], *given["stand_ins"]]}


def _undeliverable(data: Data, given: Data, entry: Entry) -> Data:
    return {**_stood_in(data, given, entry), "undeliverable": [*data["undeliverable"], given["person"]]}


def _same(data: Data, _given: Data, _entry: Entry) -> Data:
    return data


def _along(change: Change) -> Change:
    """What may change with every move: whom it excludes, who has it in hand, what falls due."""

    def changed(data: Data, given: Data, entry: Entry) -> Data:
        after = change(data, given, entry)
        along = {name: given[name] for name in ("told", "deadlines") if name in given}
        return {**after, "conflicts": {**given.get("conflicts", {}), **after["conflicts"]}, **along}

    return changed


_FORMAL = (REFERRED, INVESTIGATION, HEARING, DECIDED, APPEAL)
_EARLY = (RECEIVED, TRIAGE, INFORMAL)
_OPEN = (*_EARLY, *_FORMAL, CONCLUDED, ANSWERED)
_ANY = (*_OPEN, CLOSED)

_STEPS: Mapping[tuple[str, str], Move] = {
    (NEW, "report"): Move(REPORTER, RECEIVED, _reported),
    (RECEIVED, "acknowledge"): Move(HANDLER, TRIAGE, _acknowledged),
    (TRIAGE, "no-further-action"): Move(HANDLER, CONCLUDED, _concluded),
    (TRIAGE, "resolve-informally"): Move(HANDLER, INFORMAL),
    (TRIAGE, "refer-monitoring-officer"): Move(HANDLER_ENGLAND, REFERRED, _referred),
    (TRIAGE, "refer-ombudsman"): Move(HANDLER_WALES, REFERRED, _referred),
    (TRIAGE, "investigate"): Move(HANDLER_STAFF, INVESTIGATION, _appointed("investigator")),
    (INFORMAL, "resolved"): Move(HANDLER, CONCLUDED, _concluded),
    (INFORMAL, "no-further-action"): Move(HANDLER, CONCLUDED, _concluded),
    (INFORMAL, "refer-monitoring-officer"): Move(HANDLER_ENGLAND, REFERRED, _referred),
    (INFORMAL, "refer-ombudsman"): Move(HANDLER_WALES, REFERRED, _referred),
    (INFORMAL, "investigate"): Move(HANDLER_STAFF, INVESTIGATION, _appointed("investigator")),
    (REFERRED, "outside-outcome"): Move(HANDLER, CONCLUDED, _found_at_last),
    (REFERRED, "resolve-informally"): Move(HANDLER, INFORMAL),
    (INVESTIGATION, "hear"): Move(HANDLER_STAFF, HEARING, _appointed("hearing")),
    (INVESTIGATION, "no-case"): Move(HANDLER_STAFF, CONCLUDED, _concluded),
    (HEARING, "hearing-outcome"): Move(HANDLER_STAFF, DECIDED, _found),
    (DECIDED, "appeal"): Move(HANDLER_STAFF, APPEAL, _appointed("appeal")),
    (DECIDED, "no-appeal"): Move(HANDLER_STAFF, CONCLUDED, _concluded),
    (APPEAL, "appeal-outcome"): Move(HANDLER_STAFF, CONCLUDED, _found_at_last),
    (CONCLUDED, "letter"): Move(HANDLER, ANSWERED, _letter),
    (CONCLUDED, "close-unanswered"): Move(HANDLER_UNREACHABLE, CLOSED, _closed),
    (ANSWERED, "close"): Move(HANDLER, CLOSED, _closed),
    **{(state, "reopen"): Move(HANDLER, TRIAGE, _reopened) for state in (CONCLUDED, ANSWERED, CLOSED)},
}
"""The moves that lead somewhere. The reason that an outcome gives is the reporter's to read in its letter."""


def _everywhere(states: Sequence[str], moves: Mapping[str, tuple[str, Change]]) -> dict[tuple[str, str], Move]:
    """Moves that leave the state as it is."""
    return {(state, action): Move(by, state, change) for state in states for action, (by, change) in moves.items()}


_BESIDE = {
    **_everywhere(_EARLY, {"people": (HANDLER, _early)}),
    **_everywhere((*_FORMAL, CONCLUDED, ANSWERED), {"people": (HANDLER, _later)}),
    **_everywhere(
        _OPEN,
        {
            "observe": (HANDLER, _observed),
            "link-check": (HANDLER, _linked),
            "match-check": (SYSTEM, _matched),
            "classify": (HANDLER, _classified),
            "let-in-witness": (GUESTS["witness"], _let_in),
            "chase": (SYSTEM, _same),
            "stand-in": (SYSTEM, _stood_in),
            "pass-on": (SYSTEM, _same),
        },
    ),
    **_everywhere(
        (INVESTIGATION, HEARING, DECIDED, APPEAL),
        {
            "let-in-investigator": (GUESTS["investigator"], _let_in),
            "let-in-panel": (GUESTS["panel"], _let_in),
        },
    ),
    **_everywhere(
        _ANY,
        {
            "say": (REPORTER, _said),
            "add-evidence": (REPORTER, _evidence("reporter")),
            "tell": (HANDLER, _same),
            "note": (HANDLER, _same),
            "hand-over": (HANDLER, _same),
            "disclose": (HANDLER, _same),
            "take-pack": (HANDLER, _same),
            "end-access": (HANDLER, _ended),
            "view": (GUEST, _same),
            "expire": (SYSTEM, _ended),
            "undeliverable": (SYSTEM, _undeliverable),
        },
    ),
}
"""The moves that add to a case. Police hand-over is possible at any time, and so is hearing from the reporter."""

TABLE: Table = {key: Move(move.by, move.to, _along(move.change)) for key, move in {**_STEPS, **_BESIDE}.items()}
