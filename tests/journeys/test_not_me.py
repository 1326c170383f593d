"""A receipt, and "this was not me": the decision is undone, and whoever made it in an officer's name is shut out."""

from __future__ import annotations

import pytest

from chalicelib import access, wiring
from chalicelib.store import Commit, Conflict, Store
from tests.journeys.steps import (
    REVIEW,
    address,
    changes,
    clerk_decides,
    councillor_asks,
    decides,
    follows_link,
    link_for,
    presses,
    signed_in,
    state_of,
    subjects_to,
    table_dump,
    words,
)
from tests.support.builders import TEXT
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine

WITHDRAWN = "That decision does not stand"


def receipt_link(who: str) -> str:
    """A link such as stands in a receipt, for somebody whose receipt has not been sent."""
    store, at = wiring.store(), wiring.now()
    person = access.register(store).person(who)
    found = next(item for item in store.waiting("outbox") if item["sk"].startswith("mail#000002"))
    assert person is not None
    secret, id = access.token(), found["pk"].partition("#")[2]
    store.put(access.link_item(secret, "not-me", who, person.epoch, at, kind="check", id=id, version=2))
    return f"/not-me/{secret}"


@pytest.mark.both_engines
@pytest.mark.parametrize("who", ["clerk", "chair"])
def test_either_officer_undoes_a_decision_that_was_not_the_clerks(client: Client, clock: Clock, who: str) -> None:
    thief = signed_in(client, "clerk")
    reference = councillor_asks(client)
    stolen = link_for(client, "clerk")
    decides(thief, thief.get(f"/check/{reference}/decision"), "approve-with-edits", text="Vote Pomfret!", reason="x")
    link = link_for(client, who, "Receipt")
    officer = client.another()
    page = officer.get(link)
    assert "Vote Pomfret!" in page.text
    clock.move(minutes=5)
    page = officer.submit(page, status=200)
    assert words(page, "h1") == WITHDRAWN
    assert "Waiting for a decision" in words(page)

    assert state_of(reference) == "waiting"
    told = client.mail_to("councillor1@council.example", "Please wait")
    assert "was withdrawn" in told["text"]
    assert "Vote Pomfret!" not in told["text"]
    # The thief's session and links are dead; the Chair's are not.
    assert "/sign-in" in str(thief.get("/desk", status=303).location)
    client.another().get(stolen, status=410)
    if who == "clerk":
        client.another().get(link_for(client, "clerk", "Receipt"), status=410)
    # Somebody else reads the Clerk's mail, it seems: so the Chair is asked, and the history tells it all.
    assert "withdrawn as not the officer’s own" in client.mail_to(address("chair"), REVIEW)["text"]
    decides(client.another(), follows_link(client, "chair"), "reject", reason="Not this.")
    history = words(signed_in(client, "councillor1").get(f"/check/{reference}"))
    name = {"clerk": "Mrs Ruth Penhallow (Clerk)", "chair": "Cllr Alan Thistlewood (Chair)"}[who]
    assert f"Decision withdrawn as not the officer’s own; waiting again 23 November 2026 at 9:05am , {name}" in history
    assert "Verified Each of the 4 entries follows" in history
    lines = wiring.store().history("register", "register").entries()
    assert lines[-1].given == {"person": "clerk", "reason": f"The decision on {reference} was not their own"}


@pytest.mark.both_engines
def test_pressing_again_harms_nothing(client: Client, engine: Engine, table: str) -> None:
    councillor_asks(client)
    clerk_decides(client)
    link, own = link_for(client, "chair", "Receipt"), link_for(client, "clerk", "Receipt")
    presses(client.another(), link, 200)
    before, count = table_dump(engine, table), len(client.inbox())
    assert words(presses(client.another(), link, 200), "h1") == WITHDRAWN
    assert words(client.another().get(link), "h1") == WITHDRAWN
    assert words(presses(client.another(), own, 410), "h1") == "This link no longer works"
    assert table_dump(engine, table) == before
    assert len(client.inbox()) == count
    # Nor does it undo the decision that was made in the meantime.
    decides(client.another(), follows_link(client, "chair"))
    before = table_dump(engine, table)
    presses(client.another(), link, 200)
    assert table_dump(engine, table) == before


