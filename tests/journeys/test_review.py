"""The annual review: announced, prepared on the year's figures, resolved by the Council, closed by two statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import access, hooks
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.record import verify
from chalicelib.register.rules import Register
from chalicelib.review.service import scheduled
from chalicelib.store import Store, keyed
from tests.journeys.steps import (
    address,
    clerk_decides,
    councillor_asks,
    joins,
    leaves,
    link_for,
    message_at,
    parts,
    presses,
    signed_in,
    subjects_to,
    table_dump,
    typed_in,
    words,
)
from tests.support.builders import Requests
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import counted, requests
from tests.support.engines import Engine

DUE = "2025-05-14"
"""When the demo council's review was due: it adopted its policy on 14 May 2024, and has never reviewed it."""

MEETING = {"meeting-day": "17", "meeting-month": "11", "meeting-year": "2026", "minute": "26/101"}
LONG_AGO = {"meeting-day": "14", "meeting-month": "5", "meeting-year": "2024"}
POINTS = {
    "legal": "Nothing has changed since the Online Safety Act.",
    "practice": "NALC’s model of this year asks for the same.",
    "platforms": "X’s new terms were read.",
    "accounts": "One page, held by me and the Chair.",
}
SIGN = "Your statement on the annual review"


@pytest.fixture(autouse=True)
def bell(people: Register, store: Store, clock: Clock) -> None:
    """The demo council's adoption has just been recorded, so the next daily run looks at what is due."""
    kept = shelf.read(store).current
    assert people.people
    assert kept is not None
    store.write(*scheduled.rung(kept, clock()))


def opened(client: Client, who: str = "clerk") -> Client:
    """The Clerk opens the review, which is overdue from day one."""
    clerk = signed_in(client, who)
    clerk.submit(clerk.get("/review"))
    return clerk


def resolved(client: Client, **fields: Any) -> Client:
    """The Clerk records that the Council re-adopted the policy unchanged."""
    clerk = opened(client)
    clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **{**MEETING, "outcome": "unchanged", **fields})
    return clerk


def actions(store: Store, due: str = DUE) -> list[str]:
    history = store.history("review", due)
    assert not verify(history.record, history.log)
    return [entry.action for entry in history.entries()]


@pytest.mark.both_engines
def test_an_overdue_review_is_prepared_resolved_and_closed(client: Client, store: Store, clock: Clock) -> None:
    reference = councillor_asks(client)
    clock.move(hours=5)
    clerk_decides(client, "reject", reason="It is not ours to say.", clauses=["honesty"])
    clerk = signed_in(client, "clerk")
    page = clerk.get("/review")
    assert "was due on 14 May 2025 and is overdue" in words(page)
    assert "fell due on 14 May 2025 and on 14 May 2026" in words(page)
    page = clerk.follow(clerk.submit(page))
    assert "The review is open, and the figures are gathered" in words(page)
    read = words(page)
    assert "Rejected 1" in read
    assert "Half of them were made within 5 hours" in read
    assert reference not in page.text
    assert "Have signed the policy as they should 8 of 9 (88%)" in read
    assert parts(page, "figure svg title") == ["Check requests by outcome", "Clauses most cited in decisions"]
    recommends(clerk)
    clock.move(days=16)
    clerk = signed_in(client, "clerk")
    form = clerk.get(f"/review/{DUE}/resolution")
    assert form.forms[0]["meeting-day"].value == "8"
    page = clerk.follow(clerk.submit(form, minute="26/113", outcome="unchanged"))
    assert "The resolution is recorded" in words(page)
    assert "Due 8 December 2027" in words(clerk.get("/review"))
    chair_signs(client)
    clerk_signs(client)
    for who in ("clerk", "chair"):
        assert "8 December 2027" in client.mail_to(address(who), "is closed")["text"]
    page = signed_in(client, "vicechair").get(f"/review/{DUE}")
    for said in (*POINTS.values(), "Cllr Alan Thistlewood (Chair)", "minute 26/113", "Verified", "Rejected"):
        assert said in words(page), said
    assert actions(store) == ["begin", "recommend", "recommend", "plan", "resolve", "sign-as-chair", "sign-as-clerk"]
    listed = words(signed_in(client, "chair").get("/review/history"))
    assert "Re-adopted unchanged, 8 December 2026, minute 26/113" in listed


