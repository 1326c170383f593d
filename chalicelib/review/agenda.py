"""The agenda item, as plain text ready to paste: made from the figures and the recommendations; pure."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chalicelib import dates
from chalicelib.policy.rules import Version
from chalicelib.record import Data, Record, instant

ADVICE = {
    "keep": "Keep as it is",
    "change": "Change its words",
    "remove": "Remove it",
    "add": "Add a new clause",
}
"""What the Clerk recommends → how it is written."""


FEW = 5
"""What is guarded and rarer than this stands in no agenda item, whether it was at all or not."""


def text(record: Record, policy: Version, council: str, today: date) -> str:
    """The agenda item of a review of this policy."""
    return "\n".join(_lines(record, policy, council, today)).strip() + "\n"


def _lines(record: Record, policy: Version, council: str, today: date) -> Iterator[str]:
    data, due, title = record.data, date.fromisoformat(record.id), policy.title
    yield f"ANNUAL REVIEW OF THE {title.upper()}"
    yield ""
    yield f"To review the {title} of {council},"
    yield "and to resolve either to re-adopt it unchanged or to adopt a new version."
    yield ""
    anchor = dates.on_day(date.fromisoformat(data["anchor"]))
    version = f" (version {data['version']})" if data["version"] else ""
    yield f"The policy{version} was last adopted or reviewed on {anchor}."
    yield f"Its review {'was' if due < today else 'is'} due on {dates.on_day(due)}."
    if data["planned"]:
        yield f"For the meeting on {dates.on_day(date.fromisoformat(data['planned']))}."
    yield ""
    yield "RECOMMENDATIONS OF THE CLERK"
    yield ""
    in_order = [one.id for one in policy.clauses if one.id in data["advice"]]
    others = sorted(data["advice"].keys() - set(in_order))
    yield from _advice(data["advice"][id] for id in (*in_order, *others))
    if data["evidence"]:
        yield from _evidence(data["evidence"])
    yield "PROPOSED RESOLUTION"
    yield ""
    if any(said["what"] != "keep" for said in data["advice"].values()):
        yield f"That the Council adopts the {title} with the changes recommended, as a new version, from today."
    else:
        yield f"That the Council, having reviewed the {title} for legal requirements and best practice,"
        yield "re-adopts it unchanged."


def _advice(advice: Iterable[Data]) -> Iterator[str]:
    said = [one for one in advice if one["what"] != "keep" or one["why"]]
    if not said:
        yield "To keep every clause as it is."
        yield ""
    for one in said:
        yield f"- {one['label']}: {ADVICE[one['what']].lower()}." if one["label"] else f"- {ADVICE[one['what']]}."
        if one["words"]:
            yield f"  Proposed words: {_flat(one['words'])}"
        if one["why"]:
            yield f"  Why: {_flat(one['why'])}"
        yield ""


def _flat(words: str) -> str:
    return " ".join(words.split())


def _evidence(kept: Data) -> Iterator[str]:
    yield f"THE FIGURES FROM {_day(kept['since']).upper()} TO {_day(kept['until']).upper()}"
    yield ""
    for part in kept["parts"]:
        for block in part["blocks"]:
            yield f"{block['title'] or part['part']}"
            yield from (f"- {line}" for line in _block(block))
            if block["note"]:
                yield f"  {block['note']}"
            yield ""


def _block(block: Data) -> Iterator[str]:
    if block["kind"] == "table":
        yield from (
            "; ".join(f"{column}: {cell}" for column, cell in zip(block["columns"], row, strict=False))
            for row in block["rows"]
        )
        return
    guarded = bool(block.get("guarded"))
    rows = [row for row in block["rows"] if not guarded or row[1] >= FEW]
    for label, value in rows:
        yield f"{label}: {value:,}" if isinstance(value, int) else f"{label}: {value}"
    if guarded:
        others = "anything else" if rows else "each kind"
        yield f"of {others}: none, or fewer than {FEW} (so that nobody can be recognised)"
    elif not rows:
        yield "none"


def _day(at: str) -> str:
    return dates.on_day(dates.today(instant(at)))


def bars(block: Data) -> list[dict[str, Any]]:
    """A chart's rows with the length of each bar, out of 100."""
    most = max((count for _, count in block["rows"]), default=0)
    return [
        {"label": label, "count": count, "length": round(100 * count / most) if most else 0}
        for label, count in block["rows"]
    ]
