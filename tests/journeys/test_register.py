"""The Clerk keeps the register: adds, changes, ends and puts back, and sees what was done, when and by whom."""

from __future__ import annotations

import pytest

from chalicelib.store import Store
from tests.journeys.doors import (
    CHAIR,
    CLERK,
    NELL,
    TOM,
    clerk_adds,
    content,
    on_day,
    part,
    text_of,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine


def test_the_clerk_sees_who_is_on_the_register(clerk: Client) -> None:
    page = clerk.get("/register")
    assert text_of(page, "h1") == "Register"
    rows = [row.get_text(" ") for row in page.html.select("tbody tr")]
    assert len(rows) == 9
    chair = next(row for row in rows if "Alan Thistlewood" in row)
    for told in ("Cllr", "Chair, Councillor", CHAIR, "From 14 May 2024"):
        assert told in chair
    assert "cw-cards" in page.text


@pytest.mark.both_engines
def test_the_clerk_adds_somebody_who_can_then_sign_in(clerk: Client) -> None:
    page = clerk_adds(clerk, reason="Elected on 5 November")
    assert text_of(page, ".govuk-notification-banner__heading") == "Cllr Nell Fox is on the register"
    told = text_of(page)
    for fact in ("nell@council.example", "Councillor", "From 23 November 2026", "Elected on 5 November"):
        assert fact in told
    assert "Put on the register" in told
    assert "Mrs Ruth Penhallow (Clerk)" in told
    assert "All 11 entries of the register follow from one another" in told
    nell = clerk.another()
    assert "Signed in as Cllr Nell Fox" in nell.sign_in("nell@council.example").text


def test_somebody_who_joins_later_cannot_sign_in_before(clerk: Client, clock: Clock) -> None:
    page = clerk_adds(clerk, **on_day("since", 25, 11, 2026))
    assert "From 25 November 2026" in text_of(page)
    assert "Joining later" in text_of(clerk.get("/register"))
    clerk.another().post("/sign-in", {"email": "nell@council.example"})
    assert [mail["to"] for mail in clerk.inbox()] == [CLERK]
    clock.move(days=2)
    clerk.another().sign_in("nell@council.example")


def test_the_form_sent_twice_adds_one_person(clerk: Client, engine: Engine, table: str) -> None:
    form = clerk.get("/register/add")
    first = clerk.submit(form, **NELL)
    before = content(engine, table)
    second = clerk.submit(form, **NELL)
    assert second.location == first.location
    assert content(engine, table) == before
    changed = clerk.submit(form, status=422, **{**NELL, "name": "Nora Fox"})
    assert "on the register already" in text_of(changed, ".govuk-error-summary")
    assert content(engine, table) == before


@pytest.mark.both_engines
def test_the_clerk_changes_a_line_and_the_history_tells_what(clerk: Client) -> None:
    page = clerk.get("/register/people/councillor1/change")
    assert part(page, "#name")["value"] == "Tom Eldersfield"
    page = clerk.submit(page, name="Thomas Eldersfield", roles=["councillor", "vice-chair"], reason="Elected")
    told = text_of(clerk.follow(page))
    assert "What the register says of Cllr Thomas Eldersfield is saved" in told
    assert "Name: Tom Eldersfield → Thomas Eldersfield" in told
    assert "Roles: Councillor → Vice-Chair, Councillor" in told


def test_saving_what_is_there_already_writes_nothing(clerk: Client, engine: Engine, table: str) -> None:
    before = content(engine, table)
    clerk.submit(clerk.get("/register/people/councillor1/change"))
    assert content(engine, table) == before


def test_a_new_address_ends_the_sign_ins_of_the_old_one(clerk: Client) -> None:
    tom = clerk.another()
    tom.sign_in(TOM)
    clerk.submit(clerk.get("/register/people/councillor1/change"), email="tom@council.example")
    assert "Signed in as" not in tom.get("/").text
    tom.sign_in("tom@council.example")


def test_somebody_leaves_and_comes_back(clerk: Client, clock: Clock) -> None:
    tom = clerk.another()
    tom.sign_in(TOM)
    page = clerk.submit(clerk.get("/register/people/councillor1/end"), **on_day("until", 24, 11, 2026))
    told = text_of(clerk.follow(page))
    assert "The day on which Cllr Tom Eldersfield leaves is saved" in told
    assert "From 14 May 2024; leaves on 24 November 2026" in told
    assert "Signed in as" in tom.get("/").text
    clock.move(days=1)
    clerk.sign_in(CLERK)
    assert "Signed in as" not in tom.get("/").text
    assert "Have left" in text_of(clerk.get("/register"))
    form = clerk.get("/register/people/councillor1/return")
    assert text_of(form, "h1") == "Put Cllr Tom Eldersfield back on the register"
    early = clerk.submit(form, status=422, **on_day("since", 23, 11, 2026))
    assert "must not be before 24 November 2026" in text_of(early, "#since-error")
    back = clerk.submit(early, **on_day("since", 24, 11, 2026))
    assert "Cllr Tom Eldersfield is on the register again" in text_of(clerk.follow(back))
    # The same form once more is the same answer.
    assert clerk.submit(early, **on_day("since", 24, 11, 2026)).location == back.location
    tom.sign_in(TOM)


def test_an_end_that_was_entered_is_moved_and_taken_back(clerk: Client) -> None:
    path = "/register/people/councillor1"
    clerk.submit(clerk.get(f"{path}/end"), **on_day("until", 1, 5, 2027))
    form = clerk.get(f"{path}/end")
    assert part(form, "#until")["value"] == "1"
    clerk.submit(form, **on_day("until", 2, 5, 2027))
    form = clerk.get(f"{path}/return")
    assert text_of(form, "h1") == "Does Cllr Tom Eldersfield stay?"
    assert "they leave on 2 May 2027" in text_of(form)
    page = clerk.follow(clerk.submit(form))
    assert "Cllr Tom Eldersfield stays on the register" in text_of(page)
    assert "leaves on" not in text_of(page, "dl")
    assert str(clerk.get(f"{path}/return", status=303).location).endswith(path)


def test_the_next_clerk_takes_over_the_address(clerk: Client, clock: Clock) -> None:
    taken = clerk.submit(clerk.get("/register/add"), status=422, **{**NELL, "email": CLERK.upper(), "roles": ["clerk"]})
    assert "Mrs Ruth Penhallow is on the register with this e-mail address already" in text_of(taken, "#email-error")
    clerk.submit(clerk.get("/register/people/clerk/end"), **on_day("until", 1, 12, 2026))
    clerk.submit(taken, email=CLERK, **on_day("since", 1, 12, 2026))
    assert "Clerk" in text_of(clerk.get("/register"))
    clock.move(days=8)
    successor = clerk.another()
    assert "Signed in as Cllr Nell Fox" in successor.sign_in(CLERK).text
    assert text_of(successor.get("/register"), "h1") == "Register"


def test_a_history_that_somebody_rewrote_is_shown_to_be_so(
    clerk: Client, engine: Engine, table: str, store: Store
) -> None:
    assert "follow from one another" in text_of(clerk.get("/register/people/councillor1"))
    entries = [item for key, item in content(engine, table).items() if key[0] == "register#register" and "body" in item]
    item = next(item for item in entries if "Tom Eldersfield" in item["body"]["S"])
    rewritten = item["body"]["S"].replace("Tom Eldersfield", "Tim Eldersfield")
    engine.client.put_item(TableName=table, Item={**item, "body": {"S": rewritten}})
    told = text_of(clerk.get("/register/people/councillor1"))
    assert "not as it was written" in told
    assert "the entry was changed after it was written" in told
    engine.client.put_item(TableName=table, Item={**item, "body": {"S": "{"}})
    assert "the entry cannot be read" in text_of(clerk.get("/register/people/councillor1"))


def test_the_history_tells_who_signed_out_everywhere(clerk: Client) -> None:
    tom = clerk.another()
    tom.sign_in(TOM)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    tom.post("/sign-out/everywhere", "", headers=headers)
    told = text_of(clerk.get("/register/people/councillor1"), ".cw-history")
    assert "Signed out everywhere by themselves" in told
    assert "Cllr Tom Eldersfield (Councillor)" in told


def test_an_unknown_notice_is_none(clerk: Client) -> None:
    page = clerk.get("/register/people/councillor1?done=%3Cscript%3E")
    assert "govuk-notification-banner" not in page.text
