"""The pages of the handlers: their cases, one case with all that is known of it, and a page for every move.

Every officer may open the list, and finds the cases in it that are theirs to handle; for everybody but its handlers a
case's pages are not found, in the same words as for a reference that does not exist.
"""

import re
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, web, wiring
from chalicelib.cases import evidence, filling, views
from chalicelib.cases.handling_forms import (
    Acting,
    Observing,
    Packing,
)
from chalicelib.cases.service import handling, records
from chalicelib.cases.steps import STEPS, blank
from chalicelib.cases.workflow import KIND, TABLE, Unfit
from chalicelib.record import NotNow, NotYours, Record, allowed

pages = Blueprint(__name__)

PASSED_ON = "The case is out of your hands now. Whoever is next in order has it, or it is sealed"
_MARK = re.compile(r"[0-9TZ:-]{20}(#[0-9A-Z-]{14})?")


@web.route(pages, "/cases", web.OFFICER)
def cases(asked: web.Asked) -> Response:
    """The open cases that are the visitor's to handle; with `show=closed` the closed ones."""
    given = (wiring.store(), wiring.settings(), asked.register, asked.person, asked.at)
    closed, more = asked.query.get("show") == "closed", ""
    if closed:
        mark = asked.query.get("before", "")
        found, more = handling.closed_cases(*given, mark if _MARK.fullmatch(mark) else "~")
    else:
        found = handling.open_cases(*given)
    lines = [views.line(record, asked.at) for record in found]
    notice = PASSED_ON if asked.query.get("done") == "passed-on" else ""
    return web.page(asked, "cases/list.html", lines=lines, closed=closed, more=more, notice=notice)


@web.route(pages, "/cases/{reference}", web.OFFICER)
def case(asked: web.Asked) -> Response:
    """A case with its whole history."""
    done = STEPS.get(asked.query.get("done", ""))
    return _case_page(asked, notice=done.done if done else "")


def _case_page(asked: web.Asked, code: int = 200, **more: Any) -> Response:
    # A long history takes longer to read: nobody who is not to know of the case waits for it.
    reference, settings = _handled(asked).id, wiring.settings()
    found = wiring.store().history(KIND, reference)
    record = found.record
    if record is None or not handling.is_handler(settings, asked.register, record, asked.person, asked.at):
        raise web.Problem(404)
    held = records.actor(settings, asked.register, record.data, asked.person, asked.at).capacities
    entries = views.readable(found)
    context: dict[str, Any] = {
        "case": views.case(record, asked.register, asked.at),
        "clock": handling.clock(record, asked.at),
        "actions": views.actions(record, held),
        "board": views.board(entries),
        "notes": views.notes(entries),
        "observations": views.observations(entries),
        "disclosures": views.disclosures(entries, record.data),
        "files": [
            {**one, "href": wiring.files().attachment(one, attachment_name(record, n))}
            for n, one in enumerate(record.data["evidence"], 1)
        ],
        "history": views.history(found, asked.register),
    }
    return web.page(asked, "cases/case.html", code, **context, **more)


def attachment_name(record: Record, n: int) -> str:
    """The name under which file `n` of a case is saved: nothing that somebody typed."""
    key = record.data["evidence"][n - 1]["key"]
    return f"{record.id}-file-{n}.{key.rpartition('.')[2]}"


@web.route(pages, "/cases/{reference}/{action}", web.OFFICER, ("GET", "POST"))
def act(asked: web.Asked) -> Response:
    """The page of a move, and the move itself."""
    reference, action = asked.parts["reference"], asked.parts["action"]
    record = _handled(asked)
    if action not in STEPS:
        raise web.Problem(404)
    held = records.actor(wiring.settings(), asked.register, record.data, asked.person, asked.at).capacities
    if action == "observe" and asked.form.one("remove"):
        return _removed(asked)
    form = filling.offered(
        asked, record, blank(action, asked.form if asked.writes else None, **filling.known(asked, record, action))
    )
    if not asked.writes and action not in allowed(TABLE, record, held):
        return web.redirect(asked, f"/cases/{reference}")
    if not asked.writes or not form.validate():
        form.id.data = form.id.data or access.token()
        return _act_page(asked, record, form, 422 if asked.writes else 200)
    try:
        return _packed(asked, record, form) if isinstance(form, Packing) else _done(asked, record, form)
    except Unfit as unfit:
        return _unfit(asked, record, form, unfit)
    except (NotNow, NotYours):
        return _case_page(asked, 409, errors=["This cannot be done any more: the case has changed. Nothing was saved"])
    except records.Unknown as error:
        raise web.Problem(404) from error


