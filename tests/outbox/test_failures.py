"""When mail fails: nothing is lost, the second attempt says what the first did, and no mail stands in another's way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib import hooks, outbox, render
from chalicelib.outbox import BACK_OFF, GIVE_UP_RUN
from chalicelib.record import stamp
from tests.outbox.conftest import ID, KIND, PostOffice, a_letter, refusal, text_of
from tests.support.checks import CLERK

ROOT = Path(__file__).resolve().parents[2]


# When SES does not take it ------------------------------------------------------------------------------------------

FAILURES = [
    refusal("SendingPausedException"),
    refusal("MessageRejected"),
    refusal("TooManyRequestsException"),
    ReadTimeoutError(endpoint_url="https://email.eu-west-2.amazonaws.com"),
    ConnectTimeoutError(endpoint_url="https://email.eu-west-2.amazonaws.com"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__ + str(failure)[:40])
def test_a_mail_that_ses_does_not_take_stays_due_and_goes_later(post: PostOffice, failure: Exception) -> None:
    (item,) = post.due(a_letter())
    post.ses.script = [failure]
    assert post.sweep() == 0
    assert (post.mail(item)["status"], post.mail(item)["attempts"], post.waiting()) == ("due", 1, 1)
    assert post.sweep(post.clock() + BACK_OFF[0] - timedelta(seconds=1)) == 0
    assert post.sweep(post.clock() + BACK_OFF[0]) == 1
    assert (post.mail(item)["status"], post.waiting()) == ("sent", 0)


def test_the_log_names_a_mail_by_its_record_but_no_case(
    post: PostOffice, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(hooks.MAY_GO, "case")
    post.due(a_letter())
    post.due(a_letter(), kind="case", id="7F3K-9QXM-2BCD")
    post.ses.always = refusal()
    assert post.sweep() == 0
    assert f"{KIND}#{ID} mail#000001.1 was not taken" in caplog.text
    assert "a mail of a case was not taken" in caplog.text
    assert "2BCD" not in caplog.text


def test_the_attempts_come_further_and_further_apart_and_never_end(post: PostOffice) -> None:
    (item,) = post.due(a_letter())
    post.ses.always = refusal()
    waits = []
    for _ in range(len(BACK_OFF) + 3):
        began = post.clock()
        assert post.sweep() == 0
        due = post.mail(item)["due"]
        while stamp(post.clock.move(minutes=1)) < due:
            assert post.sweep() == 0
        waits.append(post.clock() - began)
    assert waits == [*BACK_OFF, *[BACK_OFF[-1]] * 3]
    assert waits == sorted(waits)
    assert post.mail(item)["attempts"] == len(BACK_OFF) + 3
    post.ses.always = None
    assert post.sweep() == 1


def test_a_sweep_gives_up_after_some_refusals_in_a_row(post: PostOffice) -> None:
    post.due(*[a_letter()] * 10)
    post.ses.always = refusal()
    assert post.sweep() == 0
    attempts = [mail["attempts"] for mail in post.store.items(f"{KIND}#{ID}", "mail#")]
    assert attempts.count(1) == GIVE_UP_RUN
    assert attempts.count(0) == 10 - GIVE_UP_RUN


def test_a_refusal_now_and_then_does_not_end_a_sweep(post: PostOffice) -> None:
    post.due(*[a_letter()] * 9)
    post.ses.script = [refusal(), refusal(), None] * 3
    assert post.sweep() == 3
    assert post.waiting() == 6


def test_the_second_attempt_says_what_the_first_would_have(post: PostOffice) -> None:
    first, second = post.due(a_letter(context={"words": "“Approved” 😀"}), a_letter())
    post.ses.script = [refusal()]
    post.sweep()
    kept = post.mail(first)["context"]
    post.record("rejected")
    post.sweep(post.clock.move(hours=1))
    assert sorted(text_of(message) for message in post.ses.messages) == ["Hello no link", "“Approved” 😀 no link"]
    assert post.mail(first)["context"] == kept == {"words": "“Approved” 😀"}
    assert post.mail(second)["status"] == "sent"


def test_a_sweep_that_dies_after_ses_took_the_mail_sends_it_again_with_the_same_words(post: PostOffice) -> None:
    (item,) = post.due(a_letter())

    def die() -> None:
        raise KeyboardInterrupt

    post.ses.script = [die]
    with pytest.raises(KeyboardInterrupt):
        post.sweep()
    assert (post.mail(item)["status"], post.waiting()) == ("due", 1)
    assert post.sweep(post.clock() + BACK_OFF[0] - timedelta(seconds=1)) == 0
    assert post.sweep(post.clock() + BACK_OFF[0]) == 1
    assert [text_of(message) for message in post.ses.messages] == ["Hello no link"] * 2


def test_a_lost_bookkeeping_is_made_good_by_sess_own_news(post: PostOffice) -> None:
    (item,) = post.due(a_letter())

    def die() -> None:
        raise KeyboardInterrupt

    post.ses.script = [die]
    with pytest.raises(KeyboardInterrupt):
        post.sweep()
    outbox.mark(post.store, outbox.mail_id(item), outbox.DELIVERED, post.clock())
    assert post.sweep(post.clock() + timedelta(days=1)) == 0
    assert (post.mail(item)["status"], post.mail(item)["sent_at"]) == ("delivered", stamp(post.clock()))
    assert len(post.ses.sent) == 1


def test_a_sweep_whose_lease_ran_out_does_not_undo_the_other_sweeps_bookkeeping(post: PostOffice) -> None:
    (item,) = post.due(a_letter())

    def another_sweep() -> None:
        assert post.sweep(post.clock() + BACK_OFF[0]) == 1

    post.ses.script = [another_sweep]
    post.sweep()
    mail = post.mail(item)
    assert (len(post.ses.sent), mail["status"], mail["ses_id"]) == (2, "sent", "ses-2")
    assert mail["sent_at"] == stamp(post.clock() + BACK_OFF[0])


# Mails that cannot be made ------------------------------------------------------------------------------------------


def test_a_mail_that_cannot_be_made_stands_in_no_others_way(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, well = post.due(a_letter(template="broken"), a_letter())
    plain = render.template

    def template_of(name: str, context: dict[str, Any]) -> str:
        if "broken" in name:
            raise KeyError("a name that the template expects")
        return plain(name, context)

    monkeypatch.setattr(render, "template", template_of)
    with pytest.raises(KeyError):
        post.sweep()
    assert (post.mail(broken)["status"], post.mail(well)["status"]) == ("due", "sent")
    monkeypatch.setattr(render, "template", plain)
    assert post.sweep(post.clock() + BACK_OFF[0]) == 1


def test_an_address_that_no_header_can_hold_stays_due_and_makes_no_link(post: PostOffice) -> None:
    (item,) = post.due(a_letter(CLERK._replace(email="clerk@council.example\r\nBcc: x@else.example"), purpose="decide"))
    assert post.sweep() == 0
    assert (post.mail(item)["status"], post.ses.sent) == ("due", [])
