"""Home, privacy, accessibility, health, and the style sheet."""

from chalice.app import Blueprint, Response

from chalicelib import assets, tick, web, wiring
from chalicelib.theme import theme_css

pages = Blueprint(__name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"

WAYS = (
    {
        "title": "Ask for a check before you post",
        "href": "/check",
        "text": "Put a draft or a question to the Clerk or the Chair, and have the answer by e-mail.",
    },
    {
        "title": "Read the policy",
        "href": "/policy",
        "text": "The Council’s social media policy as it stands, earlier versions, and what changed.",
    },
    {
        "title": "Report a breach of the policy",
        "href": "/report",
        "text": "Tell somebody who is not involved, anonymously if you wish, and hear what comes of it.",
    },
    {
        "title": "See your requests",
        "href": "/checks",
        "text": "What you have asked, what was decided and why, and where to record what you posted.",
    },
    {
        "title": "The officers’ desk",
        "href": "/desk",
        "officers": True,
        "text": "For the Clerk, the Chair and their deputies: what waits, and what was decided.",
    },
)
"""The ways in that the home page shows. A part that opens another adds its own here. One for `officers` is not shown to
somebody who is signed in and is none."""


@web.route(pages, "/", web.PUBLIC)
def home(asked: web.Asked) -> Response:
    """The first page."""
    return web.page(asked, "site/home.html", ways=WAYS)


@web.route(pages, "/privacy", web.PUBLIC)
def privacy(asked: web.Asked) -> Response:
    """What is kept of whom, and why."""
    return web.page(asked, "site/privacy.html")


@web.route(pages, "/accessibility", web.PUBLIC)
def accessibility(asked: web.Asked) -> Response:
    """The accessibility statement."""
    return web.page(asked, "site/accessibility.html")


@web.route(pages, "/healthz", web.PUBLIC)
def health(asked: web.Asked) -> Response:
    """Ready, when the table answers; and when the daily run last came, null while it never has."""
    return web.data({"status": "ready", "last_tick": tick.last(wiring.store())})


@web.route(pages, "/assets/{name}", web.LINK)
def asset(asked: web.Asked) -> Response:
    """The style sheet, or the few lines of it that carry the council's colour."""
    name = asked.parts["name"]
    if name == "theme.css":
        return _css(theme_css(wiring.settings().council.colour), _AN_HOUR)
    found = assets.read(name)
    if found is None:
        raise web.Problem(404)
    return _css(found[0], _FOR_EVER)


def _css(text: str, keep: str) -> Response:
    return web.response(text, 200, {"Content-Type": assets.TYPES[".css"], "Cache-Control": keep})
