"""The page behind the e-mailed link on which the Clerk and the Chair each give their statement on a review.

Opening it changes nothing, however often; only its form does. An old link says what was recorded.
"""

from datetime import date
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, dates, web, wiring
from chalicelib.access import DeadLink
from chalicelib.record import NotNow, NotYours, Record
from chalicelib.register.rules import ROLES, Person, Register, register_of
from chalicelib.register.workflow import ID, KIND
from chalicelib.review import letters, rules, views
from chalicelib.review.forms import POINTS, Checklist, Confirming
from chalicelib.review.service import book, resolving
from chalicelib.review.workflow import KIND as REVIEW
from chalicelib.store import head_key, to_record

pages = Blueprint(__name__)

GONE = 410


@web.route(pages, "/sign-review/{token}", web.LINK, ("GET", "POST"))
def sign(asked: web.Asked) -> Response:
    """One of the two statements. 2 reads; giving it, 1 more and 1 transaction."""
    who, register, record, resolved = _opened(asked)
    seat = rules.seat_of(register, who, dates.today(asked.at))
    held = rules.capacities(register, record.data, who, dates.today(asked.at))
    given = record.data["statements"].get(seat)
    current = record.data["resolved"] == resolved
    if not current or given or not seat or rules.SIGNER[seat] not in held:
        return _recorded(asked, who, register, record, current=current, code=200 if given else GONE)
    kind = Checklist if seat == rules.CLERK else Confirming
    form: Any = kind(asked.form) if asked.writes else kind(None, resolved=str(resolved))

    def page(code: int) -> Response:
        context: dict[str, Any] = {"told": letters.told(record), "seat": seat, "who": who.styled}
        context |= {"role": ROLES[rules.role_of(register, who, dates.today(asked.at))], "points": list(POINTS)}
        context["path"] = f"/sign-review/{asked.parts['token']}"
        return web.page(asked, "review/sign.html", code, form=form, errors=form.errors, **context)

    if not asked.writes:
        return page(200)
    if not form.validate():
        return page(422)
    store, day = wiring.store(), date.fromisoformat(record.id)
    try:
        resolving.sign(store, who, day, int(form.resolved.data), form.answers(), asked.at)
    except book.Moved as moved:
        return _recorded(asked, who, register, moved.record, current=False, code=409)
    except (NotNow, NotYours):
        return _recorded(asked, who, register, book.find(store, day).record, current=True, code=409)
    return web.redirect(asked, f"/sign-review/{asked.parts['token']}")


def _opened(asked: web.Asked) -> tuple[Person, Register, Record, int]:
    """Whose link it is, the register, the review, and the resolution that the link was sent for. 2 reads."""
    store, secret = wiring.store(), asked.parts["token"]
    try:
        link = access.find_link(store, secret, letters.PURPOSE)
        people, about = head_key(KIND, ID), head_key(REVIEW, link.id)
        found = store.several(people, about)
        register = register_of(found[people]["data"] if people in found else {})
        who = access.owner(link, register, asked.at)
    except DeadLink as dead:
        code = 404 if dead.why == access.UNKNOWN else GONE
        raise web.Instead(web.page(asked, "review/dead_link.html", code, why=dead.why)) from dead
    if about not in found:
        raise web.Problem(404)
    return who, register, to_record(found[about]), link.version


def _recorded(
    asked: web.Asked, who: Person, register: Register, record: Record, *, current: bool, code: int
) -> Response:
    seat = rules.seat_of(register, who, dates.today(asked.at))
    given = record.data["statements"].get(seat)
    context: dict[str, Any] = {"record": record, "resolution": views.resolution(record, register)}
    context |= {"own": bool(given) and given["by"] == who.id, "seat": seat, "current": current}
    return web.page(asked, "review/signed.html", code, closed=record.state == rules.CLOSED, **context)
