"""A name that changes on the register: whom a request named when it was asked, it names for ever."""

from __future__ import annotations

from tests.journeys.steps import changes, councillor_asks, presses, signed_in, state_of
from tests.support.client import Client


def test_an_officer_who_changes_her_name_decides_no_request_that_named_her(client: Client) -> None:
    reference = councillor_asks(client, text="Ruth Penhallow has lost the minutes")
    changes("clerk", name="R. P.")
    clerk = signed_in(client, "clerk")
    clerk.get(f"/check/{reference}/decision", status=403)
    presses(clerk, f"/check/{reference}/decision", status=403, decision="approve")
    assert state_of(reference) == "waiting"
