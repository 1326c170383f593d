"""What the annual review is told of cases: how many were closed, with which outcome, about which clauses.

A figure may not tell anybody of a case that they must not know of. So a case that any officer is kept from is not
counted, here or anywhere; the note says that there may be such, whether there are or not. And what goes on to the whole
Council, in which the one may sit whom the only case of the year was about, holds no small number.
"""

from collections import Counter
from datetime import datetime

from chalicelib import access, dates
from chalicelib.cases import rules
from chalicelib.cases.service.records import CLOSED_LIST
from chalicelib.cases.workflow import CLOSED, KIND, OUTCOMES
from chalicelib.record import Record
from chalicelib.register.rules import Register
from chalicelib.review.evidence import Block, chart, lines
from chalicelib.store import Store

NOTE = "A case that any officer is kept from is counted nowhere, so there may be more than these."


def figures(store: Store, since: datetime, until: datetime) -> list[Block]:
    """The cases that were closed in the period, by outcome and by clause. 1 request for each 500 of them, 1 for each
    100, and the register."""
    items, whole = lines(store, CLOSED_LIST, since, until)
    register = access.register(store)
    found = store.records(*((KIND, item["pk"].partition("#")[2]) for item in items))
    counted = [record for record in found if record and record.state == CLOSED and _open(register, record, until)]
    outcomes = Counter(OUTCOMES[record.data["outcome"]["what"]] for record in counted if record.data["outcome"])
    clauses = Counter(clause for record in counted for clause in record.data["found_cited"] or record.data["cited"])
    note = NOTE if whole else f"{NOTE} Only the latest are counted."
    return [
        chart("Cases closed, by outcome", dict(outcomes.most_common()), "cases", note, guarded=True),
        chart("Clauses that closed cases were about", dict(clauses.most_common()), "cases", guarded=True),
    ]


def _open(register: Register, record: Record, at: datetime) -> bool:
    """Whether every officer may know of the case."""
    day = dates.today(at)
    out = rules.excluded(register, record.data, day)
    return not any(person.id in out for role in rules.ORDER for person in register.holding(role, day))
