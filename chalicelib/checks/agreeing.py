"""The page on which somebody who is named in a request says whether they agree, by the link that was mailed to them."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import web, wiring
from chalicelib.checks import opening, rules, views
from chalicelib.checks.forms.agreeing import Agreement
from chalicelib.checks.service import agreeing
from chalicelib.record import NotNow, NotYours

pages = Blueprint(__name__)

_ENOUGH = (
    "You have changed your answer as often as this page takes it. Your last answer stands. If it is not what you want, "
    "write to the Clerk"
)


@web.route(pages, "/agree/{token}", web.LINK, methods=("GET", "POST"))
def agree(asked: web.Asked) -> Response:
    """Whether they agree to the text of the request. The link is for one version of it."""
    opened = opening.by_link(asked, "agree")
    record, who = opened.record, opened.who
    so_far = record.data["agreements"].get(who.id, {})
    context: dict[str, Any] = {
        "request": views.request(record, opened.register),
        "who": who.styled,
        "path": opened.path,
        "answer": so_far.get("answer", ""),
    }
    current = record.data["draft"] == opened.version and who.id in record.data["answers"]["named"]
    if not current or not {"agree", "decline"} & set(views.actions(record, frozenset({rules.NAMED}))):
        return web.page(asked, "checks/not_needed.html", opening.GONE, **context)
    form = Agreement(asked.form) if asked.writes else Agreement(None, reason=so_far.get("words", ""))
    if not asked.writes:
        return web.page(asked, "checks/agree.html", form=form, errors=form.errors, **context)
    if not form.validate():
        return web.page(asked, "checks/agree.html", 422, form=form, errors=form.errors, **context)
    said = {"answer": form.answer.data, "reason": (form.reason.data or "").strip()}
    try:
        after = agreeing.answer(wiring.store(), wiring.settings(), opened.register, who, record, said, asked.at)
    except (NotNow, NotYours):
        return web.page(asked, "checks/not_needed.html", opening.GONE, **context)
    except agreeing.Enough:
        form.form_errors.append(_ENOUGH)
        return web.page(asked, "checks/agree.html", 409, form=form, errors=form.errors, **context)
    return web.page(asked, "checks/agreed.html", **(context | {"answer": after.data["agreements"][who.id]["answer"]}))