def recommends(clerk: Client) -> None:
    """The Clerk says clause by clause what should become of the policy, plans the meeting, takes the agenda item."""
    page = clerk.get(f"/review/{DUE}/clauses/honesty")
    page = clerk.follow(clerk.submit(page, what="change", words="Be honest, and kind.", why="Two complaints."))
    assert "Be honest, and kind." in words(page)
    clerk.submit(clerk.get(f"/review/{DUE}/clauses/new-1"), words="Say who took a picture.", why="")
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    page = clerk.follow(clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned))
    assert "Meeting 8 December 2026" in words(page)
    item = "\n".join(parts(clerk.get(f"/review/{DUE}/agenda"), ".cw-exact"))
    for said in ("For the meeting on 8 December 2026", "Proposed words: Be honest, and kind.", "Why: Two complaints.",
                 "Say who took a picture.", "Rejected: 1", "as a new version, from today."):  # fmt: skip
        assert said in item, said


def chair_signs(client: Client) -> None:
    """The Chair confirms the resolution by the e-mailed link, after a scanner has opened it."""
    chair, link = client.another(), link_for(client, "chair", SIGN)
    chair.head(link)
    page = chair.get(link)
    assert "You are answering as Cllr Alan Thistlewood , Chair" in words(page)
    refused = chair.submit(page, status=422)
    assert "Tick the box if the Council so resolved" in message_at(refused, "confirmed")
    done = chair.submit(page, status=200, confirmed=True)
    assert "Your statement is recorded" in words(done)
    assert "the other statement" in words(done)
    assert "Your statement is recorded" in words(chair.get(link))


def clerk_signs(client: Client) -> None:
    """The Clerk answers the checklist by the e-mailed link, one point late."""
    clerk, link = client.another(), link_for(client, "clerk", SIGN)
    half = clerk.submit(clerk.get(link), status=422, **{**POINTS, "accounts": " "})
    assert "the Council’s accounts" in message_at(half, "accounts")
    assert typed_in(half, "legal") == POINTS["legal"]
    done = clerk.submit(half, status=200, accounts=POINTS["accounts"])
    assert "the review is closed" in words(done)


def test_the_daily_run_announces_opens_reminds_and_goes_on_reminding(client: Client, store: Store) -> None:
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    for who in ("clerk", "chair"):
        assert subjects_to(client, who) == ["The annual review of the policy is overdue"]
    assert "18 months ago" in client.mail_to(address("clerk"), "overdue")["text"]
    client.tick(datetime(2026, 12, 14, 6, tzinfo=UTC))
    client.tick(datetime(2026, 12, 15, 6, tzinfo=UTC))
    assert len(subjects_to(client, "clerk")) == 2
    assert actions(store) == ["open", "notify"]
    client.tick(datetime(2026, 12, 14, 6, tzinfo=UTC))  # An event that comes late, and once more.
    assert client.get("/healthz").json == {"status": "ready", "last_tick": "2026-12-15T06:00:00Z"}


def test_each_notice_says_what_is_to_be_done(client: Client, clock: Clock) -> None:
    resolved(client)
    due = datetime(2027, 11, 17, 6, tzinfo=UTC)
    told = {}
    for days in (-90, -60, -30, 0, 30):
        client.tick(due + timedelta(days=days))
        mail = client.mail_to(address("clerk"), "annual review of the policy")
        told[mail["subject"]] = mail["text"]
    assert list(told) == [
        "The annual review of the policy is due in three months, on 17 November 2027",
        "The annual review of the policy is open",
        "The annual review of the policy is due in a month, on 17 November 2027",
        "The annual review of the policy is due today",
        "The annual review of the policy is overdue",
    ]
    assert "a month ago, and is still open" in told["The annual review of the policy is overdue"]
    assert all("/review\n" in text for text in told.values())
    overdue = client.mail_to(address("chair"), "is overdue")["text"]
    assert "ask the Clerk to record that" in overdue
    assert "You get this as Chair of" in overdue
    assert "ask the Clerk" not in told["The annual review of the policy is overdue"]


