"""Markup in everything that can be typed: every mail shows it as it was typed, in both halves."""

from __future__ import annotations

from tests.journeys.steps import address, asks, changes, clerk_decides, link_for, presses, signed_in
from tests.support.client import Client
from tests.support.clock import Clock

TAG = "<img src=x>"
ALL = dict.fromkeys(("account", "question", "others", "unsure"), TAG) | {"agreed": "all"}
ALL["links"] = "https://x.example/?q=<img/src=x>"


def test_no_mail_holds_markup_that_somebody_typed(client: Client, clock: Clock) -> None:
    for who in ("clerk", "chair", "councillor1", "councillor2"):
        changes(who, name=f"{TAG} {who}", title="<b>")
    councillor = signed_in(client, "councillor1")
    first = asks(councillor, text=TAG, named=["councillor2"], ask_named="yes", **ALL)
    clerk_decides(client, "approve-with-edits", text=f"{TAG} and {TAG}", reason=TAG)
    colleague = client.another()
    colleague.post(link_for(client, "councillor2", "do you agree"), {"answer": "decline", "reason": TAG}, status=200)
    presses(councillor, f"/check/{first}/posted", where=TAG, text=f"{TAG}{TAG}")
    presses(client.another(), link_for(client, "chair", "receipt"), 200)
    presses(councillor, f"/check/{first}/withdraw")
    asks(councillor, text=f"{TAG}!", **ALL)
    client.tick(clock.move(days=30))
    mails = client.inbox()
    subjects = " ".join(mail["subject"] for mail in mails)
    sent = ("May this", "has been sent", "Do you agree", "Approved", "Receipt", "not agree", "differs", "withdrawn")
    for said in (*sent, "has lapsed"):
        assert said in subjects, said
    assert address("councillor2") in {mail["to"] for mail in mails}
    for mail in mails:
        assert TAG not in mail["html"], mail["subject"]
        assert "<b>" not in mail["html"], mail["subject"]
        assert "&lt;" not in mail["text"], mail["subject"]
