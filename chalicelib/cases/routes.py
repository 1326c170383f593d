"""The pages of the handlers: their cases, one case with all that is known of it, and a page for every move.

Every officer may open the list, and finds the cases in it that are theirs to handle; for everybody but its handlers a
case's pages are not found, in the same words as for a reference that does not exist.
"""

import re
import secrets
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import access, dates, forms, web, wiring
from chalicelib.cases import rules, service, service_handling, views
from chalicelib.cases.handling_forms import (
    Acting,
    Appointing,
    Classifying,
    EndingAccess,
    LettingIn,
    Linking,
    Packing,
    People,
)
from chalicelib.cases.steps import STEPS, blank
from chalicelib.cases.workflow import KIND, TABLE, Unfit
from chalicelib.policy.rules import citable, labels
from chalicelib.record import NotNow, NotYours, Record, allowed, stamp

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
        found, more = service_handling.closed_cases(*given, mark if _MARK.fullmatch(mark) else "~")
    else:
        found = service_handling.open_cases(*given)
    lines = [views.line(record, asked.at) for record in found]
    notice = PASSED_ON if asked.query.get("done") == "passed-on" else ""
    return web.page(asked, "cases/list.html", lines=lines, closed=closed, more=more, notice=notice)


@web.route(pages, "/cases/{reference}", web.OFFICER)
def case(asked: web.Asked) -> Response:
    """A case with its whole history."""
    done = STEPS.get(asked.query.get("done", ""))
    return _case_page(asked, notice=done.done if done else "")


