"""The only SES code: a message made of two readable halves, sent raw.

The Raw form keeps both the text and the HTML part everywhere. The tag `mail` comes back in SES's delivery events.
"""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from chalicelib import aws

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class NotSent(Exception):
    """SES did not take the message, or did not say so in time. The message names the error, never the address."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it will be read."""

    subject: str
    text: str
    html: str


def client() -> Any:
    """The client that `Mailer` expects."""
    # A second attempt of the client's own would send a mail twice whose answer was lost; the outbox tries again later.
    return aws.client("sesv2", attempts=1)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def address(name: str, email: str) -> Address:
    """A header's address, its domain in ASCII as mail servers have it. Raises ValueError for one SES would not take."""
    local, _, domain = email.rpartition("@")
    plain = f"{local}@{domain.encode('idna').decode('ascii')}"
    if not _ADDRESS.fullmatch(plain):
        raise ValueError("not an e-mail address")
    return Address(_one_line(name), addr_spec=plain)


def compose(sender: Address, to: Address, reply_to: str, rendered: Rendered) -> EmailMessage:
    """The message, with both halves."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Reply-To"] = reply_to
    message["Subject"] = _one_line(rendered.subject)
    # Tells out-of-office robots not to answer.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return message


class Mailer:
    """SES. `client` is an SES v2 client, `sender` the address that mail comes from."""

    def __init__(self, client: Any, sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, mail_id: str, council: str, reply_to: str, to: Address, rendered: Rendered) -> str:
        """Hand a mail to SES; its id for it. Raises NotSent."""
        from botocore.exceptions import BotoCoreError, ClientError

        sender = address(council, self._sender)
        message = compose(sender, to, reply_to, rendered)
        options = {"ConfigurationSetName": self._configuration_set} if self._configuration_set else {}
        try:
            answer = self._client.send_email(
                # The name stands in the message's own header, encoded; here SES would take ASCII only.
                FromEmailAddress=sender.addr_spec,
                Destination={"ToAddresses": [to.addr_spec]},
                Content={"Raw": {"Data": message.as_bytes()}},
                EmailTags=[{"Name": "mail", "Value": mail_id}],
                **options,
            )
        except ClientError as error:
            raise NotSent(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise NotSent(type(error).__name__) from error
        return str(answer["MessageId"])
