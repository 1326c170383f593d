"""The register of sign-offs: who signed a version and who has not, as a page, on paper and as a file; one person's
history; and, for whoever keeps the register of people, a signature given on paper and another mail."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import dates, web, wiring
from chalicelib.policy.rules import Line, Shelf
from chalicelib.record import NotNow
from chalicelib.register.rules import Person, keepers
from chalicelib.sign_offs import roll, views
from chalicelib.sign_offs.forms import Paper, Striking
from chalicelib.sign_offs.rules import must_sign
from chalicelib.sign_offs.service import records, signing
from chalicelib.sign_offs.workflow import ASKED, KIND, Unfit

pages = Blueprint(__name__)

MOST = 2000
"""How many signatures of one version a page shows."""

DONE = {
    "paper": "The signature on paper is recorded",
    "struck": "The signature on paper is struck out. If they have to sign, a mail asks them within a few minutes",
    "asked": "Another mail is on its way to them",
}
"""What a page says after a redirect."""


@web.route(pages, "/signoffs", web.OFFICER)
def register(asked: web.Asked) -> Response:
    """A version's register; without a choice, that of the version in force. 2 Queries."""
    policies = _shelf(asked)
    if not policies.adopted:
        return web.page(asked, "sign_offs/none.html")
    line = _chosen(asked, policies)
    current = policies.adopted[0]
    context: dict[str, Any] = {
        "line": line,
        "current": line.number == current.number,
        "others": [other for other in policies.adopted if other.number != line.number],
        "today": dates.today(asked.at).isoformat(),
    }
    context |= _found(asked, policies, line)
    return web.page(asked, "sign_offs/register.html", **context)


@web.route(pages, "/signoffs/csv", web.OFFICER)
def as_csv(asked: web.Asked) -> Response:
    """The same as a file for spreadsheets."""
    import csv
    import io

    policies = _shelf(asked)
    if not policies.adopted:
        raise web.Problem(404)
    line = _chosen(asked, policies)
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(views.csv_rows(_found(asked, policies, line), line))
    name = f"sign-offs-version-{line.number}-{dates.today(asked.at)}.csv"
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return web.response("\ufeff" + file.getvalue(), 200, headers)


def _shelf(asked: web.Asked) -> Shelf:
    return asked.visitor.shelf if asked.visitor else Shelf()


def _chosen(asked: web.Asked, policies: Shelf) -> Line:
    wanted = asked.query.get("version") or str(policies.adopted[0].number)
    line = next((line for line in policies.adopted if str(line.number) == wanted), None)
    if line is None:
        raise web.Problem(404)
    return line


def _found(asked: web.Asked, policies: Shelf, line: Line) -> dict[str, list[dict[str, Any]]]:
    store, kept = wiring.store(), asked.visitor.roll if asked.visitor else roll.Roll()
    signed = store.listed(records.signatures(line.number), MOST)
    in_force = line.number == policies.adopted[0].number
    waiting = store.waiting(records.QUEUE) if in_force else []
    asked_once = [] if in_force else store.listed(records.askings(line.number), MOST)
    return views.listing(asked.register, policies, kept, line, signed, waiting, asked_once, dates.today(asked.at))


@web.route(pages, "/signoffs/{id}", web.OFFICER)
def person(asked: web.Asked) -> Response:
    """One person: what they have signed and when, what they were asked and how often. 1 Query."""
    who = _person(asked)
    found = wiring.store().history(KIND, who.id)
    record = found.record
    open_ = record is not None and record.state == ASKED
    policies, today = _shelf(asked), dates.today(asked.at)
    kept = asked.visitor.roll if asked.visitor else roll.Roll()
    context: dict[str, Any] = {
        "person": who,
        "asked_for": record.data["version"] if record and open_ else 0,
        "undeliverable": bool(record and open_ and record.data["undeliverable"]),
        "wanted": must_sign(who, today, policies.lines, kept.signed(who.id)),
        "signed": views.signatures(record) if record else [],
        "left": not who.on_register(today),
        "keeps": asked.person in keepers(asked.register, today),
        "adopted": policies.adopted,
        "notice": DONE.get(asked.query.get("done", ""), ""),
    }
    return web.page(asked, "sign_offs/person.html", **views.history(found), **context)


@web.route(pages, "/signoffs/{id}/paper", web.KEEPER, ("GET", "POST"))
def paper(asked: web.Asked) -> Response:
    """Record a signature that was given on paper."""
    who, versions = _person(asked), _shelf(asked).adopted
    if not versions:
        raise web.Problem(404)
    form = Paper(asked.form) if asked.writes else Paper(None, version=str(versions[0].number))
    form.offer(versions)
    if asked.writes and form.validate():
        chosen = form.version.data if form.version.data in {str(line.number) for line in versions} else "0"
        at, on, kept_at = asked.at, form.on.data, form.kept.data or ""
        try:
            if on:
                signing.on_paper(wiring.store(), asked.person, who, versions, int(chosen), on, kept_at, at)
            return web.redirect(asked, f"/signoffs/{who.id}?done=paper")
        except Unfit as unfit:
            form[unfit.field].errors = [unfit.message]
    code = 422 if asked.writes else 200
    return web.page(asked, "sign_offs/paper.html", code, person=who, form=form, errors=form.errors)


@web.route(pages, "/signoffs/{id}/paper/{n}", web.KEEPER, ("GET", "POST"))
def strike(asked: web.Asked) -> Response:
    """Strike out a signature on paper that was recorded by mistake."""
    who, number = _person(asked), asked.parts["n"]
    record = wiring.store().get(KIND, who.id)
    if record is None or not number.isdecimal() or len(number) > 6:
        raise web.Problem(404)
    signature = signing.on_paper_of(record, int(number))
    form = Striking(asked.form if asked.writes else None)
    if asked.writes and form.validate():
        signing.strike_paper(wiring.store(), asked.person, who, int(number), form.why.data or "", asked.at)
        return web.redirect(asked, f"/signoffs/{who.id}?done=struck")
    if signature is None:
        raise web.Problem(404)
    context: dict[str, Any] = {
        "person": who,
        "number": int(number),
        "signature": signature,
        "form": form,
        "errors": form.errors,
    }
    return web.page(asked, "sign_offs/strike.html", 422 if asked.writes else 200, **context)


@web.route(pages, "/signoffs/{id}/ask", web.KEEPER, ("GET", "POST"))
def ask(asked: web.Asked) -> Response:
    """Send somebody who has not signed another mail now."""
    who = _person(asked)
    if not asked.writes:
        return web.redirect(asked, f"/signoffs/{who.id}")
    web.pressed(asked)
    if not who.on_register(dates.today(asked.at)):
        return web.redirect(asked, f"/signoffs/{who.id}")
    try:
        signing.ask_again(wiring.store(), asked.person, who, _shelf(asked).adopted, asked.at)
    except NotNow:
        return web.redirect(asked, f"/signoffs/{who.id}")
    except Unfit as unfit:
        return web.page(asked, "sign_offs/not_again.html", 429, person=who, message=unfit.message)
    return web.redirect(asked, f"/signoffs/{who.id}?done=asked")


def _person(asked: web.Asked) -> Person:
    found = asked.register.person(asked.parts["id"])
    if found is None:
        raise web.Problem(404)
    return found
