"""Sweeping the outbox: each mail goes once, in time, to the right person, and only while it has a point."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import access, outbox
from chalicelib.outbox import BACK_OFF, BATCH
from chalicelib.record import stamp
from infra import template
from tests.outbox.conftest import ID, KIND, PostOffice, a_letter, refusal, text_of
from tests.support.checks import CHAIR, CLERK, COUNCILLOR

ROOT = Path(__file__).resolve().parents[2]


# What goes out ------------------------------------------------------------------------------------------------------


def test_a_mail_goes_out_and_is_not_due_any_more(post: PostOffice) -> None:
    (item,) = post.due(a_letter())
    assert post.waiting() == 1
    assert post.sweep() == 1
    (message,) = post.ses.messages
    assert str(message["To"]) == "Mrs Ruth Penhallow <p-clerk@council.example>"
    assert str(message["From"]) == "Nether Wickby Parish Council <clerkwell@council.example>"
    assert (str(message["Subject"]), text_of(message)) == ("About Hello", "Hello no link")
    mail = post.mail(item)
    assert (mail["status"], mail["sent_at"], mail["ses_id"]) == ("sent", stamp(post.clock()), "ses-1")
    assert (post.waiting(), "queue" in mail, "due" in mail, mail["attempts"]) == (0, False, False, 1)


def test_every_sweep_after_that_sends_nothing(post: PostOffice) -> None:
    post.due(a_letter(), a_letter(CHAIR))
    assert [post.sweep(), post.sweep(), post.sweep(post.clock() + timedelta(days=30))] == [2, 0, 0]
    assert len(post.ses.sent) == 2


def test_a_mail_is_not_sent_before_it_is_due(post: PostOffice) -> None:
    post.due(a_letter())
    assert post.sweep(post.clock() - timedelta(seconds=1)) == 0
    assert post.sweep() == 1


def test_an_unheard_mail_is_written_and_never_sent(post: PostOffice) -> None:
    (item,) = post.due(a_letter(), heard=False)
    assert post.sweep(post.clock() + timedelta(days=1)) == 0
    assert (post.mail(item)["status"], post.ses.sent) == ("superseded", [])


def test_the_longest_due_goes_first(post: PostOffice) -> None:
    for words in ("first", "second", "third"):
        post.due(a_letter(context={"words": words}))
        post.clock.move(seconds=1)
    post.sweep()
    assert [text_of(message) for message in post.ses.messages] == ["first no link", "second no link", "third no link"]


def test_one_sweep_takes_up_a_batch_and_leaves_the_rest(post: PostOffice) -> None:
    for _ in range(0, BATCH + 5, 5):
        post.due(*[a_letter()] * 5)
    assert [post.sweep(), post.sweep(), post.sweep()] == [BATCH, 5, 0]


def test_a_sweep_ends_in_time_however_much_waits(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 1000, 15))
    monkeypatch.setattr(outbox, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    post.due(*[a_letter()] * 9)
    sent = post.sweep()
    assert 0 < sent < 9
    assert post.waiting() == 9 - sent


def test_the_tag_leads_back_to_the_mail(post: PostOffice) -> None:
    items = [*post.due(a_letter(), a_letter(CHAIR)), *post.due(a_letter(), again="202611230900.p-clerk.")]
    post.sweep()
    tags = [asked["EmailTags"] for asked in post.ses.sent]
    assert {tag["Name"] for (tag,) in tags} == {"mail"}
    assert [outbox.mail_key(tag["Value"]) for (tag,) in tags] == [(item["pk"], item["sk"]) for item in items]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", tag["Value"]) for (tag,) in tags)


# Links --------------------------------------------------------------------------------------------------------------


def test_the_link_is_made_when_the_mail_is_sent_and_only_its_digest_is_kept(post: PostOffice) -> None:
    (item,) = post.due(a_letter(purpose="decide", version=3, next="/desk"))
    kept = json.dumps(post.mail(item))
    assert "decide/" not in kept
    post.sweep()
    link = text_of(post.ses.messages[0]).removeprefix("Hello ")
    start, _, secret = link.rpartition("/")
    assert start == "https://checks.council.example/decide"
    found = access.find_link(post.store, secret, "decide")
    assert (found.person, found.epoch, found.version, found.next) == (CLERK.id, 0, 3, "/desk")
    assert (found.kind, found.id) == (KIND, ID)
    assert secret not in json.dumps(post.store.items(f"{KIND}#{ID}"))


def test_no_two_mails_and_no_two_attempts_share_a_link(post: PostOffice) -> None:
    post.due(a_letter(purpose="decide"), a_letter(CHAIR, purpose="decide"))
    post.ses.script = [refusal(), None]
    post.sweep()
    post.sweep(post.clock.move(hours=1))
    links = [text_of(message) for message in post.ses.messages]
    assert len(set(links)) == len(links) == 2


# Two sweepers -------------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_two_sweepers_send_each_mail_once(post: PostOffice) -> None:
    post.due(*[a_letter()] * 8)
    ready = Barrier(2)

    def sweep(_n: int) -> int:
        ready.wait()
        return post.sweep()

    with ThreadPoolExecutor(2) as threads:
        sent = list(threads.map(sweep, range(2)))
    assert sum(sent) == 8
    assert len({asked["EmailTags"][0]["Value"] for asked in post.ses.sent}) == len(post.ses.sent) == 8
    assert post.waiting() == 0


def test_a_second_sweeper_leaves_a_mail_alone_that_is_being_sent(post: PostOffice) -> None:
    (item,) = post.due(a_letter())
    meanwhile: list[int] = []

    def while_ses_takes_its_time() -> None:
        meanwhile.extend(post.sweep(post.clock() + timedelta(seconds=seconds)) for seconds in (0, 1, 60, 119))

    post.ses.script = [while_ses_takes_its_time]
    assert post.sweep() == 1
    assert (meanwhile, len(post.ses.sent)) == ([0, 0, 0, 0], 1)
    assert post.mail(item)["status"] == "sent"


def test_a_sweeper_that_read_the_queue_before_another_sent_sends_nothing(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.due(a_letter())
    stale = post.store.waiting(outbox.QUEUE)
    post.sweep()
    monkeypatch.setattr(post.store, "waiting", lambda *_, **__: stale)
    assert post.sweep() == 0
    post.due(a_letter())
    monkeypatch.setattr(post.store, "waiting", lambda *_, **__: [{**stale[0], "sk": "mail#000099.1"}])
    assert post.sweep() == 0


def test_the_lease_outlives_every_sweep() -> None:
    """A sweep goes by the time at which it was called for, may be late by as much as the event may be old, and is
    ended by Lambda's time-out: only then may the mail that it took up be anybody else's."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    lasts = config["stages"]["live"]["lambda_functions"]["outbox"]["lambda_timeout"]
    called = template.load(ROOT / "infra" / "resources.yaml")["Resources"]["Outbox"]["Properties"]["EventInvokeConfig"]
    late = called["MaximumEventAgeInSeconds"]
    assert called["MaximumRetryAttempts"] == 0
    assert BACK_OFF[0] > timedelta(seconds=lasts + late + 1)
    assert lasts > outbox.SECONDS


