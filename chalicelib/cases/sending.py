"""A report on its way in, from the form or from a program: what it is judged by, how many a network may send, and the
one way in which it is sent."""

from collections.abc import Sequence
from typing import Any

from chalicelib import access, web, wiring
from chalicelib.cases import codes
from chalicelib.cases.service import linking, reporting
from chalicelib.policy import shelf
from chalicelib.policy.rules import Version, citable
from chalicelib.record import Data, Record
from chalicelib.register.rules import Register, register_of
from chalicelib.register.workflow import ID, KIND
from chalicelib.store import Write, head_key


def standing(asked: web.Asked) -> tuple[Register, Version]:
    """The register and the policy whose clauses count, as they stand. 1 read, none for somebody who is signed in."""
    if asked.visitor:
        return asked.register, asked.policy
    people = head_key(KIND, ID)
    found = wiring.store().several(people, shelf.KEY)
    register = register_of(found[people]["data"] if people in found else {})
    return register, shelf.guiding(shelf.of(found.get(shelf.KEY)))


def too_many(asked: web.Asked, what: str, who: str = "") -> bool:
    """Count one more by whoever asks (by their network unless `who` says); whether that is too many."""
    return access.over_limit(wiring.store(), what, who or access.network(asked.source), asked.at)


def send(
    asked: web.Asked,
    register: Register,
    policy: Version,
    reference: str,
    code: str,
    answers: Data,
    *,
    evidence: Sequence[dict[str, Any]] = (),
    writes: tuple[Write, ...] = (),
) -> Record:
    """Send the report. 1 transaction, and 1 Query for each address that it names (linking.checks_of): whoever approved
    the post is kept from it from the start. Twice is once. Raises reporting.Taken."""
    labels = citable(policy.clauses)
    return reporting.report(
        wiring.store(),
        wiring.settings(),
        register,
        reference,
        codes.receipt(code),
        answers,
        asked.at,
        reporter=asked.visitor.person.id if asked.visitor else "",
        cited=[labels[clause] for clause in answers["clauses"]],
        policy=policy.number,
        evidence=evidence,
        checks=linking.checks_of(wiring.store(), linking.places({"answers": answers})),
        writes=writes,
    )
