"""What cannot be on the register is told beside its field, and what was typed stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.doors import (
    NELL,
    TOM,
    clerk_adds,
    content,
    on_day,
    part,
    text_of,
)
from tests.support.client import Client
from tests.support.engines import Engine


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "Enter the person’s name"),
        ("name", " \t ", "Enter the person’s name"),
        ("name", "Nell\x00Fox", "The name has a character that cannot be kept"),
        ("name", "Nell\r\nBcc: all@evil.example", "The name must be on one line"),
        ("name", "Nell\u2028Fox", "The name must be on one line"),
        ("name", "x" * 101, "The name must be 100 characters or fewer. It has 101"),
        ("name", "x" * 10_001, "The name must be 100 characters or fewer. It has 10,001"),
        ("title", "x" * 21, "The title must be 20 characters or fewer. It has 21"),
        ("title", "Cllr\nMrs", "The title must be on one line"),
        ("email", "", "Enter the person’s e-mail address"),
        ("email", "nell", "Enter an e-mail address in the correct format"),
        ("email", "nell@council.example\nBcc: x@y.example", "The e-mail address must be on one line"),
        ("email", "ñell@council.example", "must hold only letters from a to z"),
        ("email", "x" * 250 + "@council.example", "must be 254 characters or fewer"),
        ("email", TOM.upper(), "Cllr Tom Eldersfield is on the register with this e-mail address already"),
        ("roles", "", "Choose from the roles that are shown"),
        ("roles", "mayor", "Choose from the roles that are shown"),
        ("roles", None, "Choose at least one role"),
        ("since-day", "", "The date must include a day"),
        ("since-day", "31", "Enter a real date"),
        ("since-month", "eleven", "Enter a real date"),
        ("since-year", "26", "Enter a real date"),
        ("since-day", "٣", "Enter a real date"),
        ("reason", "x" * 201, "The reason must be 200 characters or fewer"),
        ("reason", "one\ntwo", "The reason must be on one line"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field_and_what_was_typed_stays(
    clerk: Client, engine: Engine, table: str, field: str, typed: str | None, told: str
) -> None:
    before = content(engine, table)
    fields: dict[str, Any] = {
        "id": "a1b2",
        **NELL,
        "roles": "councillor",
        "reason": "",
        **on_day("since", 30, 11, 2026),
    }
    fields["since-month"] = "2" if typed == "31" else fields["since-month"]
    fields[field] = typed
    page = clerk.post("/register/add", {name: value for name, value in fields.items() if value is not None}, status=422)
    box = field.partition("-")[0]
    assert told in text_of(page, f"#{box}-error")
    assert part(page, ".govuk-error-summary a")["href"] == f"#{box}"
    assert text_of(page, "title").startswith("Error: ")
    for kept in ("name", "title", "email", "reason"):
        sent = str(fields[kept]).strip().replace("\r\n", "\n").replace("\x00", "\ufffd")
        assert part(page, f"#{kept}")["value"] == sent
    assert content(engine, table) == before


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"id": "../x"}, {"id": "x" * 33}, {"epoch": "5"}, {"until": "2026-01-01"}, {"__class__": "x"}]
)
def test_a_forged_form_is_refused_as_a_whole(clerk: Client, engine: Engine, table: str, wrong: dict[str, str]) -> None:
    before = content(engine, table)
    fields = {"id": "a1b2", **NELL, "roles": "councillor", **on_day("since", 1, 12, 2026), **wrong}
    page = clerk.post("/register/add", fields, status=422)
    assert text_of(page, ".govuk-error-summary")
    assert content(engine, table) == before


@pytest.mark.parametrize("path", ["change", "end", "return"])
def test_an_empty_form_is_refused(clerk: Client, engine: Engine, table: str, path: str) -> None:
    before = content(engine, table)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    page = clerk.post(f"/register/people/councillor1/{path}", "", status=422, headers=headers)
    assert "Something that belongs to this page is missing" in text_of(page, ".govuk-error-summary")
    assert content(engine, table) == before


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (on_day("until", 14, 5, 2024), "must be after the day they joined, which was 14 May 2024"),
        (on_day("until", 31, 2, 2027), "Enter a real date"),
        (on_day("until", 1, 1, 99999), "Enter a real date"),
        ({"until-day": "1"}, "The date must include a month and a year"),
        ({}, "Enter the day on which they leave"),
    ],
)
def test_a_day_of_leaving_that_cannot_be(clerk: Client, day: dict[str, str], told: str) -> None:
    page = clerk.submit(clerk.get("/register/people/councillor1/end"), status=422, **day)
    assert told in text_of(page, "#until-error")
    for name, typed in day.items():
        assert part(page, f"[name={name}]")["value"] == typed


def test_markup_and_other_scripts_are_shown_as_they_were_typed(clerk: Client) -> None:
    name = "<script>alert(1)</script> \u200fأحمد 🎉 & “Co”"
    page = clerk_adds(clerk, name=name, title="<b>Cllr</b>", reason='"><img src=x>')
    for shown in (page, clerk.get("/register"), clerk.get(page.request.path + "/change")):
        assert "<script>" not in shown.text
        assert "<b>Cllr" not in shown.text
        assert "<img" not in shown.text
    assert f"<b>Cllr</b> {name}" == text_of(page, "h1")
    mail_shown = clerk.another()
    mail_shown.post("/sign-in", {"email": "nell@council.example"})
    mail = clerk.mail_to("nell@council.example")
    assert "<script>" not in mail["html"]
    assert name in mail["text"]
