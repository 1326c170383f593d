"""The pages of a report: one question a page, all of it once more before it is sent, and the receipt afterwards.

Nobody need sign in. What was answered is kept for two hours under a cookie (drafts.py), never in an address, and one
button on every page clears it. The last page carries the whole report, so that nothing is lost when the two hours are
over, and a browser that keeps no cookies can send it all the same.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import forms, web, wiring
from chalicelib.cases import codes, drafts, evidence, fields, words
from chalicelib.cases.drafts import COOKIE, Draft
from chalicelib.cases.forms import STEPS, Report, Whole
from chalicelib.cases.sending import send, standing, too_many
from chalicelib.cases.service import reporting
from chalicelib.cases.workflow import RECEIVED
from chalicelib.files import Away
from chalicelib.policy.rules import citable

pages = Blueprint(__name__)

ORDER = (*list(STEPS)[:-2], "evidence", *list(STEPS)[-2:], "answers")
"""Every page between the first and the receipt, in order."""

WRONG = 422


@web.route(pages, "/report", web.PUBLIC, methods=("GET", "POST"))
def report(asked: web.Asked) -> Response:
    """GET: what to know before. POST: the whole report, from the last page or from a script."""
    return _submit(asked) if asked.writes else web.page(asked, "report/start.html")


@web.route(pages, "/report/start", web.PUBLIC, methods=("POST",))
def start(asked: web.Asked) -> Response:
    """Begin afresh: what somebody else began in the same browser is not shown."""
    web.pressed(asked)
    return web.redirect(asked, f"/report/new/{ORDER[0]}", web.cookie(asked, "", 0, COOKIE))


@web.route(pages, "/report/leave", web.PUBLIC, methods=("POST",))
def leave(asked: web.Asked) -> Response:
    """Clear what was answered and sent, and leave for a page that tells of nothing."""
    web.pressed(asked)
    token = asked.cookie(COOKIE)
    if drafts.is_token(token):
        drafts.clear(wiring.store(), token, asked.at)
        with suppress(Away):  # Whoever must leave leaves; the bucket clears what is left by itself.
            evidence.clear(wiring.files(), Draft(token, {}).folder)
    return web.redirect(asked, "/", web.cookie(asked, "", 0, COOKIE))


def _draft(asked: web.Asked) -> Draft | None:
    return drafts.find(wiring.store(), asked.cookie(COOKIE), asked.at)


@web.route(pages, "/report/new/{step}", web.PUBLIC, methods=("GET", "POST"))
def step(asked: web.Asked) -> Response:
    """One question: shown with what was answered before, or answered. `answers` is the last page."""
    name = asked.parts["step"]
    if name not in STEPS and name != "answers":
        raise web.Problem(404)
    draft = _draft(asked)
    if draft and draft.sent and not asked.writes:
        return web.redirect(asked, "/report/sent")
    if name == "answers":
        if asked.writes:
            raise web.Problem(405)
        return _answers(asked, draft)
    if asked.writes:
        return _answered(asked, name, draft)
    return _step_page(asked, name, STEPS[name](forms.of_mapping(draft.answers if draft else {})))


def _step_page(asked: web.Asked, name: str, form: Report, code: int = 200) -> Response:
    if name == "rules":
        form.offer(citable(standing(asked)[1].clauses))
    at = ORDER.index(name)
    context: dict[str, Any] = {"form": form, "errors": form.errors, "step": name, "number": at + 1}
    context |= {"of": len(ORDER) - 1, "back": f"/report/new/{ORDER[at - 1]}" if at else "/report"}
    return web.page(asked, "report/step.html", code, changing=asked.query.get("then") == "answers", **context)


def _answered(asked: web.Asked, name: str, draft: Draft | None) -> Response:
    form = STEPS[name](asked.form, also=("then",))
    form.offer(citable(standing(asked)[1].clauses) if name == "rules" else {})
    if not form.validate():
        return _step_page(asked, name, form, WRONG)
    if form.is_from_a_machine:
        return _kept_nothing(asked)
    cookies = []
    if draft is None or draft.sent:
        if too_many(asked, "report-draft-source"):
            form.form_errors.append("Too many reports have been begun from your network. Try again in an hour")
            return _step_page(asked, name, form, web.TOO_MANY)
        draft = drafts.new()
        cookies = [web.cookie(asked, draft.token, None, COOKIE)]
    drafts.save(wiring.store(), draft, form.answers(), asked.at)
    following = "answers" if asked.form.one("then") == "answers" else ORDER[ORDER.index(name) + 1]
    return web.redirect(asked, f"/report/new/{following}", *cookies)


@web.route(pages, "/report/new/evidence", web.PUBLIC, methods=("GET", "POST"))
def files(asked: web.Asked) -> Response:
    """Where files are sent to the bucket, one at a time, which sends the browser back here. POST takes one out."""
    draft = _draft(asked)
    if draft is None or draft.sent:
        return web.redirect(asked, "/report/sent" if draft else f"/report/new/{ORDER[0]}")
    if asked.writes:
        web.pressed(asked, "remove")
        evidence.remove(wiring.files(), draft.folder, asked.form.one("remove"))
        return web.redirect(asked, "/report/new/evidence")
    shown = _shown(draft)
    back = f"{asked.origin}{asked.prefix}/report/new/evidence"
    room = shown is not None and len(shown) < evidence.MOST
    form = evidence.form(wiring.files(), draft.folder, len(shown or ()), back) if room else None
    at = ORDER.index("evidence")
    # Whoever has answered the last question came here to change the files only.
    on = ORDER[-1] if ORDER[-2] in draft.answers else ORDER[at + 1]
    context: dict[str, Any] = {"files": shown, "form": form, "most": evidence.MOST, "number": at + 1}
    context |= {"of": len(ORDER) - 1, "back": f"/report/new/{ORDER[at - 1]}", "on": f"/report/new/{on}"}
    return web.page(asked, "report/files.html", uploads=wiring.files().origin(), **context)


def _shown(draft: Draft) -> list[dict[str, str]] | None:
    """The files that go with the report; None while nobody can tell, which must keep nobody from reporting."""
    try:
        return evidence.shown(wiring.files(), draft.folder)
    except Away:
        return None


def _answers(asked: web.Asked, draft: Draft | None) -> Response:
    _, policy = standing(asked)
    if draft is None:
        form = Whole(forms.of_mapping({"draft": drafts.new().token}))
        form.offer(citable(policy.clauses))
        return web.page(asked, "report/whole.html", form=form, lost=True)
    form = Whole(forms.of_mapping({**draft.answers, "draft": draft.token}))
    form.offer(citable(policy.clauses))
    form.validate()
    shown = _shown(draft)
    problems: list[dict[str, Any]] = [
        {"text": str(next(iter(messages))), "href": _change(asked, fields.step_of(name))}
        for name, messages in form.errors.items()
    ]
    problems += [{"text": one["problem"], "href": _change(asked, "evidence")} for one in shown or () if one["problem"]]
    return web.page(asked, "report/answers.html", form=form, errors=problems, ready=not problems, files=shown)


def _change(asked: web.Asked, name: str) -> str:
    return f"{asked.prefix}/report/new/{name}" + ("" if name == "evidence" else "?then=answers")


def _submit(asked: web.Asked) -> Response:
    register, policy = standing(asked)
    form = Whole(asked.form)
    form.offer(citable(policy.clauses))
    held = asked.cookie(COOKIE)
    token = next((one for one in (form.draft.data or "", held) if drafts.is_token(one)), "")
    draft = Draft(token, {}) if token else drafts.new()
    form.draft.data = draft.token
    refused = _refused(asked, form)
    if refused:
        return refused
    try:
        taken = evidence.take_in(wiring.files(), draft.folder, draft.reference)
    except evidence.NotTaken as error:
        form.form_errors.append(str(error))
        return _whole(asked, form)
    except Away:
        # What happened counts for more than its pictures, which can be added later.
        taken, draft = [], replace(draft, missed=True)
    try:
        marked = (drafts.sent(draft, asked.at),)
        send(asked, register, policy, draft.reference, draft.code, form.answers(), evidence=taken, writes=marked)
    except reporting.Taken:
        return web.page(asked, "report/already_sent.html", 409, form=form)
    if held == draft.token:
        return web.redirect(asked, "/report/sent")
    # The browser may keep no cookies: the receipt is shown at once, or it would never be seen.
    return _receipt(asked, draft, web.cookie(asked, draft.token, None, COOKIE))


def _refused(asked: web.Asked, form: Report) -> Response | None:
    """What stands in the way of a report, before it is looked at what was sent with it."""
    if not form.validate():
        return _whole(asked, form)
    if form.is_from_a_machine:
        return _kept_nothing(asked)
    if too_many(asked, "report-source"):
        form.form_errors.append("Too many reports have come from your network. Try again in an hour")
        return _whole(asked, form, web.TOO_MANY)
    return None


def _whole(asked: web.Asked, form: Report, code: int = WRONG) -> Response:
    return web.page(asked, "report/whole.html", code, form=form, errors=form.errors, lost=False)


def _kept_nothing(asked: web.Asked) -> Response:
    """What a machine sees that fills in every field: the same as everybody, and nothing of it is kept."""
    draft = drafts.new()
    wiring.store().write(drafts.sent(draft, asked.at))
    return web.redirect(asked, "/report/sent", web.cookie(asked, draft.token, None, COOKIE))


@web.route(pages, "/report/sent", web.PUBLIC)
def sent(asked: web.Asked) -> Response:
    """Reference and receipt code, for a few minutes."""
    draft = _draft(asked)
    if draft is None or not draft.sent:
        return web.redirect(asked, "/report")
    return _receipt(asked, draft)


def _receipt(asked: web.Asked, draft: Draft, *cookies: str) -> Response:
    register, _ = standing(asked)
    status, sealed = words.STATUS[RECEIVED], False
    try:
        receipt = codes.receipt(draft.code)
        found = reporting.follow_up(wiring.store(), register, draft.reference, receipt, asked.at)
        status, sealed = found.status, found.sealed
    except reporting.Unknown:
        pass  # A machine's: there is none, and it had better not notice.
    outside = words.OUTSIDE[wiring.settings().council.jurisdiction] if sealed else ()
    context: dict[str, Any] = {
        "reference": draft.reference,
        "receipt_code": draft.code,
        "status": status,
        "outside": outside,
        "missed": draft.missed,
    }
    return web.page(asked, "report/sent.html", cookies=cookies, **context)