# Mails that have lost their point -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relevant", "sent"),
    [
        ({}, True),
        ({"state": "waiting"}, True),
        ({"state": "waiting", "draft": 2}, True),
        ({"state": "waiting", "draft": 1}, False),
        ({"state": "approved"}, False),
        ({"decided": 3}, False),
        ({"decided": None}, True),
        ({"nothing of the kind": 1}, False),
    ],
    ids=str,
)
def test_a_mail_is_sent_only_while_it_has_a_point(post: PostOffice, relevant: dict[str, Any], sent: bool) -> None:
    post.record("waiting", draft=2)
    (item,) = post.due(a_letter(relevant=relevant))
    assert post.sweep() == int(sent)
    assert post.mail(item)["status"] == ("sent" if sent else "superseded")
    assert post.waiting() == 0


def test_a_decision_mail_is_held_back_once_the_decision_is_undone(post: PostOffice) -> None:
    post.record("approved", decision={"n": 2})
    (item,) = post.due(a_letter(COUNCILLOR, relevant={"decided": 2}))
    post.ses.script = [refusal()]
    post.sweep()
    post.record("approved", decision={"n": 5})
    assert post.sweep(post.clock() + BACK_OFF[0]) == 0
    assert (post.mail(item)["status"], post.ses.sent) == ("superseded", [])


def test_a_mail_about_a_record_that_is_gone_is_held_back(post: PostOffice) -> None:
    (item,) = post.due(a_letter(relevant={"state": "waiting"}))
    assert post.sweep() == 0
    assert post.mail(item)["status"] == "superseded"


def test_a_mail_is_not_sent_after_its_time(post: PostOffice) -> None:
    until = post.clock() + timedelta(minutes=10)
    in_time, late = post.due(a_letter(), a_letter(CHAIR), until=until)
    assert post.mail(in_time)["expires_at"] == access.epoch(until)
    post.ses.script = [None, refusal()]
    assert post.sweep() == 1
    assert post.sweep(until) == 0
    assert (post.mail(in_time)["status"], post.mail(late)["status"]) == ("sent", "superseded")
