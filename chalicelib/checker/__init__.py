"""The post checker: which rules of the policy a draft may touch, and why.

Rules: pure (text in, flags out; no clock, no network, no environment); deterministic; advice only. Importing this
package costs next to nothing: rules and word lists are loaded by the first check, so a page that checks nothing pays
nothing. What each code means, and how to add to it: docs/checker.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from chalicelib.checker.model import CODES, Council, Election, Flag, InNameOf, Named, PersonLike

__all__ = ["CODES", "Council", "Election", "Flag", "InNameOf", "Named", "PersonLike", "check", "clauses_for"]


def check(
    text: str,
    *,
    on_behalf: InNameOf,
    asker: PersonLike | str,
    register: Sequence[PersonLike],
    council: Council,
    wanted: date | None = None,
    elections: Sequence[Election] = (),
    clauses: Mapping[str, Sequence[str]] | None = None,
    is_working_day: Callable[[date], bool] | None = None,
) -> list[Flag]:
    """The passages of `text` that a rule may touch, by position.

    `asker` is the person asking or their id. `wanted` is the day they would like to post; with `elections` it decides
    `pre-election`. `clauses` gives the ids of the policy clauses by code (a version's topics). `is_working_day`
    replaces the bank holidays of the Council's jurisdiction. Raises nothing for any `str`.
    """
    from chalicelib.checker.engine import flags

    return flags(
        text,
        on_behalf=on_behalf,
        asker_id=asker if isinstance(asker, str) else str(asker.id),
        register=register,
        council=council,
        wanted=wanted,
        elections=elections,
        clauses=clauses or {},
        is_working_day=is_working_day,
    )


def clauses_for(code: str, clauses: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The ids of the clauses that govern a code, in the policy's order; none if the policy has no such topic."""
    return tuple(clauses.get(code, ()))
