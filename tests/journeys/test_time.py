"""What time brings, without anybody asking: reminders, the stand-in, lapses; each once, however the ticks come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import tick, wiring
from chalicelib.store import Commit, Store
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    councillor_asks,
    follows_link,
    link_for,
    presses,
    signed_in,
    signs,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.builders import TEXT
from tests.support.client import Client
from tests.support.clock import MONDAY_MORNING, Clock
from tests.support.engines import Engine

REMINDER, FIRST, HOUR, DAY = f"Reminder: {REVIEW}", REVIEW, timedelta(hours=1), timedelta(days=1)


def reviews(client: Client, who: str) -> list[str]:
    """How the mails begin that have put a request to an officer."""
    return [subject.partition("?")[0] for subject in subjects_to(client, who) if REVIEW in subject]


@pytest.mark.both_engines
def test_the_officer_is_reminded_then_the_stand_in_asked_then_it_lapses(client: Client, clock: Clock) -> None:
    reference, start = councillor_asks(client), clock()
    client.tick(start + DAY - HOUR)
    assert reviews(client, "clerk") == [FIRST]
    for _ in range(2):
        client.tick(start + DAY)
    assert reviews(client, "clerk") == [FIRST, REMINDER]
    assert "still waits for your decision" in client.mail_to(address("clerk"), REVIEW)["text"]
    client.tick(start + 2 * DAY - HOUR)
    assert reviews(client, "chair") == []
    for _ in range(2):
        client.tick(start + 2 * DAY)
    assert reviews(client, "clerk") == [FIRST, REMINDER, REMINDER]
    assert reviews(client, "chair") == [FIRST]
    assert "You are asked to stand in" in client.mail_to(address("chair"), REVIEW)["text"]
    for days in range(3, 14):
        client.tick(start + days * DAY)
    assert len(reviews(client, "clerk") + reviews(client, "chair")) == 4
    assert state_of(reference) == "waiting"
    for _ in range(2):
        client.tick(start + 14 * DAY)
    assert state_of(reference) == "lapsed"
    assert subjects_to(client, "councillor1")[1:] == [f"Request {reference} has lapsed"]
    history = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    for what in ("Officer reminded", "Stand-in asked", "Lapsed"):
        assert what in history
    assert "Put to: Cllr Alan Thistlewood" in history
    assert "Verified Each of the 4 entries follows" in history


@pytest.mark.parametrize(
    ("asked", "reminded", "stand_in"),
    [
        ("2026-11-27T17:00", "2026-11-30T17:00", "2026-12-01T17:00"),  # a Friday
        ("2026-11-28T12:00", "2026-12-01T00:00", "2026-12-02T00:00"),  # a Saturday: it starts on Monday
        ("2026-12-24T10:00", "2026-12-29T10:00", "2026-12-30T10:00"),  # Christmas Eve, a Thursday; Monday is a holiday
        ("2027-03-25T10:00", "2027-03-30T09:00", "2027-03-31T09:00"),  # before Easter, when the clocks go forward
    ],
)
def test_working_days_pass_over_weekends_and_bank_holidays(
    client: Client, clock: Clock, asked: str, reminded: str, stand_in: str
) -> None:
    clock.at = datetime.fromisoformat(asked).replace(tzinfo=UTC)
    councillor_asks(client)
    first, second = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (reminded, stand_in))
    client.tick(first - timedelta(seconds=1))
    assert reviews(client, "clerk") == [FIRST]
    client.tick(first)
    assert reviews(client, "clerk") == [FIRST, REMINDER]
    client.tick(second - timedelta(seconds=1))
    assert reviews(client, "chair") == []
    client.tick(second)
    assert reviews(client, "chair") == [FIRST]


@pytest.mark.both_engines
@pytest.mark.parametrize(("days", "clerk", "chair", "state"), [(5, 2, 1, "waiting"), (20, 1, 0, "lapsed")])
def test_a_late_run_does_what_the_missed_ones_would_have_left_to_do(
    client: Client, clock: Clock, days: int, clerk: int, chair: int, state: str
) -> None:
    reference = councillor_asks(client)
    for _ in range(3):
        client.tick(clock() + days * DAY)
    assert (len(reviews(client, "clerk")), len(reviews(client, "chair"))) == (clerk, chair)
    assert state_of(reference) == state


@pytest.mark.both_engines
def test_runs_in_any_order_and_at_the_same_moment_do_everything_once(
    client: Client, clock: Clock, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    councillor_asks(client)
    councillor_asks(client, "councillor2")
    commit, start = store.commit, clock()

    def twin_first(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        tick.run(store, wiring.settings(), start + DAY)
        commit(*commits)

    monkeypatch.setattr(store, "commit", twin_first)
    client.tick(start + DAY)
    client.tick(start + HOUR)
    assert reviews(client, "clerk") == [FIRST, FIRST, REMINDER, REMINDER]


def test_nothing_comes_after_a_decision_or_a_withdrawal(
    client: Client, clock: Clock, engine: Engine, table: str
) -> None:
    signs("assistant")
    first, second = councillor_asks(client), councillor_asks(client, "councillor2")
    clerk_decides(client)
    presses(signed_in(client, "councillor1"), f"/check/{first}/withdraw")
    assert (state_of(first), state_of(second)) == ("withdrawn", "approved")
    before, count = table_dump(engine, table), len(client.inbox())
    for days in (1, 2, 14, 29):
        client.tick(clock() + days * DAY)
    assert table_dump(engine, table) == before
    assert len(client.inbox()) == count


def test_the_stand_in_may_decide_and_the_first_decision_stands(client: Client, clock: Clock) -> None:
    reference = asks(signed_in(client, "clerk"))
    client.tick(clock.move(days=2))
    officer, link = client.another(), link_for(client, "chair")
    page = officer.get(link)
    clerk_decides(client, who="vicechair")
    late = officer.submit(page, status=409, decision="reject", reason="No.")
    assert "Cllr Priya Marchbanks (Vice-Chair) decided on" in words(late)
    assert state_of(reference) == "approved"


def test_with_nobody_to_stand_in_the_officer_is_reminded_again(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client, named=["chair", "vicechair"], agreed="all")
    client.tick(clock() + DAY)
    client.tick(clock() + 2 * DAY)
    assert reviews(client, "clerk") == [FIRST, REMINDER, REMINDER]
    history = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    assert "Officer reminded: there is nobody to stand in" in history
    assert "Stand-in asked" not in history


@pytest.mark.both_engines
def test_an_approval_lapses_and_what_was_posted_can_still_be_recorded(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    councillor = signed_in(client, "councillor1")
    assert "Holds until 23 December 2026 at 9:00am" in words(councillor.get(f"/check/{reference}"))
    client.tick(clock() + 30 * DAY - HOUR)
    assert state_of(reference) == "approved"
    for _ in range(2):
        client.tick(clock() + 30 * DAY)
    assert state_of(reference) == "approval-lapsed"
    assert [one for one in subjects_to(client, "councillor1") if "lapsed" in one] == [f"Request {reference} has lapsed"]
    assert "The approval of your post has lapsed" in client.mail_to(address("councillor1"), "lapsed")["text"]
    page = councillor.get(f"/check/{reference}")
    assert "The approval no longer holds" in words(page)
    councillor.submit(page, where="Our page", text=TEXT)
    assert state_of(reference) == "posted"


def test_how_long_an_approval_holds_is_a_setting(client: Client, clock: Clock) -> None:
    wiring.use(settings=wiring.settings()._replace(approval_days=3))
    reference = councillor_asks(client)
    clerk_decides(client)
    client.tick(clock() + 3 * DAY - HOUR)
    assert state_of(reference) == "approved"
    client.tick(clock() + 3 * DAY)
    assert state_of(reference) == "approval-lapsed"


def test_a_request_for_changes_that_nobody_answers_lapses(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    clerk_decides(client, "ask-for-changes", reason="Say when.")
    client.tick(clock() + 30 * DAY - HOUR)
    assert state_of(reference) == "changes-asked"
    client.tick(clock() + 30 * DAY)
    assert state_of(reference) == "lapsed"
    assert (
        "Changes were asked for and you have not sent any" in client.mail_to(address("councillor1"), "lapsed")["text"]
    )


def test_a_new_version_starts_the_clock_anew(client: Client, clock: Clock) -> None:
    reference = councillor_asks(client)
    clock.move(hours=20)
    asks(signed_in(client, "councillor1"), text="Another text.", reference=reference, version="2")
    client.tick(MONDAY_MORNING + DAY)
    assert reviews(client, "clerk") == [FIRST, FIRST]
    client.tick(clock() + DAY)
    assert reviews(client, "clerk") == [FIRST, FIRST, REMINDER]
    assert "Another text." in follows_link(client).text


def test_one_request_that_cannot_be_read_keeps_no_other_from_its_reminder(
    client: Client, clock: Clock, store: Store
) -> None:
    broken = councillor_asks(client)
    councillor_asks(client, "councillor2")
    item = store.item((f"check#{broken}", "head"))
    assert item is not None
    store.put(item | {"data": {}})
    client.tick(clock() + DAY)
    assert reviews(client, "clerk") == [FIRST, FIRST, REMINDER]
    # The run as a whole has failed, so that somebody looks at it.
    assert "KeyError" in client.site.failures.pop()
