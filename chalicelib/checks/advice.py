"""What the post checker says of a request's text: worked out when it is sent, kept with it, shown to both sides.

It is advice: it blocks nothing and approves nothing. The checker is loaded only where a text is checked.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from chalicelib import dates
from chalicelib.policy.rules import Version, by_topic, labels
from chalicelib.record import Data
from chalicelib.register.rules import Person, Register
from chalicelib.settings import Settings

MOST = 60
"""How many flags are kept of one text; a text with more has been told enough."""


def given(
    settings: Settings, register: Register, policy: Version, who: Person, answers: Data, at: datetime
) -> list[dict[str, Any]]:
    """The flags of the text that is asked about, JSON-shaped, by position; none for a question without a text.

    Each holds `code`, `start`, `end` (characters of the text), `message`, `advice` and `clauses` (the labels of
    those of the policy that govern it).
    """
    if not answers["text"]:
        return []
    from chalicelib import checker

    council = settings.council
    domains = {*council.domains, council.email.rpartition("@")[2], urlsplit(council.website).hostname or ""} - {""}
    flags = checker.check(
        answers["text"],
        on_behalf=answers["in_name_of"],
        asker=who.id,
        register=register.on(dates.today(at)),
        council=checker.Council(
            name=council.name,
            emails=(council.email,),
            phones=council.phones,
            addresses=(council.address,) if council.address else (),
            domains=tuple(sorted(domains)),
            jurisdiction="wales" if council.jurisdiction == "wales" else "england",
        ),
        wanted=date.fromisoformat(answers["when"]) if answers["when"] else None,
        elections=[checker.Election(day) for day in council.polling_days],
        clauses=by_topic(policy.clauses),
    )
    named = labels(policy.clauses)
    return [
        {
            "code": flag.code,
            "start": flag.start,
            "end": flag.end,
            "message": flag.message,
            "advice": flag.advice,
            "clauses": [named[clause] for clause in flag.clauses],
        }
        for flag in flags[:MOST]
    ]


def brief(flags: Sequence[Data]) -> list[str]:
    """The flags as a decision records that they were shown: `link 12-31`."""
    return [f"{flag['code']} {flag['start']}-{flag['end']}" for flag in flags]


def passages(text: str, flags: Sequence[Data]) -> list[dict[str, Any]]:
    """The text cut at every flag's ends: `text`, and `notes`, the numbers of the flags that begin or go on there, with
    `begins` those that begin there. Together the pieces are the whole text."""
    whole = [flag for flag in flags if (flag["start"], flag["end"]) != (0, len(text))]
    cuts = sorted({0, len(text), *(flag["start"] for flag in whole), *(flag["end"] for flag in whole)})
    numbered = [(n, flag) for n, flag in enumerate(flags, 1) if flag in whole]
    return [
        {
            "text": text[start:end],
            "notes": [n for n, flag in numbered if flag["start"] <= start and end <= flag["end"]],
            "begins": [n for n, flag in numbered if flag["start"] == start],
        }
        for start, end in pairwise(cuts)
    ]


def notes(text: str, flags: Sequence[Data]) -> list[dict[str, Any]]:
    """The flags for reading: `passage` (empty where it is the whole text), `message`, `advice`, `clauses`, and
    whether it is about a `colleague`."""
    return [
        {
            "passage": "" if (flag["start"], flag["end"]) == (0, len(text)) else text[flag["start"] : flag["end"]],
            "message": flag["message"],
            "advice": flag["advice"],
            "clauses": flag["clauses"],
            "colleague": flag["code"] == "colleague",
        }
        for flag in flags
    ]