def test_past_reviews_are_recorded_and_move_the_next_one(client: Client, store: Store) -> None:
    client.tick(datetime(2026, 11, 24, 6, tzinfo=UTC))
    clerk = signed_in(client, "clerk")
    form = clerk.get("/review/past")
    later = {
        "meeting-day": "12",
        "meeting-month": "5",
        "meeting-year": "2026",
        "minute": "26/020",
        "outcome": "unchanged",
    }
    page = clerk.follow(clerk.submit(form, **later))
    assert "The review is recorded" in words(page)
    clerk.submit(form, **later)
    stands = words(clerk.get("/review"))
    assert "Due 12 May 2027" in stands
    assert "Overdue" not in stands
    clerk.submit(form, **{**later, "meeting-day": "20", "meeting-year": "2025", "minute": "25/019"})
    rows = words(clerk.get("/review/history"), "tbody")
    assert rows.index("14 May 2026") < rows.index("14 May 2025")
    assert rows.count("Recorded afterwards") == 2
    assert actions(store) == ["open", "overtake", "record"]
    assert actions(store, "2026-05-14") == ["record"]
    for fields, told in (
        ({**later, "meeting-day": "14", "meeting-year": "2024"}, "There was no policy to review yet"),
        ({**later, "meeting-day": "1", "meeting-month": "12"}, "The meeting is still to come"),
        ({**later, "meeting-day": "1", "meeting-year": "2025"}, "The review that was due on 14 May 2025 is recorded"),
    ):
        assert told in message_at(clerk.submit(form, status=422, **fields), "meeting")


def test_a_new_version_is_resolved_on_and_overtakes_nothing_that_is_open(
    client: Client, store: Store, clock: Clock
) -> None:
    clerk = opened(client)
    form = clerk.get(f"/review/{DUE}/resolution")
    refused = clerk.submit(form, status=422, **MEETING, outcome="new-version")
    assert "record its adoption first" in message_at(refused, "version")
    refused = clerk.submit(form, status=422, **MEETING, outcome="new-version", version="1")
    assert "after the review had opened" in message_at(refused, "version")
    person = access.register(store).person("clerk")
    assert person is not None
    draft = policy.begin(store, person, 2, "copy", "", clock())
    act = {"meeting": "2026-11-17", "minute": "26/101", "material": False}
    policy.adopt(store, person, 2, draft.version, act, clock())
    client.tick(clock())
    page = clerk.get("/review")
    assert "Due 17 November 2027" in words(page)
    assert "Recommendations, clause by clause" in words(page)
    page = clerk.follow(
        clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **MEETING, outcome="new-version", version="2")
    )
    assert "A new version adopted: version 2" in words(page)
    assert actions(store) == ["begin", "resolve"]


def test_a_wrong_record_of_the_resolution_is_corrected_and_both_are_asked_again(client: Client, store: Store) -> None:
    clerk = resolved(client)
    old = link_for(client, "chair", SIGN)
    client.another().submit(client.another().get(old), status=200, confirmed=True)
    form = clerk.get(f"/review/{DUE}/resolution")
    assert form.forms[0]["minute"].value == "26/101"
    clerk.submit(form, minute="26/102")
    told = client.another().get(old, status=410)
    assert "was corrected after this link was sent" in words(told)
    assert "minute 26/102" in words(told)
    fresh = link_for(client, "chair", SIGN)
    assert fresh != old
    assert "26/102" in words(client.another().get(fresh))
    assert actions(store) == ["begin", "resolve", "sign-as-chair", "correct"]


