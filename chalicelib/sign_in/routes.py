"""The pages of signing in by a link, and of signing out.

Rules: opening a link changes nothing, the button on its page does; every link that does not work says why and offers a
new one; whoever is signed in already is told so before somebody else is signed in over them.
"""

from chalice.app import Blueprint, Response

from chalicelib import access, web, wiring
from chalicelib.access import DeadLink
from chalicelib.sign_in import service
from chalicelib.sign_in.asking import ask_path
from chalicelib.sign_in.forms import Entering

pages = Blueprint(__name__)


@web.route(pages, "/sign-in/{token}", web.LINK, ("GET", "POST"))
def enter(asked: web.Asked) -> Response:
    """GET: who would be signed in. POST: signed in, and on to where they wanted to go."""
    store = wiring.store()
    if asked.token:
        asked = asked._replace(visitor=access.visitor(store, asked.token, asked.at))
    form = Entering(asked.form if asked.writes else None)
    try:
        offer = service.offer(store, asked.parts["token"], asked.visitor, asked.at)
        if not asked.writes or not form.validate():
            return web.page(
                asked,
                "sign_in/enter.html",
                422 if asked.writes else 200,
                form=form,
                errors=form.errors,
                offer=offer,
                on=offer.link.next or "/",
                here=asked.path,
            )
        own_device = bool(form.data["own_device"])
        token, lasts = service.accept(store, offer, asked.at, own_device=own_device, before=asked.token)
    except DeadLink as dead:
        on = dead.link.next if dead.link else ""
        code = 404 if dead.why == access.UNKNOWN else 410
        return web.page(asked, "sign_in/dead.html", code, why=dead.why, ask_again=ask_path(on), on=on or "/")
    return web.redirect(asked, offer.link.next or "/", web.cookie(asked, token, int(lasts.total_seconds())))


@web.route(pages, "/sign-out", web.PUBLIC, ("GET", "POST"))
def leave(asked: web.Asked) -> Response:
    """GET: here, or everywhere? And for whoever is not signed in, that they are not. POST: this session ends."""
    if not asked.writes:
        return web.page(asked, "sign_in/out.html")
    if asked.token:
        access.end_session(wiring.store(), asked.token)
    return _out(asked)


@web.route(pages, "/sign-out/everywhere", web.PUBLIC, ("POST",))
def leave_everywhere(asked: web.Asked) -> Response:
    """Every session and link of theirs ends. Sent twice, it finds nobody signed in and says the same."""
    if asked.visitor:
        service.sign_out_everywhere(wiring.store(), asked.visitor.person, asked.at)
    return _out(asked)


def _out(asked: web.Asked) -> Response:
    return web.redirect(asked, "/sign-out", web.cookie(asked, "", 0))
