"""Who hears of a change of the register: nobody becomes an officer, or loses their mail to another address, unseen."""

from __future__ import annotations

from typing import Any

from tests.journeys.doors import CHAIR, TOM, clerk_adds
from tests.support.client import Client

VICE_CHAIR = "vice-chair@council.example"


def told(clerk: Client) -> dict[str, str]:
    """The mails about the register: to whom → the words."""
    return {mail["to"]: mail["text"] for mail in clerk.inbox() if "register" in mail["subject"]}


def change(clerk: Client, id: str, **fields: Any) -> None:
    """Change a line as the Clerk does."""
    clerk.follow(clerk.submit(clerk.get(f"/register/people/{id}/change"), **fields))


def test_another_address_for_the_chair_is_told_to_the_old_one_and_to_another_officer(clerk: Client) -> None:
    change(clerk, "chair", email="penhallow@mail.example", reason="New address")

    mails = told(clerk)
    assert set(mails) == {CHAIR, VICE_CHAIR}
    assert "Mrs Ruth Penhallow (Clerk) has changed your e-mail address" in mails[CHAIR]
    assert "Mrs Ruth Penhallow (Clerk) has changed what the register says of Cllr Alan Thistlewood" in mails[VICE_CHAIR]
    for words in mails.values():
        assert f"E-mail: {CHAIR} → penhallow@mail.example" in words
        assert "Reason given: New address" in words


def test_a_new_officer_is_told_to_another_one(clerk: Client) -> None:
    clerk_adds(clerk, roles=["deputy-clerk"])

    mails = told(clerk)
    assert set(mails) == {CHAIR}
    assert "Roles: Deputy Clerk" in mails[CHAIR]


def test_a_councillor_who_becomes_an_officer_is_told_to_another_one(clerk: Client) -> None:
    change(clerk, "councillor1", roles=["councillor", "vice-chair"])

    assert "Roles: Councillor → Vice-Chair, Councillor" in told(clerk)[CHAIR]


def test_a_councillors_new_address_is_told_to_the_old_one_only(clerk: Client) -> None:
    change(clerk, "councillor1", email="tom@mail.example")

    assert set(told(clerk)) == {TOM}


def test_another_spelling_of_a_name_is_nobodys_mail(clerk: Client) -> None:
    change(clerk, "chair", name="Allan Thistlewood")
    clerk_adds(clerk)

    assert told(clerk) == {}
