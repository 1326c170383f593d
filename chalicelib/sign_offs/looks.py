"""Looks: what an adoption and a change of the register leave behind for the sign-offs, in their own transactions.

A *look* is an item in the queue `campaign`: to look, when it is due, whether one person (or, after an adoption,
everybody) has to be asked to sign, or needs not sign any more. It says whom to look at and never what to do: that is
worked out from the register, the policy and the sign-offs as they then stand, so that looking twice does nothing more.
"""

from datetime import date, datetime, time

from chalicelib import dates
from chalicelib.policy.rules import Version
from chalicelib.record import stamp
from chalicelib.register.rules import Person
from chalicelib.store import Write, keyed

QUEUE = "campaign"


def at_everybody(adopted: Version, at: datetime) -> tuple[Write, ...]:
    """What an adoption writes along."""
    brief = {"after": "", "again": []}
    item = keyed((f"campaign#{adopted.number}", "everybody"), queue=QUEUE, due=stamp(at), brief=brief)
    return (Write("new", item),)


def at_person(person: Person, n: int, at: datetime) -> tuple[Write, ...]:
    """What entry `n` of the register writes along, when it changed the line of this person: a look now, one on the day
    on which they join, one on the day on which they leave."""
    today = dates.today(at)
    turns = [_morning(day) for day in (person.since, person.until) if day and day > today]
    return tuple(
        Write(
            "new",
            keyed((f"campaign#{person.id}", f"look#{n:06}.{i}"), queue=QUEUE, due=due, brief={"person": person.id}),
        )
        for i, due in enumerate([stamp(at), *turns])
    )


def again(person: str, n: int, at: datetime) -> Write:
    """What entry `n` of a person's sign-offs writes along, after which they may have to be asked: a look now."""
    item = keyed((f"campaign#{person}", f"look#again#{n:06}"), queue=QUEUE, due=stamp(at), brief={"person": person})
    return Write("new", item)


def _morning(day: date) -> str:
    return stamp(datetime.combine(day, time.min, tzinfo=dates.LONDON))
