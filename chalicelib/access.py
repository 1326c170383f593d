"""Who is asking: single-use links, sessions, and limits on how often.

Every link and session is a random token of 256 bits that exists only in the mail or the browser; the table holds its
SHA-256 with what it is for. Nothing is signed, so there is no key to guard, and ending one is deleting or outdating an
item. The table deletes what has expired hours late, so expiry is checked here as well.
"""

import contextlib
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib import dates
from chalicelib.policy import shelf
from chalicelib.policy.rules import Shelf, Version
from chalicelib.record import Actor, Record, instant, move, stamp
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID, KIND, TABLE
from chalicelib.sign_offs import roll
from chalicelib.sign_offs.roll import Roll
from chalicelib.sign_offs.rules import must_sign
from chalicelib.store import Commit, Conflict, Item, Store, Write, head_key, keyed

LIFETIMES = {
    "sign-in": timedelta(minutes=10),
    "decide": timedelta(days=14),
    "not-me": timedelta(days=30),
    "agree": timedelta(days=14),
    "case-access": timedelta(days=31),
    "case-code": timedelta(days=31),
    "sign-off": timedelta(days=30),
    "sign-review": timedelta(days=30),
}
"""What a link is for → how long it works. It stays in the table a while longer, so that an old one can be explained."""

EXPLAINED_FOR = timedelta(days=90)

SESSION = timedelta(hours=12)
OWN_DEVICE = timedelta(days=30)
"""How long a session lasts, and how long on a device that its owner says is theirs, for those who decide nothing."""

LIMITS = {
    "sign-in-address": (5, timedelta(hours=1)),
    "sign-in-source": (30, timedelta(hours=1)),
    "new-link-source": (30, timedelta(hours=1)),
    "report-draft-source": (60, timedelta(hours=1)),
    "report-source": (20, timedelta(hours=1)),
    "follow-up-source": (30, timedelta(hours=1)),
    "follow-up-reference": (20, timedelta(hours=1)),
    "case-code": (30, timedelta(hours=1)),
}
"""What is limited → how many in which time."""

TYPED = frozenset({"case-code"})
"""What the token is typed for, from one mail into the page of another's link: it is shorter, and no link."""
_TYPED = "23456789BCDFGHJKMNPQRSTVWXYZ"

_TRIES = 5

UNKNOWN, EXPIRED, USED, GONE = "unknown", "expired", "used", "gone"
"""Why a link does not work: no such token; too old; used before; its owner has left or ended all their links."""


class DeadLink(Exception):
    """The link does not work; `why` is one of the words above. `link` tells what it was for, where that is known."""

    def __init__(self, why: str, link: "Link | None" = None) -> None:
        super().__init__(why, link)
        self.why, self.link = why, link


class Link(NamedTuple):
    """What the table knows of a link. `version` is the version of the record (a request's draft) that it was sent for;
    `next` is the page to go on to."""

    digest: str
    purpose: str
    person: str
    epoch: int
    kind: str
    id: str
    version: int
    until: str
    next: str = ""


class Visitor(NamedTuple):
    """Somebody who is signed in, with the register and the policy as they stand, and who has signed it. `session` is
    their token's digest, `unsigned` the number of the version that they have still to sign (0: none)."""

    person: Person
    register: Register
    policy: Version
    session: str
    shelf: Shelf = Shelf()
    roll: Roll = Roll()
    unsigned: int = 0


def token() -> str:
    """A new token: 256 random bits, 43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def typed_token() -> str:
    """A new token to be typed: 77 random bits in four groups, with no characters that look alike."""
    groups = ("".join(secrets.choice(_TYPED) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def as_typed(typed: str) -> str:
    """A token that somebody typed, as it was made: case, blanks and hyphens do not count."""
    plain = "".join(c for c in typed[:100].upper() if c in _TYPED)
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def digest(token: str) -> str:
    """What the table holds of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def epoch(at: datetime) -> int:
    """Seconds since 1970, as the table's expiry attribute has them."""
    return int(at.timestamp())


def link_item(
    secret: str,
    purpose: str,
    person: str,
    epoch_of_person: int,
    at: datetime,
    *,
    kind: str = "",
    id: str = "",
    version: int = 0,
    next: str = "",
) -> Item:
    """The item that makes a token a link of this purpose for this person."""
    until = at + LIFETIMES[purpose]
    return keyed(
        ("link#" + digest(secret), "link"),
        purpose=purpose,
        person=person,
        epoch=epoch_of_person,
        kind=kind,
        id=id,
        version=version,
        until=stamp(until),
        next=next,
        expires_at=epoch(until + EXPLAINED_FOR),
    )


def find_link(store: Store, secret: str, purpose: str) -> Link:
    """The link of this token, alive or not. 1 request. Raises DeadLink for one that is not known for this purpose."""
    found = {item["sk"]: item for item in store.items("link#" + digest(secret))}
    item = found.get("link")
    if item is None or item["purpose"] != purpose:
        raise DeadLink(UNKNOWN)
    names = ("purpose", "person", "epoch", "kind", "id", "version", "until", "next")
    link = Link(digest(secret), *(item[name] for name in names))
    if "used" in found:
        raise DeadLink(USED, link)
    return link


