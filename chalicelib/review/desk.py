"""The annual review on the officers' desk: its days ahead, what it waits for, and whether the daily run still comes."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib import dates, tick
from chalicelib.desk.parts import Desk, Due, Note
from chalicelib.record import instant
from chalicelib.review import rules
from chalicelib.review.rules import Line, Standing
from chalicelib.review.service import book
from chalicelib.review.workflow import STATES

SILENT = timedelta(hours=26)
"""How long after the last daily run the desk warns. The alarm in infra/alarms.yaml goes by the same."""


def _standing(desk: Desk) -> Standing | None:
    """From the book as it waits in its queue; from an adoption to the next daily run, as it stands now. 1 Query, which
    `notes` and `ahead` share; while the bell hangs, 1 read each."""
    waiting = {(item["pk"], item["sk"]): item for item in desk.waiting(book.QUEUE)}
    if book.BELL in waiting:
        found = book.read(desk.store)
        return rules.standing(found.shelf, found.book)
    return rules.of_brief(waiting[book.BOOK]["brief"]) if book.BOOK in waiting else None


def ahead(desk: Desk) -> Iterator[Due]:
    """When the next review opens and is due, and the meeting that is to consider the one that is open."""
    standing = _standing(desk)
    if standing is None:
        return
    if not standing.open and standing.opens >= desk.today:
        yield Due(standing.opens, "The annual review of the policy opens", "/review")
    yield Due(standing.due, "The annual review of the policy is due", "/review")
    if standing.open and standing.open.planned and standing.open.planned >= desk.today:
        yield Due(standing.open.planned, "The Council considers the annual review", "/review")


def notes(desk: Desk) -> Iterator[Note]:
    """Whom mail about a review does not reach; reviews whose statements are still to come."""
    standing = _standing(desk)
    for line in standing.waiting if standing else ():
        if line.unreached:
            names = ", ".join(desk.register.named(id) for id in line.unreached)
            yield Note(f"Mail about the annual review came back: {names}", "warning", f"/review/{line.due}")
    for line in standing.unsigned if standing else ():
        yield Note(_unsigned(line), path=f"/review/{line.due}")


def _unsigned(line: Line) -> str:
    words = STATES[line.state]
    return f"The annual review that was due on {dates.on_day(line.due)}: {words[0].lower()}{words[1:]}"


def ticking(desk: Desk) -> Iterator[Note]:
    """When the daily run last came, and a warning when that is too long ago. 1 read."""
    at = tick.last(desk.store)
    if at is None:
        yield Note("The daily run has not come yet. It sends reminders and opens the annual review, every morning")
    elif desk.at - instant(at) > SILENT:
        last = dates.at_time(instant(at))
        yield Note(
            f"The daily run last came on {last}. Reminders wait until it comes again: tell whoever looks after "
            "this service",
            "warning",
        )
    else:
        yield Note(f"The daily run last came on {dates.at_time(instant(at))}")
