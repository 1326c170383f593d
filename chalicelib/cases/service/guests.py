"""Those who are let in to named items of a case: what they may see, and the entry that each look makes."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib import access
from chalicelib.access import DeadLink, Link
from chalicelib.cases import rules
from chalicelib.cases.service import records
from chalicelib.cases.workflow import KIND
from chalicelib.record import Actor, Data, Record
from chalicelib.register.rules import Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.settings import Settings
from chalicelib.store import Conflict, Store, head_key


class NotShown(Exception):
    """There is nothing to see by this link (any more)."""


class WrongCode(Exception):
    """The code does not belong to the link."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as a guest may look at it: `guest` says which items."""

    record: Record
    register: Register
    guest: Data


def shown(store: Store, link: Link, at: datetime) -> Shown:
    """What this link opens, for the right code. 1 read. Raises NotShown."""
    head, record = store.records((REGISTER, REGISTER_ID), (KIND, link.id))
    register = register_of(head.data if head else {})
    guest = rules.guest(record.data, link.person, at) if record else None
    if record is None or guest is None or not rules.may_be_let_in(register, record.data, guest):
        raise NotShown
    return Shown(record, register, guest)


def view(store: Store, settings: Settings, link: Link, code: str, file: str, at: datetime) -> Shown:
    """Look: an entry of the case. `file` is the SHA-256 of one of the files, or "" for all the items. 2 reads and 1
    transaction. Raises NotShown, WrongCode, Conflict."""
    for _ in range(records.TRIES):
        found = shown(store, link, at)
        _belongs(store, link, code)
        kept = {one["sha256"] for one in found.record.data["evidence"]}
        if file and file not in kept.intersection(found.guest["items"]):
            raise NotShown
        name, kind = found.guest["name"], found.guest["kind"]
        by = Actor(f"guest-{link.person}", name, kind, frozenset({rules.GUEST}))
        given = {"guest": link.person, "items": [file] if file else found.guest["items"]}
        try:
            record = records.commit(store, settings, found.register, found.record, "view", by, at, given)
        except Conflict:
            continue
        return Shown(record, found.register, found.guest)
    raise Conflict([head_key(KIND, link.id)])


def _belongs(store: Store, link: Link, code: str) -> None:
    """Raises WrongCode unless the code was sent to the one whose link it is, for the same case."""
    try:
        sent = access.find_link(store, access.as_typed(code), "case-code")
    except DeadLink as error:
        raise WrongCode from error
    if (sent.person, sent.kind, sent.id) != (link.person, link.kind, link.id):
        raise WrongCode
