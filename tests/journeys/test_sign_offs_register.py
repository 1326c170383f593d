"""The register of sign-offs: who has signed, for officers, for spreadsheets and for ever; and signatures on paper."""

from __future__ import annotations

import csv
import io

from chalicelib import wiring
from chalicelib.sign_offs import roll
from tests.journeys.doors import on_day
from tests.journeys.signing_off import campaign, clerk_adopts, current, signature
from tests.journeys.steps import (
    changes,
    leaves,
    message_at,
    signed_in,
    soup,
    subjects_to,
    table_dump,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine


def test_officers_see_who_has_signed_and_take_it_with_them(client: Client, clock: Clock) -> None:
    changes("councillor2", name='=HYPERLINK("http://evil.example")')
    leaves("councillor3")
    campaign(client)
    clock.move(days=1)
    for who in ("clerk", "chair", "vicechair"):
        page = signed_in(client, who).get("/signoffs")
        said = words(page)
        assert "8 have signed it, 1 has not." in said
        assert "Mr Joe Farrant Employee" in said
    clerk = signed_in(client, "clerk")
    answer = clerk.get("/signoffs/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "sign-offs-version-1-2026-11-24.csv" in answer.headers["Content-Disposition"]
    assert answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(rows) == 9
    by_name = {row["Name"]: row for row in rows}
    assert by_name["Cllr Dafydd Larkham"]["On the register"] == "no"
    assert by_name["Mr Joe Farrant"]["Signed"] == "no"
    assert by_name["Mr Joe Farrant"]["Asked on"] == "2026-11-23"
    assert by_name["Mrs Ruth Penhallow"]["SHA-256 of the text"] == current().sha256
    signed_in(client, "councillor1").get("/signoffs", status=404)
    signed_in(client, "councillor1").get("/signoffs/csv", status=404)
    clerk.get("/signoffs?version=7", status=404)
    clerk.get("/signoffs?version=x", status=404)
    clerk.get("/signoffs/nobody", status=404)
    # After a new version the old register still answers.
    clerk_adopts("2026-11-23")
    campaign(client)
    old = words(clerk.get("/signoffs?version=1"))
    assert "This version is not in force." in old
    assert "Cllr Dafydd Larkham no longer on the register" in old
    assert "8 have signed it, 1 has not." in old
    assert "0 have signed it, 8 have not." in words(clerk.get("/signoffs"))


def test_the_clerk_records_a_signature_on_paper(client: Client, engine: Engine, table: str, clock: Clock) -> None:
    clerk_adopts("2026-11-10")
    campaign(client)
    clerk = signed_in(client, "clerk")
    path = "/signoffs/councillor1/paper"
    form = {"version": "2", "kept": "The blue folder", **on_day("on", 12, 11, 2026)}
    for wrong, where, message in (
        (on_day("on", 24, 11, 2026), "on", "still to come"),
        (on_day("on", 9, 11, 2026), "on", "Version 2 was adopted on 10 November 2026"),
        (on_day("on", 31, 2, 2026), "on", "real date"),
        ({"kept": ""}, "kept", "Say where the paper is kept"),
        ({"kept": "x" * 201}, "kept", "200 characters or fewer"),
        ({"kept": "a\x00b"}, "kept", "cannot be kept"),
        ({"version": "7"}, "version", "Choose a version"),
        ({"version": "1"}, "version", "Version 1 has been signed already"),
    ):
        answer = clerk.post(path, {**form, **wrong}, status=422)
        assert message in message_at(answer, where), wrong
    assert not signature("councillor1", 2)
    done = clerk.follow(clerk.post(path, form))
    assert "The signature on paper is recorded" in words(done)
    assert "On paper Kept: The blue folder" in words(done)
    paper = signature("councillor1", 2)
    assert (paper["how"], paper["on"], paper["by"], paper["sha256"]) == (
        "paper",
        "2026-11-12",
        "clerk",
        current().sha256,
    )
    before = table_dump(engine, table)
    clerk.post(path, form)
    assert {key: item for key, item in table_dump(engine, table).items() if "session" not in key[0]} == {
        key: item for key, item in before.items() if "session" not in key[0]
    }
    # Somebody who is asked for version 2 signed version 1 on paper long ago: they are still asked.
    assistant = "/signoffs/assistant/paper"
    clerk.post(assistant, {**form, "version": "1", **on_day("on", 1, 6, 2024)})
    record = wiring.store().get("sign-off", "assistant")
    assert record is not None
    assert record.state == "asked"
    assert roll.of(wiring.store().item(roll.KEY)).signed("assistant") == (1,)
    signed_in(client, "chair").get(path, status=404)


def test_a_paper_of_somebody_else_is_struck_out_and_its_person_asked_again(client: Client, clock: Clock) -> None:
    clerk_adopts("2026-11-10")
    campaign(client)
    clerk = signed_in(client, "clerk")
    clerk.post("/signoffs/councillor1/paper", {"version": "2", "kept": "The blue folder", **on_day("on", 12, 11, 2026)})
    assert "1 has signed it" in words(clerk.get("/signoffs"))
    path = "/signoffs/councillor1/paper/2"
    link = soup(clerk.get("/signoffs/councillor1")).select_one(f"[href$='{path}']")
    assert link is not None
    assert link.get_text() == "Strike it out: version 2"
    assert "Day on the paper 12 November 2026" in words(clerk.get(path))
    assert "Say why" in message_at(clerk.post(path, {"why": " "}, status=422), "why")
    for nobody in ("/signoffs/councillor1/paper/1", "/signoffs/councillor1/paper/x", "/signoffs/councillor2/paper/2"):
        clerk.get(nobody, status=404)
    signed_in(client, "chair").get(path, status=404)
    sent = len(subjects_to(client, "councillor1"))
    clock.move(hours=1)
    for _ in range(2):
        clerk.post(path, {"why": "It was councillor 2's"}, status=303)
    page = words(clerk.get("/signoffs/councillor1"))
    assert "struck out, version 2" in page
    assert "It was councillor 2's" in page
    assert "Verified" in page
    assert roll.of(wiring.store().item(roll.KEY)).signed("councillor1") == (1,)
    campaign(client)
    assert len(subjects_to(client, "councillor1")) == sent + 1
    assert "0 have signed it" in words(clerk.get("/signoffs"))
    clock.move(hours=1)
    clerk.post("/signoffs/councillor1/paper", {"version": "2", "kept": "The red folder", **on_day("on", 13, 11, 2026)})
    assert "Kept: The red folder" in words(clerk.get("/signoffs/councillor1"))
    assert "1 has signed it" in words(clerk.get("/signoffs"))


def test_who_signed_is_answerable_after_everything(client: Client, clock: Clock) -> None:
    first = current().sha256
    leaves("councillor1")
    for year in (2027, 2028):
        clock.move(days=365)
        clerk_adopts(f"{year}-05-14", words_=f"The rule of {year}.")
        campaign(client)
    page = words(signed_in(client, "clerk").get("/signoffs/councillor1"))
    assert f"Fingerprint of the text: {first}" in page
    assert "Signed version 1 23 November 2026 at 9:00am , Cllr Tom Eldersfield" in page
    assert "They are not on the register now" in page
    assert "Verified" in page
    assert "Cllr Tom Eldersfield" in words(signed_in(client, "clerk").get("/signoffs?version=1"))
