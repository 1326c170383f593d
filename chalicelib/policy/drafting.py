"""The pages on which whoever keeps the register begins a draft and corrects it clause by clause.

Rules: what was typed comes back with every error; a page that is no longer what the draft says is answered with what
the draft says now (409), and nothing of it was saved; a version that is a draft no more leads to its own page.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import wtforms
from chalice.app import Blueprint, Response

from chalicelib import forms, web, wiring
from chalicelib.policy import service, shelf, views
from chalicelib.policy.forms import Adding, Beginning, Changing, Doing, PastingAgain, Titling
from chalicelib.policy.routes import number
from chalicelib.policy.rules import DRAFT, Clause, Shelf, labels, size, version
from chalicelib.policy.workflow import Unfit
from chalicelib.record import NotNow, Record

pages = Blueprint(__name__)

AnyForm = TypeVar("AnyForm", bound=forms.Form)

DONE = {
    "begun": "The draft is begun. Look through its clauses, and put right what was taken wrongly",
    "pasted": "The text is taken over. Clauses that were there before have kept what you said of them",
    "titled": "The title is saved",
    "changed": "The clause is saved",
    "cut": "The clause is cut, and saved",
    "added": "The clause is added",
    "removed": "The clause is removed. The draft’s history keeps it",
    "retopiced": "What the clause governs is saved",
}
"""What has just been done → how it is told."""

MOVED = (
    "The draft was changed after this page was opened, by somebody else or in another window, so nothing was saved. "
    "Look at what it says now, then save again if yours is right"
)

Do: TypeAlias = Callable[[], str]
"""Does what a form asks; the page to go on to. Raises Unfit, Moved, NotNow."""
Again: TypeAlias = Callable[[Record, int], Response]
"""(the version as it stands, the status) → the page once more."""


def found(asked: web.Asked) -> Record:
    """The version that the address names. 1 read. Raises Problem."""
    try:
        return service.find(wiring.store(), number(asked.parts["n"]))
    except service.Unknown as error:
        raise web.Problem(404) from error


def made(asked: web.Asked, form: type[AnyForm], **values: Any) -> AnyForm:
    """The form as it was sent; or to be filled in, holding these values. What was sent is never filled up with them: a
    form that does not say which draft it was made from must not pass for one made from the latest."""
    return form(asked.form) if asked.writes else form(None, **values)


def closed(asked: web.Asked, record: Record) -> Response:
    """No longer a draft: reading leads on, and what was sent is told not to have been saved."""
    if not asked.writes:
        return web.redirect(asked, f"/policy/versions/{record.id}")
    return web.page(asked, "policy/closed.html", 409, number=int(record.id), state=record.state)


def sent(asked: web.Asked, record: Record, form: forms.Form, again: Again, do: Do, state: str = DRAFT) -> Response:
    """Do what a form asks and go on, or show what stands in the way; `state` is the one in which it may be asked."""
    if not form.validate():
        return again(record, 422) if record.state == state else closed(asked, record)
    try:
        return web.redirect(asked, do())
    except Unfit as unfit:
        tell(form, unfit)
        return again(record, 422)
    except service.Moved as moved:
        form.form_errors.append(MOVED)
        return again(moved.record, 409)
    except NotNow as late:
        return closed(asked, late.record)


def tell(form: forms.Form, unfit: Unfit) -> None:
    """Put the message beside its field; without that field in this form, above them all."""
    if unfit.field not in form:
        form.form_errors.append(unfit.message)
        return
    field: wtforms.Field = form[unfit.field]
    field.errors = [*field.errors, unfit.message]


def form_page(asked: web.Asked, name: str, form: Any, record: Record, code: int, **more: Any) -> Response:
    """A page with one form about a draft. But for an error in it, the form is made for the draft as it stands."""
    if code != 422:
        form.seen.data = str(record.version)
    said = version(int(record.id), record.data)
    return web.page(asked, f"policy/{name}.html", code, version=said, form=form, errors=form.errors, **more)


def one_form(asked: web.Asked, name: str, form: forms.Form, record: Record, do: Do, **more: Any) -> Response:
    """A page with one form about a draft: shown, or sent."""
    if not asked.writes:
        return form_page(asked, name, form, record, 200, **more) if record.state == DRAFT else closed(asked, record)
    return sent(asked, record, form, lambda now, code: form_page(asked, name, form, now, code, **more), do)


# All versions -------------------------------------------------------------------------------------------------------


@web.route(pages, "/policy/edit", web.KEEPER, ("GET", "POST"))
def versions(asked: web.Asked) -> Response:
    """Every version, and where a draft is begun."""
    kept = shelf.read(wiring.store())
    form = made(asked, Beginning, number=str(kept.next_number))
    form.offer(in_force=kept.current is not None)
    if not asked.writes:
        return _versions(asked, form, kept, 200)
    if not form.validate():
        return _versions(asked, form, kept, 422)
    typed = form.data
    try:
        record = service.begin(
            wiring.store(), asked.person, int(typed["number"]), typed["how"], typed["text"], asked.at
        )
    except Unfit as unfit:
        tell(form, unfit)
        return _versions(asked, form, kept, 422)
    except service.DraftThere as there:
        form.form_errors.append(
            f"There is a draft already: version {there.number}. Go on with it, or withdraw it first"
        )
        return _versions(asked, form, shelf.read(wiring.store()), 409)
    return web.redirect(asked, f"/policy/versions/{record.id}/edit?done=begun")


def _versions(asked: web.Asked, form: Beginning, kept: Shelf, code: int) -> Response:
    lines = sorted(kept.lines, key=lambda line: line.number, reverse=True)
    return web.page(asked, "policy/versions.html", code, form=form, errors=form.errors, kept=kept, lines=lines)


# The draft ----------------------------------------------------------------------------------------------------------


@web.route(pages, "/policy/versions/{n}/edit", web.KEEPER, ("GET", "POST"))
def draft(asked: web.Asked) -> Response:
    """The clauses of a draft, each with its buttons."""
    record = found(asked)
    form = made(asked, Doing)
    if not asked.writes:
        return _draft_page(asked, form, record, 200) if record.state == DRAFT else closed(asked, record)

    def do() -> str:
        act, _, id = form.data["act"].partition(":")
        action, given = _ACTS[act]
        ids = [one["id"] for one in record.data["clauses"]]
        above = ids[ids.index(id) - 1] if id in ids[1:] else ""
        _edited(asked, record, form, action, {"clause": id, **given})
        done, at = ("?done=removed", "") if act == "remove" else ("", above if act == "join" else id)
        return f"/policy/versions/{record.id}/edit{done}" + (f"#{at}" if at else "")

    return sent(asked, record, form, lambda now, code: _draft_page(asked, form, now, code), do)


_ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "up": ("move-clause", {"way": "up"}),
    "down": ("move-clause", {"way": "down"}),
    "join": ("join-clause", {}),
    "remove": ("remove-clause", {}),
}
"""What a button says → the move, and what is given to it besides the clause."""


def _edited(asked: web.Asked, record: Record, form: Any, action: str, given: dict[str, Any]) -> None:
    seen = int(form.seen.data)
    service.edit(wiring.store(), asked.person, int(record.id), seen, action, given, asked.at)


def _draft_page(asked: web.Asked, form: forms.Form, record: Record, code: int) -> Response:
    said = version(int(record.id), record.data)
    return web.page(
        asked,
        "policy/draft.html",
        code,
        version=said,
        seen=record.version,
        rows=views.rows(said.clauses),
        size=size(said.title, said.clauses),
        errors=form.errors,
        notice=DONE.get(asked.query.get("done", ""), ""),
    )


@web.route(pages, "/policy/versions/{n}/import", web.KEEPER, ("GET", "POST"))
def paste_again(asked: web.Asked) -> Response:
    """Another text over the draft."""
    record = found(asked)
    form = made(asked, PastingAgain)

    def do() -> str:
        typed = form.data
        service.again(wiring.store(), asked.person, int(record.id), int(typed["seen"]), typed["text"], asked.at)
        return f"/policy/versions/{record.id}/edit?done=pasted"

    return one_form(asked, "import", form, record, do)


@web.route(pages, "/policy/versions/{n}/title", web.KEEPER, ("GET", "POST"))
def title(asked: web.Asked) -> Response:
    """What the policy is called."""
    record = found(asked)
    form = made(asked, Titling, title=record.data["title"])

    def do() -> str:
        _edited(asked, record, form, "retitle", {"title": form.title.data})
        return f"/policy/versions/{record.id}/edit?done=titled"

    return one_form(asked, "title", form, record, do)


@web.route(pages, "/policy/versions/{n}/add", web.KEEPER, ("GET", "POST"))
def add(asked: web.Asked) -> Response:
    """A new clause, after the one that the address names or at the end."""
    record = found(asked)
    last = record.data["clauses"][-1:]
    after = asked.query.get("after", last[0]["id"] if last else "")
    form = made(asked, Adding, after=after, kind="rule")

    def do() -> str:
        given = {"after": form.after.data, "becomes": [one.data() for one in form.becomes("")]}
        _edited(asked, record, form, "add-clause", given)
        return f"/policy/versions/{record.id}/edit?done=added" + (f"#{form.after.data}" if form.after.data else "")

    return one_form(asked, "clause", form, record, do, clause=None, label="", current=None)


def clause_gone(asked: web.Asked, record: Record) -> Response:
    """The page of a clause that the draft does not have: what was typed for it comes back, to be added if it should."""
    if not asked.writes or record.state != DRAFT:
        raise web.Problem(404)
    form = Adding(asked.form)
    form.after.data = next((one["id"] for one in reversed(record.data["clauses"])), "")
    form.form_errors = [
        "This clause is no longer in the draft, so nothing was saved. Save it here to add it at the end"
    ]
    return form_page(asked, "clause", form, record, 409, clause=None, label="", current=None)


def draft_clause(asked: web.Asked, record: Record, one: Clause) -> Response:
    """The page of one clause of a draft; on 409 with what the draft says of it now."""
    said = version(int(record.id), record.data)
    path = f"/policy/versions/{record.id}"
    form = made(asked, Changing, **{**one.data(), "seen": one.seen})

    def page(now: Record, code: int) -> Response:
        current = version(int(now.id), now.data).clause(one.id)
        if current is None:
            return _draft_page(asked, form, now, code)
        if code == 409:
            form.seen.data = current.seen
        context: dict[str, Any] = {"version": said, "clause": one, "label": labels(said.clauses)[one.id]}
        context |= {"current": current if code == 409 else None, "form": form, "errors": form.errors}
        return web.page(asked, "policy/clause.html", code, **context)

    def do() -> str:
        becomes, seen = form.becomes(one.id), form.data["seen"]
        service.change_clause(wiring.store(), asked.person, int(record.id), one.id, seen, becomes, asked.at)
        return f"{path}/edit?done={'cut' if len(becomes) > 1 else 'changed'}#{one.id}"

    return sent(asked, record, form, page, do) if asked.writes else page(record, 200)
