"""The check requests of the post that a case is about: by their reference, or by where they were posted."""

from collections.abc import Sequence

from chalicelib import posts
from chalicelib.record import Data
from chalicelib.store import Store

_DECIDED = ("approve", "approve-with-edits", "ask-for-changes", "reject")


def places(data: Data) -> tuple[str, ...]:
    """The texts of a case in which the address of the post may stand."""
    return data["answers"]["where"], data["answers"]["what_happened"]


def check_of(store: Store, reference: str) -> Data | None:
    """What a case keeps of a check request, with all who ever decided on it; None where there is none. 1 Query."""
    found = store.history("check", reference)
    if found.record is None:
        return None
    approvers = dict.fromkeys(entry.who for entry in found.entries() if entry.action in _DECIDED)
    return {"reference": reference, "requester": found.record.data["requester"], "approvers": list(approvers)}


def checks_of(store: Store, texts: Sequence[str], linked: Sequence[Data] = ()) -> list[Data]:
    """The check requests of the posts whose addresses stand in these texts, without those that are `linked`. 1 Query
    for each address (posts.MOST at most), and 1 for each request that is found."""
    known = {one["reference"] for one in linked}
    fresh = [reference for reference in posts.checked(store, *texts) if reference not in known]
    return [check for reference in fresh if (check := check_of(store, reference))]