@pytest.mark.both_engines
def test_mails_about_the_decision_that_have_not_gone_never_go(client: Client) -> None:
    reference = councillor_asks(client)
    link = link_for(client, "clerk")
    client.site.streams = False
    clerk = client.another()
    decides(clerk, clerk.get(link), "reject", reason="Nonsense from a thief.")
    presses(client.another(), receipt_link("chair"), 200)
    client.site.streams = True
    client.site.run_outbox()
    assert subjects_to(client, "councillor1")[1:] == [
        f"Please wait: the decision on request {reference} was withdrawn",
    ]
    assert not [mail for mail in client.inbox() if "Nonsense" in mail["text"]]
    mails = words(signed_in(client, "chair").get(f"/check/{reference}"))
    assert mails.count("not sent, because it had lost its point") == 3


@pytest.mark.both_engines
def test_what_was_posted_on_a_decision_that_was_not_one_waits_again(client: Client) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    councillor = signed_in(client, "councillor1")
    presses(councillor, f"/check/{reference}/posted", where="Our page", text=TEXT)
    presses(client.another(), link_for(client, "chair", "Receipt"), 200)
    assert state_of(reference) == "waiting"
    assert "If you have posted already, please tell the Clerk" in client.mail_to(address("councillor1"), "wait")["text"]


def test_after_a_withdrawal_only_the_sessions_end(client: Client) -> None:
    thief = signed_in(client, "clerk")
    reference = councillor_asks(client)
    clerk_decides(client, "ask-for-changes", reason="Hm.")
    presses(signed_in(client, "councillor1"), f"/check/{reference}/withdraw")
    chair = client.another()
    page = chair.get(link_for(client, "chair", "Receipt"))
    assert "nothing hangs on the decision any more" in words(page)
    page = chair.submit(page, status=200)
    assert "Nothing hangs on that decision any more" in words(page, "h1")
    assert state_of(reference) == "withdrawn"
    thief.get("/desk", status=303)


def test_whoever_decides_nothing_any_more_undoes_nothing(client: Client, engine: Engine, table: str) -> None:
    councillor_asks(client)
    clerk_decides(client)
    link = link_for(client, "chair", "Receipt")
    changes("chair", roles=["councillor"])
    before = table_dump(engine, table)
    client.another().get(link, status=403)
    presses(client.another(), link, 403)
    assert table_dump(engine, table) == before


def test_somebody_whose_role_has_ended_may_still_say_that_it_was_not_them(client: Client) -> None:
    reference = councillor_asks(client, ask="chair")
    clerk_decides(client, who="chair")
    link = link_for(client, "chair", "Receipt")
    changes("chair", roles=["councillor"])
    presses(client.another(), link, 200)
    assert state_of(reference) == "waiting"


@pytest.mark.both_engines
def test_what_happens_at_the_same_moment_does_not_save_the_decision(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    link, councillor = link_for(client, "clerk", "Receipt"), signed_in(client, "councillor1")
    commit = store.commit

    def posted_first(*commits: Commit) -> None:
        monkeypatch.setattr(store, "commit", commit)
        presses(councillor, f"/check/{reference}/posted", where="Our page", text=TEXT)
        commit(*commits)

    monkeypatch.setattr(store, "commit", posted_first)
    assert words(presses(client.another(), link, 200), "h1") == WITHDRAWN
    assert state_of(reference) == "waiting"


@pytest.mark.both_engines
def test_it_happens_whole_or_not_at_all(client: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = councillor_asks(client)
    clerk_decides(client)
    link = link_for(client, "clerk", "Receipt")

    def fails(*_commits: Commit) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "commit", fails)
        presses(client.another(), link, 500)
    assert state_of(reference) == "approved"
    # The link still works, because neither half was done.
    presses(client.another(), link, 200)
    assert state_of(reference) == "waiting"


def test_a_register_that_is_written_all_the_time_is_a_plain_page(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    councillor_asks(client)
    clerk_decides(client)

    def conflicts(*_commits: Commit) -> None:
        raise Conflict([("register#register", "head")])

    monkeypatch.setattr(store, "commit", conflicts)
    page = presses(client.another(), link_for(client, "clerk", "Receipt"), 503)
    assert "Wait a few minutes, then try again" in words(page)
