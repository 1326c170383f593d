"""A report that is being written: what was answered so far, kept for two hours, and who it belongs to.

Nobody need say who they are, so a draft belongs to whoever holds its token: a random cookie that the browser forgets
when it is closed. The table holds the token's hash. The report's reference and receipt code are drawn from the token,
so that a report sent twice is one, and the page that shows the code can be loaded again for a few minutes, although
the code itself is kept nowhere. A sent draft is emptied in the transaction that makes the report, a cleared one at
once: what somebody wrote on a shared computer is gone with one press.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib import access
from chalicelib.cases import codes
from chalicelib.store import Item, Key, Store, Write, keyed

COOKIE = "report"

KEPT = timedelta(hours=2)
SHOWN = timedelta(minutes=15)
"""How long answers are kept after the last of them, and how long the receipt code is shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is being written, or (`sent`) has just been; `missed`: without its files."""

    token: str
    answers: Mapping[str, Any]
    sent: bool = False
    missed: bool = False

    @property
    def reference(self) -> str:
        """The reference that the report has, or will have."""
        return codes.reference_from(self.token)

    @property
    def code(self) -> str:
        """Its receipt code."""
        return codes.code_from(self.token)

    @property
    def folder(self) -> str:
        """Where its uploads lie in the bucket. It tells nothing of the token, nor of the reference."""
        return f"uploads/report/{access.digest(self.token)}/"


def _key(token: str) -> Key:
    return "draft#" + access.digest(token), "report"


def _item(token: str, answers: Mapping[str, Any], until: datetime, **more: Any) -> Item:
    return keyed(_key(token), answers=dict(answers), expires_at=access.epoch(until), **more)


def new() -> Draft:
    """A draft of which nothing is kept yet."""
    return Draft(access.token(), {})


def is_token(text: str) -> bool:
    """Whether a text has the form of a draft's token."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", text) is not None


def find(store: Store, token: str, at: datetime) -> Draft | None:
    """The draft of this token, unless its time is over. 1 read, none without a token."""
    item = store.item(_key(token)) if token else None
    # The table deletes what has expired hours late.
    if item is None or item["expires_at"] <= access.epoch(at):
        return None
    return Draft(token, item["answers"], "sent" in item, "missed" in item)


def save(store: Store, draft: Draft, answers: Mapping[str, Any], at: datetime) -> None:
    """Keep more answers. 1 request."""
    store.put(_item(draft.token, {**draft.answers, **answers}, at + KEPT))


def sent(draft: Draft, at: datetime) -> Write:
    """What empties the draft when the report is made, and lets its receipt code be shown for a while."""
    return Write("put", _item(draft.token, {}, at + SHOWN, sent=1, missed=1 if draft.missed else None))


def clear(store: Store, token: str, at: datetime) -> None:
    """Empty a draft. 1 request."""
    # Emptied and out of date rather than deleted: deleting is a right that a function had better not need.
    store.put(_item(token, {}, at))
