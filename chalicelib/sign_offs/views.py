"""Sign-offs as their pages, their list and their file show them; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.policy.rules import Line, Shelf
from chalicelib.record import Entry, Fault, Record, instant, verify
from chalicelib.register.rules import ROLES, Person, Register
from chalicelib.sign_offs.roll import Roll
from chalicelib.sign_offs.rules import must_sign
from chalicelib.sign_offs.workflow import BY_LINK, ON_PAPER, SIGNED_IN
from chalicelib.store import History, Item

HOW = {BY_LINK: "By the link in an e-mail", SIGNED_IN: "Signed in", ON_PAPER: "On paper"}
"""How a version was signed → how that is written."""

ACTIONS = {
    "ask": "Asked to sign version {}",
    "sign": "Signed version {}",
    "paper": "Signature on paper recorded, version {}",
    "earlier-paper": "Signature on paper recorded, version {}",
    "strike-paper": "Signature on paper struck out, version {}",
    "remind-7": "Reminded for the first time",
    "remind-14": "Reminded for the second time",
    "remind-28": "Reminded for the last time",
    "list": "The Clerk was told that it is not signed",
    "ask-again": "Asked once more",
    "renew-link": "Sent a new link, as the one before was ended",
    "undeliverable": "The mail came back",
    "excuse": "Left the register, and is not asked any more",
}
"""Action → how an entry is headed."""

MAILS = {"sign-off-asked": "The mail that asks to sign", "sign-off-reminder": "A reminder"}
STATUS = {
    "due": "to be sent",
    "sent": "sent",
    "superseded": "not sent, as it was not needed any more",
    "delivered": "delivered",
    "bounced": "could not be delivered",
    "complained": "marked as unwanted",
}


def signatures(record: Record) -> list[dict[str, Any]]:
    """What a person has signed, the latest version first."""
    signed: Mapping[str, Any] = record.data.get("signed", {})
    found = [{"version": int(number), **_signature(one)} for number, one in signed.items()]
    return sorted(found, key=lambda one: int(one["version"]), reverse=True)


def _signature(one: Mapping[str, Any]) -> dict[str, Any]:
    on_paper = one["how"] == ON_PAPER
    day = date.fromisoformat(one["on"]) if on_paper else dates.today(instant(one["at"]))
    return {
        "at": one["at"],
        "day": day.isoformat(),
        "when": dates.on_day(day) if on_paper else dates.at_time(instant(one["at"])),
        "how": HOW[one["how"]],
        "sha256": one["sha256"],
        "kept": one.get("kept", ""),
        "recorded": dates.on_day(dates.today(instant(one["at"]))) if on_paper else "",
    }


def listing(
    register: Register,
    policies: Shelf,
    roll: Roll,
    line: Line,
    signed: Sequence[Item],
    waiting: Sequence[Item],
    asked: Sequence[Item],
    day: date,
) -> dict[str, list[dict[str, Any]]]:
    """A version's register: `signed`, `unsigned` (who has not, though they were or will be asked) and `covered` (those
    who signed an earlier version that is as good). `signed`, `waiting` and `asked` are the items of those lists."""
    newest = {item["brief"]["person"]: item for item in reversed(signed)}
    rows = [_signed_row(item, register, day) for item in newest.values() if not item["brief"].get("struck")]
    there = {row["id"] for row in rows}
    current = policies.current is not None and policies.current.number == line.number
    unsigned, covered = [], []
    if current:
        open_ = {item["brief"]["person"]: item["brief"] for item in waiting}
        for person in register.on(day):
            if person.id in there:
                continue
            if must_sign(person, day, policies.lines, roll.signed(person.id)):
                unsigned.append(_unsigned_row(person, open_.get(person.id, {}), line.number))
            elif policies.current:
                covered.append({**_who(person), "version": max(roll.signed(person.id), default=0)})
    else:
        once = {item["brief"]["person"]: item for item in reversed(asked) if item["brief"]["person"] not in there}
        unsigned = [_never_row(id, item, register, day) for id, item in once.items()]
    return {
        "signed": sorted(rows, key=_by_name),
        "unsigned": sorted(unsigned, key=_by_name),
        "covered": sorted(covered, key=_by_name),
    }


def _by_name(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["name"]).casefold(), str(row["id"])


def _who(person: Person) -> dict[str, Any]:
    roles = ", ".join(ROLES[role] for role in ROLES if role in person.roles)
    return {"id": person.id, "name": person.styled, "roles": roles}


def _gone(id: str, name: str, register: Register, day: date) -> dict[str, Any]:
    person = register.person(id)
    who = _who(person) if person else {"id": id, "name": name, "roles": ""}
    # The name that they had then; the register has the one that they have now.
    return {**who, "as": name if name != who["name"] else "", "left": person is None or not person.on_register(day)}


def _signed_row(item: Item, register: Register, day: date) -> dict[str, Any]:
    brief = item["brief"]
    return {**_gone(brief["person"], brief["name"], register, day), **_signature(brief)}


def _unsigned_row(person: Person, brief: Mapping[str, Any], version: int) -> dict[str, Any]:
    asked = brief if brief.get("version") == version else {}
    at = asked.get("asked_at", "")
    return {
        **_who(person),
        "asked": dates.on_day(dates.today(instant(at))) if at else "",
        "asked_day": dates.today(instant(at)).isoformat() if at else "",
        "mails": len(asked.get("mailed", ())),
        "undeliverable": bool(asked.get("undeliverable")),
        "left": False,
    }


def _never_row(id: str, item: Item, register: Register, day: date) -> dict[str, Any]:
    at = dates.today(instant(item["listed_at"].partition("#")[0]))
    row = {"asked": dates.on_day(at), "asked_day": at.isoformat(), "mails": 0, "undeliverable": False}
    return {**_gone(id, item["brief"]["name"], register, day), **row}


def history(found: History) -> dict[str, Any]:
    """A person's log for reading, what its verification says, and what became of each mail."""
    faults = verify(found.record, found.log) if found.log or found.record else []
    readable = not any(fault.what == "the entry cannot be read" for fault in faults)
    return {
        "entries": [_entry(entry) for entry in found.entries()] if readable else [],
        "faults": [_fault(fault) for fault in faults],
        "count": len(found.log),
        "mails": [_mail(mail) for mail in found.mails],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    given, details = entry.given, []
    if given.get("supersedes"):
        details.append(("In place of", f"version {given['supersedes']}"))
    if "how" in given:
        details.append(("How", HOW[given["how"]]))
    if "kept" in given:
        details.append(("Day on the paper", dates.on_day(date.fromisoformat(given["on"]))))
        details.append(("Where it is kept", given["kept"]))
    if "why" in given:
        details.append(("Why", given["why"]))
    if "sha256" in given:
        details.append(("Fingerprint of the text", given["sha256"]))
    return {
        "what": ACTIONS.get(entry.action, entry.action).format(given.get("version", "")),
        "when": dates.at_time(instant(entry.at)),
        "iso": entry.at,
        "who": entry.name,
        "role": ROLES.get(entry.role, ""),
        "details": details,
    }


def _fault(fault: Fault) -> str:
    return f"Entry {fault.n}: {fault.what}" if fault.n else fault.what.capitalize()


def _mail(item: Item) -> str:
    version = item["link"]["version"]
    return f"{MAILS.get(item['template'], item['template'])} (version {version}): {STATUS[item['status']]}"


# The file -----------------------------------------------------------------------------------------------------------

COLUMNS = (
    "Name",
    "Roles",
    "Version",
    "Signed",
    "Date",
    "How",
    "Paper kept",
    "SHA-256 of the text",
    "Asked on",
    "Reminders",
    "Mail came back",
    "On the register",
)


def csv_rows(found: Mapping[str, Iterable[Mapping[str, Any]]], line: Line) -> list[list[str]]:
    """The register of a version as the rows of a file, the columns' names first. No cell begins a formula."""
    version = str(line.number)
    rows = [list(COLUMNS)]
    for row in found["signed"]:
        signed = ["yes", row["day"], row["how"], row["kept"], row["sha256"], "", "", ""]
        rows.append([row["name"], row["roles"], version, *signed, "no" if row["left"] else "yes"])
    for row in found["unsigned"]:
        unsigned = ["no", "", "", "", "", row["asked_day"], str(row["mails"]), "yes" if row["undeliverable"] else ""]
        rows.append([row["name"], row["roles"], version, *unsigned, "no" if row["left"] else "yes"])
    for row in found["covered"]:
        covered = [f"need not: signed version {row['version']}", *[""] * 7]
        rows.append([row["name"], row["roles"], version, *covered, "yes"])
    return [[plain(cell) for cell in row] for row in rows]


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what could be one has an apostrophe before it."""
    first = cell.lstrip()[:1]
    return (
        f"'{cell}" if first in ("=", "+", "-", "@", "＝", "＋", "－", "＠") or cell[:1] in ("\t", "\r", "\n") else cell
    )
