"""The council's settings, read once from the environment and never changed after.

Every setting is documented in `docs/settings.md`; a test fails when one is not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "CLERKWELL_"


class BadSetting(ValueError):
    """A setting is missing or unusable; the message names it."""


@dataclass(frozen=True, slots=True)
class Council:
    """What pages and mails say of the council itself."""

    name: str
    logo_text: str
    colour: str
    email: str
    address: str
    website: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Settings:
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


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables. Raises BadSetting."""

    def get(name: str, default: str | None = None) -> str:
        value = environment.get(PREFIX + name, "").strip() or default
        if value is None:
            raise BadSetting(f"{PREFIX}{name} is not set")
        return value

    name = get("COUNCIL_NAME")
    colour = get("COLOUR", "#1d4e4a")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise BadSetting(f"{PREFIX}COLOUR is not a colour such as #1d4e4a")
    jurisdiction = get("JURISDICTION", "england")
    if jurisdiction not in ("england", "wales"):
        raise BadSetting(f"{PREFIX}JURISDICTION is neither england nor wales")
    approval_days = get("APPROVAL_DAYS", "30")
    if not approval_days.isascii() or not approval_days.isdigit() or not 1 <= int(approval_days) <= 365:
        raise BadSetting(f"{PREFIX}APPROVAL_DAYS is not a whole number from 1 to 365")
    return Settings(
        table=get("TABLE"),
        bucket=get("BUCKET"),
        public_url=get("PUBLIC_URL", "").rstrip("/"),
        council=Council(
            name=name,
            logo_text=get("LOGO_TEXT", name),
            colour=colour,
            email=get("COUNCIL_EMAIL"),
            address=get("COUNCIL_ADDRESS", ""),
            website=get("COUNCIL_WEBSITE", ""),
            jurisdiction=jurisdiction,
        ),
        clerk=(get("CLERK_NAME"), get("CLERK_EMAIL")),
        chair=(get("CHAIR_NAME"), get("CHAIR_EMAIL")),
        mail_from=get("MAIL_FROM"),
        mail_configuration_set=get("MAIL_CONFIGURATION_SET", ""),
        approval_days=int(approval_days),
    )
