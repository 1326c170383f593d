"""The settings: what must be given, what may be left out, and that the documentation names each of them."""

import re
from pathlib import Path

import pytest

from chalicelib import settings
from chalicelib.settings import PREFIX, BadSetting
from infra.local import demo

ROOT = Path(__file__).resolve().parents[2]
WHOLE = demo.environment("https://checks.council.example")
OPTIONAL = {
    "PUBLIC_URL",
    "LOGO_TEXT",
    "COLOUR",
    "JURISDICTION",
    "COUNCIL_ADDRESS",
    "COUNCIL_WEBSITE",
    "MAIL_CONFIGURATION_SET",
    "APPROVAL_DAYS",
}


class Noticed(dict[str, str]):
    """An environment that notices what it is asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: list[str] = []

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # the settings ask for texts only
        self.asked.append(name)
        return super().get(name, default)


def every_setting() -> list[str]:
    """The name of each environment variable that is read."""
    noticed = Noticed(WHOLE)
    settings.read(noticed)
    return noticed.asked


def read(**values: str) -> settings.Settings:
    """The demo council's settings with some of them different."""
    return settings.read(WHOLE | {PREFIX + name: value for name, value in values.items()})


def test_the_settings_are_what_the_environment_says() -> None:
    found = read()
    assert found.public_url == "https://checks.council.example"
    assert found.clerk == (demo.CLERK.name, demo.CLERK.email)
    assert found.chair == (demo.CHAIR.name, demo.CHAIR.email)
    assert (found.table, found.bucket, found.mail_from) == (demo.TABLE, demo.BUCKET, demo.SENDER)
    assert (found.approval_days, found.council.jurisdiction) == (30, "england")


def test_what_may_be_left_out_has_a_default() -> None:
    few = {name: value for name, value in WHOLE.items() if name.removeprefix(PREFIX) not in OPTIONAL}
    found = settings.read(few)
    assert found.council.logo_text == found.council.name
    assert (found.council.colour, found.council.jurisdiction) == ("#1d4e4a", "england")
    assert (found.council.address, found.council.website) == ("", "")
    assert (found.public_url, found.mail_configuration_set, found.approval_days) == ("", "", 30)


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {PREFIX + name for name in OPTIONAL}))
@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    rest = {key: kept for key, kept in WHOLE.items() if key != name}
    with pytest.raises(BadSetting, match=f"{name} is not set"):
        settings.read(rest if value is None else rest | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COLOUR", "teal"),
        ("COLOUR", "#12345"),
        ("COLOUR", "#12345g"),
        ("COLOUR", "#１23456"),
        ("COLOUR", "#123456;"),
        ("JURISDICTION", "scotland"),
        ("JURISDICTION", "England"),
        ("APPROVAL_DAYS", "0"),
        ("APPROVAL_DAYS", "366"),
        ("APPROVAL_DAYS", "-1"),
        ("APPROVAL_DAYS", "1.5"),
        ("APPROVAL_DAYS", "٣"),
        ("APPROVAL_DAYS", "9" * 5000),
        ("APPROVAL_DAYS", "thirty"),
        ("CLERK_EMAIL", "clerk"),
        ("CLERK_EMAIL", "Ruth <clerk@council.example>"),
        ("CHAIR_EMAIL", "a@b@council.example"),
        ("COUNCIL_EMAIL", "clerk@council.example\nBcc: somebody@else.example"),
        ("MAIL_FROM", "council.example"),
        ("MAIL_FROM", "clerk @council.example"),
        ("MAIL_FROM", "clerk@localhost"),
        ("COUNCIL_WEBSITE", "www.council.example"),
        ("COUNCIL_WEBSITE", "javascript:alert(1)"),
        ("PUBLIC_URL", "council.example"),
        ("PUBLIC_URL", "javascript:alert(1)"),
        ("PUBLIC_URL", "https://council.example/a b"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=PREFIX + name):
        read(**{name: value})


@pytest.mark.parametrize("value", ["1", "365", " 30 ", "007"])
def test_approvals_last_from_a_day_to_a_year(value: str) -> None:
    assert read(APPROVAL_DAYS=value).approval_days == int(value)


@pytest.mark.parametrize(
    "value", ["https://council.example/api", "https://council.example/api/", "http://[::1]:8000/api"]
)
def test_the_public_address_ends_in_no_slash(value: str) -> None:
    assert read(PUBLIC_URL=value).public_url == value.rstrip("/")


@pytest.mark.parametrize(("colour", "text"), [("#1d4e4a", "#ffffff"), ("#ffdd00", "#000000")])
def test_text_on_the_councils_colour_can_be_read(colour: str, text: str) -> None:
    assert read(COLOUR=colour).council.on_colour == text


def test_the_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read().approval_days = 1  # type: ignore[misc]  # that it cannot be assigned is what is tested


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = re.findall(rf"^### `({PREFIX}\w+)`$", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(every_setting())
    assert len(set(documented)) == len(documented)


def test_every_setting_reaches_the_functions() -> None:
    template = (ROOT / "infra" / "resources.yaml").read_text("utf-8")
    for name in every_setting():
        assert f"{name}:" in template
