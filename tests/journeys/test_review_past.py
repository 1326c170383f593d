"""Reviews that the Council made before it had Clerkwell: recorded, and struck out when that was a mistake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.store import Store
from tests.journeys.reviewing import (
    DUE,
    actions,
    opened,
)
from tests.journeys.steps import (
    message_at,
    presses,
    signed_in,
    words,
)
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("bell")


def test_past_reviews_are_recorded_and_move_the_next_one(client: Client, store: Store) -> None:
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    clerk = signed_in(client, "clerk")
    form = clerk.get("/review/past")
    later = {
        "meeting-day": "12",
        "meeting-month": "5",
        "meeting-year": "2026",
        "minute": "26/020",
        "outcome": "unchanged",
    }
    page = clerk.follow(clerk.submit(form, **later))
    assert "The review is recorded" in words(page)
    clerk.submit(form, **later)
    stands = words(clerk.get("/review"))
    assert "Due 12 May 2027" in stands
    assert "Overdue" not in stands
    clerk.submit(form, **{**later, "meeting-day": "20", "meeting-year": "2025", "minute": "25/019"})
    rows = words(clerk.get("/review/history"), "tbody")
    assert rows.index("14 May 2026") < rows.index("14 May 2025")
    assert rows.count("Recorded afterwards") == 2
    assert actions(store) == ["open", "overtake", "record"]
    assert actions(store, "2026-05-14") == ["record"]
    for fields, told in (
        ({**later, "meeting-day": "14", "meeting-year": "2024"}, "There was no policy to review yet"),
        ({**later, "meeting-day": "1", "meeting-month": "12"}, "The meeting is still to come"),
        ({**later, "meeting-day": "1", "meeting-year": "2025"}, "The review that was due on 14 May 2025 is recorded"),
    ):
        assert told in message_at(clerk.submit(form, status=422, **fields), "meeting")


def test_a_past_review_with_a_wrong_date_is_struck_out_and_recorded_anew(client: Client, store: Store) -> None:
    clerk = opened(client)
    clerk.submit(clerk.get(f"/review/{DUE}/clauses/honesty"), what="remove", why="It says nothing.")
    form = clerk.get("/review/past")
    wrong = {
        "meeting-day": "12",
        "meeting-month": "5",
        "meeting-year": "2026",
        "minute": "25/020",
        "outcome": "unchanged",
    }
    clerk.submit(form, **wrong)
    assert "Due 12 May 2027" in words(clerk.get("/review"))
    page = clerk.get("/review/2026-05-14/strike")
    assert "Say why it is struck out" in message_at(clerk.submit(page, status=422, why=" "), "why")
    clerk.submit(page, why="It was the year before.")
    told = words(clerk.follow(clerk.submit(page, why="It was the year before.")))
    assert "It is struck out." in told
    assert "It was the year before." in told
    assert "12 May 2026" in told
    assert actions(store, "2026-05-14") == ["record", "strike"]
    # What was begun is due again, and opens anew with the next run, without another mail.
    assert "was due on 14 May 2025 and is overdue" in words(clerk.get("/review"))
    mails = len(client.inbox())
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    assert len(client.inbox()) == mails
    assert "It says nothing." in words(clerk.get("/review"))
    clerk.submit(form, **{**wrong, "meeting-year": "2025"})
    assert "Due 12 May 2026" in words(clerk.get("/review"))
    assert actions(store) == ["begin", "recommend", "overtake", "open", "record"]
    # Once more, and what was opened meanwhile on the wrong count is overtaken.
    client.tick(datetime(2026, 11, 25, 6, tzinfo=UTC))
    assert actions(store, "2026-05-12") == ["open"]
    presses(clerk, f"/review/{DUE}/strike", why="The minute was another council’s.")
    assert actions(store, "2026-05-12") == ["open", "overtake"]
    clerk.submit(clerk.get("/review"))
    assert actions(store)[-2:] == ["strike", "begin"]
    assert "It says nothing." in words(clerk.get("/review"))
    # Only what was recorded afterwards can be struck out, and only by whoever prepares the review.
    presses(clerk, f"/review/{DUE}/strike", status=409, why="x")
    clerk.get(f"/review/{DUE}/strike", status=303)
    signed_in(client, "chair").get(f"/review/{DUE}/strike", status=404)
    presses(signed_in(client, "chair"), f"/review/{DUE}/strike", status=404, why="x")
