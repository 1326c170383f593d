"""What other parts read of the policy: one item, the *shelf*, with every version's line and the version in force.

It is written in the transaction of every move that changes it (a draft begun, adopted, withdrawn; topics corrected), so
it is never older than the records, and one read gives what a decision, a sign-off or a flag needs. Each write takes the
next serial number, which only one can have: of two writers who read the same shelf, the second is told to read again.
"""

from chalicelib.policy import standard
from chalicelib.policy.rules import Shelf, Version, shelf_of
from chalicelib.store import Item, Key, Store, Write, keyed

KEY: Key = ("policies", "shelf")
"""Where it stands; give it to `Store.several` to have it in a read that is made anyway."""


def of(item: Item | None) -> Shelf:
    """The shelf that an item holds; empty before the first version."""
    return shelf_of(item["data"] if item else {})


def read(store: Store) -> Shelf:
    """The shelf. 1 read."""
    return of(store.item(KEY))


def guiding(kept: Shelf) -> Version:
    """The version whose clauses count: the one in force, or while none is adopted the project's own wording."""
    return kept.current or standard.VERSION


def writes(after: Shelf) -> tuple[Write, ...]:
    """What puts the shelf in its place: itself, and the mark of its serial number, which nobody else may have."""
    mark = keyed((KEY[0], f"serial#{after.serial:06}"))
    return Write("put", keyed(KEY, data=after.data())), Write("new", mark)
