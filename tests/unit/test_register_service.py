"""Keeping the register: what is written, what is told to whoever comes second, and many keepers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from chalicelib import access, wiring
from chalicelib.record import NotYours, verify
from chalicelib.register import service
from chalicelib.register.rules import Person, Register, clash
from chalicelib.register.workflow import ID, KIND, Unfit
from chalicelib.store import Commit, Conflict, Store
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

pytestmark = pytest.mark.both_engines

NELL: dict[str, Any] = {
    "name": "Nell Fox",
    "title": "Cllr",
    "email": "nell@council.example",
    "roles": ["councillor"],
    "since": "2026-11-23",
}


def whoever(people: Register, id: str) -> Person:
    """A person on the register."""
    found = people.person(id)
    assert found
    return found


def fields_of(person: Person, **changes: Any) -> dict[str, Any]:
    """What a form would send of somebody."""
    saved = {"name": person.name, "title": person.title, "email": person.email, "roles": list(person.roles)}
    return {**saved, "since": person.since.isoformat(), **changes}


def length(store: Store) -> int:
    """How many entries the register has; it must be sound."""
    history = store.history(KIND, ID)
    assert verify(history.record, history.log) == []
    return len(history.log)


def test_the_clerk_adds_changes_ends_and_puts_back(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    nell = whoever(service.add(store, clerk, "nell", NELL, clock(), "Elected"), "nell")
    assert nell.on_register(date(2026, 11, 23))
    changed = service.change(store, clerk, "nell", service.shown(nell), fields_of(nell, title="Ms"), clock(), "Asked")
    nell = whoever(changed, "nell")
    assert nell.styled == "Ms Nell Fox"
    ended = service.end(store, clerk, "nell", service.shown(nell), date(2026, 11, 24), clock.move(hours=1))
    nell = whoever(ended, "nell")
    back = service.return_(
        store, clerk, "nell", service.shown(nell), date(2026, 12, 1), clock.move(days=1), "Elected again"
    )
    assert whoever(back, "nell").since == date(2026, 12, 1)
    assert access.register(store).people == back.people
    entries = store.history(KIND, ID).entries()[-4:]
    assert [(entry.action, entry.who, entry.role, entry.given["reason"]) for entry in entries] == [
        ("add", "clerk", "clerk", "Elected"),
        ("change", "clerk", "clerk", "Asked"),
        ("end", "clerk", "clerk", ""),
        ("return", "clerk", "clerk", "Elected again"),
    ]
    assert entries[1].given == {"person": "nell", "title": "Ms", "reason": "Asked"}


def test_a_change_costs_one_read_and_one_transaction(
    store: Store, engine: Engine, people: Register, clock: Clock
) -> None:
    clerk, tom = whoever(people, "clerk"), whoever(people, "councillor1")
    seen, named = service.shown(tom), fields_of(tom, name="Thomas")
    with counting(engine.client) as made:
        service.change(store, clerk, tom.id, seen, named, clock())
    assert made == ["GetItem", "TransactWriteItems"]


def test_the_same_form_sent_twice_is_one_change(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    nell = whoever(service.add(store, clerk, "nell", NELL, clock(), "Elected"), "nell")
    before = length(store)
    assert whoever(service.add(store, clerk, "nell", NELL, clock.move(seconds=5), "Elected"), "nell") == nell
    seen, named = service.shown(nell), fields_of(nell, name="Nellie Fox")
    for _ in range(2):
        register = service.change(store, clerk, "nell", seen, named, clock.move(seconds=1))
        assert whoever(register, "nell").name == "Nellie Fox"
    seen = _shown_now(store, "nell")
    for _ in range(2):
        register = service.end(store, clerk, "nell", seen, date(2026, 12, 1), clock.move(seconds=1))
        assert whoever(register, "nell").until == date(2026, 12, 1)
    seen = _shown_now(store, "nell")
    for _ in range(2):
        register = service.return_(store, clerk, "nell", seen, None, clock.move(seconds=1))
        assert whoever(register, "nell").until is None
    assert length(store) == before + 3


def test_an_adding_form_that_was_changed_and_sent_again_adds_nobody(
    store: Store, people: Register, clock: Clock
) -> None:
    clerk = whoever(people, "clerk")
    service.add(store, clerk, "nell", NELL, clock())
    with pytest.raises(Unfit, match="on the register already"):
        service.add(store, clerk, "nell", {**NELL, "name": "Nora Fox"}, clock())
    with pytest.raises(Unfit, match="already"):
        service.add(store, clerk, "chair", NELL, clock())


def test_whoever_comes_second_to_a_line_is_told_and_to_another_line_is_not(
    store: Store, people: Register, clock: Clock
) -> None:
    clerk, tom, grace = (whoever(people, id) for id in ("clerk", "councillor1", "councillor2"))
    seen = service.shown(tom)
    service.change(store, clerk, grace.id, service.shown(grace), fields_of(grace, name="Grace O."), clock())
    service.change(store, clerk, tom.id, seen, fields_of(tom, name="Thomas"), clock())
    before = length(store)
    with pytest.raises(service.Moved):
        service.change(store, clerk, tom.id, seen, fields_of(tom, name="Tommy"), clock())
    with pytest.raises(service.Moved):
        service.end(store, clerk, tom.id, seen, date(2026, 12, 1), clock())
    service.end(store, clerk, grace.id, _shown_now(store, grace.id), date(2026, 12, 1), clock())
    with pytest.raises(service.Moved):
        service.return_(store, clerk, grace.id, service.shown(grace), None, clock())
    assert length(store) == before + 1


def _shown_now(store: Store, id: str) -> str:
    return service.shown(whoever(access.register(store), id))


def test_signing_out_everywhere_does_not_disturb_whoever_is_changing_the_line(
    store: Store, people: Register, clock: Clock
) -> None:
    tom = whoever(people, "councillor1")
    assert service.shown(tom) == service.shown(tom._replace(epoch=5))


def test_a_change_between_reading_and_writing_is_made_on_top(
    store: Store, people: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, tom, grace = (whoever(people, id) for id in ("clerk", "councillor1", "councillor2"))
    _in_between(
        monkeypatch,
        store,
        lambda: service.change(store, clerk, tom.id, service.shown(tom), fields_of(tom, name="Thomas"), clock()),
    )
    register = service.change(store, clerk, grace.id, service.shown(grace), fields_of(grace, title="Ms"), clock())
    assert (whoever(register, tom.id).name, whoever(register, grace.id).title) == ("Thomas", "Ms")


def test_an_address_taken_between_reading_and_writing_is_refused(
    store: Store, people: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = whoever(people, "clerk")
    _in_between(monkeypatch, store, lambda: service.add(store, clerk, "nell", NELL, clock()))
    with pytest.raises(Unfit, match="Nell Fox is on the register with this e-mail address already"):
        service.add(store, clerk, "nora", {**NELL, "name": "Nora"}, clock())


def _in_between(monkeypatch: pytest.MonkeyPatch, store: Store, act: Callable[[], object]) -> None:
    """Do this just before the next commit."""
    real = store.commit

    def late(commit: Commit) -> None:
        monkeypatch.setattr(store, "commit", real)
        act()
        real(commit)

    monkeypatch.setattr(store, "commit", late)


def test_whoever_never_finds_a_turn_is_told_so(
    store: Store, people: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(commit: Commit) -> None:
        raise Conflict([])

    monkeypatch.setattr(store, "commit", never)
    with pytest.raises(service.Busy):
        service.add(store, whoever(people, "clerk"), "nell", NELL, clock())
    assert service.seed(store, wiring.settings(), clock()) == 0


@pytest.mark.parametrize("id", ["chair", "vicechair", "councillor1", "assistant", "stranger"])
def test_nobody_but_the_clerk_keeps_the_register(store: Store, people: Register, clock: Clock, id: str) -> None:
    who = people.person(id) or whoever(people, "clerk")._replace(id="stranger")
    tom, before = whoever(people, "councillor1"), length(store)
    with pytest.raises(NotYours):
        service.add(store, who, "nell", NELL, clock())
    with pytest.raises(NotYours):
        service.end(store, who, tom.id, service.shown(tom), date(2026, 12, 1), clock())
    assert length(store) == before


def test_a_clerk_who_is_clerk_no_longer_keeps_it_no_longer(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    service.change(store, clerk, clerk.id, service.shown(clerk), fields_of(clerk, roles=["employee"]), clock())
    with pytest.raises(NotYours):
        service.add(store, clerk, "nell", NELL, clock())
    chair = whoever(people, "chair")
    register = service.add(store, chair, "nell", {**NELL, "roles": ["clerk"]}, clock())
    entry = store.history(KIND, ID).entries()[-1]
    assert (entry.who, entry.role) == ("chair", "chair")
    with pytest.raises(NotYours):
        service.add(store, chair, "nora", {**NELL, "email": "nora@x.example"}, clock())
    service.add(store, whoever(register, "nell"), "nora", {**NELL, "email": "nora@x.example"}, clock())


def test_a_person_who_is_not_there_cannot_be_changed(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    with pytest.raises(Unfit, match="not on the register"):
        service.change(store, clerk, "nobody", "", NELL, clock())


def test_nothing_is_kept_before_there_is_a_register(store: Store, clock: Clock) -> None:
    stranger = Person("clerk", "Me", "", "me@x.example", ("clerk",), date(2026, 1, 1), None)
    with pytest.raises(NotYours):
        service.add(store, stranger, "nell", NELL, clock())


def test_the_first_clerk_and_chair_come_from_the_settings_once(store: Store, clock: Clock) -> None:
    settings = wiring.settings()
    assert service.seed(store, settings, clock()) == 2
    assert service.seed(store, settings._replace(clerk=("Other", "other@x.example")), clock.move(days=1)) == 0
    register = access.register(store)
    assert {(p.id, p.name, p.email, p.roles, p.since) for p in register.people} == {
        ("clerk", *settings.clerk, ("clerk",), date(2026, 11, 23)),
        ("chair", *settings.chair, ("chair",), date(2026, 11, 23)),
    }
    assert length(store) == 1


def test_a_clerk_who_is_the_chair_as_well_has_one_line(store: Store, clock: Clock) -> None:
    settings = wiring.settings()._replace(clerk=("Ann", "ann@x.example"), chair=("Ann", "ANN@x.example"))
    assert service.seed(store, settings, clock()) == 1
    (ann,) = access.register(store).people
    assert ann.roles == ("clerk", "chair")


def at_once(act: Callable[[int], Any], times: int = 8) -> list[Any]:
    """What each of these gave, or the error it ended in, all begun together."""

    def tried(n: int) -> Any:
        try:
            return act(n)
        except (Unfit, service.Moved, service.Busy) as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(tried, range(times)))


def test_many_first_visitors_make_one_register(store: Store, clock: Clock) -> None:
    seeded = at_once(lambda _: service.seed(store, wiring.settings(), clock()))
    assert set(seeded) <= {0, 2}
    assert len(access.register(store).people) == 2
    assert length(store) == 1


def test_many_new_people_with_one_address_are_one_person(store: Store, people: Register, clock: Clock) -> None:
    clerk = whoever(people, "clerk")
    results = at_once(lambda n: service.add(store, clerk, f"new{n}", {**NELL, "name": f"Nell {n}"}, clock()))
    assert [type(result) for result in results].count(Register) == 1
    assert all(isinstance(result, Unfit | Register) for result in results)
    register = access.register(store)
    assert len(register.people) == len(people.people) + 1
    assert not [person for person in register.people if clash(register, person.id)]


def test_two_clerks_cannot_both_be_ended_by_each_other(store: Store, people: Register, clock: Clock) -> None:
    clerk, chair = whoever(people, "clerk"), whoever(people, "chair")
    service.end(store, clerk, "chair", service.shown(chair), date(2026, 11, 23), clock())
    register = service.add(store, clerk, "nell", {**NELL, "roles": ["clerk"]}, clock())
    clerks = [clerk, whoever(register, "nell")]
    clock.move(days=1)

    def end_the_other(n: int) -> Register:
        other = clerks[1 - n]
        return service.end(store, clerks[n], other.id, service.shown(other), date(2026, 11, 24), clock())

    results = at_once(lambda n: _or_not_yours(lambda: end_the_other(n)), 2)
    assert [type(result) for result in results].count(Register) == 1
    assert len(access.register(store).holding("clerk", date(2026, 11, 24))) == 1


def _or_not_yours(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except NotYours as error:
        return error
