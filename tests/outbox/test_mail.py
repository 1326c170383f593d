"""The message that SES gets: readable everywhere, and no name, subject or text can forge a header."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import monotonic
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.mail import Mailer, NotSent, Rendered, address, compose
from infra.local.mailbox import Mailbox
from tests.outbox.conftest import PostOffice, Ses, a_letter, refusal, text_of
from tests.support.checks import CLERK

SENDER = address("Nether Wickby Parish Council", "clerkwell@council.example")
PLAIN = Rendered("A subject", "The text\n", "<p>The text</p>\n")
HEADERS = {"From", "To", "Reply-To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}


def read(name: str = "Ann Green", rendered: Rendered = PLAIN) -> EmailMessage:
    """The composed message as a mail program reads it."""
    composed = compose(SENDER, address(name, "ann@council.example"), "clerk@council.example", rendered)
    return message_from_bytes(composed.as_bytes(), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def test_both_halves_can_be_read() -> None:
    message = read(rendered=Rendered("Approved – “ok” 😀", "Hello 😀\n" + "x" * 2000 + "\n", "<p>Hello 😀</p>\n"))
    assert message["Subject"] == "Approved – “ok” 😀"
    assert part(message, "plain") == "Hello 😀\n" + "x" * 2000 + "\n"
    assert part(message, "html") == "<p>Hello 😀</p>\n"
    assert message.get_content_type() == "multipart/alternative"
    assert (message["Reply-To"], message["Auto-Submitted"]) == ("clerk@council.example", "auto-generated")
    assert set(message.keys()) == HEADERS


def test_no_line_is_longer_than_mail_servers_take() -> None:
    composed = compose(SENDER, SENDER, "a@b.example", Rendered("s" * 500, "x" * 5000, "<p>" + "😀" * 5000))
    assert max(len(line) for line in composed.as_bytes().splitlines()) <= 998
    assert composed.as_bytes().isascii()


NAMES = [
    "Ann Green",
    "Green, Ann",
    'Ann "Annie" Green',
    "Ann (the Clerk)",
    "Ann <ann@else.example>",
    "ann@else.example",
    "Siân Llŷr-O’Brien 😀",
    "Ann\\Green",
    "Ann; Bob: Cy",
    "שלום",
    "=?utf-8?q?forged?=",
    "A" * 100,
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_stands_in_the_header_as_it_is(name: str) -> None:
    message = read(name)
    (to,) = message["To"].addresses
    assert to.addr_spec == "ann@council.example"
    # What looks like an encoded word is one to every mail program.
    assert to.display_name == ("forged" if name.startswith("=?") else name)


FORGED = [
    "A\r\nBcc: x@else.example",
    "A\nBcc: x@else.example",
    "A\rBcc: x@else.example",
    "A\r\n\r\n<b>text</b>",
    "A\x00B",
    "A\x0bB\x0cC",
    "A\x85Bcc: x@else.example",
    "A\u2028Bcc: x@else.example",
    "A\u2029\nBcc: x@else.example",
]


@pytest.mark.parametrize("text", FORGED, ids=repr)
def test_neither_name_nor_subject_can_forge_a_header(text: str) -> None:
    message = read(text, replace(PLAIN, subject=text))
    assert set(message.keys()) == HEADERS
    assert [to.addr_spec for to in message["To"].addresses] == ["ann@council.example"]
    assert str(message["Subject"]).startswith("A ")
    assert part(message, "plain") == "The text\n"
    with pytest.raises(ValueError, match="address"):
        address("A", f"ann@council.example{text[1:]}")


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(st.characters(codec="utf-8"), max_size=80))
def test_whatever_the_name_and_subject_the_mail_goes_to_one_person(name: str, subject: str) -> None:
    message = read(name, replace(PLAIN, subject=subject))
    assert set(message.keys()) == HEADERS
    assert [to.addr_spec for to in message["To"].addresses] == ["ann@council.example"]
    assert part(message, "plain") == "The text\n"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "@",
        "ann",
        "ann@",
        "@council.example",
        "ann@council",
        "ann@@council.example",
        "a b@council.example",
        '"a b"@council.example',
        "a,b@council.example",
        "ann@council.example,bob@council.example",
        "ann@council.example ",
        "<ann@council.example>",
        "Ann <ann@council.example>",
        ".ann@council.example",
        "ann..b@council.example",
        "siân@council.example",
        "ann@council..example",
        "ann@" + "b" * 64 + ".example",
        "ann@council.example>",
        "ann@coun;cil.example",
        "ann@council.example\x00",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match=r"address|idna"):
        address("Ann", email)


@pytest.mark.parametrize(
    ("email", "sent"),
    [
        ("ann@council.example", "ann@council.example"),
        ("o'neil+posts@mail.council.example", "o'neil+posts@mail.council.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("Ann.Green@Council.Example", "Ann.Green@Council.Example"),
    ],
)
def test_an_address_is_written_as_mail_servers_have_it(email: str, sent: str) -> None:
    assert address("Ann", email).addr_spec == sent


# What SES is asked --------------------------------------------------------------------------------------------------


def asked(**changes: Any) -> dict[str, Any]:
    ses = Ses()
    mailer = Mailer(ses, "clerkwell@council.example", changes.get("configuration_set", "clerkwell"))
    council = changes.get("council", "Cyngor Llŷn, “ni”")
    assert (
        mailer.send("check.X.000001.1", council, "clerk@council.example", address("Siân", "s@c.example"), PLAIN)
        == "ses-1"
    )
    return ses.sent[0]


def test_ses_is_given_addresses_alone_because_it_takes_only_ascii_there() -> None:
    request = asked()
    assert request["FromEmailAddress"] == "clerkwell@council.example"
    assert request["Destination"] == {"ToAddresses": ["s@c.example"]}
    assert request["EmailTags"] == [{"Name": "mail", "Value": "check.X.000001.1"}]
    assert request["ConfigurationSetName"] == "clerkwell"
    message = message_from_bytes(request["Content"]["Raw"]["Data"], policy=policy.default)
    assert message["From"] == '"Cyngor Llŷn, “ni”" <clerkwell@council.example>'


def test_without_a_configuration_set_none_is_named() -> None:
    assert "ConfigurationSetName" not in asked(configuration_set="")


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (refusal("MessageRejected"), "MessageRejected"),
        (EndpointConnectionError(endpoint_url="https://email.example"), "EndpointConnectionError"),
    ],
)
def test_what_went_wrong_is_said_without_the_address(failure: Exception, words: str) -> None:
    mailer = Mailer(Ses(always=failure), "clerkwell@council.example", "")
    with pytest.raises(NotSent, match=f"^{words}$"):
        mailer.send("x", "Council", "clerk@council.example", address("Ann", "ann@council.example"), PLAIN)


def test_what_is_no_failure_of_ses_is_not_taken_for_one() -> None:
    mailer = Mailer(Ses(always=KeyError("a mistake of ours")), "clerkwell@council.example", "")
    with pytest.raises(KeyError):
        mailer.send("x", "Council", "clerk@council.example", address("Ann", "ann@council.example"), PLAIN)


# Through the embedded SES, by botocore, with its time-outs ----------------------------------------------------------


@pytest.mark.parametrize("mode", ["refuse", "throttle", "lose"])
def test_a_mail_that_the_embedded_ses_does_not_take_goes_later(
    post: PostOffice, mailbox: Mailbox, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(post), "mailer", property(lambda _post: wiring.mailer()))
    post.due(a_letter(CLERK._replace(name="Ruth “Ruthie” Penhallow, 😀")))
    mailbox.mode = mode
    assert post.sweep() == 0
    mailbox.mode = "accept"
    taken = len(mailbox.messages)
    assert post.sweep(post.clock.move(hours=1)) == 1
    texts = {text_of(message.parsed()) for message in mailbox.messages}
    # An answer that was lost means that SES has the mail already: it comes twice, and says the same.
    assert (len(mailbox.messages), texts) == (taken + 1, {"Hello no link"})
    assert (taken > 0) is (mode == "lose")
    assert mailbox.messages[-1].parsed()["To"].addresses[0].display_name == "Mrs Ruth “Ruthie” Penhallow, 😀"


def test_an_ses_that_never_answers_costs_a_bounded_time(post: PostOffice, mailbox: Mailbox) -> None:
    mailbox.mode = "hang"
    began = monotonic()
    with pytest.raises(NotSent, match="Timeout"):
        wiring.mailer().send("x", "Council", "clerk@council.example", address("Ann", "ann@council.example"), PLAIN)
    assert monotonic() - began < 12
