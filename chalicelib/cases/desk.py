"""What of cases stands on an officer's desk: those that are theirs to handle, and nothing of any other, in any count.

One query for what is open (Desk.waiting), and one batch read of it, because only a whole case says whose it is.
"""

from chalicelib import dates
from chalicelib.cases import views
from chalicelib.cases.service import handling
from chalicelib.cases.service.records import QUEUE
from chalicelib.desk.parts import Desk, Line, Sections
from chalicelib.record import Record, instant


def sections(desk: Desk) -> Sections:
    """The visitor's open cases, the longest waiting first."""
    waiting = desk.waiting(QUEUE)
    mine = handling.of_these(desk.store, desk.settings, desk.register, desk.person, desk.at, waiting)
    return Sections(mine=tuple(_line(desk, record) for record in mine))


def _line(desk: Desk, record: Record) -> Line:
    shown = views.line(record, desk.at)
    told = [f"Reported {dates.at_time(instant(shown['reported_at']))}"]
    if shown["acknowledge"]:
        told.append(f"Acknowledge it by {dates.at_time(instant(shown['acknowledge']))}")
    return Line(
        title=f"Case {record.id}",
        path=f"/cases/{record.id}",
        mark=f"{shown['reported_at']}#{record.id}",
        about=shown["subject"],
        state=record.state,
        words=shown["state_words"],
        told=tuple(told),
        action="Open",
        action_path=f"/cases/{record.id}",
        warning="The acknowledgement is overdue" if shown["overdue"] else "",
    )