def test_the_deputy_and_the_vice_chair_stand_in(client: Client, store: Store) -> None:
    joins("deputy", "Dora Pym", "deputy-clerk")
    leaves("clerk")
    deputy = opened(client, "deputy")
    signed_in(client, "chair").get(f"/review/{DUE}/resolution", status=404)
    leaves_as_chair = changed_into(store, "chair", "councillor")
    deputy.submit(deputy.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    assert leaves_as_chair not in {mail["to"] for mail in client.inbox() if SIGN in mail["subject"]}
    vice = client.another()
    page = vice.get(link_for(client, "vicechair", SIGN))
    assert "Cllr Priya Marchbanks , Vice-Chair" in words(page)
    vice.submit(page, status=200, confirmed=True)
    # Whoever gave one statement and comes to hold the other office gives no second.
    changed_into(store, "vicechair", "clerk")
    clerk = signed_in(client, "vicechair")
    assert "Nobody holds the office" in words(clerk.follow(presses(clerk, f"/review/{DUE}/links")))
    assert "sign-as-clerk" not in actions(store)


def changed_into(store: Store, who: str, role: str) -> str:
    """The register comes to give somebody this role alone, whoever else has which; their address."""
    record = store.get("register", "register")
    assert record is not None
    people = {**record.data["people"], who: {**record.data["people"][who], "roles": [role]}}
    fields = {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip")}
    store.put(keyed(("register#register", "head"), **fields, data={"people": people}))
    return address(who)


def test_scanners_open_the_links_of_the_statements_and_change_nothing(
    client: Client, engine: Engine, table: str
) -> None:
    resolved(client)
    scanner, before = client.another(), table_dump(engine, table)
    for who in ("clerk", "chair"):
        for _ in range(10):
            scanner.get(link_for(client, who, SIGN))
            scanner.head(link_for(client, who, SIGN))
    assert table_dump(engine, table) == before


def test_links_are_sent_again_and_old_ones_say_why_they_do_not_work(client: Client, clock: Clock) -> None:
    clerk = resolved(client)
    link = link_for(client, "chair", SIGN)
    clock.move(days=31)
    clerk = signed_in(client, "clerk")
    assert "too old" in words(client.another().get(link, status=410))
    for _ in range(2):
        page = clerk.follow(presses(clerk, f"/review/{DUE}/links"))
        assert "New links are on their way" in words(page)
    assert subjects_to(client, "chair").count("Your statement on the annual review of the policy") == 2
    client.another().submit(client.another().get(link_for(client, "chair", SIGN)), status=200, confirmed=True)
    assert "not one of ours" in words(client.get("/sign-review/" + "x" * 43, status=404))


@pytest.mark.parametrize(
    ("path", "fields", "field", "told"),
    [
        ("clauses/honesty", {"what": "", "words": ""}, "what", "Choose what you recommend"),
        ("clauses/honesty", {"what": "burn", "words": ""}, "what", "Choose one of the answers on the page"),
        ("clauses/honesty", {"what": "change", "words": " "}, "words", "Write the clause as it should read"),
        ("clauses/honesty", {"what": "keep", "words": "x"}, "words", "You have proposed words"),
        ("clauses/honesty", {"what": "change", "words": "x" * 5001}, "words", "must be 5,000 characters or fewer"),
        ("clauses/honesty", {"what": "change", "words": "a\x00"}, "words", "a character that cannot be kept"),
        ("clauses/new-1", {"words": ""}, "words", "Write the clause as it should read"),
        ("meeting", {"planned-day": "31", "planned-month": "2", "planned-year": "2027"}, "planned", "a real date"),
        ("resolution", {**MEETING, "outcome": ""}, "outcome", "Choose what the Council resolved"),
        ("resolution", {**MEETING, "outcome": "so"}, "outcome", "Choose one of the answers on the page"),
        ("resolution", {**MEETING, "outcome": "unchanged", "minute": ""}, "minute", "Enter the minute reference"),
        ("resolution", {**MEETING, "outcome": "unchanged", "minute": "a\nb"}, "minute", "must be on one line"),
        ("resolution", {**MEETING, "outcome": "unchanged", "version": "1"}, "version", "You have chosen a version"),
        ("resolution", {**MEETING, "outcome": "unchanged", "meeting-day": "24"}, "meeting", "still to come"),
        ("resolution", {**MEETING, "outcome": "unchanged", **LONG_AGO}, "meeting",
         "must be after 14 May 2024"),
    ],
)  # fmt: skip
def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    client: Client, store: Store, path: str, fields: dict[str, str], field: str, told: str
) -> None:
    clerk = opened(client)
    before = store.get("review", DUE)
    shown = clerk.get(f"/review/{DUE}/{path}").forms[0]
    sent = {
        **({"seen": shown["seen"].value} if "seen" in shown.fields else {}),
        **({"why": ""} if "why" in shown.fields else {}),
    }
    page = clerk.post(f"/review/{DUE}/{path}", {**sent, **fields}, status=422)
    assert told in message_at(page, field)
    assert words(page, "title").startswith("Error: ")
    assert store.get("review", DUE) == before


def test_two_windows_do_not_write_over_each_other(client: Client, store: Store) -> None:
    one, other = opened(client), signed_in(client, "clerk")
    path = f"/review/{DUE}/clauses/honesty"
    mine, theirs = one.get(path), other.get(path)
    for _ in range(2):
        one.submit(mine, what="remove")
    told = other.submit(theirs, status=409, what="change", words="Be kind.")
    assert "nothing was saved" in words(told)
    assert typed_in(told, "words") == "Be kind."
    other.submit(told)
    one.submit(one.get(path), button="act=drop")
    assert actions(store) == ["begin", "recommend", "recommend", "drop"]
    one.submit(one.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    late = other.submit(told, status=409)
    assert "What you sent was not saved" in words(late)
    other.get(path, status=303)


def test_only_officers_read_it_and_only_the_clerk_prepares_it(client: Client, engine: Engine, table: str) -> None:
    opened(client)
    before = table_dump(engine, table)
    paths = ["", "/history", f"/{DUE}", f"/{DUE}/agenda"]
    prepare = [f"/{DUE}/{what}" for what in ("resolution", "meeting", "clauses/honesty")] + ["/past"]
    chair, member = signed_in(client, "chair"), signed_in(client, "councillor1")
    before = table_dump(engine, table)
    for path in paths:
        assert "Record the resolution" not in chair.get(f"/review{path}").text
        member.get(f"/review{path}", status=404)
        client.get(f"/review{path}", status=303)
    for path in prepare:
        chair.get(f"/review{path}", status=404)
        presses(chair, f"/review{path}", status=404)
        presses(member, f"/review{path}", status=404)
    for path in ("begin", "figures", "links"):
        presses(chair, f"/review/{DUE}/{path}", status=404)
    clerk = signed_in(client, "clerk")
    for bad in ("2025-05-15", "x", "2025-13-01", "20250514", DUE + "/clauses/new-99", DUE + "/clauses/no-such"):
        clerk.get(f"/review/{bad}", status=404)
    presses(clerk, "/review/2030-01-01/begin", status=404)
    presses(clerk, "/review/2030-01-01/figures", status=409)
    assert {key for key in table_dump(engine, table) if not key[0].startswith("session")} == {
        key for key in before if not key[0].startswith("session")
    }


def test_figures_are_gathered_anew_without_a_scan_and_undone_decisions_are_told(
    client: Client, store: Store, a_request: Requests, engine: Engine
) -> None:
    clerk = opened(client)
    for state in ("approved", "rejected", "withdrawn", "lapsed"):
        a_request(state=state)
    client.site.run_outbox()
    client.site.streams = False
    page, made = counted(engine.client, lambda: presses(clerk, f"/review/{DUE}/figures"))
    # The session, the review, its transaction; and what each part reads, however much it holds.
    assert made.total() <= 3 + 4 * len(hooks.EVIDENCE)
    assert "Scan" not in made
    rows = words(clerk.follow(page), "figure")
    for told in (
        "Approved: no objection 1",
        "Rejected 1",
        "Withdrawn before a decision 1",
        "Lapsed without a decision",
    ):
        assert told in rows
    assert actions(store) == ["begin", "refresh"]


def test_reading_the_review_costs_what_the_decision_record_says(client: Client, engine: Engine) -> None:
    clerk = opened(client)
    for path, reads in (("", 3), ("/history", 2), (f"/{DUE}", 2), (f"/{DUE}/agenda", 2)):
        with requests(engine.client) as made:
            clerk.get(f"/review{path}")
        assert (made.reads, made.writes) == (reads, 0), path


def test_the_desk_says_what_falls_due_and_whether_the_daily_run_still_comes(client: Client, clock: Clock) -> None:
    def desk(who: str = "clerk") -> str:
        return words(signed_in(client, who).get("/desk"))

    assert "14 May 2025 Overdue What The annual review of the policy is due" in desk("vicechair")
    assert "The daily run has not come yet" in desk()
    client.tick(clock())
    assert "14 May 2025 Overdue What The annual review of the policy is due" in desk()
    clock.move(hours=26)
    assert "The daily run last came on 23 November 2026 at 9:00am" in desk()
    assert "Reminders wait" not in desk()
    clock.move(minutes=1)
    assert "Look at this The daily run last came on 23 November 2026 at 9:00am. Reminders wait" in desk()
    clerk = signed_in(client, "clerk")
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned)
    assert "8 December 2026 What The Council considers the annual review" in desk()
    clerk.submit(clerk.get(f"/review/{DUE}/resolution"), **MEETING, outcome="unchanged")
    assert "was due on 14 May 2025: resolved, two statements to come" in desk()
    assert "The annual review of the policy is due" not in desk()
    clock.at = datetime(2027, 9, 1, 9, tzinfo=UTC)
    client.tick(clock())
    assert "18 September 2027 What The annual review of the policy opens" in desk()
    assert "17 November 2027 What The annual review of the policy is due" in desk()


def test_the_dates_are_downloaded_and_subscribed_to_until_the_address_is_ended(
    client: Client, clock: Clock, engine: Engine, table: str
) -> None:
    clerk = opened(client)
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned)
    file = clerk.get("/review/dates.ics")
    assert file.content_type == "text/calendar"
    assert "attachment" in file.headers["Content-Disposition"]
    days = [line.partition(":")[2] for line in file.text.split("\r\n") if line.startswith("DTSTART")]
    assert days == ["20250315", "20250514", "20261208"]

    page = clerk.submit(clerk.get("/review/calendar"), status=200, button="act=make")
    (address_,) = parts(page, ".cw-exact")
    secret = address_.rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(table_dump(engine, table))
    assert "It cannot be shown again" in words(clerk.get("/review/calendar"))
    machine = client.another()
    before = table_dump(engine, table)
    with requests(engine.client) as made:
        assert machine.get(f"/calendar/{secret}.ics").text == file.text
    assert (made.reads, made.writes) == (2, 0)
    assert machine.get(f"/calendar/{secret}").text == file.text
    assert machine.head(f"/calendar/{secret}.ics").body == b""
    assert table_dump(engine, table) == before
    machine.get("/calendar/" + "x" * 43 + ".ics", status=404)
    presses(clerk, "/review/calendar", status=422, act="burn")

    another = clerk.submit(clerk.get("/review/calendar"), status=200, button="act=make")
    newer = parts(another, ".cw-exact")[0].rpartition("/")[2]
    machine.get(f"/calendar/{secret}.ics", status=404)
    machine.get(f"/calendar/{newer}")
    clerk.submit(clerk.get("/review/calendar"), button="act=end")
    machine.get(f"/calendar/{newer}", status=404)

    vice = signed_in(client, "vicechair")
    page = vice.submit(vice.get("/review/calendar"), status=200, button="act=make")
    theirs = parts(page, ".cw-exact")[0].rpartition("/")[2]
    machine.get(f"/calendar/{theirs}")
    leaves("vicechair")
    machine.get(f"/calendar/{theirs}", status=404)
    signed_in(client, "councillor1").get("/review/dates.ics", status=404)
    signed_in(client, "councillor1").get("/review/calendar", status=404)
