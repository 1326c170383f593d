"""The campaign: everybody who has to sign is asked, whatever made it so, a few people in each run; and whoever has
another address since they were asked gets another link there, as the one before is dead.

Rules: a run looks at PEOPLE people at the most. Whether somebody is asked is worked out from their record as it then
stands, and asking is one transaction that only holds if the record is still the same; so a run that dies in the middle
loses nobody and doubles nobody, and two runs at once share the work. How far a look at everybody has come stands in
its item; a person whose turn fails is noted there, keeps no other from theirs, and is looked at again by the next run.
"""

import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from chalicelib import dates
from chalicelib.policy.rules import Line
from chalicelib.record import Data, Record, stamp
from chalicelib.register.rules import Person
from chalicelib.settings import Settings
from chalicelib.sign_offs import letters, rules
from chalicelib.sign_offs.looks import QUEUE
from chalicelib.sign_offs.service import records
from chalicelib.sign_offs.service.records import Council
from chalicelib.sign_offs.workflow import ASKED, KIND
from chalicelib.store import Conflict, Item, Store, head_key

log = logging.getLogger(__name__)

PEOPLE = 50
"""How many people one run looks at."""

_KEPT = timedelta(days=30)
"""How long a look stays in the table when it is over."""

_TRIES = 3


@dataclass
class Run:
    """One run: the council as it was read, how many people were asked or excused, and what went wrong."""

    store: Store
    council: Council
    at: datetime
    done: int = 0
    failed: set[str] = field(default_factory=set)
    fault: Exception | None = None


def work(store: Store, _settings: Settings, at: datetime) -> int:
    """Look at those who are to be looked at as of `at`; how many were asked or excused. 1 Query when nobody is; else 2
    or 3 reads and a transaction for each who is asked. What went wrong with one person is raised in the end."""
    looks = store.waiting(QUEUE, stamp(at), PEOPLE)
    if not looks:
        return 0
    run = Run(store, records.council(store), at)
    single = [look for look in looks if "person" in look["brief"]]
    _look(run, [look["brief"]["person"] for look in single])
    for look in single:
        if look["brief"]["person"] not in run.failed:
            _over(run, look)
    for look in looks:
        if "person" not in look["brief"] and len(single) < PEOPLE:
            _everybody(run, look, PEOPLE - len(single))
            break
    if run.fault:
        raise run.fault
    return run.done


def _everybody(run: Run, look: Item, most: int) -> None:
    """The next people of a look at everybody. The index may show an older place than the item: then all that was done
    from there on is found done, and noting it fails and is left to the next run."""
    brief = look["brief"]
    known = {person.id for person in run.council.register.people}
    again = [id for id in brief["again"] if id in known][: most // 2]
    ahead = sorted(id for id in known if id > brief["after"])
    step = ahead[: most - len(again)]
    _look(run, [*again, *step])
    left = [id for id in brief["again"] if id not in again]
    becomes = {"after": step[-1] if step else brief["after"], "again": [*left, *sorted(run.failed & {*again, *step})]}
    if len(step) == len(ahead) and not becomes["again"]:
        _over(run, look)
        return
    with contextlib.suppress(Conflict):
        run.store.change((look["pk"], look["sk"]), was={"brief": brief}, becomes={"brief": becomes})


def _over(run: Run, look: Item) -> None:
    forgotten = int((run.at + _KEPT).timestamp())
    with contextlib.suppress(Conflict):
        run.store.change(
            (look["pk"], look["sk"]),
            was={"queue": QUEUE, "brief": look["brief"]},
            becomes={"queue": None, "due": None, "expires_at": forgotten},
        )


def _look(run: Run, ids: Iterable[str]) -> None:
    people = [person for id in dict.fromkeys(ids) if (person := run.council.register.person(id))]
    if not people:
        return
    found = run.store.several(*(head_key(KIND, person.id) for person in people))
    for person in people:
        try:
            run.done += settle(run.store, run.council, person, records.record_of(found, person.id), run.at)
        except Exception as error:
            log.exception("%s could not be looked at", person.id)
            run.failed.add(person.id)
            run.fault = error


def settle(store: Store, council: Council, person: Person, record: Record, at: datetime) -> bool:
    """Ask the person for the version that they have to sign, if it is not asked for yet; send another link if theirs
    was ended; excuse them if they have left. Whether anything was done. At most 1 transaction, more when others write
    the same record. Raises Conflict."""
    for _ in range(_TRIES):
        wanted = _wanted(council, person, record, at)
        if wanted is None:
            return False
        action, line = wanted
        given: dict[str, object] = {}
        if line:
            given = {"version": line.number, "epoch": person.epoch}
        if action == "ask" and line and line.adopted:
            given |= {"sha256": line.adopted.sha256, "deadlines": rules.deadlines(at)}
            given |= {"name": person.styled, "supersedes": record.data.get("version", 0)}
        try:
            _commit(store, record, action, person, line, given, at)
        except Conflict:
            record = store.get(KIND, person.id) or Record(KIND, person.id)
            continue
        return True
    raise Conflict([head_key(KIND, person.id)])


def _wanted(council: Council, person: Person, record: Record, at: datetime) -> tuple[str, Line | None] | None:
    """What is to be done about somebody now: `ask` for a version, `renew-link`, `excuse`, or nothing."""
    today = dates.today(at)
    if not person.on_register(today):
        return ("excuse", None) if record.state == ASKED else None
    line = rules.must_sign(person, today, council.shelf.lines, rules.numbers(record.data))
    if line is None:
        return None
    if record.state != ASKED or record.data["version"] != line.number:
        return "ask", line
    return ("renew-link", line) if record.data["epoch"] != person.epoch else None


def _commit(
    store: Store, record: Record, action: str, person: Person, line: Line | None, given: Data, at: datetime
) -> None:
    commit = records.made(record, action, rules.TICK, at, given)
    if line:
        letter = letters.asking if action == "ask" else partial(letters.reminding, action=action)
        commit = records.made(record, action, rules.TICK, at, given, (letter(commit.record, person, line),))
    store.commit(commit)
