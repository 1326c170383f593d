"""A post office for the outbox's tests: an SES that does as it is told, and letters that are due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import outbox, render, settings
from chalicelib.mail import Mailer
from chalicelib.outbox import Letter
from chalicelib.register.rules import Person
from chalicelib.store import Item, Store, Write, keyed, partition
from infra.local import demo
from tests.support.checks import CLERK
from tests.support.clock import Clock

SETTINGS = settings.read(demo.environment("https://checks.council.example"))
KIND, ID = "check", "7F3K-9QXM"


def refusal(code: str = "TooManyRequestsException") -> ClientError:
    """An error as SES gives it."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")


@dataclass
class Ses:
    """What stands in for the SES client. `script` holds what the next calls raise, or do before they answer."""

    script: list[Exception | Callable[[], None] | None] = field(default_factory=list)
    always: Exception | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)

    def send_email(self, **asked: Any) -> dict[str, str]:
        """SES API v2's operation."""
        step = self.script.pop(0) if self.script else self.always
        if isinstance(step, Exception):
            raise step
        self.sent.append(asked)
        if step:
            step()
        return {"MessageId": f"ses-{len(self.sent)}"}

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted, as mail programs read it."""
        raw = [asked["Content"]["Raw"]["Data"] for asked in self.sent]
        return [message_from_bytes(data, policy=policy.default) for data in raw]


@dataclass
class PostOffice:
    """The outbox over a fresh table, with an SES that can fail."""

    store: Store
    ses: Ses
    clock: Clock
    n: int = 0

    @property
    def mailer(self) -> Mailer:
        """The app's own sender over this SES."""
        return Mailer(self.ses, SETTINGS.mail_from, SETTINGS.mail_configuration_set)

    def due(self, *letters: Letter, kind: str = KIND, id: str = ID, **how: Any) -> list[Item]:
        """Write letters down as one entry's mails; they are due now."""
        self.n += 1
        writes = outbox.written(kind, id, self.n, letters, self.clock(), **how)
        self.store.write(*writes)
        return [write.item for write in writes]

    def sweep(self, at: datetime | None = None) -> int:
        """One sweep as of now, or as of then."""
        return outbox.sweep(self.store, self.mailer, SETTINGS, at or self.clock())

    def mail(self, item: Item) -> Item:
        """The mail as it stands in the table."""
        found = self.store.item((item["pk"], item["sk"]))
        assert found is not None
        return found

    def waiting(self) -> int:
        """How many mails are still to be sent."""
        return len(self.store.waiting(outbox.QUEUE))

    def record(self, state: str, **data: Any) -> None:
        """Put the head of the record that the mails are about as it now stands."""
        whole = {"decision": None, **data}
        head = keyed((partition(KIND, ID), "head"), kind=KIND, id=ID, state=state, version=1, tip="", data=whole)
        self.store.write(Write("put", head))


def text_of(message: EmailMessage) -> str:
    """A mail's plain text, on one line."""
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).strip()


def a_letter(to: Person = CLERK, **changes: Any) -> Letter:
    """A letter that says hello."""
    return Letter("hello", to, {"words": "Hello"})._replace(**changes)


def _template(name: str, context: dict[str, Any]) -> str:
    """Stands in for the mails' own templates, which have tests of their own."""
    link = context.get("link", "no link")
    texts = {"subject.txt": f"About {context.get('words')}", "body.txt": f"{context.get('words')} {link}"}
    part = name.rpartition("/")[2]
    return texts.get(part, f"<p>{context.get('words')} {link}</p>")


@pytest.fixture
def post(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The post office, with plain templates."""
    monkeypatch.setattr(render, "template", _template)
    return PostOffice(store, Ses(), clock)
