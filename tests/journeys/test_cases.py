"""The handlers of a case: they hear that it waits, see it, and take it through to its end; nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import urllib3

from chalicelib import access, wiring
from chalicelib.cases import codes, figures
from chalicelib.cases.service import records, reporting, scheduled
from chalicelib.record import Record
from chalicelib.register.rules import Register
from chalicelib.review import agenda
from chalicelib.store import Store
from tests.support.builders import Requests
from tests.support.cases import acted, reported
from tests.support.client import Client, link_in
from tests.support.clock import Clock
from tests.support.counting import Requests as Requests_
from tests.support.counting import requests
from tests.support.engines import Engine

CLERK, CHAIR, VICE_CHAIR = "clerk@council.example", "chair@council.example", "vice-chair@council.example"


def a_case(store: Store, people: Register, clock: Clock, **answers: str) -> tuple[Record, str]:
    """A report, as somebody made it."""
    return reported(store, wiring.settings(), people, clock(), **answers)


def act(client: Client, id: str, action: str, status: int = 303, **fields: Any) -> None:
    """Open the page of a move, fill it in, and send it."""
    client.submit(client.get(f"/cases/{id}/{action}"), status=status, **fields)


def observe(client: Client, id: str) -> None:
    """Send a capture, one that is none, take that out, and record what was seen."""
    path = f"/cases/{id}/observe"
    for content in (b"just words", b"\x89PNG\r\n\x1a\n a capture"):
        (form,) = [form for form in client.get(path).forms.values() if "file" in form.fields]
        fields = {name: field[0].value for name, field in form.fields.items() if name and name != "file"}
        sent = urllib3.PoolManager().request(
            "POST", form.action, fields={**fields, "file": ("x", content)}, redirect=False
        )
        assert sent.status == 303, sent.data
    seen = {"url": "https://social.example/posts/1", "seen": "Now", "reason": "To check", "text": "It is still there."}
    refused = client.post(path, {**seen, "id": "one"}, status=422)
    assert "must be a PNG, JPEG or PDF file" in refused.text
    remove = next(form for form in refused.forms.values() if "remove" in form.fields)
    assert "1 file so far" in client.follow(remove.submit(status=303)).text
    assert str(client.post(path, {**seen, "id": "two"}).location).endswith("done=observe")
    assert "You have sent none yet" in client.get(path).text


def text_of(client: Client, path: str) -> str:
    """What a page says."""
    return " ".join(client.get(path).html.get_text(" ").split())


def test_a_members_case_goes_from_report_to_closing(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, code = a_case(
        store, people, clock, subject="member", contact_name="Sam Lee", contact_email="sam@mail.example"
    )
    client.site.run_outbox()
    mail = client.mail_to(CLERK, "A case is waiting")
    assert link_in(mail).endswith("/cases")
    assert record.id not in mail["text"] + mail["html"]
    assert CLERK not in str([mail for mail in client.inbox() if "sam@" in mail["to"]])
    assert record.id in client.mail_to("sam@mail.example", "We have your report")["text"]

    client.sign_in(CLERK)
    assert record.id in text_of(client, "/cases")
    assert f"Case {record.id}" in text_of(client, "/desk")
    assert "to be acknowledged by 30 November 2026" in text_of(client, f"/cases/{record.id}")
    act(client, record.id, "acknowledge")
    assert "There is news" in client.mail_to("sam@mail.example", "News")["text"]
    member = next(person for person in people.people if person.roles == ("councillor",))
    act(client, record.id, "people", subjects=[member.id], track="member")
    act(client, record.id, "classify", grave=["offensive"])
    act(client, record.id, "note", text="I have seen the post myself.")
    observe(client, record.id)
    page = text_of(client, f"/cases/{record.id}")
    assert "Refer it to the Monitoring Officer" in page
    assert "Disciplinary Procedure" not in page
    assert str(client.get(f"/cases/{record.id}/investigate", status=303).location).endswith(record.id)
    act(client, record.id, "refer-monitoring-officer", reason="It may break the Code of Conduct.")
    act(
        client,
        record.id,
        "hand-over",
        who="PC 123",
        basis="Prevention of crime",
        necessity="They asked",
        what="The post",
    )
    act(client, record.id, "outside-outcome", finding="no-breach", reason="The Monitoring Officer found no breach.")
    assert "close" not in [
        str(door["href"]).rpartition("/")[2] for door in client.get(f"/cases/{record.id}").html.select("main a")
    ]
    act(client, record.id, "letter", tell="The Monitoring Officer found no breach.")
    act(client, record.id, "close")

    page = text_of(client, f"/cases/{record.id}")
    assert "Verified" in page
    assert "PC 123" in page
    assert "File 1: capture-1.png" in page
    assert "Decided outside the Council: the policy was not broken" in page
    assert record.id not in text_of(client, "/cases")
    assert record.id in text_of(client, "/cases?show=closed")
    told = reporting.follow_up(store, people, record.id, codes.receipt(code), clock())
    assert [message.letter for message in told.messages] == [False, True]
    assert "I have seen the post myself" not in str(told.messages)


def test_a_clerks_case_goes_through_the_disciplinary_procedure(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, _ = a_case(store, people, clock, subject="clerk")
    client.sign_in(CHAIR)
    act(client, record.id, "acknowledge")
    assert "first say whom it is about" in text_of(client, f"/cases/{record.id}")
    act(client, record.id, "people", subjects=["clerk"], track="staff")
    assert "first say whom it is about" not in text_of(client, f"/cases/{record.id}")
    assert "Monitoring Officer" not in text_of(client, f"/cases/{record.id}")
    act(client, record.id, "investigate", persons="Jo Field, jo@hr.example", reason="Find out what happened.")
    page = client.submit(
        client.get(f"/cases/{record.id}/hear"), status=422, persons="J. Field, JO@hr.example", reason="Hear it."
    )
    assert "has another part in this case already" in page.text
    act(client, record.id, "hear", persons="Ann Other, ann@panel.example", reason="Hear it.")
    act(client, record.id, "hearing-outcome", finding="breach", reason="A written warning.")
    act(client, record.id, "appeal", persons="Lee Third, lee@panel.example", reason="They appealed.")
    act(client, record.id, "appeal-outcome", finding="no-breach", reason="The appeal was allowed.")
    # What an employee was given is not the reporter's to read, unless the handler writes it.
    letter = text_of(client, f"/cases/{record.id}/letter")
    assert "between the Council and its employee" in letter
    assert "The appeal was allowed" not in letter
    act(client, record.id, "close-unanswered")
    assert "Decided under the Disciplinary Procedure, on appeal: the policy was not broken" in text_of(
        client, f"/cases/{record.id}"
    )


@pytest.mark.parametrize(
    ("answers", "shut_out", "handler"),
    [
        ({"subject": "clerk"}, CLERK, CHAIR),
        ({"subject": "member"}, CHAIR, CLERK),
        ({"subject_name": "the Clerk and the Chair"}, CHAIR, VICE_CHAIR),
        ({"contact_email": CLERK}, CLERK, CHAIR),
    ],
)
def test_whoever_is_excluded_learns_nothing(
    client: Client, store: Store, people: Register, clock: Clock, answers: dict[str, str], shut_out: str, handler: str
) -> None:
    client.sign_in(shut_out)
    none_there = "7F3K-9QXM-2BCD"
    pages = ["/cases", "/cases?show=closed", "/desk", "/checks"]
    before = {path: client.get(path).text for path in pages}
    missing = client.get(f"/cases/{none_there}", status=404).text

    record, _ = a_case(store, people, clock, **answers)
    client.site.run_outbox()

    assert {path: client.get(path).text for path in pages} == before
    for path in ("", "/acknowledge", "/note", "/nothing"):
        assert client.get(f"/cases/{record.id}{path}", status=404).text == missing
        assert client.head(f"/cases/{record.id}{path}", status=404).body == b""
    for action in ("acknowledge", "note", "nothing"):
        assert client.post(f"/cases/{record.id}/{action}", {"text": "x", "tell": "x"}, status=404).text == missing
    assert not [mail for mail in client.inbox() if mail["to"] == shut_out and "case" in mail["subject"].casefold()]
    assert client.mail_to(handler, "A case is waiting")


def test_a_handler_who_becomes_conflicted_has_lost_the_case_at_once(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, _ = a_case(store, people, clock)
    client.sign_in(CLERK)
    page = client.submit(client.get(f"/cases/{record.id}/people"), witnesses=["clerk"], track="")
    assert "out of your hands" in client.follow(page).text
    client.get(f"/cases/{record.id}", status=404)
    client.post(f"/cases/{record.id}/note", {"text": "x"}, status=404)
    client.site.run_outbox()
    assert client.mail_to(CHAIR, "A case is waiting")
    chair = client.another()
    chair.sign_in(CHAIR)
    assert (
        "They are a witness" in chair.get(f"/cases/{record.id}").text
        or "they are a witness" in chair.get(f"/cases/{record.id}").text
    )


def test_whoever_decided_on_the_post_is_kept_out_by_its_address_or_when_it_is_linked(
    client: Client, store: Store, people: Register, clock: Clock, a_request: Requests
) -> None:
    decided = {"state": "approved", "by": "councillor1", "decided_by": "clerk"}
    check, later, unknown = (a_request(**decided) for _ in range(3))
    member = client.another()
    member.sign_in("councillor1@council.example")

    def posts(id: str, where: str) -> None:
        member.submit(member.get(f"/check/{id}"), where=where, text="The fete is on Saturday.")

    posts(check.id, "https://www.social.example/Posts/1?utm_source=x")
    # What is known when it comes in, in its form or in another: the Clerk never has it.
    said = {"what_happened": "See (http://m.social.example/posts/1/?comment_id=5).", "subject": "unknown"}
    answer = client.web.post_json(client.whole("/breach-reports"), said, status=201)
    known = records.find(store, answer.json["reference"])
    assert [one["reference"] for one in known.data["checks"]] == [check.id]
    assert known.data["conflicts"] == {"clerk": "approver", "councillor1": "approver"}
    assert known.data["told"] == ["chair"]
    # What is recorded after it came in: from the next run.
    record, _ = a_case(store, people, clock, where="social.example/posts/2")
    assert record.data["told"] == ["clerk"]
    posts(later.id, "https://social.example/posts/2")
    client.tick(clock() + timedelta(hours=1))
    assert records.find(store, record.id).data["told"] == ["chair"]
    client.tick(clock() + timedelta(hours=2))
    assert [one["reference"] for one in records.find(store, record.id).data["checks"]] == [later.id]
    # What a handler comes upon, and what is linked by hand.
    seen, _ = a_case(store, people, clock)
    record, _ = a_case(store, people, clock)
    client.sign_in(CLERK)
    looked = {"url": "https://social.example/posts/1", "seen": "Now", "reason": "To see", "text": "The fete"}
    client.post(f"/cases/{seen.id}/observe", {**looked, "id": "one"})
    client.get(f"/cases/{seen.id}", status=404)
    nowhere = client.submit(client.get(f"/cases/{record.id}/link-check"), status=422, reference="2222-2222")
    assert "There is no check request with this reference" in nowhere.text
    act(client, record.id, "link-check", reference=unknown.id)
    client.get(f"/cases/{record.id}", status=404)
    chair = client.another()
    chair.sign_in(CHAIR)
    assert unknown.id in text_of(chair, f"/cases/{record.id}")


def test_a_change_of_the_register_moves_a_case_at_once_and_by_mail_with_the_next_run(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    client.sign_in(CLERK)
    client.mail_fails()
    record, _ = a_case(store, people, clock, what_happened="Una Fell shouted.", contact_email="sam@mail.example")
    client.site.run_outbox()
    client.get(f"/cases/{record.id}")
    form = client.get("/register/people/clerk/change")
    client.submit(form, name="Una Fell")
    client.get(f"/cases/{record.id}", status=404)
    client.mail_recovers()
    clock.move(minutes=5)
    client.site.run_outbox()
    # What was waiting for the Clerk does not go any more, although the case has not been touched since.
    assert client.mail_to("sam@mail.example", "We have your report")
    assert not [mail for mail in client.inbox() if "case" in mail["subject"].lower()]
    client.tick(clock() + timedelta(hours=1))
    assert client.mail_to(CHAIR, "A case is waiting")
    assert records.find(store, record.id).data["told"] == ["chair"]


def test_handlers_are_chased_and_the_next_in_order_is_asked(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, _ = a_case(store, people, clock)
    assert client.tick(clock.move(days=1))
    assert records.find(store, record.id).version == 1
    client.tick(clock.move(days=1))
    assert client.mail_to(CLERK, "Reminder")
    client.tick(clock.move(days=2))
    assert records.find(store, record.id).data["stand_ins"] == ["chair"]
    assert client.mail_to(CHAIR, "A case is waiting")
    client.sign_in(CHAIR)
    act(client, record.id, "acknowledge")
    client.tick(clock())
    assert records.find(store, record.id).version == 4


def test_a_case_that_nobody_may_handle_is_sealed_until_somebody_may(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, code = a_case(
        store, people, clock, subject_name="the Clerk, Deputy Clerk, Chair and Vice-Chair", contact_email="s@m.example"
    )
    told = reporting.follow_up(store, access.register(store), record.id, codes.receipt(code), clock())
    assert told.sealed
    client.site.run_outbox()
    mail = client.mail_to("s@m.example", "We have your report")
    assert "Nobody here can read it" in mail["text"]
    assert "working days" not in mail["text"] + mail["html"]
    client.tick(clock.move(days=7))
    assert records.find(store, record.id).version == 1
    about_it = [mail["to"] for mail in client.inbox() if "report" in mail["subject"] or "case" in mail["subject"]]
    assert about_it == ["s@m.example"]


def test_a_handlers_mail_that_comes_back_brings_in_the_next(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, _ = a_case(store, people, clock)
    client.site.run_outbox()
    client.mail_event(CLERK, "Bounce")
    client.mail_event(CLERK, "Bounce")
    assert records.find(store, record.id).data["told"] == ["clerk", "chair"]
    assert client.mail_to(CHAIR, "A case is waiting")


def test_a_move_sent_twice_is_made_once_and_bad_input_makes_none(
    client: Client, store: Store, people: Register, clock: Clock
) -> None:
    record, code = a_case(store, people, clock)
    client.sign_in(CLERK)
    page = client.get(f"/cases/{record.id}/acknowledge")
    client.submit(page, tell="Thank you.")
    client.submit(page, tell="Thank you.")
    client.submit(client.get(f"/cases/{record.id}/note"), status=422, text="")
    wrong = client.submit(client.get(f"/cases/{record.id}/note"), status=422, text="a\x00b")
    assert "cannot be kept" in wrong.text
    bad = client.submit(client.get(f"/cases/{record.id}/people"), status=422, subject_names="Jo, not an address")
    assert "is not an e-mail address" in bad.text
    late = client.post(f"/cases/{record.id}/close", {"id": "x"}, status=409)
    assert "Nothing was saved" in late.text
    assert records.find(store, record.id).version == 2
    for id in ("a", "a", "b"):
        receipt = codes.receipt(code.lower())
        reporting.say(store, wiring.settings(), people, record.id, receipt, "Hello?", id, clock())
    assert records.find(store, record.id).data["said"] == 2
    with pytest.raises(records.Unknown):
        reporting.say(store, wiring.settings(), people, record.id, codes.receipt("2" * 20), "Hello?", "c", clock())


def closed(store: Store, people: Register, clock: Clock) -> None:
    """One more case that came to its end."""
    settings, (record, _) = wiring.settings(), a_case(store, people, clock)
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("acknowledge", {"tell": "Thank you."}),
        ("no-further-action", {"reason": "None", "tell": "None"}),
        ("close-unanswered", {}),
    )
    for action, given in steps:
        record = acted(store, settings, people, record, "clerk", action, clock(), **given)


def test_what_is_closed_costs_the_lists_and_the_daily_run_nothing(
    client: Client, store: Store, people: Register, clock: Clock, engine: Engine
) -> None:
    client.sign_in(CLERK)
    record, _ = a_case(store, people, clock)

    def asked_for() -> list[Requests_]:
        found = []
        for page in ("/cases", f"/cases/{record.id}", "/desk"):
            with requests(engine.client) as made:
                client.get(page)
            found.append(made)
        with requests(engine.client) as made:
            scheduled.due(store, wiring.settings(), clock())
        return [*found, made]

    closed(store, people, clock)
    with_one = asked_for()
    for _ in range(4):
        closed(store, people, clock)

    assert asked_for() == with_one
    assert with_one[0] == {"BatchGetItem": 2, "Query": 1}
    # What is open, the register with it, and whether the post that the one open case names has been recorded since.
    assert with_one[3] == {"BatchGetItem": 1, "Query": 2}
    assert text_of(client, "/cases?show=closed").count("No further action") == 5
    chair = client.another()
    chair.sign_in(CHAIR)
    assert "There are no closed cases of yours" in text_of(chair, "/cases?show=closed")


def test_a_run_with_no_case_open_asks_once(store: Store, people: Register, clock: Clock, engine: Engine) -> None:
    closed(store, people, clock)
    with requests(engine.client) as made:
        assert scheduled.due(store, wiring.settings(), clock()) == 0
    assert made == {"Query": 1}


def test_the_years_figures_tell_no_officer_of_a_case_that_they_are_kept_from(
    store: Store, people: Register, clock: Clock
) -> None:
    begun = clock()
    clock.move(hours=1)
    closed(store, people, clock)
    settings = wiring.settings()
    hidden, _ = a_case(store, people, clock, subject_name="the Clerk")
    for action, given in (("acknowledge", {"tell": "x"}), ("no-further-action", {"reason": "x", "tell": "x"})):
        hidden = acted(store, settings, people, hidden, "chair", action, clock(), **given)
    acted(store, settings, people, hidden, "chair", "close-unanswered", clock())

    outcomes, clauses = figures.figures(store, begun, clock.move(days=1))

    assert outcomes["rows"] == [["No further action", 1]]
    assert clauses["rows"] == []
    # The member whom it was about reads the agenda item as well: of one case it says what it says of none.
    none = "of each kind: none, or fewer than 5 (so that nobody can be recognised)"
    assert list(agenda._block(outcomes)) == list(agenda._block({**outcomes, "rows": []})) == [none]
    several = {**outcomes, "rows": [["No further action", 5], ["Resolved informally", 4]]}
    assert "Resolved" not in str(list(agenda._block(several)))
