"""The pages of those who are let in: by a link and a code that came in two mails, to named items, for a limited time.

Opening the link shows nothing but a box for the code, however often a mail scanner does it. Whoever sends the code sees
the items, and that is an entry of the case each time; a file is an entry of its own. A link that has ended, was never
made, or belongs to somebody whom the case has come to be about, gets one and the same answer.
"""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, web, wiring
from chalicelib.cases import views
from chalicelib.cases.handling_forms import Entering
from chalicelib.cases.routes import attachment_name
from chalicelib.cases.service import guests
from chalicelib.cases.service.guests import Shown

pages = Blueprint(__name__)


@web.route(pages, "/case-access/{token}", web.LINK, ("GET", "POST"))
def look(asked: web.Asked) -> Response:
    """GET: asks for the code. POST: shows the items, or with `file` leads to one of them."""
    store, form, wanted = wiring.store(), Entering(), ""
    try:
        link = access.find_link(store, asked.parts["token"], "case-access")
        if not asked.writes:
            guests.shown(store, link, asked.at)
            return _code_page(asked, form)
        form = Entering(asked.form, also=("file",))
        if not form.validate():
            return _code_page(asked, form, 422)
        if access.over_limit(store, "case-code", link.digest, asked.at):
            raise web.Problem(429)
        wanted, code = asked.form.one("file"), form.code.data or ""
        found = guests.view(store, wiring.settings(), link, code, wanted, asked.at)
    except (access.DeadLink, guests.NotShown):
        return web.page(asked, "cases/access_dead.html", 410)
    except guests.WrongCode:
        form.code.errors = ("This is not the code that belongs to this link",)
        return _code_page(asked, form, 422)
    if wanted:
        n = next(n for n, one in enumerate(found.record.data["evidence"], 1) if one["sha256"] == wanted)
        file = found.record.data["evidence"][n - 1]
        return web.leave(wiring.files().attachment(file, attachment_name(found.record, n)))
    return _items_page(asked, found, form.code.data or "")


def _code_page(asked: web.Asked, form: Entering, code: int = 200) -> Response:
    return web.page(asked, "cases/access.html", code, form=form, errors=form.errors, token=asked.parts["token"])


def _items_page(asked: web.Asked, found: Shown, code: str) -> Response:
    data, items = found.record.data, found.guest["items"]
    context: dict[str, Any] = {
        "guest": found.guest,
        "report": data["answers"] if views.REPORT in items else None,
        "files": [
            {**one, "label": f"File {n}", "sha256": one["sha256"]}
            for n, one in enumerate(data["evidence"], 1)
            if one["sha256"] in items
        ],
        "token": asked.parts["token"],
        "typed": code,
    }
    return web.page(asked, "cases/shared.html", uploads=wiring.files().origin(), **context)
