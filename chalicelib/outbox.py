"""Mail: written down in the transaction that makes it due, sent afterwards from what the transaction left behind.

A *mail* is an item beside the record it tells of, in the queue `outbox` until SES has taken it. It holds who gets it
and every word that goes into it, so that a second attempt says what the first said; it holds no token. `sweep` sends
what is due: it moves the mail's `due` on first (a lease and the back-off in one, so that two sweeps send one mail, and
a sweep that dies leaves it for the next), makes the token of the mail's link, sends, and takes the mail out of the
queue.

A mail that has lost its point is not sent: `relevant` says what must still be true of the record's data or state, and
`hooks.MAY_GO` lets a part judge by more than its record, such as the register as it is now.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib import access, hooks, logs, render
from chalicelib.record import NO_DATA, Data, instant, stamp
from chalicelib.register.rules import Person
from chalicelib.settings import Council, Settings
from chalicelib.store import Conflict, Item, Key, Store, Write, keyed, partition

if TYPE_CHECKING:
    from chalicelib.mail import Mailer, Rendered

log = logging.getLogger(__name__)

QUEUE = "outbox"
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (2, 4, 8, 15, 30))
"""How long after each attempt the next one comes; the last is repeated. The first is also the shortest lease: longer
than a sweep can be late and then last, so that no sweep takes a mail that another is still sending."""
BATCH = 50
SECONDS = 40
"""How long one sweep goes on taking up mails; one attempt is bounded by the client's time-outs."""
GIVE_UP_RUN = 3
"""Failures in a row after which a sweep stops: SES is down, and the next sweep will see."""

NOT_ANSWERED = frozenset({"case"})
"""Kinds of record whose mails are not to be answered: the Council's own address is the Clerk's, who may be the one that
a case is kept from. Neither the reply address nor the words of such a mail lead there."""

DUE, SENT, SUPERSEDED, DELIVERED, BOUNCED, COMPLAINED = (
    "due",
    "sent",
    "superseded",
    "delivered",
    "bounced",
    "complained",
)
UNDELIVERABLE = frozenset({BOUNCED, COMPLAINED})


class Letter(NamedTuple):
    """A mail to be written down. `purpose` is what its link is for ("": it has none), `version` what the link is bound
    to; `context` what its templates show."""

    template: str
    to: Person
    context: Data = NO_DATA
    purpose: str = ""
    version: int = 0
    relevant: Data = NO_DATA
    next: str = ""


def written(
    kind: str,
    id: str,
    n: int,
    letters: tuple[Letter, ...],
    at: datetime,
    *,
    heard: bool = True,
    again: str = "",
    until: datetime | None = None,
) -> tuple[Write, ...]:
    """The writes that make these letters due now, as mails of entry `n`. With `heard` false they are written but stand
    in no queue: the same work for an address that is not known. `again` (letters, digits, dots, hyphens) sets a
    mail apart that no entry makes due. After `until` they are not sent any more, and the table forgets them."""
    return tuple(
        Write(
            "new",
            keyed(
                (partition(kind, id), f"mail#{n:06}.{again}{i}"),
                kind=kind,
                id=id,
                queue=QUEUE if heard else None,
                due=stamp(at) if heard else None,
                at=stamp(at),
                status=DUE if heard else SUPERSEDED,
                attempts=0,
                template=letter.template,
                to={
                    "id": letter.to.id,
                    "name": letter.to.styled,
                    "email": letter.to.email,
                    "epoch": letter.to.epoch,
                },
                context=letter.context,
                link={"purpose": letter.purpose, "version": letter.version, "next": letter.next},
                relevant=letter.relevant,
                expires_at=access.epoch(until) if until else None,
            ),
        )
        for i, letter in enumerate(letters, 1)
    )


def mail_id(item: Item) -> str:
    """The id by which SES speaks of a mail: letters, digits, hyphens and underscores, all that SES takes in a tag."""
    return f"{item['kind']}.{item['id']}.{item['sk'].removeprefix('mail#')}".replace(".", "_")


def mail_key(id: str) -> Key:
    """The key of the mail with this id. Raises ValueError."""
    kind, record, rest = id.replace("_", ".").split(".", 2)
    return partition(kind, record), f"mail#{rest}"


def is_relevant(relevant: Data, state: str, data: Data) -> bool:
    """Whether a mail still has its point: everything in `relevant` holds, `state` being the record's."""
    now = {**data, "state": state, "decided": (data.get("decision") or {}).get("n")}
    return all(now.get(name) == value for name, value in relevant.items())


