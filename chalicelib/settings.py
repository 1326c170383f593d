"""The council's settings, read once from the environment and never changed after.

Every setting is documented in `docs/settings.md`; a test fails when one is not.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.theme import text_on

PREFIX = "CLERKWELL_"

_FORMS = {
    "an e-mail address": r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+",
    "an address that begins with https://": r"https?://[^\s\"<>]+",
    "a colour such as #1d4e4a": r"#[0-9a-fA-F]{6}",
    "a telephone number": r"[0-9+() -]{3,25}",
    "a domain such as council.example": r"([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}",
    "a date such as 2027-05-06": r"20[0-9]{2}-[0-9]{2}-[0-9]{2}",
    "england or wales": r"england|wales",
    "a whole number from 1 to 365": r"0*([1-9]|[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-5])",
}
"""What a setting must be → its form. Enough to tell a slip of the pen from an address before a mail fails for it."""


class BadSetting(ValueError):
    """A setting is missing or unusable; the message names it."""


class Council(NamedTuple):
    """What pages and mails say of the council itself, and what the post checker takes for its own: `phones` as
    published, `domains` beside those of the website and the e-mail address. `polling_days` are of its elections."""

    name: str
    logo_text: str
    colour: str
    email: str
    address: str
    website: str
    jurisdiction: str
    phones: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    polling_days: tuple[date, ...] = ()

    @property
    def on_colour(self) -> str:
        """The colour of text that can be read on the council's colour."""
        return text_on(self.colour)


class Settings(NamedTuple):
    """`public_url` has no trailing slash and ends in the stage prefix where there is one; `approval_days` are days."""

    table: str
    bucket: str
    public_url: str
    council: Council
    clerk: tuple[str, str]
    chair: tuple[str, str]
    mail_from: str
    mail_configuration_set: str
    approval_days: int


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def get(self, name: str, default: str | None = None, form: str = "") -> str:
        value = self.environment.get(PREFIX + name, "").strip() or default
        if value is None:
            raise BadSetting(f"{PREFIX}{name} is not set")
        return self._formed(name, value, form) if value and form else value

    def several(self, name: str, form: str) -> tuple[str, ...]:
        values = (value.strip() for value in self.get(name, "").split(","))
        return tuple(self._formed(name, value, form) for value in values if value)

    def days(self, name: str) -> tuple[date, ...]:
        values = self.several(name, "a date such as 2027-05-06")
        try:
            return tuple(date.fromisoformat(value) for value in values)
        except ValueError as error:
            raise BadSetting(f"{PREFIX}{name} holds a date that does not exist") from error

    def email(self, name: str) -> str:
        return self.get(name, form="an e-mail address")

    def web(self, name: str) -> str:
        return self.get(name, "", "an address that begins with https://")

    def _formed(self, name: str, value: str, form: str) -> str:
        if not re.fullmatch(_FORMS[form], value):
            raise BadSetting(f"{PREFIX}{name} is not {form}")
        return value


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables. Raises BadSetting."""
    reader = _Reader(environment)
    get, email = reader.get, reader.email
    name = get("COUNCIL_NAME")
    return Settings(
        table=get("TABLE"),
        bucket=get("BUCKET"),
        public_url=reader.web("PUBLIC_URL").rstrip("/"),
        council=Council(
            name=name,
            logo_text=get("LOGO_TEXT", name),
            colour=get("COLOUR", "#1d4e4a", "a colour such as #1d4e4a"),
            email=email("COUNCIL_EMAIL"),
            address=get("COUNCIL_ADDRESS", ""),
            website=reader.web("COUNCIL_WEBSITE"),
            jurisdiction=get("JURISDICTION", "england", "england or wales"),
            phones=reader.several("COUNCIL_PHONES", "a telephone number"),
            domains=reader.several("COUNCIL_DOMAINS", "a domain such as council.example"),
            polling_days=reader.days("POLLING_DAYS"),
        ),
        clerk=(get("CLERK_NAME"), email("CLERK_EMAIL")),
        chair=(get("CHAIR_NAME"), email("CHAIR_EMAIL")),
        mail_from=email("MAIL_FROM"),
        mail_configuration_set=get("MAIL_CONFIGURATION_SET", ""),
        approval_days=int(get("APPROVAL_DAYS", "30", "a whole number from 1 to 365")),
    )
