"""The pages of asking for a sign-in link.

Rules: the answer is the same for every address. The form is the page that most people meet first, and cold: what only
its sending needs is imported when it is sent.
"""

from urllib.parse import urlencode

from chalice.app import Blueprint, Response

from chalicelib import web, wiring
from chalicelib.sign_in.forms import Asking

pages = Blueprint(__name__)


@web.route(pages, "/sign-in", web.PUBLIC, ("GET", "POST"))
def ask(asked: web.Asked) -> Response:
    """GET: the address, please. POST: a link is sent, or not, and the answer is the same."""
    if not asked.writes:
        form = Asking(next=_next(asked.query.get("next", "")))
        return web.page(asked, "sign_in/ask.html", form=form, errors=form.errors)
    form = Asking(asked.form)
    if not form.validate():
        return web.page(asked, "sign_in/ask.html", 422, form=form, errors=form.errors)
    from chalicelib.sign_in import service

    typed = form.data
    on = _next(typed["next"])
    try:
        service.ask(wiring.store(), wiring.settings(), typed["email"], on, asked.source, asked.at)
    except service.TooMany as error:
        raise web.Problem(429, "Too many sign-in links were asked for from where you are.") from error
    return web.redirect(asked, "/sign-in/sent" + ("?" + urlencode({"next": on}) if on else ""))


@web.route(pages, "/sign-in/sent", web.PUBLIC)
def sent(asked: web.Asked) -> Response:
    """What to do next, in the same words for every address."""
    return web.page(asked, "sign_in/sent.html", ask_again=ask_path(_next(asked.query.get("next", ""))))


def _next(path: str) -> str:
    return web.safe_path(path) if path else ""


def ask_path(on: str) -> str:
    """Where to ask for another link, and to go on to the same page after it."""
    return "/sign-in" + ("?" + urlencode({"next": on}) if on else "")
