"""What an e-mailed link of a request leads to. Opening one costs 2 reads and changes nothing."""

from dataclasses import dataclass

from chalicelib import access, web, wiring
from chalicelib.access import DeadLink, Link
from chalicelib.record import Record
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID, KIND

GONE = 410


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose the link is, and the register and the request as they stand."""

    link: Link
    who: Person
    register: Register
    record: Record


def opened(asked: web.Asked, purpose: str) -> Opened:
    """What the link in the address leads to. Raises web.Instead with the page that says why it does not work."""
    store, secret = wiring.store(), asked.parts["token"]
    try:
        link = access.find_link(store, secret, purpose)
        head, record = store.records((KIND, ID), (link.kind, link.id))
        register = register_of(head.data if head else {})
        who = access.owner(link, register, asked.at)
    except DeadLink as dead:
        code = 404 if dead.why == access.UNKNOWN else GONE
        page = web.page(asked, "checks/dead_link.html", code, why=dead.why, purpose=purpose, secret=secret)
        raise web.Instead(page) from dead
    if record is None:
        raise web.Problem(404)
    return Opened(link, who, register, record)
