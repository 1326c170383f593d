"""What stands between the app and the embedded SES: it keeps every message that was accepted, and can refuse.

moto keeps a raw message but drops its tags, and never refuses anything; both are needed here, so the request is
read on its way in. What is kept is what a real recipient would get: the message as sent, never an object of ours.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from typing import Any
from uuid import uuid4

MODES = ("accept", "refuse", "throttle", "hang", "lose")
"""How the embedded SES behaves: it takes mail; says that sending is paused; says that it is too much; does not
answer for ten seconds; takes the mail, and then its answer is lost on the way."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail that SES accepted. `tags` are SES's message tags, `at` is aware and in UTC."""

    id: str
    to: tuple[str, ...]
    raw: bytes
    tags: Mapping[str, str]
    configuration_set: str
    sender: str
    at: datetime

    def parsed(self) -> EmailMessage:
        """The message as a mail program reads it."""
        return _read(self.raw)

    def subject(self) -> str:
        """The subject in plain words."""
        return str(self.parsed()["subject"] or "").strip()

    def part(self, kind: str) -> str:
        """The body's `plain` or `html` part, or an empty text."""
        body = self.parsed().get_body((kind,))
        return str(body.get_content()) if isinstance(body, EmailMessage) else ""

    def as_json(self) -> dict[str, str]:
        """The shape of `GET /_local/inbox.json`."""
        return {
            "to": ", ".join(self.to),
            "subject": self.subject(),
            "text": self.part("plain"),
            "html": self.part("html"),
            "sent_at": stamp(self.at),
        }


@lru_cache(maxsize=1000)
def _read(raw: bytes) -> EmailMessage:
    """The same for each time that the inbox is looked at; nobody changes it."""
    found = message_from_bytes(raw, policy=policy.default)
    if not isinstance(found, EmailMessage):
        raise TypeError("the default policy makes an EmailMessage")
    return found


class Mailbox:
    """Everything SES accepted, oldest first, and how it behaves now. Safe to use from several threads."""

    def __init__(self) -> None:
        self.mode = "accept"
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        """What says when a message was accepted; aware."""
        self.refused = 0
        self._messages: list[Message] = []
        self._lock = threading.Lock()

    @property
    def messages(self) -> list[Message]:
        """A copy of what has come, oldest first."""
        with self._lock:
            return list(self._messages)

    def clear(self) -> None:
        """Empty it and accept mail again."""
        with self._lock:
            self._messages.clear()
            self.mode, self.refused = "accept", 0

    def take(self, request: bytes, message_id: str) -> None:
        """Keep what a SendEmail request (SES API v2, raw content) sends. Raises KeyError if it is not one."""
        asked: dict[str, Any] = json.loads(request)
        wanted = asked["Destination"]
        kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
        to = [one for kind in kinds for one in wanted.get(kind) or ()]
        message = Message(
            id=message_id,
            to=tuple(to),
            raw=base64.b64decode(asked["Content"]["Raw"]["Data"]),
            tags={tag["Name"]: tag["Value"] for tag in asked.get("EmailTags") or ()},
            configuration_set=asked.get("ConfigurationSetName") or "",
            sender=asked.get("FromEmailAddress") or "",
            at=self.clock(),
        )
        with self._lock:
            self._messages.append(message)

    def last_to(self, address: str) -> Message | None:
        """The newest message to this address, whatever the case of its letters."""
        wanted = address.casefold()
        return next((m for m in reversed(self.messages) if wanted in [to.casefold() for to in m.to]), None)


def stamp(at: datetime) -> str:
    """An aware time as the app writes times: `2026-11-23T15:04:05Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "Delivery": ("Email Delivered", {"smtpResponse": "250 2.0.0 OK", "processingTimeMillis": 420}),
    "Bounce": ("Email Bounced", {"bounceType": "Permanent", "bounceSubType": "General"}),
    "Complaint": ("Email Complaint Received", {"complaintFeedbackType": "abuse"}),
}
EVENT_TYPES = tuple(_EVENTS)


def ses_event(message: Message, kind: str, at: datetime, *, transient: bool = False) -> dict[str, Any]:
    """The event that SES puts on the default bus for a message: `Delivery`, `Bounce` or `Complaint`.

    The shape is the one in the SES Developer Guide, "Contents of event data that Amazon SES publishes".
    """
    title, detail = _EVENTS[kind]
    detail = {**detail, "timestamp": stamp(at)}
    if kind == "Bounce":
        status = "4.2.2" if transient else "5.1.1"
        detail["bounceType"] = "Transient" if transient else "Permanent"
        detail["bouncedRecipients"] = [
            {"emailAddress": to, "action": "failed", "status": status, "diagnosticCode": f"smtp; {status}"}
            for to in message.to
        ]
        detail["feedbackId"] = str(uuid4())
    elif kind == "Complaint":
        detail["complainedRecipients"] = [{"emailAddress": to} for to in message.to]
        detail["feedbackId"] = str(uuid4())
    else:
        detail["recipients"] = list(message.to)
    tags = {name: [value] for name, value in message.tags.items()}
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": title,
        "source": "aws.ses",
        "account": "123456789012",
        "time": stamp(at),
        "region": "eu-west-2",
        "resources": [f"arn:aws:ses:eu-west-2:123456789012:configuration-set/{message.configuration_set or 'none'}"],
        "detail": {
            "eventType": kind,
            "mail": {
                "timestamp": stamp(message.at),
                "source": message.sender,
                "sendingAccountId": "123456789012",
                "messageId": message.id,
                "destination": list(message.to),
                "headersTruncated": False,
                "headers": [{"name": name, "value": str(value)} for name, value in message.parsed().items()],
                "commonHeaders": {"to": list(message.to), "subject": message.subject()},
                "tags": {**tags, "ses:configuration-set": [message.configuration_set]},
            },
            kind.lower(): detail,
        },
    }
