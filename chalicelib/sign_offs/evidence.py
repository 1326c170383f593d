"""What the sign-offs say of a year, for the annual review: how many have signed as they should, and how many signed."""

from datetime import datetime

from chalicelib import dates
from chalicelib.policy import shelf
from chalicelib.register.rules import register_of
from chalicelib.register.workflow import ID, KIND
from chalicelib.review import evidence
from chalicelib.sign_offs import roll
from chalicelib.sign_offs.rules import must_sign
from chalicelib.store import Store, head_key


def figures(store: Store, since: datetime, until: datetime) -> list[evidence.Block]:
    """The blocks for a period. 1 read."""
    found = store.several(shelf.KEY, roll.KEY, head_key(KIND, ID))
    kept, signed = shelf.of(found.get(shelf.KEY)), roll.of(found.get(roll.KEY))
    head, day = found.get(head_key(KIND, ID)), dates.today(until)
    people = register_of(head["data"] if head else {}).on(day)
    left = [one for one in people if must_sign(one, day, kept.adopted, signed.signed(one.id))]
    done = len(people) - len(left)
    rate = f"{done:,} of {len(people):,}" + (f" ({100 * done // len(people)}%)" if people else "")
    rows = [("Have signed the policy as they should", rate), ("Have not signed yet", f"{len(left):,}")]
    return [evidence.figures("Who has signed", rows, f"Everybody on the register on {dates.on_day(day)}.")]