def _case_page(asked: web.Asked, code: int = 200, **more: Any) -> Response:
    reference, settings = asked.parts["reference"], wiring.settings()
    found = wiring.store().history(KIND, reference)
    record = found.record
    if record is None or not service_handling.is_handler(settings, asked.register, record, asked.person, asked.at):
        raise web.Problem(404)
    held = service.actor(settings, asked.register, record.data, asked.person, asked.at).capacities
    entries = views.readable(found)
    context: dict[str, Any] = {
        "case": views.case(record, asked.register, asked.at),
        "clock": service_handling.clock(record, asked.at),
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
    held = service.actor(wiring.settings(), asked.register, record.data, asked.person, asked.at).capacities
    form = _offered(asked, record, blank(action, asked.form if asked.writes else None, **_known(asked, record, action)))
    if not asked.writes:
        if action not in allowed(TABLE, record, held):
            return web.redirect(asked, f"/cases/{reference}")
        form.id.data = access.token()
        return _act_page(asked, record, form)
    if not form.validate():
        return _act_page(asked, record, form, 422)
    try:
        return _packed(asked, record, form) if isinstance(form, Packing) else _done(asked, record, form)
    except Unfit as unfit:
        return _unfit(asked, record, form, unfit)
    except (NotNow, NotYours):
        return _case_page(asked, 409, errors=["This cannot be done any more: the case has changed. Nothing was saved"])
    except service.Unknown as error:
        raise web.Problem(404) from error


def _done(asked: web.Asked, record: Record, form: Acting) -> Response:
    """Make the move, and show the case; or the list to whom it has made a stranger to the case."""
    settings, action = wiring.settings(), asked.parts["action"]
    given, id = _given(asked, record, form), access.digest(form.id.data or access.token())[:32]
    common = (wiring.store(), settings, asked.register, record.id, asked.person)
    after = service_handling.act(*common, action, given, id, asked.at)
    stays = service_handling.is_handler(settings, asked.register, after, asked.person, asked.at)
    return web.redirect(asked, f"/cases/{record.id}?done={action}" if stays else "/cases?done=passed-on")


def _handled(asked: web.Asked) -> Record:
    given = (wiring.store(), wiring.settings(), asked.register, asked.parts["reference"], asked.person, asked.at)
    try:
        return service.handled(*given)[0]
    except service.Unknown as error:
        raise web.Problem(404) from error


def _act_page(asked: web.Asked, record: Record, form: Acting, code: int = 200) -> Response:
    action = asked.parts["action"]
    context: dict[str, Any] = {"reference": record.id, "action": action, "step": STEPS[action], "form": form}
    # The pack's form leads on to the bucket, where it is fetched.
    uploads = wiring.files().origin() if isinstance(form, Packing) else ""
    return web.page(asked, "cases/act.html", code, uploads=uploads, errors=form.errors, **context)


def _unfit(asked: web.Asked, record: Record, form: Acting, unfit: Unfit) -> Response:
    names = {"people": "persons"}
    field = names.get(unfit.field, unfit.field)
    if field in form:
        form[field].errors = [*form[field].errors, unfit.message]
    else:
        form.form_errors.append(unfit.message)
    return _act_page(asked, record, form, 422)


def _known(asked: web.Asked, record: Record, action: str) -> dict[str, Any]:
    """What a form is opened with."""
    data, council = record.data, wiring.settings().council.name
    outcome = f"{views.outcome(data)}.\n\n{data['outcome']['reason']}" if data["outcome"] else ""
    when = dates.at_time(asked.at)
    known: dict[str, dict[str, Any]] = {
        "acknowledge": {
            "tell": f"Thank you for your report. {council} has received it, and I am looking at it. I will tell you "
            "what happens next, and may ask you questions here."
        },
        "letter": {"tell": outcome},
        "people": {"track": data["track"]},
        "classify": {"grave": data["grave"], "clauses": data["found"] or data["answers"]["clauses"]},
        "refer-monitoring-officer": {"to": "The Monitoring Officer"},
        "refer-ombudsman": {"to": "The Public Services Ombudsman for Wales"},
        "observe": {"seen": when},
        "hand-over": {"when": when},
        "disclose": {"when": when},
    }
    return known.get(action, {})


def _offered(asked: web.Asked, record: Record, form: Acting) -> Acting:
    """The form with what can be chosen on this case."""
    if isinstance(form, People):
        form.offer({person.id: person.styled for person in asked.register.people})
    if isinstance(form, Classifying):
        form.clauses.choices = forms.choices(_clauses(asked, record))
    if isinstance(form, LettingIn):
        form.items.choices = forms.choices(views.shareable(record.data))
    if isinstance(form, EndingAccess):
        open_ = {id: guest for id, guest in record.data["guests"].items() if not guest["ended"]}
        form.guest.choices = forms.choices({id: guest["name"] for id, guest in open_.items()})
    return form


def _clauses(asked: web.Asked, record: Record) -> dict[str, str]:
    kept = dict(zip(record.data["found"], record.data["found_cited"], strict=True))
    return {**kept, **citable(asked.policy.clauses)}


def _given(asked: web.Asked, record: Record, form: Acting) -> dict[str, Any]:
    """What the move gets of a form that is well. Raises Unfit."""
    if isinstance(form, People):
        found = {
            "subjects": (form.subject_names.data, form.subjects.data),
            "witnesses": (form.witness_names.data, form.witnesses.data),
        }
        people = {name: service_handling.people_of(asked.register, *typed) for name, typed in found.items()}
        return {**people, "track": form.track.data or ""}
    if isinstance(form, Appointing):
        people_ = service_handling.people_of(asked.register, form.persons.data, [])
        return {"people": people_, "reason": form.reason.data}
    if isinstance(form, Classifying):
        named = {**_clauses(asked, record), **labels(asked.policy.clauses)}
        clauses = form.clauses.data or []
        cited = [named[id] for id in clauses]
        return {"grave": form.grave.data or [], "clauses": clauses, "cited": cited, "policy": asked.policy.number}
    if isinstance(form, LettingIn):
        return _let_in(asked, record, form)
    if isinstance(form, Linking):
        return {"check": service_handling.check_of(wiring.store(), form.reference.data.upper())}
    return {**form.given(), **({"evidence": []} if asked.parts["action"] == "observe" else {})}


def _let_in(asked: web.Asked, record: Record, form: LettingIn) -> dict[str, Any]:
    if not form.items.data:
        raise Unfit("items", "Tick what they may see")
    if not rules.may_be_let_in(asked.register, record.data, form.email.data or ""):
        raise Unfit("email", "This person may not be let in: the case is about them")
    return {
        "guest": secrets.token_hex(8),
        "kind": asked.parts["action"].removeprefix("let-in-"),
        "name": form.name.data,
        "email": form.email.data,
        "items": form.items.data,
        "until": stamp(asked.at + timedelta(days=int(form.days.data))),
        "reason": form.reason.data,
    }


def _packed(asked: web.Asked, record: Record, form: Packing) -> Response:
    """Make the pack, write down that it was taken, and lead to it."""
    from chalicelib.cases import service_packing
    from chalicelib.cases.pack import Wanted

    wanted = Wanted(form.who.data or "", form.reason.data, form.remedy.data, named=form.named.data == "yes")
    given = (wiring.store(), wiring.files(), wiring.settings(), asked.register, record.id, asked.person, wanted)
    try:
        key = service_packing.take(*given, asked.at)
    except service_packing.TooLarge:
        form.form_errors.append("The files of this case are too large for one pack. Save them one by one instead")
        return _act_page(asked, record, form, 422)
    return web.leave(wiring.files().attachment({"key": key}, f"{record.id}.zip"))
