"""What SES says of mails afterwards: delivered, bounced, complained, in any order, more than once, of anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib import hooks, outbox, tick
from chalicelib.outbox import BOUNCED, COMPLAINED, DELIVERED
from chalicelib.record import instant, stamp
from chalicelib.store import Item, keyed
from infra.local.mailbox import Message, ses_event
from tests.outbox.conftest import SETTINGS, PostOffice, a_letter
from tests.support.checks import CHAIR

LATER = timedelta(seconds=30)


def event(mail_id: Any, kind: str, **details: Any) -> dict[str, Any]:
    """The detail of SES's event about the mail with this tag."""
    message = Message("m", ("x@council.example",), b"", {"mail": mail_id}, "", "", datetime(2026, 11, 23, tzinfo=UTC))
    detail: dict[str, Any] = ses_event(message, kind, message.at, **details)["detail"]
    return detail


@pytest.fixture
def acted(monkeypatch: pytest.MonkeyPatch) -> list[Item]:
    """The mails that something was done about because they came back."""
    found: list[Item] = []
    monkeypatch.setitem(hooks.CAME_BACK, "check", lambda _store, _settings, item, _at: found.append(item))
    return found


def told(post: PostOffice, detail: dict[str, Any]) -> None:
    tick.mail_came_back(post.store, SETTINGS, detail, post.clock() + LATER)


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [
        ("Delivery", {}, DELIVERED),
        ("Bounce", {}, BOUNCED),
        ("Complaint", {}, COMPLAINED),
        ("Bounce", {"transient": True}, "sent"),
    ],
)
def test_what_became_of_a_mail_is_noted(
    post: PostOffice, acted: list[Item], kind: str, details: dict[str, Any], status: str
) -> None:
    item, other = post.due(a_letter(), a_letter(CHAIR))
    post.sweep()
    told(post, event(outbox.mail_id(item), kind, **details))
    mail = post.mail(item)
    assert mail["status"] == status
    assert mail.get("status_at") == (None if status == "sent" else stamp(post.clock() + LATER))
    assert outbox.sent_at(mail) == post.clock()
    assert post.mail(other)["status"] == "sent"
    assert [came_back["sk"] for came_back in acted] == ([item["sk"]] if status in outbox.UNDELIVERABLE else [])


def test_a_mail_that_ses_will_not_pass_on_has_come_back(post: PostOffice, acted: list[Item]) -> None:
    (item,) = post.due(a_letter())
    post.sweep()
    told(post, {"eventType": "Reject", "mail": {"tags": {"mail": [outbox.mail_id(item)]}}, "reject": {"reason": "x"}})
    assert (post.mail(item)["status"], len(acted)) == (BOUNCED, 1)


@pytest.mark.parametrize("order", list(permutations(["Delivery", "Bounce", "Complaint"])), ids="-".join)
def test_what_came_back_stays_so_in_whatever_order_it_is_told(
    post: PostOffice, acted: list[Item], order: tuple[str, ...]
) -> None:
    (item,) = post.due(a_letter())
    post.sweep()
    for kind in order:
        told(post, event(outbox.mail_id(item), kind))
    first_bad = next(kind for kind in order if kind != "Delivery")
    assert post.mail(item)["status"] == {"Bounce": BOUNCED, "Complaint": COMPLAINED}[first_bad]
    assert acted


def test_news_told_twice_is_acted_on_again_because_the_first_time_may_have_failed(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (item,) = post.due(a_letter())
    post.sweep()
    calls: list[str] = []

    def fails_once(_store: Any, _settings: Any, mail: Item, _at: datetime) -> None:
        calls.append(mail["status"])
        if len(calls) == 1:
            raise TimeoutError

    monkeypatch.setitem(hooks.CAME_BACK, "check", fails_once)
    with pytest.raises(TimeoutError):
        told(post, event(outbox.mail_id(item), "Bounce"))
    told(post, event(outbox.mail_id(item), "Bounce"))
    assert calls == [BOUNCED, BOUNCED]


@pytest.mark.parametrize("kind", ["Delivery", "Bounce"])
def test_news_that_is_quicker_than_the_bookkeeping_is_kept(post: PostOffice, acted: list[Item], kind: str) -> None:
    (item,) = post.due(a_letter())
    post.ses.script = [lambda: told(post, event(outbox.mail_id(item), kind))]
    assert post.sweep() == 1
    mail = post.mail(item)
    assert mail["status"] == (DELIVERED if kind == "Delivery" else BOUNCED)
    assert (post.waiting(), "queue" in mail) == (0, False)
    assert instant(mail["sent_at"]) == post.clock() + LATER
    assert len(acted) == (kind == "Bounce")


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "nothing",
        "check.only",
        "..",
        "check.7F3K-9QXM.",
        "check.7F3K-9QXM.999999.1",
        "check.7F3K-9QXM.000001.1.more",
        "check.7F3K-9QXM.000001.1\x00",
        "check#7F3K-9QXM.000001.1",
        "register.register.head",
        "session.x.session",
        "a" * 256,
        "a." * 128,
        "😀.😀.😀",
        5,
        None,
        ["check"],
    ],
    ids=repr,
)
def test_news_of_what_is_no_mail_of_ours_changes_nothing(post: PostOffice, acted: list[Item], tag: Any) -> None:
    (item,) = post.due(a_letter())
    post.sweep()
    before = post.mail(item)
    for kind in ("Delivery", "Bounce", "Complaint"):
        told(post, event(tag, kind))
    assert post.mail(item) == before
    assert acted == []


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"eventType": "Bounce"},
        {"eventType": "Bounce", "mail": {}},
        {"eventType": "Bounce", "mail": {"tags": {}}},
        {"eventType": "Bounce", "mail": {"tags": {"mail": []}}},
        {"eventType": "Open", "mail": {"tags": {"mail": ["check.7F3K-9QXM.000001.1"]}}},
        {"eventType": "Send", "mail": {"tags": {"mail": ["check.7F3K-9QXM.000001.1"]}}},
        {"mail": {"tags": {"mail": ["check.7F3K-9QXM.000001.1"]}}},
    ],
    ids=repr,
)
def test_news_that_says_nothing_changes_nothing(post: PostOffice, acted: list[Item], detail: dict[str, Any]) -> None:
    (item,) = post.due(a_letter())
    told(post, detail)
    assert (post.mail(item)["status"], acted) == ("due", [])


def test_a_part_that_does_nothing_about_returned_mail_is_left_alone(post: PostOffice) -> None:
    key = ("sign-in#x", "mail#000001.1")
    post.store.put(keyed(key, kind="sign-in", id="x", status="sent", sent_at=stamp(post.clock())))
    told(post, event("sign-in.x.000001.1", "Bounce"))
    found = post.store.item(key)
    assert found is not None
    assert found["status"] == BOUNCED


def test_two_pieces_of_news_at_once_are_both_heard(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    (item,) = post.due(a_letter())
    post.sweep()
    id, change = outbox.mail_id(item), post.store.change
    once: list[bool] = []

    def meanwhile(*arguments: Any, **more: Any) -> Item:
        if not once:
            once.append(True)
            outbox.mark(post.store, id, DELIVERED, post.clock())
        return change(*arguments, **more)

    monkeypatch.setattr(post.store, "change", meanwhile)
    outbox.mark(post.store, id, BOUNCED, post.clock())
    assert post.mail(item)["status"] == BOUNCED


def test_a_mail_that_was_never_taken_has_no_time_of_sending(post: PostOffice) -> None:
    (item,) = post.due(a_letter())
    assert outbox.sent_at(post.mail(item)) is None
