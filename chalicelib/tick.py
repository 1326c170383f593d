"""What happens without anybody asking: one idempotent run that does everything due and not yet done, and SES's news.

Each part says what is due for it; this module only asks them, so that a new part is one more entry in app.py.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib import hooks, logs

if TYPE_CHECKING:
    from chalicelib.record import Data
    from chalicelib.settings import Settings
    from chalicelib.store import Store

log = logging.getLogger(__name__)


class Turns:
    """Gives each of several its turn: one that fails, however it fails, keeps no other from theirs. What was wrong is
    logged, and raised in the end, so that the alarm rings and AWS runs it all again."""

    def __init__(self) -> None:
        self._fault: Exception | None = None

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """A turn; `what` names whose it is in the log."""
        try:
            yield
        except Exception as error:
            log.exception("what is due of %s could not be done", what)
            self._fault = error

    def over(self) -> None:
        """Everybody has had their turn. Raises what was wrong with the last that failed."""
        if self._fault:
            raise self._fault


LAST = ("tick", "last")
"""The key of the item that says when the run last came."""


def note(store: "Store", at: datetime) -> None:
    """Write down that the run came, whatever became of its parts. It only goes forward: an event may come late, and
    after the next one. 2 requests, more when others write."""
    from chalicelib.record import stamp
    from chalicelib.store import Conflict, Write, keyed

    while (before := last(store)) is None or before < stamp(at):
        with suppress(Conflict):
            if before is None:
                store.write(Write("new", keyed(LAST, at=stamp(at))))
            else:
                store.change(LAST, was={"at": before}, becomes={"at": stamp(at)})
            break
    logs.measured(at, Ticks=1)


def last(store: "Store") -> str | None:
    """When the run last came (ISO 8601, UTC); None while it never has. 1 read."""
    item = store.item(LAST)
    return str(item["at"]) if item else None


def run(store: "Store", settings: "Settings", at: datetime) -> dict[str, int]:
    """Do what is due as of `at`. Twice is once; what an earlier run missed is caught up. Part → how much was done.

    A part that fails keeps no other from its work; what was wrong is raised in the end, and AWS runs it all again.
    """
    return _all([*hooks.WORK.items(), *hooks.DUE.items()], store, settings, at)


def work(store: "Store", settings: "Settings", at: datetime) -> dict[str, int]:
    """Do some of the work that waits for no date, as `run` does what is due."""
    return _all([*hooks.WORK.items()], store, settings, at)


def _all(
    parts: "Sequence[tuple[str, hooks.Work]]", store: "Store", settings: "Settings", at: datetime
) -> dict[str, int]:
    done, turns = dict[str, int](), Turns()
    for part, due in parts:
        with turns.of(part):
            done[part] = done.get(part, 0) + due(store, settings, at)
    turns.over()
    return done


def mail_came_back(store: "Store", settings: "Settings", detail: "Data", at: datetime) -> None:
    """Note what SES says of a mail, and act on one that came back. Twice is once; what is not about a mail of ours is
    passed over."""
    # Every function has this module; only this one needs what makes and sends mail.
    from chalicelib import outbox

    news = outbox.status_of(detail)
    if news is None:
        return
    try:
        item = outbox.mark(store, *news, at)
    except ValueError:
        return
    if item and item["status"] in outbox.UNDELIVERABLE and item["kind"] in hooks.CAME_BACK:
        hooks.CAME_BACK[item["kind"]](store, settings, item, at)