def _removed(asked: web.Asked) -> Response:
    """Take out one of the captures that were sent."""
    web.pressed(asked, "remove")
    evidence.remove(wiring.files(), filling.captures(asked), asked.form.one("remove"))
    return web.redirect(asked, f"/cases/{asked.parts['reference']}/observe")


def _done(asked: web.Asked, record: Record, form: Acting) -> Response:
    """Make the move, and show the case; or the list to whom it has made a stranger to the case."""
    settings, action = wiring.settings(), asked.parts["action"]
    given, id = filling.given(asked, record, form), access.digest(form.id.data or access.token())[:32]
    common = (wiring.store(), settings, asked.register, record.id, asked.person)
    after = handling.act(*common, action, given, id, asked.at)
    if isinstance(form, Observing):
        evidence.clear(wiring.files(), filling.captures(asked))
    stays = handling.is_handler(settings, asked.register, after, asked.person, asked.at)
    return web.redirect(asked, f"/cases/{record.id}?done={action}" if stays else "/cases?done=passed-on")


def _handled(asked: web.Asked) -> Record:
    given = (wiring.store(), wiring.settings(), asked.register, asked.parts["reference"], asked.person, asked.at)
    try:
        return records.handled(*given)[0]
    except records.Unknown as error:
        raise web.Problem(404) from error


def _act_page(asked: web.Asked, record: Record, form: Acting, code: int = 200) -> Response:
    action = asked.parts["action"]
    context: dict[str, Any] = {"reference": record.id, "action": action, "step": STEPS[action], "form": form}
    # The pack's form leads on to the bucket, where it is fetched; captures are sent there.
    uploads = wiring.files().origin() if isinstance(form, Packing | Observing) else ""
    if isinstance(form, Observing):
        files, folder = wiring.files(), filling.captures(asked)
        shown = evidence.shown(files, folder)
        back = f"{asked.origin}{asked.prefix}/cases/{record.id}/observe"
        upload = evidence.form(files, folder, len(shown), back) if len(shown) < evidence.MOST else None
        context |= {"files": shown, "upload": upload}
    template = "cases/observe.html" if isinstance(form, Observing) else "cases/act.html"
    return web.page(asked, template, code, uploads=uploads, errors=form.errors, **context)


def _unfit(asked: web.Asked, record: Record, form: Acting, unfit: Unfit) -> Response:
    names = {"people": "persons"}
    field = names.get(unfit.field, unfit.field)
    if field and field in form:
        form[field].errors = [*form[field].errors, unfit.message]
    else:
        form.form_errors.append(unfit.message)
    return _act_page(asked, record, form, 422)


def _packed(asked: web.Asked, record: Record, form: Packing) -> Response:
    """Make the pack, write down that it was taken, and lead to it."""
    from chalicelib.cases.pack import Wanted
    from chalicelib.cases.service import packing

    wanted = Wanted(form.who.data or "", form.reason.data, form.remedy.data, named=form.named.data == "yes")
    given = (wiring.store(), wiring.files(), wiring.settings(), asked.register, record.id, asked.person, wanted)
    try:
        key = packing.take(*given, asked.at)
    except packing.TooLarge:
        form.form_errors.append("The files of this case are too large for one pack. Save them one by one instead")
        return _act_page(asked, record, form, 422)
    return web.leave(wiring.files().attachment({"key": key}, f"{record.id}.zip"))
