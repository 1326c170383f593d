"""What an officer, or somebody who is named, has before them: a request as it stands, and who they are to it.

An e-mailed link is opened in 2 reads, the link and then everything else together, and opening one changes nothing.
"""

from typing import NamedTuple

from chalice.app import Response

from chalicelib import access, web, wiring
from chalicelib.access import DeadLink
from chalicelib.checks import views
from chalicelib.checks.service import requests
from chalicelib.policy import shelf
from chalicelib.policy.rules import Version
from chalicelib.record import Record
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID, KIND
from chalicelib.store import head_key, to_record

GONE = 410


class Opened(NamedTuple):
    """Who opened it, and the register, the policy and the request as they stand. `path` is the page's own address;
    `version` what a link was sent for: the number of a text, or of an entry; None from the desk."""

    who: Person
    register: Register
    policy: Version
    record: Record
    path: str
    version: int | None = None


def by_link(asked: web.Asked, purpose: str) -> Opened:
    """What the link in the address leads to. Raises web.Instead with the page that says why it does not work."""
    store, secret = wiring.store(), asked.parts["token"]
    try:
        link = access.find_link(store, secret, purpose)
        people, about = head_key(KIND, ID), head_key(link.kind, link.id)
        found = store.several(people, about, shelf.KEY)
        register = register_of(found[people]["data"], found[people]["version"]) if people in found else register_of({})
        who = access.owner(link, register, asked.at)
    except DeadLink as dead:
        code = 404 if dead.why == access.UNKNOWN else GONE
        page = web.page(asked, "checks/dead_link.html", code, why=dead.why, purpose=purpose, secret=secret)
        raise web.Instead(page) from dead
    if about not in found:
        raise web.Problem(404)
    policy = shelf.guiding(shelf.of(found.get(shelf.KEY)))
    return Opened(who, register, policy, to_record(found[about]), f"/{purpose}/{secret}", link.version)


def from_the_desk(asked: web.Asked) -> Opened:
    """The request in the address, for whoever is signed in. 1 read."""
    try:
        record = requests.find(wiring.store(), asked.parts["reference"])
    except requests.Unknown as error:
        raise web.Problem(404) from error
    return Opened(asked.person, asked.register, asked.policy, record, f"/check/{record.id}/decision")


def again(opened: Opened) -> Opened:
    """The same as it stands now, for whom it was opened by. 1 read. Raises web.Problem when there is nothing left."""
    head, record = wiring.store().records((KIND, ID), (opened.record.kind, opened.record.id))
    if head is None or record is None:
        raise web.Problem(404)
    register = register_of(head.data, head.version)
    return opened._replace(who=register.person(opened.who.id) or opened.who, register=register, record=record)


def own(asked: web.Asked, reference: str) -> Record:
    """A request of whoever is signed in. 1 read. Raises web.Problem, the same for another's and for none."""
    try:
        record = requests.find(wiring.store(), reference)
    except requests.Unknown as error:
        raise web.Problem(404) from error
    if record.data["requester"] != asked.person.id:
        raise web.Problem(404)
    return record


def too_late(asked: web.Asked, record: Record) -> Response:
    """The page for a requester who wants what their request, as it stands now, does not allow any more."""
    request = views.request(record, asked.register)
    return web.page(asked, "checks/too_late.html", 409, request=request, typed=asked.form.one("text"))
