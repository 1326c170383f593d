"""Making a referral pack: written to the bucket while the evidence is read from it, and fetched from there.

It lies among the uploads, which the bucket deletes after two days; whoever needs it later makes another. That it was
made, for whom and why, and the SHA-256 of its manifest, is an entry of the case before anybody can fetch it.
"""

from datetime import datetime
from typing import Any

from chalicelib import access, dates
from chalicelib.cases import pack
from chalicelib.cases.pack import Wanted
from chalicelib.cases.service import handling
from chalicelib.cases.service.records import Unknown
from chalicelib.cases.workflow import KIND
from chalicelib.files import Files
from chalicelib.record import Data, instant
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings
from chalicelib.store import History, Store

LARGEST = 520 * 1024 * 1024
"""Bytes of evidence that one pack can hold: as much as can be copied within one request to the app."""


class TooLarge(Exception):
    """The evidence is more than one pack can hold."""


def take(
    store: Store,
    files: Files,
    settings: Settings,
    register: Register,
    reference: str,
    who: Person,
    wanted: Wanted,
    at: datetime,
) -> str:
    """Make a pack of a case for one of its handlers; the key under which it can be fetched. 1 read, 1 for each linked
    check request, 1 of each file; 1 transaction. Raises Unknown, TooLarge, NotYours, Conflict."""
    found: History = store.history(KIND, reference)
    record = found.record
    if record is None or not handling.is_handler(settings, register, record, who, at):
        raise Unknown
    if sum(one["size"] for one in record.data["evidence"]) > LARGEST:
        raise TooLarge
    checks = [_check(store, register, one) for one in record.data["checks"]]
    key = f"uploads/packs/{reference}/{access.token()}.zip"
    out = files.writing(key)
    try:
        digest = pack.written(out, found, record, register, settings.council, checks, wanted, files.chunks, at)
    except BaseException:
        out.abort()
        raise
    out.close()
    given = {"who": wanted.who, "what": "The pack", "reason": wanted.reason, "sha256": digest, "named": wanted.named}
    handling.act(store, settings, register, reference, who, "take-pack", given, access.token()[:32], at)
    return key


def _check(store: Store, register: Register, linked: Data) -> dict[str, Any]:
    """A linked check request, as the document shows it."""
    record = store.get("check", linked["reference"])
    decision = record.data["decision"] if record else None
    return {
        "reference": linked["reference"],
        "requester": register.named(linked["requester"]),
        "text": record.data["answers"]["text"] if record else "",
        "outcome": decision["outcome"] if decision else "",
        "by": decision["name"] if decision else "",
        "at": dates.at_time(instant(decision["at"])) if decision else "",
    }