def rendered(name: str, council: Council, context: dict[str, Any]) -> "Rendered":
    """The three templates of a mail, filled."""
    from chalicelib.mail import Rendered

    whole = {"council": council} | context
    subject, text, html = (
        render.template(f"email/{name}/{part}", whole) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(subject, text, html)


def announced(event: Data) -> list[Key]:
    """The keys of the mails that an event of the table's stream tells of; none for any other event."""
    images = [record.get("dynamodb", {}).get("Keys", {}) for record in event.get("Records", ())]
    return [(keys["pk"]["S"], keys["sk"]["S"]) for keys in images if keys]


def sweep(store: Store, mailer: "Mailer", settings: Settings, at: datetime, new: Sequence[Key] = ()) -> int:
    """Send what is due as of `at`; how many SES took. Bounded in number and time, whatever is waiting.

    `new` are mails that the stream has just told of: the index may not show them for a moment yet.

    A mail that cannot even be made stands in no other's way: it comes up again like one that SES refused, and what was
    wrong with it is raised in the end, so that the alarm rings.
    """
    # Pages write mails down; only the sweep needs what composes and sends them.
    from chalicelib.mail import NotSent

    began, failed, sent = time.monotonic(), 0, 0
    fault: Exception | None = None
    # What SES refused a moment ago stands behind what is due: one read sends the one and counts both.
    waiting = store.waiting(QUEUE, limit=BATCH)
    logs.measured(at, MailsDue=len(waiting))
    due = [(item["pk"], item["sk"]) for item in waiting if item["due"] <= stamp(at)]
    for key in dict.fromkeys([*new, *due]):
        if failed >= GIVE_UP_RUN or time.monotonic() - began > SECONDS:
            break
        try:
            sent += _attempt(store, mailer, settings, key, at)
            failed = 0
        except NotSent as error:
            failed += 1
            log.warning("%s was not taken: %s", _called(key), error)
        except Exception as error:
            failed += 1
            log.exception("%s could not be made", _called(key))
            fault = error
    if fault:
        raise fault
    return sent


def _called(key: Key) -> str:
    """A mail as the log names it. Of a case not even its reference goes there: its readers may be concerned in it."""
    kind = key[0].partition("#")[0]
    return f"a mail of a {kind}" if kind in NOT_ANSWERED else " ".join(key)


def _attempt(store: Store, mailer: "Mailer", settings: Settings, key: Key, at: datetime) -> int:
    item = store.item(key)
    if item is None or item.get("queue") != QUEUE or item["due"] > stamp(at):
        return 0  # Another sweep has it, or had it.
    attempts = item["attempts"] + 1
    due = stamp(at + BACK_OFF[min(attempts, len(BACK_OFF)) - 1])
    try:
        item = store.change(key, was={"queue": QUEUE, "due": item["due"]}, becomes={"due": due, "attempts": attempts})
    except Conflict:
        return 0  # Another sweep has taken it this instant.
    if not _has_a_point(store, item, at):
        _done(store, key, due, status=SUPERSEDED)
        return 0
    ses_id = _send(store, mailer, settings, item, at)
    _done(store, key, due, status=SENT, sent_at=stamp(at), ses_id=ses_id)
    return 1


def _has_a_point(store: Store, item: Item, at: datetime) -> bool:
    if "expires_at" in item and item["expires_at"] <= access.epoch(at):
        return False
    if item["relevant"]:
        record = store.get(item["kind"], item["id"])
        if record is None or not is_relevant(item["relevant"], record.state, record.data):
            return False
    may_go = hooks.MAY_GO.get(item["kind"])
    return may_go is None or may_go(store, item, at)


def _send(store: Store, mailer: "Mailer", settings: Settings, item: Item, at: datetime) -> str:
    from chalicelib.mail import NotSent, address

    to, link = item["to"], item["link"]
    try:
        recipient = address(to["name"], to["email"])
    except ValueError as error:
        raise NotSent("unusable address") from error
    context = {"to": to["name"], "url": settings.public_url, **item["context"]}
    if link["purpose"]:
        typed = link["purpose"] in access.TYPED
        secret = access.typed_token() if typed else access.token()
        about = {"kind": item["kind"], "id": item["id"], "version": link["version"], "next": link["next"]}
        store.put(access.link_item(secret, link["purpose"], to["id"], to["epoch"], at, **about))
        if typed:
            context["code"] = secret
        else:
            context["link"] = f"{settings.public_url}/{link['purpose']}/{secret}"
    council, reply_to = settings.council, settings.council.email
    if item["kind"] in NOT_ANSWERED:
        council, reply_to = council._replace(email=""), settings.mail_from
    letter = rendered(item["template"], council, context)
    return mailer.send(mail_id(item), council.name, reply_to, recipient, letter)


def _done(store: Store, key: Key, due: str, **becomes: str) -> None:
    try:
        store.change(key, was={"due": due}, becomes={"queue": None, "due": None, **becomes})
    except Conflict:
        # SES's own news of it was quicker and has settled it; or the lease ran out, and another sweep sends it again.
        log.info("%s was settled by another", _called(key))


_EVENTS = {"Delivery": DELIVERED, "Bounce": BOUNCED, "Complaint": COMPLAINED, "Reject": BOUNCED}


def status_of(detail: Data) -> tuple[str, str] | None:
    """What an SES event says: (mail id, status); None for what changes nothing, such as a mailbox full for a day."""
    tags = detail.get("mail", {}).get("tags", {}).get("mail", [])
    status = _EVENTS.get(detail.get("eventType", ""))
    if status == BOUNCED and detail.get("bounce", {}).get("bounceType", "Permanent") != "Permanent":
        return None
    return (str(tags[0]), status) if tags and status else None


def mark(store: Store, id: str, status: str, at: datetime) -> Item | None:
    """Note what became of a mail; the mail as it then stands, None for one that is not known. Raises ValueError.

    What came back stays so: SES's events may come in any order and more than once. Whatever SES says of a mail, it has
    taken it: a sweep that died before it could write that down sends nothing twice.
    """
    key = mail_key(id)
    item = store.item(key)
    if item is None or item["status"] == status or item["status"] in UNDELIVERABLE:
        return item
    news = {"status": status, "status_at": stamp(at), "sent_at": item.get("sent_at", stamp(at))}
    try:
        return store.change(key, was={"status": item["status"]}, becomes={**news, "queue": None, "due": None})
    except Conflict:
        return mark(store, id, status, at)


def sent_at(item: Item) -> datetime | None:
    """When SES took the mail."""
    return instant(item["sent_at"]) if "sent_at" in item else None
