"""The Clerk keeps the register: adds, changes, ends and puts back, and sees what was done, when and by whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from webtest import TestResponse

from chalicelib import access
from chalicelib.register import service
from chalicelib.register.rules import Register
from chalicelib.store import Commit, Store
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

CLERK, CHAIR, TOM = "clerk@council.example", "chair@council.example", "councillor1@council.example"
NELL: dict[str, Any] = {"title": "Cllr", "name": "Nell Fox", "email": "nell@council.example", "roles": ["councillor"]}
Items = dict[tuple[str, str], dict[str, Any]]


def content(engine: Engine, table: str) -> Items:
    """Everything in the table, by key."""
    pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def part(page: TestResponse, selector: str) -> Any:
    """The first element of a page that a CSS selector finds."""
    found = page.html.select_one(selector)
    assert found is not None, f"no {selector} on the page"
    return found


def text_of(page: TestResponse, selector: str = "main") -> str:
    """The words in it, blanks made one."""
    return " ".join(part(page, selector).get_text(" ").split())


def on_day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    """A date as its three boxes send it."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


@pytest.fixture
def clerk(client: Client) -> Client:
    """The Clerk, signed in."""
    client.sign_in(CLERK)
    return client


def clerk_adds(clerk: Client, **changes: Any) -> TestResponse:
    """Add Nell, or somebody else; the page that follows."""
    return clerk.follow(clerk.submit(clerk.get("/register/add"), **{**NELL, **changes}))


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


# Who may ------------------------------------------------------------------------------------------------------------

PATHS = (
    "/register",
    "/register/add",
    "/register/people/councillor1",
    "/register/people/councillor1/change",
    "/register/people/councillor1/end",
    "/register/people/councillor1/return",
)


@pytest.mark.parametrize("address", [CHAIR, "vice-chair@council.example", TOM, "assistant@council.example"])
def test_for_everybody_but_the_clerk_there_is_no_register(
    client: Client, engine: Engine, table: str, address: str
) -> None:
    client.sign_in(address)
    before = content(engine, table)
    nowhere = text_of(client.get("/assets/nothing", status=404))
    for path in PATHS:
        assert text_of(client.get(path, status=404)) == nowhere
        client.head(path, status=404)
    for path in PATHS[1:2] + PATHS[3:]:
        client.post(path, {"name": "x", "until": "2026-12-01"}, status=404)
    assert content(engine, table) == before
    assert ">Register<" not in client.get("/").text


def test_whoever_is_not_signed_in_is_asked_to(client: Client, engine: Engine, table: str) -> None:
    before = content(engine, table)
    for path in PATHS:
        assert "/sign-in?next=" in str(client.get(path, status=303).location)
    for path in PATHS[1:2] + PATHS[3:]:
        assert "Your sign-in has ended" in client.post(path, {"name": "x"}, status=403).text
    assert content(engine, table) == before


def test_the_chair_keeps_it_while_there_is_no_clerk(clerk: Client, clock: Clock) -> None:
    clerk.submit(clerk.get("/register/people/clerk/end"), **on_day("until", 24, 11, 2026))
    clock.move(days=1)
    chair = clerk.another()
    chair.sign_in(CHAIR)
    assert "There is no Clerk" in text_of(chair.get("/register"))
    page = chair.submit(chair.get("/register/add"), **{**NELL, "roles": ["clerk"]})
    # Once there is a Clerk again, it is the Clerk who keeps it.
    assert text_of(chair.follow(page), "h1") == "Your own line is changed"
    chair.get("/register", status=404)
    nell = chair.another()
    nell.sign_in("nell@council.example")
    assert "Cllr Alan Thistlewood (Chair)" in text_of(nell.get("/register/people/" + _id_of(nell, "Nell Fox")))


def _id_of(keeper: Client, name: str) -> str:
    found = re.search(rf"/register/people/(\w+)\">[^<]*{name}", keeper.get("/register").text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["", "/change", "/end", "/return"])
def test_somebody_who_is_not_there_is_not_found(clerk: Client, engine: Engine, table: str, path: str) -> None:
    before = content(engine, table)
    for id in ("nobody", "%00", "clerk%0D%0A", "..%2fclerk", "x" * 3000):
        clerk.get(f"/register/people/{id}{path}", status=404)
        if path:
            clerk.post(f"/register/people/{id}{path}", {"seen": "0" * 16}, status=404)
    assert content(engine, table) == before


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_sites_page_changes_nobody(clerk: Client, engine: Engine, table: str, headers: dict[str, str]) -> None:
    before = content(engine, table)
    fields = {"id": "a1", **NELL, "roles": "councillor", **on_day("since", 1, 12, 2026)}
    clerk.post("/register/add", fields, status=403, headers=headers)
    clerk.post("/register/people/councillor1/end", on_day("until", 1, 12, 2026), status=403, headers=headers)
    assert content(engine, table) == before


def test_reading_changes_nothing(clerk: Client, engine: Engine, table: str) -> None:
    before = content(engine, table)
    for path in PATHS[:-1]:
        clerk.get(path)
        clerk.head(path)
    assert content(engine, table) == before


# The Clerk's own line, and the last who keeps it --------------------------------------------------------------------


