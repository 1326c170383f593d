"""The embedded AWS: what it makes, what it keeps, and how it fails when told to."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from chalicelib import mail, wiring
from chalicelib.mail import NotSent, Rendered
from chalicelib.store import Conflict, Store, Write, keyed
from infra.local import aws
from infra.local.mailbox import Mailbox
from tests.conftest import BUCKET
from tests.support.engines import Engine, counting

LETTER = Rendered("May I post this?", "Plain words — £5", "<p>Rich words — £5</p>")


def send() -> str:
    """Send a letter through the app's own mailer."""
    recipient = mail.address("Tom Eldersfield", "councillor1@council.example")
    return wiring.mailer().send("check.1.000001.1", "A Council", "clerk@council.example", recipient, LETTER)


@pytest.mark.both_engines
def test_a_table_is_made_as_the_deployed_one_is_defined(engine: Engine, table: str) -> None:
    described = engine.client.describe_table(TableName=table)["Table"]
    wanted = aws.table_definition()
    assert described["KeySchema"] == wanted["KeySchema"]
    made = {index["IndexName"]: index["KeySchema"] for index in described["GlobalSecondaryIndexes"]}
    assert made == {index["IndexName"]: index["KeySchema"] for index in wanted["GlobalSecondaryIndexes"]}


@pytest.mark.both_engines
def test_conditions_hold_on_each_engine(store: Store) -> None:
    store.write(Write("new", keyed(("a", "b"), n=1)))
    with pytest.raises(Conflict):
        store.write(Write("new", keyed(("a", "b"), n=2)), Write("new", keyed(("a", "c"), n=2)))
    assert store.item(("a", "c")) is None


@pytest.mark.both_engines
def test_requests_are_counted(engine: Engine, store: Store) -> None:
    with counting(engine.client) as made:
        store.put(keyed(("a", "b"), n=1))
        store.item(("a", "b"))
    store.item(("a", "b"))
    assert made == ["PutItem", "GetItem"]


def test_a_mail_is_kept_with_both_halves_and_its_tag(store: Store, mailbox: Mailbox) -> None:
    ses_id = send()
    (message,) = mailbox.messages
    assert message.id == ses_id
    assert message.tags == {"mail": "check.1.000001.1"}
    shown = message.as_json()
    assert shown["to"] == "councillor1@council.example"
    assert shown["subject"] == LETTER.subject
    assert shown["text"].strip() == LETTER.text
    assert shown["html"].strip() == LETTER.html


@pytest.mark.parametrize(
    ("how", "error", "kept"),
    [
        ("refuse", "SendingPausedException", 0),
        ("throttle", "TooManyRequestsException", 0),
        ("lose", "InternalFailure", 1),
    ],
)
def test_ses_fails_as_it_is_told(store: Store, mailbox: Mailbox, how: str, error: str, kept: int) -> None:
    mailbox.mode = how
    with pytest.raises(NotSent, match=error):
        send()
    assert len(mailbox.messages) == kept
    mailbox.mode = "accept"
    send()
    assert len(mailbox.messages) == kept + 1


def test_ses_that_never_answers_is_given_up_in_seconds(store: Store, mailbox: Mailbox) -> None:
    mailbox.mode = "hang"
    with pytest.raises(NotSent, match="Timeout"):
        send()
    assert mailbox.messages == []


def test_a_plain_form_uploads_to_the_bucket_and_comes_back(embedded: aws.EmbeddedAws) -> None:
    back = "http://127.0.0.1:8000/api/check/pictures"
    form: dict[str, Any] = embedded.client("s3").generate_presigned_post(
        BUCKET, "uploads/one", Fields={"success_action_redirect": back}, Conditions=[{"success_action_redirect": back}]
    )
    fields = [*form["fields"].items(), ("file", ("one.png", b"\x89PNG", "image/png"))]
    answer = urllib3.request("POST", form["url"], fields=fields, redirect=False)
    assert answer.status == 303
    went = urlsplit(answer.headers["Location"])
    assert f"{went.scheme}://{went.netloc}{went.path}" == back
    assert parse_qs(went.query)["key"] == ["uploads/one"]
    assert embedded.client("s3").get_object(Bucket=BUCKET, Key="uploads/one")["Body"].read() == b"\x89PNG"
