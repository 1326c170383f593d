"""`python -m infra.diagrams`: draw the tables of moves as diagrams, into docs/diagrams.md.

Rules: every part that has a `workflow.py` with a table is drawn, found by looking; nothing is told here that the tables
do not say, but for how a capacity is put into words; a capacity without words stops the drawing. A test fails when the
file differs from what this would write.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import chalicelib
from chalicelib.record import NEW, Table

TARGET = Path(__file__).resolve().parent.parent / "docs" / "diagrams.md"

WHO = {
    "requester": "whoever asked",
    "decider": "an officer who may decide it",
    "disputer": "an officer who says “this was not me”",
    "named": "somebody whom it names, and who was asked",
    "system": "the scheduled run",
    "keeper": "whoever keeps the register",
    "self": "the person themselves",
    "setup": "the settings, at the first start",
    "disowner": "an officer who says “this was not me”",
    "reporter": "whoever has the reference and the receipt code",
    "handler": "who may handle it, as computed",
    "handler-england": "its handler, when it is about a member of a council in England",
    "handler-wales": "its handler, when it is about a member of a council in Wales",
    "handler-staff": "its handler, when it is about the Clerk or an employee",
    "handler-unreachable": "its handler, when its reporter cannot be reached",
    "guest": "whoever was let in, by link and code",
    "preparer": "whoever prepares the review: the Clerk, or who stands in",
    "clerk-signer": "the Clerk, or the Deputy Clerk",
    "chair-signer": "the Chair, or the Vice-Chair",
}
"""Capacity → who that is."""

INTRODUCTION = """# The workflows

Written by `python -m infra.diagrams` from the tables in `chalicelib/*/workflow.py`. What is not drawn here cannot
happen: `move` in `chalicelib/record.py` refuses it. An arrow says what is done and, in brackets, in which capacity;
what leaves the state as it is stands inside it. The table below each diagram says the same, and who that is.
"""


def workflows() -> Iterator[ModuleType]:
    """The workflow of every part that has one, by the parts' names."""
    for part in pkgutil.iter_modules(chalicelib.__path__, "chalicelib."):
        if part.ispkg and find_spec(f"{part.name}.workflow"):
            yield import_module(f"{part.name}.workflow")


def title(workflow: ModuleType) -> str:
    """Whose table of moves it is, as its first line says. Raises ValueError for one that does not say so."""
    found = re.match(r"(.{1,60}?)[’']s? table of moves", workflow.__doc__ or "")
    if not found:
        raise ValueError(f"{workflow.__name__} does not begin with whose table of moves it is")
    return found[1]


def diagram(table: Table, words: Mapping[str, str]) -> list[str]:
    """The lines of a Mermaid state diagram. `words`: state → how it is written."""
    arrows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for (state, action), legal in table.items():
        arrows.setdefault((state, legal.to), {}).setdefault(legal.by, []).append(action)
    states = dict.fromkeys([*(legal.to for legal in table.values()), *(state for state, _ in table if state != NEW)])
    lines = ["```mermaid", "stateDiagram-v2", "  direction LR"]
    for state in states:
        within = arrows.pop((state, state), {})
        lines.append(f'  state "{"<br>".join([_written(state, words), *_labels(within)])}" as {_id(state)}')
    for (state, to), told in arrows.items():
        lines.append(f"  {_id(state)} --> {_id(to)}: {'<br>'.join(_labels(told))}")
    ends = [state for state in states if state not in {start for start, _ in table}]
    return [*lines, *(f"  {_id(state)} --> [*]" for state in ends), "```"]


def listing(table: Table, words: Mapping[str, str]) -> list[str]:
    """The lines of a Markdown table of the same moves. Raises KeyError for a capacity that has no words."""
    rows = [
        f"| {_written(state, words)} | `{action}` | {legal.by}: {WHO[legal.by]} | {_written(legal.to, words)} |"
        for (state, action), legal in table.items()
    ]
    return ["| from | action | by | to |", "|---|---|---|---|", *rows]


def document() -> str:
    """The whole file."""
    lines = [INTRODUCTION]
    for workflow in workflows():
        words: Mapping[str, str] = getattr(workflow, "STATES", {})
        lines += [f"## {title(workflow)}", "", *diagram(workflow.TABLE, words), "", *listing(workflow.TABLE, words), ""]
    return "\n".join(lines)


def _id(state: str) -> str:
    return "[*]" if state == NEW else state.replace("-", "_")


def _written(state: str, words: Mapping[str, str]) -> str:
    return "(nothing yet)" if state == NEW else words.get(state, state.capitalize())


def _labels(told: Mapping[str, list[str]]) -> list[str]:
    return [f"{', '.join(actions)} ({by})" for by, actions in told.items()]


def main() -> None:
    """Write the file."""
    TARGET.write_text(document(), "utf-8")
    print(f"{TARGET.relative_to(Path.cwd())} is written" if TARGET.is_relative_to(Path.cwd()) else TARGET.name)


if __name__ == "__main__":
    main()
