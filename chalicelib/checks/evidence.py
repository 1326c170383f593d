"""What check requests say of a year, for the annual review: outcomes, time to decision, clauses cited, flags raised.

All of it is read from two lists, of the decisions and of what ended a request otherwise. The counting is pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from chalicelib import dates, wiring
from chalicelib.checks import words
from chalicelib.checks.service.requests import DECIDED, UNDONE, WITHDRAWN_WAITING
from chalicelib.policy import shelf
from chalicelib.policy.rules import labels
from chalicelib.record import Data, instant
from chalicelib.review import evidence
from chalicelib.store import Item, Store

MOST_CITED = 10
_OTHERS = {
    "lapse": "Lapsed without a decision",
    "withdraw": "Withdrawn before a decision",
    "undone": "Decisions undone, as not the officer’s own",
}
"""What else a request came to → how it is written."""


def figures(store: Store, since: datetime, until: datetime) -> list[evidence.Block]:
    """The blocks for a period. 1 request for each 500 decisions and withdrawals, and 1 for the policy."""
    listed, all_listed = evidence.lines(store, DECIDED, since, until)
    withdrawn, all_withdrawn = evidence.lines(store, WITHDRAWN_WAITING, since, until)
    named = labels(shelf.guiding(shelf.read(store)).clauses)
    decided = standing(listed)
    briefs = [item["brief"] for item in decided]
    others = Counter(item["brief"]["outcome"] for item in (*listed, *withdrawn) if _without_decision(item["brief"]))
    times = taken(((item["brief"], item["listed_at"]) for item in decided), wiring.settings().council.jurisdiction)
    note = "" if all_listed and all_withdrawn else f"Only the latest {evidence.MOST_LINES:,} are counted."
    return [
        evidence.chart("Check requests by outcome", outcomes(briefs, others), "requests", note),
        evidence.figures(
            "Time to decision",
            [("Decisions", f"{len(briefs):,}"), ("Half of them were made within", in_words(times))],
            "Only the hours of working days count, 24 to each.",
        ),
        evidence.chart("Clauses most cited in decisions", cited(briefs, named), "decisions"),
        evidence.chart("What the post checker raised most", raised(briefs), "requests"),
    ]


def standing(listed: Iterable[Item]) -> list[Item]:
    """Of what a list of decisions holds, the decisions that were not undone."""
    found = list(listed)
    undone = {item["listed_at"].removesuffix(UNDONE) for item in found if item["listed_at"].endswith(UNDONE)}
    return [item for item in found if item["brief"]["outcome"] in words.OUTCOMES and item["listed_at"] not in undone]


def _without_decision(brief: Data) -> bool:
    # A request that lapses after changes were asked for has had its decision, by somebody.
    return brief["outcome"] in ("withdraw", "undone") or (brief["outcome"] == "lapse" and not brief["by"])


def outcomes(decided: Iterable[Data], others: Mapping[str, int]) -> dict[str, int]:
    """How often each outcome came, in the order in which they are always named; those that never came as well."""
    made = Counter(brief["outcome"] for brief in decided)
    counted = {label: made[outcome] for outcome, label in words.OUTCOMES.items()}
    return counted | {label: others.get(how, 0) for how, label in _OTHERS.items()}


def taken(decided: Iterable[tuple[Data, str]], jurisdiction: str) -> list[timedelta]:
    """How much working time each decision took, from (its brief, when it was listed). None known for the earliest."""
    return [
        dates.working_time(instant(brief["asked_at"]), instant(listed_at.partition("#")[0]), jurisdiction)
        for brief, listed_at in decided
        if "asked_at" in brief
    ]


def in_words(times: Sequence[timedelta]) -> str:
    """The median as `40 minutes`, `5 hours` or `1.5 working days`."""
    if not times:
        return "no decision yet"
    middle = timedelta(seconds=median(time.total_seconds() for time in times))
    minutes = round(middle / timedelta(minutes=1))
    if minutes < 90:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = round(middle / timedelta(hours=1))
    if hours < 24:
        return f"{hours} hours"
    return f"{round(middle / timedelta(days=1), 1):g} working days".replace("1 working days", "1 working day")


def cited(decided: Iterable[Data], named: dict[str, str]) -> dict[str, int]:
    """The clauses that most decisions rest on, by their labels now; one that is gone by its id."""
    counted = Counter(id for brief in decided for id in brief.get("clauses", ()))
    return {named.get(id, f"{id} (no longer in the policy)"): count for id, count in _most(counted)}


def raised(decided: Iterable[Data]) -> dict[str, int]:
    """For how many of the requests that were decided the checker raised each flag, the most first."""
    counted = Counter(code for brief in decided for code in set(brief.get("flags", ())))
    return {code.replace("-", " ").capitalize(): count for code, count in _most(counted)}


def _most(counted: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_CITED]
