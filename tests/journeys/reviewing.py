"""The annual review's steps, and what its tests share."""

from __future__ import annotations

from typing import Any

from chalicelib.record import verify
from chalicelib.store import Store, keyed
from tests.journeys.steps import (
    address,
    link_for,
    message_at,
    signed_in,
    typed_in,
    words,
)
from tests.support.client import Client

DUE = "2025-05-14"
"""When the demo council's review was due: it adopted its policy on 14 May 2024, and has never reviewed it."""


MEETING = {"meeting-day": "17", "meeting-month": "11", "meeting-year": "2026", "minute": "26/101"}


LONG_AGO = {"meeting-day": "14", "meeting-month": "5", "meeting-year": "2024"}


POINTS = {
    "legal": "Nothing has changed since the Online Safety Act.",
    "practice": "NALC’s model of this year asks for the same.",
    "platforms": "X’s new terms were read.",
    "accounts": "One page, held by me and the Chair.",
}


SIGN = "Your statement on the annual review"


def opened(client: Client, who: str = "clerk") -> Client:
    """The Clerk opens the review, which is overdue from day one."""
    clerk = signed_in(client, who)
    clerk.submit(clerk.get("/review"))
    return clerk


def resolved(client: Client, **fields: Any) -> Client:
    """The Clerk records that the Council re-adopted the policy unchanged."""
    clerk = opened(client)
    clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **{**MEETING, "outcome": "unchanged", **fields})
    return clerk


def actions(store: Store, due: str = DUE) -> list[str]:
    history = store.history("review", due)
    assert not verify(history.record, history.log)
    return [entry.action for entry in history.entries()]


def chair_signs(client: Client) -> None:
    """The Chair confirms the resolution by the e-mailed link, after a scanner has opened it."""
    chair, link = client.another(), link_for(client, "chair", SIGN)
    chair.head(link)
    page = chair.get(link)
    assert "You are answering as Cllr Alan Thistlewood , Chair" in words(page)
    refused = chair.submit(page, status=422)
    assert "Tick the box if the Council so resolved" in message_at(refused, "confirmed")
    done = chair.follow(chair.submit(page, confirmed=True))
    assert "Your statement is recorded" in words(done)
    assert "the other statement" in words(done)
    assert "Your statement is recorded" in words(chair.get(link))


def clerk_signs(client: Client) -> None:
    """The Clerk answers the checklist by the e-mailed link, one point late."""
    clerk, link = client.another(), link_for(client, "clerk", SIGN)
    half = clerk.submit(clerk.get(link), status=422, **{**POINTS, "accounts": " "})
    assert "the Council’s accounts" in message_at(half, "accounts")
    assert typed_in(half, "legal") == POINTS["legal"]
    done = clerk.follow(clerk.submit(half, accounts=POINTS["accounts"]))
    assert "the review is closed" in words(done)


def changed_into(store: Store, who: str, role: str) -> str:
    """The register comes to give somebody this role alone, whoever else has which; their address."""
    record = store.get("register", "register")
    assert record is not None
    people = {**record.data["people"], who: {**record.data["people"][who], "roles": [role]}}
    fields = {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip")}
    store.put(keyed(("register#register", "head"), **fields, data={"people": people}))
    return address(who)
