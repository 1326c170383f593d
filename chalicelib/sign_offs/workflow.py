"""A person’s sign-offs’ table of moves; pure. There is one record for each person, its id the person's.

The head's data:

signed      number of a version → at, how (`link`, `signed-in` or `paper`), sha256 of the text, and for a paper on (the
            day on it), kept (where it is) and by (who recorded it)
version     the number of the version that is asked for; 0: none is
sha256      SHA-256 of the text that is asked for
asked_at    when it was asked for
deadlines   action → when it is due (UTC)
mailed      when mails about it went out after the first
undeliverable   whether a mail about it came back
epoch       the person's on the register when a mail last went: once it is another, the link in it is dead

What somebody signed is never unsigned, so a version is asked for, signed and superseded in one log, and whoever reads
it has the whole answer to what one person knew and when. A signature on paper that was recorded by mistake is struck
out; the log keeps that as well.
"""

from dataclasses import dataclass
from datetime import date

from chalicelib import dates
from chalicelib.record import NEW, Change, Data, Entry, Move, Table, instant
from chalicelib.register.rules import KEEPER, SELF
from chalicelib.sign_offs.rules import AGAIN, LIST, REMINDERS, SYSTEM

KIND = "sign-off"

ASKED, SIGNED, EXCUSED = "asked", "signed", "excused"

STATES = {
    ASKED: "Asked to sign",
    SIGNED: "Nothing left to sign",
    EXCUSED: "Left the register without signing",
}
"""State → how it is written."""

BY_LINK, SIGNED_IN, ON_PAPER = "link", "signed-in", "paper"
"""How a version was signed."""


@dataclass
class Unfit(Exception):
    """The change cannot stand: `field` says where (or "" for the whole), `message` why, in plain words."""

    field: str
    message: str


def _settled(data: Data) -> dict[str, object]:
    """The data with nothing asked for."""
    nothing = {
        "version": 0,
        "sha256": "",
        "asked_at": "",
        "deadlines": {},
        "mailed": [],
        "undeliverable": False,
        "epoch": 0,
    }
    return {"signed": data.get("signed", {}), **nothing}


def _asked(data: Data, given: Data, entry: Entry) -> Data:
    asked = {name: given[name] for name in ("version", "sha256", "deadlines", "epoch")}
    return {**_settled(data), **asked, "asked_at": entry.at}


def _with_signature(data: Data, given: Data, signature: Data) -> dict[str, object]:
    number = str(given["version"])
    if number in data.get("signed", {}):
        raise Unfit("version", f"Version {number} has been signed already")
    return {**data.get("signed", {}), number: signature}


def _signed(data: Data, given: Data, entry: Entry) -> Data:
    signature = {"at": entry.at, "how": given["how"], "sha256": given["sha256"]}
    return {**_settled(data), "signed": _with_signature(data, given, signature)}


def _paper(data: Data, given: Data, entry: Entry) -> Data:
    on = date.fromisoformat(given["on"])
    if on > dates.today(instant(entry.at)):
        raise Unfit("on", "The day is still to come. Enter the day that stands on the paper")
    adopted = date.fromisoformat(given["adopted"])
    if on < adopted:
        raise Unfit("on", f"Version {given['version']} was adopted on {dates.on_day(adopted)}, after this day")
    named = {name: given[name] for name in ("sha256", "on", "kept")}
    signature = {"at": entry.at, "how": ON_PAPER, "by": entry.who, **named}
    return {**(data or _settled(data)), "signed": _with_signature(data, given, signature)}


def _paper_settles(data: Data, given: Data, entry: Entry) -> Data:
    return {**_settled(data), "signed": _paper(data, given, entry)["signed"]}


def _struck(data: Data, given: Data, _entry: Entry) -> Data:
    number, signed = str(given["version"]), data.get("signed", {})
    if signed.get(number, {}).get("how") != ON_PAPER:
        raise Unfit("", f"There is no signature on paper of version {number}")
    return {**data, "signed": {other: one for other, one in signed.items() if other != number}}


def _mailed(data: Data, given: Data, entry: Entry) -> Data:
    mailed = [*data["mailed"], entry.at]
    return {**data, "mailed": mailed, "undeliverable": False, "epoch": given["epoch"]}


def _reminded(action: str) -> Change:
    """A reminder was due: it and those before it are over."""

    def change(data: Data, given: Data, entry: Entry) -> Data:
        over = list(REMINDERS)[: list(REMINDERS).index(action) + 1]
        left = {name: when for name, when in data["deadlines"].items() if name not in over}
        return {**_mailed(data, given, entry), "deadlines": left}

    return change


def _listed(data: Data, _given: Data, _entry: Entry) -> Data:
    return {**data, "deadlines": {name: when for name, when in data["deadlines"].items() if name != LIST}}


def _asked_again(data: Data, given: Data, entry: Entry) -> Data:
    last = max([data["asked_at"], *data["mailed"]])
    if instant(last) + AGAIN > instant(entry.at):
        raise Unfit("", f"A mail went to them on {dates.at_time(instant(last))}. The next can go a day after that")
    return _mailed(data, given, entry)


def _undeliverable(data: Data, _given: Data, _entry: Entry) -> Data:
    return {**data, "undeliverable": True}


def _excused(data: Data, _given: Data, _entry: Entry) -> Data:
    return _settled(data)


TABLE: Table = {
    **{(state, "ask"): Move(by=SYSTEM, to=ASKED, change=_asked) for state in (NEW, ASKED, SIGNED, EXCUSED)},
    **{(state, "sign"): Move(by=SELF, to=SIGNED, change=_signed) for state in (NEW, ASKED, SIGNED, EXCUSED)},
    **{(state, "paper"): Move(by=KEEPER, to=SIGNED, change=_paper_settles) for state in (NEW, ASKED, SIGNED, EXCUSED)},
    **{(state, "earlier-paper"): Move(by=KEEPER, to=state, change=_paper) for state in (ASKED, EXCUSED)},
    **{(state, "strike-paper"): Move(by=KEEPER, to=state, change=_struck) for state in (ASKED, SIGNED, EXCUSED)},
    **{(ASKED, name): Move(by=SYSTEM, to=ASKED, change=_reminded(name)) for name in REMINDERS},
    (ASKED, LIST): Move(by=SYSTEM, to=ASKED, change=_listed),
    (ASKED, "renew-link"): Move(by=SYSTEM, to=ASKED, change=_mailed),
    (ASKED, "ask-again"): Move(by=KEEPER, to=ASKED, change=_asked_again),
    (ASKED, "undeliverable"): Move(by=SYSTEM, to=ASKED, change=_undeliverable),
    (ASKED, "excuse"): Move(by=SYSTEM, to=EXCUSED, change=_excused),
}
