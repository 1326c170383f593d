"""Links, sessions and limits: when they work, when they stop, and what the table holds of them."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib import access
from chalicelib.access import EXPIRED, GONE, UNKNOWN, USED, DeadLink, Link
from chalicelib.record import Actor
from chalicelib.register import service as keeping
from chalicelib.register.rules import DISOWNER, SELF, Person, Register
from chalicelib.store import Store, Write
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

pytestmark = pytest.mark.both_engines


def whoever(people: Register, id: str) -> Person:
    """A person of the demo council."""
    found = people.person(id)
    assert found
    return found


def a_link(store: Store, person: Person, at: datetime, purpose: str = "sign-in", **more: Any) -> str:
    """The token of a link that was sent to this person."""
    secret = access.token()
    store.put(access.link_item(secret, purpose, person.id, person.epoch, at, **more))
    return secret


def opened(store: Store, secret: str, at: datetime, purpose: str = "sign-in") -> tuple[Link, Person]:
    """A link and its owner, as its page finds them."""
    link = access.find_link(store, secret, purpose)
    return link, access.owner(link, access.register(store), at)


def why(store: Store, secret: str, at: datetime, purpose: str = "sign-in") -> str:
    """Why a link does not work."""
    with pytest.raises(DeadLink) as stop:
        opened(store, secret, at, purpose)
    return stop.value.why


def a_session(store: Store, person: Person, at: datetime, *, own_device: bool = False) -> str:
    """The token of a session that this person began."""
    link, owner = opened(store, a_link(store, person, at), at)
    secret, _ = access.start_session(store, link, owner, at, own_device=own_device)
    return secret


def everything(engine: Engine, table: str) -> str:
    """All that the table holds, as text."""
    return json.dumps(engine.client.scan(TableName=table)["Items"])


def test_a_token_is_256_random_bits_and_the_table_holds_its_hash_only(
    store: Store, engine: Engine, table: str, people: Register, clock: Clock
) -> None:
    tokens = {access.token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    link = a_link(store, whoever(people, "clerk"), clock())
    session = a_session(store, whoever(people, "clerk"), clock())
    held = everything(engine, table)
    assert link not in held
    assert session not in held
    assert access.digest(link) in held
    assert access.digest(session) in held


def test_a_link_works_for_its_purpose_and_its_time(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    secret = a_link(store, clerk, clock(), kind="check", id="c1", version=3, next="/desk")
    link, owner = opened(store, secret, clock())
    assert owner == clerk
    assert (link.purpose, link.kind, link.id, link.version, link.next) == ("sign-in", "check", "c1", 3, "/desk")
    assert why(store, secret, clock(), "decide") == UNKNOWN
    opened(store, secret, clock.move(minutes=9, seconds=59))
    assert why(store, secret, clock.move(seconds=1)) == EXPIRED


@pytest.mark.parametrize("change", ["shorter", "longer", "other case", "empty", "not a token", "broken"])
def test_a_token_that_was_tampered_with_is_unknown(store: Store, people: Register, clock: Clock, change: str) -> None:
    secret = a_link(store, whoever(people, "clerk"), clock())
    other = {
        "shorter": secret[:-1],
        "longer": secret + "A",
        "other case": secret.swapcase(),
        "empty": "",
        "not a token": "../../etc#used",
        "broken": "\udcff\x00",
    }[change]
    assert why(store, other, clock()) == UNKNOWN


def test_a_link_is_used_once(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    secret = a_link(store, clerk, clock())
    link, owner = opened(store, secret, clock())
    access.start_session(store, link, owner, clock(), own_device=False)
    assert why(store, secret, clock()) == USED
    with pytest.raises(DeadLink) as stop:
        access.start_session(store, link, owner, clock(), own_device=False)
    assert stop.value.why == USED
    assert why(store, secret, clock.move(days=80)) == USED


def test_a_link_dies_with_its_owners_place_on_the_register(store: Store, people: Register, clock: Clock) -> None:
    clerk, tom = whoever(people, "clerk"), whoever(people, "councillor1")
    secret = a_link(store, tom, clock(), "decide")
    keeping.end(store, clerk, tom.id, keeping.shown(tom), date(2026, 11, 24), clock())
    opened(store, secret, clock(), "decide")
    assert why(store, secret, clock.move(days=1), "decide") == GONE


def test_a_link_of_somebody_who_never_was_is_gone(store: Store, people: Register, clock: Clock) -> None:
    stranger = Person("stranger", "S", "", "s@x.example", (), date(2026, 1, 1), None)
    assert why(store, a_link(store, stranger, clock()), clock()) == GONE


def test_links_and_sessions_die_together_when_their_owner_says_so(store: Store, people: Register, clock: Clock) -> None:
    tom = whoever(people, "councillor1")
    secret, session = a_link(store, tom, clock()), a_session(store, tom, clock())
    me = Actor(tom.id, tom.styled, "councillor", frozenset({SELF}))
    access.end_all(store, tom.id, me, "sign-out-everywhere", clock())
    assert why(store, secret, clock()) == GONE
    assert access.visitor(store, session, clock()) is None
    again = access.register(store).person(tom.id)
    assert again
    assert access.visitor(store, a_session(store, again, clock()), clock())


def test_an_officer_ends_the_sessions_of_a_stolen_mailbox(store: Store, people: Register, clock: Clock) -> None:
    clerk, session = whoever(people, "clerk"), a_session(store, whoever(people, "clerk"), clock())
    chair = Actor("chair", "Cllr Alan", "chair", frozenset({DISOWNER}))
    access.end_all(store, clerk.id, chair, "end-sessions", clock(), "Not her decision")
    assert access.visitor(store, session, clock()) is None
    last = store.history("register", "register").entries()[-1]
    assert (last.action, last.who, last.given["reason"]) == ("end-sessions", "chair", "Not her decision")


def test_a_new_address_ends_sessions(store: Store, people: Register, clock: Clock) -> None:
    clerk, tom = whoever(people, "clerk"), whoever(people, "councillor1")
    session = a_session(store, tom, clock(), own_device=True)
    fields: dict[str, Any] = {"name": tom.name, "title": tom.title, "since": tom.since.isoformat()}
    fields["roles"] = list(tom.roles)
    fields["email"] = "tom@council.example"
    keeping.change(store, clerk, tom.id, keeping.shown(tom), fields, clock())
    assert access.visitor(store, session, clock()) is None


@pytest.mark.parametrize(
    ("id", "own_device", "hours"),
    [("councillor1", False, 12), ("councillor1", True, 30 * 24), ("assistant", True, 30 * 24), ("clerk", True, 12)],
)
def test_how_long_a_session_lasts(
    store: Store, people: Register, clock: Clock, id: str, own_device: bool, hours: int
) -> None:
    link, owner = opened(store, a_link(store, whoever(people, id), clock()), clock())
    secret, lasts = access.start_session(store, link, owner, clock(), own_device=own_device)
    assert lasts == timedelta(hours=hours)
    clock.move(hours=hours, seconds=-1)
    visitor = access.visitor(store, secret, clock())
    assert visitor
    assert visitor.person == owner
    assert set(visitor.register.people) == set(people.people)
    assert access.visitor(store, secret, clock.move(seconds=1)) is None


@pytest.mark.parametrize("role", ["clerk", "deputy-clerk", "chair", "vice-chair"])
def test_whoever_becomes_an_officer_goes_back_to_short_sessions(
    store: Store, people: Register, clock: Clock, role: str
) -> None:
    clerk, tom = whoever(people, "clerk"), whoever(people, "councillor1")
    session = a_session(store, tom, clock(), own_device=True)
    fields: dict[str, Any] = {"name": tom.name, "title": tom.title, "email": tom.email, "since": tom.since.isoformat()}
    fields |= {"roles": ["councillor", role]}
    keeping.change(store, clerk, tom.id, keeping.shown(tom), fields, clock())
    assert access.visitor(store, session, clock.move(hours=11))
    assert access.visitor(store, session, clock.move(hours=1)) is None


def test_a_session_ends_on_the_day_its_owner_leaves(store: Store, people: Register, clock: Clock) -> None:
    clerk, tom = whoever(people, "clerk"), whoever(people, "councillor1")
    session = a_session(store, tom, clock(), own_device=True)
    keeping.end(store, clerk, tom.id, keeping.shown(tom), date(2026, 11, 25), clock())
    assert access.visitor(store, session, clock.move(days=1))
    # Midnight in London, not nine in the morning.
    assert access.visitor(store, session, clock.move(hours=15)) is None


def test_signing_out_ends_one_session_and_leaves_the_others(store: Store, people: Register, clock: Clock) -> None:
    tom = whoever(people, "councillor1")
    phone, tablet = a_session(store, tom, clock()), a_session(store, tom, clock())
    access.end_session(store, phone)
    access.end_session(store, phone)
    assert access.visitor(store, phone, clock()) is None
    assert access.visitor(store, tablet, clock())


@pytest.mark.parametrize("secret", ["", "nonsense", "a" * 100])
def test_nobody_comes_in_with_a_made_up_session(store: Store, people: Register, clock: Clock, secret: str) -> None:
    assert access.visitor(store, secret, clock()) is None


def test_nobody_is_signed_in_before_there_is_a_register(store: Store, clock: Clock) -> None:
    assert access.visitor(store, "nonsense", clock()) is None
    assert access.register(store).people == ()
    actor = Actor("p1", "P", "", frozenset({SELF}))
    access.end_all(store, "p1", actor, "sign-out-everywhere", clock())


def test_a_session_costs_one_request_and_a_link_one(
    store: Store, engine: Engine, people: Register, clock: Clock
) -> None:
    tom = whoever(people, "councillor1")
    secret, session = a_link(store, tom, clock()), a_session(store, tom, clock())
    with counting(engine.client) as made:
        access.visitor(store, session, clock())
        access.find_link(store, secret, "sign-in")
    assert made == ["BatchGetItem", "Query"]


def test_a_limit_counts_by_what_and_by_whom_and_starts_again(store: Store, clock: Clock) -> None:
    def over(who: str, what: str = "sign-in-address") -> bool:
        return access.over_limit(store, what, who, clock())

    assert [over("ann@x.example") for _ in range(7)] == [False] * 5 + [True] * 2
    assert not over("bob@x.example")
    assert not over("ann@x.example", "sign-in-source")
    clock.move(hours=1)
    assert not over("ann@x.example")


def test_the_table_does_not_say_who_was_counted(store: Store, engine: Engine, table: str, clock: Clock) -> None:
    access.over_limit(store, "sign-in-address", "ann@x.example", clock())
    access.over_limit(store, "sign-in-source", "192.0.2.7", clock())
    held = everything(engine, table)
    for told in ("ann@x.example", "192.0.2.7", access.digest("ann@x.example"), access.digest("192.0.2.7")):
        assert told not in held
    first = set(_counted(engine, table))
    clock.move(days=1)
    access.over_limit(store, "sign-in-address", "ann@x.example", clock())
    # Another day has another salt, so that the counts of two days cannot be put together.
    assert len(set(_counted(engine, table)) - first) == 1


def _counted(engine: Engine, table: str) -> list[str]:
    items = engine.client.scan(TableName=table)["Items"]
    return [item["pk"]["S"] for item in items if item["pk"]["S"].startswith("limit#")]


def test_what_is_counted_expires(store: Store, engine: Engine, table: str, clock: Clock) -> None:
    access.over_limit(store, "sign-in-address", "ann@x.example", clock())
    items = engine.client.scan(TableName=table)["Items"]
    a_day_on = access.epoch(clock() + timedelta(days=1))
    assert items
    assert {int(item["expires_at"]["N"]) for item in items} == {a_day_on}


def test_two_who_are_first_on_a_day_use_one_salt(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    real, raced = store.write, list[bool]()

    def slower(*writes: Write) -> None:
        if not raced:
            raced.append(True)
            access.over_limit(store, "sign-in-address", "ann@x.example", clock())
        real(*writes)

    monkeypatch.setattr(store, "write", slower)
    over = [access.over_limit(store, "sign-in-address", "ann@x.example", clock()) for _ in range(5)]
    assert over == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
        ("fe80::1%eth0", "unknown", False),
    ],
)
def test_a_household_is_one_source(one: str, other: str, alike: bool) -> None:
    assert (access.network(one) == access.network(other)) is alike
