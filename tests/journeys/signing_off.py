"""The steps of the sign-offs: the council adopts a version, people are asked, and what they have signed."""

from __future__ import annotations

from typing import Any

from chalicelib import wiring
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.policy.rules import Version
from tests.support.client import Client

SIGN = "sign version"


NEVER = "You cannot sign without it"


def current() -> Version:
    found = shelf.read(wiring.store()).current
    assert found is not None
    return found


def clerk_adopts(meeting: str = "2026-11-20", *, material: bool = True, words_: str = "Be kind to everybody.") -> int:
    """The council adopts another version, with one more clause; its number."""
    from tests.journeys.steps import _keeper

    store, at, by = wiring.store(), wiring.now(), _keeper()
    number = shelf.read(store).next_number
    draft = policy.begin(store, by, number, "copy", "", at)
    clause = {"mark": "", "heading": "", "text": words_, "kind": "rule", "grave": False, "topics": [], "id": ""}
    given = {"after": draft.data["clauses"][-1]["id"], "becomes": [clause]}
    draft = policy.edit(store, by, number, draft.version, "add-clause", given, at)
    act = {"meeting": meeting, "minute": "26/101", "material": material}
    policy.adopt(store, by, number, draft.version, act, at)
    return number


def campaign(client: Client) -> None:
    """Let the minute's run ask whoever has to be asked, and send."""
    client.site.run_outbox()


def signature(who: str, version: int) -> dict[str, Any]:
    record = wiring.store().get("sign-off", who)
    found = record.data["signed"].get(str(version), {}) if record else {}
    return dict(found)
