"""Every rule over one draft, and the flags that come of it.

Rules: each rule sees the same prepared draft and knows nothing of the others, but that an e-mail address is no link;
passages of one code that touch or all but touch are one flag; a turn of sarcasm is no second flag in a sentence that
has a graver one, nor a hard word for a government one beside politics; offsets go back to the original text here, once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from chalicelib.checker import (
    clauses_for,
    colleagues,
    contact,
    election,
    homes,
    identity,
    links,
    masks,
    noise,
    offices,
    wording,
)
from chalicelib.checker.found import MOST, Found, Taken
from chalicelib.checker.lexicon import messages
from chalicelib.checker.model import Council, Election, Flag, InNameOf, PersonLike
from chalicelib.checker.roster import roster
from chalicelib.checker.text import Draft

# Within one sentence, passages of these codes this close together (characters between them) are one to a reader.
_NEAR = {
    "abusive": 60,
    "accusation": 60,
    "political": 60,
    "confidential": 80,
    "heated": 40,
    "third-party-content": 60,
    "contact-details": 2,
}
_SENTENCE_ENDS = re.compile(r"[.!?…\n]")
# What says all that sarcasm in the same sentence would say, and more.
_GRAVER = frozenset(("abusive", "accusation", "political", "confidential"))


def flags(
    text: str,
    *,
    on_behalf: InNameOf,
    asker_id: str,
    register: Sequence[PersonLike],
    council: Council,
    wanted: date | None,
    elections: Sequence[Election],
    clauses: Mapping[str, Sequence[str]],
    is_working_day: Callable[[date], bool] | None,
) -> list[Flag]:
    """See `chalicelib.checker.check`."""
    draft = Draft(text)
    made = []
    for found in _merged(draft, _without_echoes(draft, sorted(_found(draft, asker_id, register, council)))):
        start, end = draft.span(found.start, found.end)
        made.append(_flag(found.code, found.why, start, end, clauses, on_behalf))
    if on_behalf == "council" and wanted is not None and elections:
        calendar = is_working_day or election.working_days(council.jurisdiction)
        if election.covers(wanted, elections, calendar):
            made.append(_flag("pre-election", "pre-election", 0, len(text), clauses, on_behalf))
    # Asking the flags themselves which comes first costs more than all the rest of this function.
    return sorted(made, key=lambda flag: (flag.start, flag.end, flag.code))


def _found(draft: Draft, asker_id: str, register: Sequence[PersonLike], council: Council) -> Iterator[Found]:
    taken = Taken(len(draft.plain))
    yield from islice(contact.emails(draft, council, taken), MOST)
    yield from islice(links.find(draft, council.domains, taken), MOST)
    yield from islice(contact.phones(draft, council), MOST)
    yield from islice(homes.find(draft, council), MOST)
    yield from islice(identity.find(draft), MOST)
    people = roster(register)
    for rule, most in (
        (colleagues.find(draft, people, asker_id), MOST),
        (offices.find(draft, people, asker_id), MOST),
        (wording.find(draft), None),  # counts by groups of phrases
        (masks.find(draft), MOST),
        (noise.marks(draft), MOST),
        (noise.shouts(draft), MOST),
        (noise.borrowed(draft), MOST),
    ):
        # What an address happens to spell is not something that the post says.
        yield from (found for found in islice(rule, most) if not taken.any(found.start, found.end))


def _without_echoes(draft: Draft, found: list[Found]) -> list[Found]:
    """Leave out what another flag says better: sarcasm where its sentence is flagged for something graver, and hard
    words for a party or a government, which are politics."""
    if not any(one.why in ("heated", "abusive") for one in found):
        return found

    def sentence(one: Found) -> int:
        return draft.sentences[bisect_right(draft.starts, one.start) - 1] if draft.starts else 0

    grave = {sentence(one) for one in found if one.code in _GRAVER}
    politics = [one for one in found if one.code == "political"]

    def is_echo(one: Found) -> bool:
        if one.why == "heated":
            return sentence(one) in grave
        return one.why == "abusive" and any(p.start < one.end and one.start < p.end for p in politics)

    return [one for one in found if not is_echo(one)]


def _merged(draft: Draft, found: list[Found]) -> list[Found]:
    """Join passages of one code that overlap or stand close together in one sentence."""
    kept: list[Found] = []
    open_: dict[str, int] = {}
    for one in found:
        at = open_.get(one.code)
        if at is not None:
            before = kept[at]
            near = one.start - before.end <= _NEAR.get(one.code, 0)
            if one.start < before.end or (near and not _SENTENCE_ENDS.search(draft.plain, before.end, one.start)):
                kept[at] = before._replace(end=max(before.end, one.end))
                continue
        open_[one.code] = len(kept)
        kept.append(one)
    return kept


def _flag(code: str, why: str, start: int, end: int, clauses: Mapping[str, Sequence[str]], on_behalf: InNameOf) -> Flag:
    message, advice = messages().get(f"{why}-{on_behalf}") or messages()[why]
    return Flag(start, end, code, message, advice, clauses_for(code, clauses))
