"""The register's pages, for whoever keeps it.

Rules: every form carries what shows which line it was made from, so that nobody writes over what they have not seen;
what was typed comes back with every error; a keeper who changes their own line may lose the page they stand on, and is
told so on one that stays open.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, TypeAlias, TypeVar

import wtforms
from chalice.app import Blueprint, Response

from chalicelib import access, dates, forms, web, wiring
from chalicelib.record import Entry, NotYours, verify
from chalicelib.register import service, words
from chalicelib.register.forms import Adding, Changing, ChangingOwn, Ending, Returning, Staying
from chalicelib.register.rules import COMING, LEFT, ON, Person, Register, keepers
from chalicelib.register.workflow import FIELDS, ID, KIND, Unfit

pages = Blueprint(__name__)

AnyForm = TypeVar("AnyForm", bound=forms.Form)
Typed: TypeAlias = dict[str, Any]
"""What a form that is well holds."""

DONE = {
    "added": "{} is on the register",
    "changed": "What the register says of {} is saved",
    "ended": "The day on which {} leaves is saved",
    "returned": "{} is on the register again",
    "stays": "{} stays on the register",
}
"""What has just been done → how it is told."""

SOMEBODY_ELSE = (
    "Somebody else changed this line while you had it open, so nothing was saved. Look at what it says now, then save "
    "again if yours is right"
)


@web.route(pages, "/register", web.KEEPER)
def listing(asked: web.Asked) -> Response:
    """Everybody: those on the register, those who join later, those who have left."""
    day = _day(asked)
    by_name = sorted(asked.register.people, key=lambda person: (person.name.casefold(), person.id))
    groups: dict[str, list[Mapping[str, Any]]] = {standing: [] for standing in (ON, COMING, LEFT)}
    for person in by_name:
        groups[person.standing(day)].append({"person": person, **_shown(asked, person)})
    return web.page(asked, "register/list.html", groups=groups, remarks=words.remarks(asked.register, day), today=day)


@web.route(pages, "/register/add", web.KEEPER, ("GET", "POST"))
def add(asked: web.Asked) -> Response:
    """Somebody new."""
    if not asked.writes:
        return _add_page(asked, Adding(since=_day(asked), id=secrets.token_hex(8)))
    form = Adding(asked.form)
    if not form.validate():
        return _add_page(asked, form, 422)
    typed = form.data
    try:
        register = service.add(wiring.store(), asked.person, typed["id"], form.fields(), asked.at, typed["reason"])
    except Unfit as unfit:
        _tell(form, unfit)
        return _add_page(asked, form, 422)
    except (NotYours, service.Busy) as error:
        raise _problem(error) from error
    return _done(asked, register, typed["id"], "added")


def _add_page(asked: web.Asked, form: Adding, code: int = 200) -> Response:
    return web.page(asked, "register/add.html", code, form=form, errors=form.errors)


@web.route(pages, "/register/people/{id}", web.KEEPER)
def person(asked: web.Asked) -> Response:
    """One person, what can be done about their line, and its history."""
    who = _person(asked)
    history = wiring.store().history(KIND, ID)
    done = DONE.get(asked.query.get("done", ""), "").format(who.styled)
    return web.page(
        asked,
        "register/person.html",
        person=who,
        notice=done,
        entries=words.history(_readable(history.log), who.id),
        length=len(history.log),
        faults=verify(history.record, history.log),
        **_shown(asked, who),
    )


@web.route(pages, "/register/people/{id}/change", web.KEEPER, ("GET", "POST"))
def change(asked: web.Asked) -> Response:
    """What the register says of them."""
    who = _person(asked)
    kind = partial(ChangingOwn, own=who) if who.id == asked.person.id else Changing
    saved = {name: getattr(who, name) for name in FIELDS}
    form = _filled(asked, kind, who, **saved)

    def keep(typed: Typed) -> Register:
        fields = form.fields()
        return service.change(wiring.store(), asked.person, who.id, typed["seen"], fields, asked.at, typed["reason"])

    return _kept(asked, "change", form, who, keep, "changed")


@web.route(pages, "/register/people/{id}/end", web.KEEPER, ("GET", "POST"))
def end(asked: web.Asked) -> Response:
    """The day on which they leave."""
    who = _person(asked)
    form = _filled(asked, Ending, who, until=who.until)

    def keep(typed: Typed) -> Register:
        until = typed["until"]
        return service.end(wiring.store(), asked.person, who.id, typed["seen"], until, asked.at, typed["reason"])

    return _kept(asked, "end", form, who, keep, "ended")


@web.route(pages, "/register/people/{id}/return", web.KEEPER, ("GET", "POST"))
def return_(asked: web.Asked) -> Response:
    """Back on the register after a time away, or staying after all."""
    who = _person(asked)
    if who.until is None and not asked.writes:
        return web.redirect(asked, f"/register/people/{who.id}")
    # A form sent twice finds the line as its first sending left it, so which form it is shows by what was sent.
    left = any(name.startswith("since") for name in asked.form) if asked.writes else who.standing(_day(asked)) == LEFT
    form = _filled(asked, Returning, who, since=_day(asked)) if left else _filled(asked, Staying, who)

    def keep(typed: Typed) -> Register:
        since = typed.get("since")
        return service.return_(wiring.store(), asked.person, who.id, typed["seen"], since, asked.at, typed["reason"])

    return _kept(asked, "return", form, who, keep, "returned" if left else "stays")


def _filled(asked: web.Asked, kind: Callable[..., AnyForm], who: Person, **saved: Any) -> AnyForm:
    """The form as it was sent, with nothing put in for what was left out; or as the line has it."""
    return kind(asked.form) if asked.writes else kind(seen=service.shown(who), **saved)


def _kept(
    asked: web.Asked, name: str, form: forms.Form, who: Person, keep: Callable[[Typed], Register], done: str
) -> Response:
    """Show the form, or do what it asks and say so, or show it again with what stands in the way."""
    if not asked.writes:
        return _form_page(asked, name, form, who)
    if not form.validate():
        return _form_page(asked, name, form, who, 422)
    try:
        return _done(asked, keep(form.data), who.id, done)
    except Unfit as unfit:
        _tell(form, unfit)
        return _form_page(asked, name, form, who, 422)
    except service.Moved:
        now = access.register(wiring.store()).person(who.id) or who
        form.form_errors.append(SOMEBODY_ELSE)
        form["seen"].data = service.shown(now)
        return _form_page(asked, name, form, now, 409, moved=True)
    except (NotYours, service.Busy) as error:
        raise _problem(error) from error


@web.route(pages, "/register/own-line", web.PUBLIC)
def own_line(asked: web.Asked) -> Response:
    """Where a keeper lands whose change to their own line ended their sign-in, or their keeping of the register."""
    return web.page(asked, "register/own_line.html")


def _day(asked: web.Asked) -> date:
    return dates.today(asked.at)


def _person(asked: web.Asked) -> Person:
    found = asked.register.person(asked.parts["id"])
    if found is None:
        raise web.Problem(404)
    return found


def _shown(asked: web.Asked, who: Person) -> dict[str, Any]:
    day = _day(asked)
    return {"standing": who.standing(day), "roles": words.roles(who.roles), "period": words.period(who, day)}


def _readable(log: tuple[tuple[str, str], ...]) -> list[Entry]:
    found = []
    for body, _ in log:
        try:
            found.append(Entry.from_body(body))
        except (ValueError, TypeError, RecursionError):
            continue  # It is among the faults.
    return found


def _form_page(
    asked: web.Asked, name: str, form: forms.Form, who: Person, code: int = 200, *, moved: bool = False
) -> Response:
    others = Register(tuple(other for other in asked.register.people if other.id != who.id))
    return web.page(
        asked,
        f"register/{name}.html",
        code,
        act=name,
        form=form,
        errors=form.errors,
        person=who,
        own=who.id == asked.person.id,
        last_keeper=not keepers(others, _day(asked)),
        moved=moved,
        **_shown(asked, who),
    )


def _tell(form: forms.Form, unfit: Unfit) -> None:
    """Put the message beside its field; without that field in this form, above them all."""
    if unfit.field not in form:
        form.form_errors.append(unfit.message)
        return
    field: wtforms.Field = form[unfit.field]
    field.errors = [*field.errors, unfit.message]


def _problem(error: Exception) -> web.Problem:
    if isinstance(error, NotYours):
        return web.Problem(403, "You no longer keep the register, so nothing was changed.")
    return web.Problem(503)


def _done(asked: web.Asked, register: Register, id: str, what: str) -> Response:
    me = register.person(asked.person.id)
    stays = me is not None and me.epoch == asked.person.epoch and me in keepers(register, _day(asked))
    return web.redirect(asked, f"/register/people/{id}?done={what}" if stays else "/register/own-line")
