"""The review's days in officers' calendars: a file to download, and a secret address to subscribe to.

Rules: the table has the address's token as a hash only, and beside the officer which hash is theirs now, so that a new
address, or none, ends the one before in one write. Calendars ask again and again; asking changes nothing. It tells
days and no names. Whoever is no officer any more, or whose links were all ended, has no calendar.
"""

from datetime import date

from chalice.app import Blueprint, Response

from chalicelib import access, dates, web, wiring
from chalicelib.policy import shelf
from chalicelib.record import stamp
from chalicelib.register.rules import register_of
from chalicelib.register.workflow import ID, KIND
from chalicelib.review import ics, rules
from chalicelib.review.rules import Standing
from chalicelib.review.service import book
from chalicelib.store import Item, Key, Write, head_key, keyed

pages = Blueprint(__name__)

TYPE = {"Content-Type": "text/calendar; charset=utf-8"}
_ENDING = ".ics"


def _mine(person: str) -> Key:
    """Where it stands which address is an officer's now."""
    return f"calendar#{person}", "address"


def _of(digest: str) -> Key:
    """Where it stands whose an address is."""
    return f"calendar#{digest}", "owner"


def events(standing: Standing | None) -> list[ics.Event]:
    """The days: when the next review opens and is due, and the meeting that is to consider it."""
    if standing is None:
        return []
    settings = wiring.settings()
    council, home = settings.council.name, settings.public_url.partition("://")[2].partition("/")[0]

    def event(what: str, due: date, day: date, words: str) -> ics.Event:
        return ics.Event(f"review-{due}-{what}@{home}", day, f"{words}, {council}", f"{settings.public_url}/review")

    found = [
        event("opens", standing.due, standing.opens, "Annual review of the social media policy opens"),
        event("due", standing.due, standing.due, "Annual review of the social media policy is due"),
    ]
    open = standing.open
    if open and open.planned:
        found.append(event("meeting", open.due, open.planned, "The Council considers the review of its policy"))
    return found


def _file(standing: Standing | None, asked: web.Asked, more: dict[str, str]) -> Response:
    text = ics.calendar("Review of the social media policy", events(standing), asked.at)
    return web.response(text, 200, {**TYPE, **more})


@web.route(pages, "/review/dates.ics", web.OFFICER)
def download(asked: web.Asked) -> Response:
    """The days as a file. 1 read."""
    kept = book.read(wiring.store())
    named = {"Content-Disposition": 'attachment; filename="annual-review.ics"'}
    return _file(rules.standing(kept.shelf, kept.book), asked, named)


@web.route(pages, "/review/calendar", web.OFFICER, ("GET", "POST"))
def subscription(asked: web.Asked) -> Response:
    """Make the officer's secret address, which is shown once; make another; or end it."""
    store, mine = wiring.store(), _mine(asked.person.id)
    if not asked.writes:
        return _page(asked, store.item(mine))
    web.pressed(asked, "act")
    if asked.form.one("act") not in ("make", "end"):
        raise web.Problem(422, "Press one of the buttons on the page.")
    if asked.form.one("act") == "end":
        store.put(keyed(mine, digest="", at=stamp(asked.at)))
        return web.redirect(asked, "/review/calendar")
    secret = access.token()
    digest = access.digest(secret)
    owner = keyed(_of(digest), person=asked.person.id, epoch=asked.person.epoch)
    item = keyed(mine, digest=digest, at=stamp(asked.at))
    store.write(Write("new", owner), Write("put", item))
    return _page(asked, item, f"{wiring.settings().public_url}/calendar/{secret}{_ENDING}")


def _page(asked: web.Asked, item: Item | None, address: str = "") -> Response:
    since = item["at"] if item and item["digest"] else ""
    return web.page(asked, "review/calendar.html", since=since, address=address)


@web.route(pages, "/calendar/{token}", web.LINK)
def feed(asked: web.Asked) -> Response:
    """The days, for the calendar that has the secret address. 2 reads."""
    store = wiring.store()
    digest = access.digest(asked.parts["token"].removesuffix(_ENDING))
    owner = store.item(_of(digest))
    if owner is None:
        raise web.Problem(404)
    mine, people = _mine(owner["person"]), head_key(KIND, ID)
    found = store.several(mine, people, shelf.KEY, book.BOOK)
    register = register_of(found[people]["data"] if people in found else {})
    who = register.person(owner["person"])
    current = mine in found and found[mine]["digest"] == digest
    there = who is not None and who.on_register(dates.today(asked.at)) and bool(who.officer_role)
    if not current or who is None or not there or who.epoch != owner["epoch"]:
        raise web.Problem(404)
    kept = rules.book_of(found[book.BOOK]["data"] if book.BOOK in found else {})
    return _file(rules.standing(shelf.of(found.get(shelf.KEY)), kept), asked, {})
