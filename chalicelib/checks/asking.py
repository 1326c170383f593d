"""The pages of the person who asks: the form, a page for each question, and all of it once more before it is sent."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import dates, forms, web, wiring
from chalicelib.checks import advice, letters, opening, pictures, rules, views
from chalicelib.checks.forms.asking import Whole, as_fields, saved, step_of
from chalicelib.checks.forms.steps import STEPS
from chalicelib.checks.service import asking, requests
from chalicelib.files import PICTURES
from chalicelib.record import NotNow, Record
from chalicelib.store import Item

pages = Blueprint(__name__)

VERSIONS = frozenset(str(number) for number in range(1, 1000))


@web.route(pages, "/check", web.SIGNED_IN, methods=("GET", "POST"))
def check(asked: web.Asked) -> Response:
    """GET: the first question. POST: the whole request, from the last page of the form or from a script."""
    if asked.writes:
        return _submit(asked)
    web.signed_first(asked)
    return _step_page(asked, requests.new_reference(), "name", STEPS["name"](), {"version": 1})


@web.route(pages, "/check/new/{reference}/{step}", web.SIGNED_IN, methods=("GET", "POST"))
def step(asked: web.Asked) -> Response:
    """One question: shown with what was answered before, or answered. `answers` is the last page."""
    reference, name = asked.parts["reference"], asked.parts["step"]
    if not requests.is_reference(reference) or (name not in STEPS and name != "answers"):
        raise web.Problem(404)
    if not asked.writes:
        web.signed_first(asked)
    draft = asking.draft(wiring.store(), asked.person, reference, asked.at)
    if name == "answers":
        return _answers(asked, reference, draft)
    if asked.writes:
        return _answered(asked, reference, name, draft)
    if draft is None:
        return _without_draft(asked, reference)
    form = STEPS[name](forms.of_mapping(draft["answers"]))
    return _step_page(asked, reference, name, form, draft)


def _without_draft(asked: web.Asked, reference: str) -> Response:
    """Where a form leads of which nothing is kept: to the request, once it is sent; else to the first question."""
    record = wiring.store().get(requests.KIND, reference) if requests.is_reference(reference) else None
    sent = record is not None and record.data["requester"] == asked.person.id
    return web.redirect(asked, f"/check/{reference}" if sent else "/check")


def _step_page(asked: web.Asked, reference: str, name: str, form: forms.Form, draft: Item, code: int = 200) -> Response:
    names = list(STEPS)
    at = names.index(name)
    _fit(asked, form)
    back = f"/check/new/{reference}/{names[at - 1]}" if at else ""
    context: dict[str, Any] = {"form": form, "errors": form.errors, "reference": reference, "step": name, "back": back}
    context |= {"number": at + 1, "of": len(names), "version": draft["version"]}
    # A form that is sent back with a message goes on leading where it led.
    context["changing"] = "answers" in (asked.query.get("then"), asked.form.one("then"))
    context["officer"] = _said(asked, reference, draft)
    return web.page(asked, "checks/step.html", code, **context)


def _fit(asked: web.Asked, form: Any) -> None:
    """Tell a form what it needs to know of the day and the register."""
    if hasattr(form, "offer"):
        form.offer(_nameable(asked))
    if hasattr(form, "today"):
        form.today = dates.today(asked.at)


def _said(asked: web.Asked, reference: str, draft: Item) -> dict[str, Any] | None:
    """What the officer decided on the request that is being changed. 1 read; none for a new request."""
    if draft["version"] == 1:
        return None
    record = wiring.store().get(requests.KIND, reference)
    mine = record is not None and record.data["requester"] == asked.person.id
    return letters.outcome(record) if record and mine and record.data["decision"] else None


def _nameable(asked: web.Asked) -> list[Any]:
    today = dates.today(asked.at)
    return [person for person in asked.register.on(today) if person.id != asked.person.id]


def _answered(asked: web.Asked, reference: str, name: str, draft: Item | None) -> Response:
    form = STEPS[name](asked.form, also=("version", "then"))
    _fit(asked, form)
    version = draft["version"] if draft else 1
    if not form.validate():
        return _step_page(asked, reference, name, form, draft or {"version": 1}, 422)
    answers = {**(draft["answers"] if draft else {}), **saved(form)}
    asking.save_draft(wiring.store(), asked.person, reference, answers, version, asked.at)
    following = [*STEPS, "answers"][list(STEPS).index(name) + 1]
    if name == "pictures" and answers["has_pictures"] == "yes":
        following = "files"
    elif asked.form.one("then") == "answers":
        following = "answers"
    return web.redirect(asked, f"/check/new/{reference}/{following}")


@web.route(pages, "/check/new/{reference}/files", web.SIGNED_IN, methods=("GET", "POST"))
def files(asked: web.Asked) -> Response:
    """Where pictures are sent to the bucket, one at a time, which sends the browser back here. POST takes one out."""
    reference = asked.parts["reference"]
    if not asked.writes:
        web.signed_first(asked)
    draft = (
        asking.draft(wiring.store(), asked.person, reference, asked.at) if requests.is_reference(reference) else None
    )
    if draft is None:
        return _without_draft(asked, reference)
    if asked.writes:
        web.pressed(asked, "remove")
        remove = asked.form.one("remove")
        pictures.remove(wiring.files(), asked.person, reference, draft["version"], remove)
        keep = [sha256 for sha256 in draft["answers"].get("keep", ()) if sha256 != remove]
        if keep != draft["answers"].get("keep", []):
            answers = {**draft["answers"], "keep": keep}
            asking.save_draft(wiring.store(), asked.person, reference, answers, draft["version"], asked.at)
        return web.redirect(asked, f"/check/new/{reference}/files")
    shown = _shown(asked, reference, draft)
    back = f"{asked.origin}{asked.prefix}/check/new/{reference}/files"
    room = len(shown) < PICTURES.most
    form = pictures.form(wiring.files(), asked.person, reference, draft["version"], back) if room else None
    context: dict[str, Any] = {"pictures": shown, "form": form, "most": PICTURES.most, "reference": reference}
    return web.page(asked, "checks/files.html", uploads=wiring.files().origin(), **context)


def _shown(asked: web.Asked, reference: str, draft: Item) -> list[dict[str, Any]]:
    keep = draft["answers"].get("keep", ())
    return pictures.shown(wiring.files(), asked.person, reference, draft["version"], keep)


def _answers(asked: web.Asked, reference: str, draft: Item | None) -> Response:
    if draft is None:
        return _without_draft(asked, reference)
    form = Whole(forms.of_mapping({**draft["answers"], "reference": reference, "version": draft["version"]}))
    _fit(asked, form)
    well = form.validate()
    shown: list[Any] = []
    if form.has_pictures.data == "yes":
        shown = _shown(asked, reference, draft)
    problems: list[dict[str, Any]] = [
        {
            "text": str(next(iter(messages))),
            "href": f"{asked.prefix}/check/new/{reference}/{step_of(name)}?then=answers",
        }
        for name, messages in form.errors.items()
    ]
    problems += [
        {"text": one["problem"], "href": f"{asked.prefix}/check/new/{reference}/files"}
        for one in shown
        if one["problem"]
    ]
    text = form.text.data or ""
    flags: list[dict[str, Any]] = []
    if well:
        answers = form.answers([])
        flags = advice.given(wiring.settings(), asked.register, asked.policy, asked.person, answers, asked.at)
    context: dict[str, Any] = {"form": form, "ready": well and not problems, "errors": problems, "pictures": shown}
    context |= {"reference": reference, "version": draft["version"]}
    context |= {"advice": advice.notes(text, flags), "passages": advice.passages(text, flags)}
    context["officer"] = _said(asked, reference, draft)
    return web.page(asked, "checks/answers.html", **context)


@web.route(pages, "/check/new/{reference}/throw-away", web.SIGNED_IN, methods=("GET", "POST"))
def throw_away(asked: web.Asked) -> Response:
    """Forget a form that was begun and not sent."""
    reference = asked.parts["reference"]
    if not requests.is_reference(reference):
        raise web.Problem(404)
    if asked.writes:
        web.pressed(asked)
        asking.throw_away(wiring.store(), asked.person, reference, asked.at)
        return web.redirect(asked, "/checks?done=thrown-away")
    return web.redirect(asked, "/checks")


def _submit(asked: web.Asked) -> Response:
    form = Whole(asked.form)
    _fit(asked, form)
    form.reference.data = form.reference.data or requests.new_reference()
    well = form.validate()
    if not requests.is_reference(form.reference.data):
        _rename(form, _NO_REFERENCE)
        well = False
    if not well:
        return _whole(asked, form)
    reference = form.reference.data
    version = int(form.version.data) if form.version.data in VERSIONS else 1
    before = opening.own(asked, reference) if version > 1 else None
    earlier = before.data["answers"]["pictures"] if before else []
    if asked.visitor and asked.visitor.unsigned:
        # What they typed waits while they read and sign the policy; then they send it from the last page.
        asking.save_draft(wiring.store(), asked.person, reference, saved(form), version, asked.at)
        web.signed_first(asked, f"/check/new/{reference}/answers")
    try:
        kept: list[Any] = []
        if form.has_pictures.data == "yes":
            kept = pictures.take_in(wiring.files(), asked.person, reference, version, earlier, form.keep.data or ())
        answers = form.answers(kept)
        flags = advice.given(wiring.settings(), asked.register, asked.policy, asked.person, answers, asked.at)
        common = (wiring.store(), wiring.settings(), asked.register, asked.person)
        if before is None:
            asking.submit(*common, reference, answers, asked.at, flags)
        else:
            asking.resubmit(*common, before, answers, version, asked.at, flags)
    except pictures.NotTaken as error:
        form.has_pictures.errors = (str(error),)
        return _whole(asked, form)
    except (asking.Taken, asking.TooMany) as other:
        _rename(form, _TOO_MANY if isinstance(other, asking.TooMany) else _NO_REFERENCE)
        return _whole(asked, form)
    except asking.AlreadySent:
        return web.page(asked, "checks/already_sent.html", 409, reference=reference, form=form)
    except NotNow as late:
        return opening.too_late(asked, late.record)
    return web.redirect(asked, f"/check/{reference}?done=sent")


_NO_REFERENCE = "The form could not be sent under its reference. It has a new one now"
_TOO_MANY = f"A request can be put up {rules.MOST_DRAFTS} times. What you wrote is a new request now"


def _rename(form: Whole, why: str) -> None:
    """Give the form a reference that nothing has yet."""
    form.reference.data, form.version.data, form.keep.data = requests.new_reference(), "1", []
    form.form_errors.append(f"{why}: send it again")


def _whole(asked: web.Asked, form: Whole) -> Response:
    return web.page(asked, "checks/whole.html", 422, form=form, errors=form.errors)


@web.route(pages, "/check/{reference}/change", web.SIGNED_IN, methods=("GET", "POST"))
def change(asked: web.Asked) -> Response:
    """Fill the form with what was asked, to change it and ask again."""
    record = opening.own(asked, asked.parts["reference"])
    web.pressed(asked)
    if not asked.writes or "resubmit" not in views.actions(record, frozenset({rules.REQUESTER})):
        return web.redirect(asked, f"/check/{record.id}")
    answers = saved(Whole(as_fields(record.data["answers"])))
    reference, version, answers["keep"] = record.id, record.data["draft"] + 1, _kept(record)
    if version > rules.MOST_DRAFTS:
        reference, version, answers["keep"] = requests.new_reference(), 1, []
    asking.save_draft(wiring.store(), asked.person, reference, answers, version, asked.at)
    return web.redirect(asked, f"/check/new/{reference}/answers")


def _kept(record: Record) -> list[str]:
    return [picture["sha256"] for picture in record.data["answers"]["pictures"]]