def test_a_clerk_types_a_new_address_of_her_own_twice(clerk: Client) -> None:
    form = clerk.get("/register/people/clerk/change")
    assert "This is your own line" in text_of(form)
    once = clerk.submit(form, status=422, email="ruth@council.example")
    assert "the same as above" in text_of(once, "#again-error")
    other = clerk.submit(once, status=422, again="ruht@council.example")
    page = clerk.follow(clerk.submit(other, again="Ruth@council.example"))
    assert text_of(page, "h1") == "Your own line is changed"
    clerk.get("/register", status=303)
    assert "Signed in as" in clerk.sign_in("ruth@council.example").text
    assert text_of(clerk.get("/register"), "h1") == "Register"


def test_a_clerk_who_changes_only_her_name_stays(clerk: Client) -> None:
    page = clerk.follow(clerk.submit(clerk.get("/register/people/clerk/change"), name="Ruth Penhallow-Fox"))
    assert "Mrs Ruth Penhallow-Fox is saved" in text_of(page)


def test_the_last_who_keeps_the_register_cannot_go(clerk: Client, engine: Engine, table: str) -> None:
    clerk.submit(clerk.get("/register/people/chair/end"), **on_day("until", 24, 11, 2026))
    assert "nobody stands in for the Clerk" not in text_of(clerk.get("/register"))
    form = clerk.get("/register/people/clerk/end")
    clerk.site.streams = False
    before = content(engine, table)
    refused = clerk.submit(form, status=422, **on_day("until", 24, 11, 2026))
    told = text_of(refused, ".govuk-error-summary")
    assert "Nobody would be left to keep the register from 24 November 2026" in told
    assert part(refused, "#until")["value"] == "24"
    change = clerk.get("/register/people/clerk/change")
    clerk.submit(change, status=422, roles=["employee"])
    assert content(engine, table) == before


def test_the_last_who_keeps_it_is_warned_before(clerk: Client, clock: Clock) -> None:
    assert "the only one who keeps" not in text_of(clerk.get("/register/people/clerk/end"))
    clerk.submit(clerk.get("/register/people/chair/end"), **on_day("until", 24, 11, 2026))
    clock.move(days=1)
    clerk.sign_in(CLERK)
    assert "There is no Chair" in text_of(clerk.get("/register"))
    warned = text_of(clerk.get("/register/people/clerk/end"))
    assert "Mrs Ruth Penhallow is the only one who keeps this register now" in warned


# Two at once --------------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_whoever_comes_second_to_a_line_sees_what_it_says_now(
    clerk: Client, store: Store, people: Register, clock: Clock
) -> None:
    form = clerk.get("/register/people/councillor1/change")
    ruth, tom = people.person("clerk"), people.person("councillor1")
    assert ruth
    assert tom
    fields = {"name": "Thomas E.", "title": "Cllr", "email": TOM, "roles": ["councillor"], "since": "2024-05-14"}
    service.change(store, ruth, tom.id, service.shown(tom), fields, clock())
    page = clerk.submit(form, status=409, name="Tommy Eldersfield")
    assert "Somebody else changed this line while you had it open" in text_of(page, ".govuk-error-summary")
    assert "Cllr Thomas E." in text_of(page, "dl")
    assert part(page, "#name")["value"] == "Tommy Eldersfield"
    saved = clerk.follow(clerk.submit(page))
    assert "Name: Thomas E. → Tommy Eldersfield" in text_of(saved)


def test_a_keeper_who_is_replaced_in_the_same_moment_changes_nothing(
    clerk: Client, store: Store, people: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, real = clerk.get("/register/add"), store.commit
    ruth = people.person("clerk")
    assert ruth
    fields = {"name": ruth.name, "title": "", "email": CLERK, "roles": ["employee"], "since": "2024-05-14"}

    def late(commit: Commit) -> None:
        monkeypatch.setattr(store, "commit", real)
        service.change(store, ruth, ruth.id, service.shown(ruth), fields, clock())
        real(commit)

    monkeypatch.setattr(store, "commit", late)
    page = clerk.submit(form, status=403, **NELL)
    assert "You no longer keep the register, so nothing was changed." in page.text
    assert access.register(store).by_email("nell@council.example", clock().date()) is None


def test_when_no_turn_is_found_the_page_says_to_try_again(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise service.Busy

    adding, ending = clerk.get("/register/add"), clerk.get("/register/people/councillor1/end")
    monkeypatch.setattr(service, "add", busy)
    monkeypatch.setattr(service, "end", busy)
    assert "not working at the moment" in clerk.submit(adding, status=503, **NELL).text
    assert "not working at the moment" in clerk.submit(ending, status=503, **on_day("until", 1, 12, 2026)).text


def test_a_change_costs_one_read_and_one_transaction_beside_the_session(clerk: Client, engine: Engine) -> None:
    form = clerk.get("/register/people/councillor1/change")
    clerk.site.streams = False
    with counting(engine.client) as made:
        clerk.submit(form, name="Thomas")
    assert made == ["BatchGetItem", "GetItem", "TransactWriteItems"]


# Bad input ----------------------------------------------------------------------------------------------------------


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


# What was done ------------------------------------------------------------------------------------------------------


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
