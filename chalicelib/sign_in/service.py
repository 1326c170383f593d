"""Asking for a sign-in link, and using one.

Rules: whoever asks learns nothing of who is on the register, neither from the words nor from the work: for an address
that is not known, or asked for too often, the same is read and written as for one that is, only that nothing is sent.
A link works once, and only its owner's mailbox and the browser it is opened in ever see it.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib import access, dates
from chalicelib.access import Link, Visitor
from chalicelib.outbox import Letter, written
from chalicelib.record import Actor
from chalicelib.register.rules import SELF, Person
from chalicelib.register.service import seed
from chalicelib.settings import Settings
from chalicelib.store import Store

PURPOSE = "sign-in"

WORTH_SENDING = timedelta(days=1)
"""How long a mail with a sign-in link is kept and, while SES takes nothing, tried."""

NOBODY = Person("nobody", "Nobody", "", "nobody@unknown.invalid", (), date.max, None)
"""Whom the mail is for that is written down for an unknown address. The address that was typed is not kept."""


class TooMany(Exception):
    """So many links were asked for from one place that nothing is done for a while."""


class Offer(NamedTuple):
    """A link that works, and whom it would sign in. `lasts_long`: they may stay signed in on a device of their own."""

    link: Link
    person: Person

    @property
    def lasts_long(self) -> bool:
        return not self.person.officer_role


def ask(store: Store, settings: Settings, address: str, next: str, source: str, at: datetime) -> None:
    """Have a link sent to this address, if somebody on the register has it. 4 requests, whoever has it; a few more for
    the first one of a day, and of all days. Raises TooMany."""
    if access.over_limit(store, "sign-in-source", access.network(source), at):
        raise TooMany
    address = address.strip().casefold()
    too_often = access.over_limit(store, "sign-in-address", address, at)
    register = access.register(store)
    if not register.people:
        seed(store, settings, at)
        register = access.register(store)
    found = register.by_email(address, dates.today(at))
    letter = Letter("sign-in", found or NOBODY, {}, purpose=PURPOSE, next=next)
    heard = found is not None and not too_often
    id, until = secrets.token_hex(8), at + WORTH_SENDING
    store.write(*written(PURPOSE, id, 0, (letter,), at, heard=heard, until=until))


def offer(store: Store, token: str, visitor: Visitor | None, at: datetime) -> Offer:
    """What a link offers. 2 requests, 1 for a visitor whose session has brought the register. Raises DeadLink."""
    link = access.find_link(store, token, PURPOSE)
    register = visitor.register if visitor else access.register(store)
    return Offer(link, access.owner(link, register, at))


def accept(store: Store, offer: Offer, at: datetime, *, own_device: bool, before: str) -> tuple[str, timedelta]:
    """Use the link up for a session, and end the one of token `before` that this browser had (""): the new token and
    how long it lasts. 1 or 2 requests. Raises DeadLink when somebody was quicker."""
    started = access.start_session(store, offer.link, offer.person, at, own_device=own_device)
    if before:
        access.end_session(store, before)
    return started


def sign_out_everywhere(store: Store, person: Person, at: datetime) -> None:
    """End every session and link of this person, as an entry of the register. 2 requests."""
    actor = Actor(person.id, person.styled, person.role, frozenset({SELF}))
    access.end_all(store, person.id, actor, "sign-out-everywhere", at)
