"""The desk. It costs what is open, not what was ever done; what stands on it comes from the parts (parts.py)."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import web, wiring
from chalicelib.desk import parts

pages = Blueprint(__name__)


@web.route(pages, "/desk", web.OFFICER)
def desk(asked: web.Asked) -> Response:
    """What waits on me, what waits on others, what was answered, what was decided, and what falls due."""
    if asked.visitor is None:
        raise web.Problem(403)
    before = web.begins(asked)
    looked = parts.Desk(asked.visitor, asked.at, wiring.store(), wiring.settings(), before)
    found = parts.sections(looked)
    shown = found.decided[: parts.LISTED]
    more = shown[-1].mark if len(found.decided) > parts.LISTED else ""
    due = parts.ahead(looked)
    context: dict[str, Any] = {
        "found": found,
        "decided": shown,
        "more": more,
        "today": looked.today,
        "days": parts.AHEAD_DAYS,
    }
    return web.page(asked, "desk/desk.html", notes=parts.notes(looked), ahead=due, **context)