def owner(link: Link, register: Register, at: datetime) -> Person:
    """The person whose link it is, if it still works for them. Raises DeadLink."""
    person = register.person(link.person)
    if person is None or not person.on_register(dates.today(at)) or person.epoch != link.epoch:
        raise DeadLink(GONE, link)
    if instant(link.until) <= at:
        raise DeadLink(EXPIRED, link)
    return person


def register(store: Store) -> Register:
    """The register. 1 request."""
    record = store.get(KIND, ID)
    return register_of(record.data, record.version) if record else register_of({})


def start_session(store: Store, link: Link, person: Person, at: datetime, *, own_device: bool) -> tuple[str, timedelta]:
    """Use up a sign-in link for a new session: its token and how long it lasts. 1 request. Raises DeadLink."""
    secret = token()
    lasts = OWN_DEVICE if own_device and not person.officer_role else SESSION
    session = keyed(
        ("session#" + digest(secret), "session"),
        person=person.id,
        epoch=person.epoch,
        made=stamp(at),
        until=stamp(at + lasts),
        expires_at=epoch(at + lasts),
    )
    key = ("link#" + link.digest, "link")
    try:
        # Two presses of the button race for the link's mark; the second finds it there.
        store.write(Write("put", session), Write("new", keyed((key[0], "used"), expires_at=epoch(at + EXPLAINED_FOR))))
    except Conflict as error:
        raise DeadLink(USED, link) from error
    return secret, lasts


def visitor(store: Store, secret: str, at: datetime) -> Visitor | None:
    """Who holds this session token, with the register, the policy and the roll of those who signed it; None when it is
    not valid. 1 request."""
    key = ("session#" + digest(secret), "session")
    found = store.several(key, head_key(KIND, ID), shelf.KEY, roll.KEY)
    item, head = found.get(key), found.get(head_key(KIND, ID))
    if item is None or head is None or instant(item["until"]) <= at:
        return None
    people = register_of(head["data"], head["version"])
    person = people.person(item["person"])
    if person is None or not person.on_register(dates.today(at)) or person.epoch != item["epoch"]:
        return None
    # Somebody who became an officer during a long session goes back to the short one.
    if person.officer_role and instant(item["made"]) + SESSION <= at:
        return None
    kept, signed = shelf.of(found.get(shelf.KEY)), roll.of(found.get(roll.KEY))
    wanted = must_sign(person, dates.today(at), kept.lines, signed.signed(person.id))
    unsigned = wanted.number if wanted else 0
    return Visitor(person, people, shelf.guiding(kept), digest(secret), kept, signed, unsigned)


def end_all(store: Store, whose: str, actor: Actor, action: str, at: datetime, reason: str = "") -> None:
    """End every session and link of a person at once, as an entry of the register. 2 requests, more when others write.

    `action` is the register's: `sign-out-everywhere` or `end-sessions`. Raises NotYours.
    """
    for _ in range(_TRIES):
        record = store.get(KIND, ID)
        if record is None:
            return
        with contextlib.suppress(Conflict):
            store.commit(ending(record, whose, actor, action, at, reason))
            return
    raise Conflict([head_key(KIND, ID)])


def ending(record: Record, whose: str, actor: Actor, action: str, at: datetime, reason: str) -> Commit:
    """What `end_all` writes, for somebody who writes more with it. `record` is the register's. Raises NotYours."""
    after, entry = move(TABLE, record, action, actor, at, {"person": whose, "reason": reason})
    return Commit(after, entry)


def end_session(store: Store, secret: str) -> None:
    """Forget a session. 1 request."""
    store.delete(("session#" + digest(secret), "session"))


def over_limit(store: Store, what: str, who: str, at: datetime) -> bool:
    """Count one more of `what` by `who` (an address, a source); whether that is too many. 2 or 3 requests.

    What identifies them is kept only as a hash with a salt of the day, which is gone the day after.
    """
    most, window = LIMITS[what]
    begins = epoch(at) // int(window.total_seconds())
    salted = digest(f"{_salt(store, at)}|{what}|{who}")
    return store.count((f"limit#{salted}", str(begins)), epoch(at + timedelta(days=1))) > most


def try_again_in(at: datetime) -> int:
    """Seconds until what was limited is counted anew: every limit is one of an hour, which begins with the clock's."""
    return 3600 - epoch(at) % 3600


def network(source: str) -> str:
    """The network that a caller's address stands for in a limit: an IPv6 address is one of countless in the hands of
    the same household, so its first 64 bits count; any other text is its own."""
    import ipaddress

    try:
        address = ipaddress.IPv6Address(source)
    except ValueError:
        return source
    return str(ipaddress.IPv6Network((address.packed[:8] + bytes(8), 64)))


def _salt(store: Store, at: datetime) -> str:
    key = ("salt", dates.today(at).isoformat())
    found = store.item(key)
    if found is None:
        # Somebody else may make today's at the same moment; whichever is first is the one.
        with contextlib.suppress(Conflict):
            store.write(Write("new", keyed(key, salt=token(), expires_at=epoch(at + timedelta(days=1)))))
        found = store.item(key)
    return str(found["salt"]) if found else ""
