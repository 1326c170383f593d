"""The pages on which somebody reads the policy and signs: by the link that was mailed to them, or signed in.

Opening a page changes nothing; only the form below the text signs. The text is the one that the Council adopted: its
SHA-256 is compared with the one recorded at the adoption before it is shown, and the form carries it, so that what is
recorded is what was read.
"""

from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, dates, web, wiring
from chalicelib.access import DeadLink, Link
from chalicelib.policy import shelf, views
from chalicelib.policy.rules import Line, Shelf, Version, labels
from chalicelib.record import Record
from chalicelib.register.rules import Person, Register, register_of
from chalicelib.register.workflow import ID as REGISTER_ID
from chalicelib.register.workflow import KIND as REGISTER
from chalicelib.sign_offs.forms import Signing, shown
from chalicelib.sign_offs.letters import PURPOSE
from chalicelib.sign_offs.rules import must_sign, numbers
from chalicelib.sign_offs.service import records, signing
from chalicelib.sign_offs.views import signatures
from chalicelib.sign_offs.workflow import BY_LINK, KIND, SIGNED_IN
from chalicelib.store import Key, head_key

pages = Blueprint(__name__)

GONE = 410


@dataclass(frozen=True, slots=True)
class Opened:
    """Who reads it, the policy, and their record as they stand. `link`: the version that the link was
    sent for; 0 for whoever is signed in."""

    who: Person
    shelf: Shelf
    record: Record
    path: str
    how: str
    link: int = 0


@web.route(pages, "/sign-off/{token}", web.LINK, methods=("GET", "POST"))
def by_link(asked: web.Asked) -> Response:
    """The policy behind an e-mailed link. 2 reads; signing is 1 transaction more."""
    return _answer(asked, _open_link(asked))


@web.route(pages, "/sign-off", web.SIGNED_IN, methods=("GET", "POST"))
def signed_in(asked: web.Asked) -> Response:
    """The policy for whoever is signed in. 1 read; signing is 1 transaction more."""
    record = signing.find(wiring.store(), asked.person.id)
    visitor = asked.visitor
    policies = visitor.shelf if visitor else Shelf()
    return _answer(asked, Opened(asked.person, policies, record, "/sign-off", SIGNED_IN))


@web.route(pages, "/sign-off/{token}/new", web.LINK, methods=("GET", "POST"))
def new_link(asked: web.Asked) -> Response:
    """Send the holder of a link that is too old another one, to their registered address. Always the same answer."""
    path = f"/sign-off/{asked.parts['token']}"
    if not asked.writes:
        return web.redirect(asked, path)
    web.pressed(asked)
    store = wiring.store()
    if access.over_limit(store, "new-link-source", asked.source, asked.at):
        raise web.Problem(429)
    try:
        link = access.find_link(store, asked.parts["token"], PURPOSE)
    except DeadLink:
        link = None
    if link:
        register, opened = _read(link)
        who = register.person(link.person)
        if who and who.on_register(dates.today(asked.at)):
            record, policies = opened
            signing.send_new_link(store, record, who, policies.adopted, asked.at)
    return web.page(asked, "sign_offs/new_link.html")


def _read(link: Link) -> tuple[Register, tuple[Record, Shelf]]:
    keys: tuple[Key, ...] = (head_key(REGISTER, REGISTER_ID), shelf.KEY, head_key(KIND, link.person))
    found = wiring.store().several(*keys)
    register = register_of(found[keys[0]]["data"] if keys[0] in found else {})
    return register, (records.record_of(found, link.person), shelf.of(found.get(shelf.KEY)))


def _open_link(asked: web.Asked) -> Opened:
    secret = asked.parts["token"]
    try:
        link = access.find_link(wiring.store(), secret, PURPOSE)
        register, (record, policies) = _read(link)
        try:
            who = access.owner(link, register, asked.at)
        except DeadLink as dead:
            # A link that is too old still says what was signed with it, to whom it would say so anyway.
            signed = record.data.get("signed", {}).get(str(link.version))
            owner = register.person(link.person)
            if dead.why == access.EXPIRED and signed and owner:
                raise web.Instead(_signed_page(asked, policies, record, owner, link.version)) from dead
            raise
    except DeadLink as dead:
        code = 404 if dead.why == access.UNKNOWN else GONE
        raise web.Instead(web.page(asked, "sign_offs/dead_link.html", code, why=dead.why, secret=secret)) from dead
    return Opened(who, policies, record, f"/{PURPOSE}/{secret}", BY_LINK, link.version)


def _answer(asked: web.Asked, opened: Opened) -> Response:
    wanted = must_sign(opened.who, dates.today(asked.at), opened.shelf.lines, numbers(opened.record.data))
    current = opened.shelf.current
    if wanted is None or current is None:
        return _nothing_to_sign(asked, opened)
    if current.adopted is None or current.adopted.sha256 != current.sha256:
        raise web.Problem(
            503, "The text of the policy is not the one that the Council adopted, so nobody can sign it now."
        )
    next = web.safe_path(asked.form.one("next") or asked.query.get("next", "/"))
    if not asked.writes:
        return _text(asked, opened, current, Signing(None, shown=shown(current), next=next))
    form = Signing(asked.form)
    if form.shown.data != shown(current):
        again = Signing(None, shown=shown(current), next=next)
        again.form_errors.append("The Council’s policy was changed while you were reading it. Read it again, then sign")
        return _text(asked, opened, current, again, 409)
    if not form.validate():
        form.shown.data, form.next.data = shown(current), next
        return _text(asked, opened, current, form, 422)
    signing.sign(wiring.store(), opened.who, current, opened.how, asked.at, opened.record)
    return web.redirect(asked, next if next != "/" else opened.path)


def _text(asked: web.Asked, opened: Opened, current: Version, form: Signing, code: int = 200) -> Response:
    signed = numbers(opened.record.data)
    context: dict[str, Any] = {
        "version": current,
        "groups": views.groups(current.clauses),
        "labels": labels(current.clauses),
        "who": opened.who.styled,
        "path": opened.path,
        "newer": bool(opened.link) and opened.link != current.number,
        "was": opened.link,
        "before": max(signed, default=0),
        "on": form.next.data if form.next.data != "/" else "",
    }
    return web.page(asked, "sign_offs/sign.html", code, form=form, errors=form.errors, **context)


def _nothing_to_sign(asked: web.Asked, opened: Opened) -> Response:
    if asked.writes:
        # The button was pressed twice, or they signed elsewhere meanwhile: what they wanted is so.
        next = web.safe_path(asked.form.one("next") or "/")
        return web.redirect(asked, next if next != "/" else opened.path)
    return _signed_page(asked, opened.shelf, opened.record, opened.who, opened.link)


def _signed_page(asked: web.Asked, policies: Shelf, record: Record, who: Person, link: int) -> Response:
    signed = signatures(record)
    first: list[dict[str, Any]] = [one for one in signed if one["version"] == link]
    context: dict[str, Any] = {
        "who": who.styled,
        "signed": [*first, *(one for one in signed if one["version"] != link)],
        "current": _line(policies),
    }
    return web.page(asked, "sign_offs/signed.html", **context)


def _line(policies: Shelf) -> Line | None:
    return policies.adopted[0] if policies.adopted else None
