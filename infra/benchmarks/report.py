"""A table of figures, in Markdown: the same on the screen and in docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: how it was measured, the table, and what must be said of it."""

    title: str
    how: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    plot: Sequence[str] = ()
    """Lines of a drawing in plain text."""

    def markdown(self) -> str:
        """The section as Markdown, its columns aligned."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[n]) for line in lines) for n in range(len(self.header))]
        table = [_line(line, widths) for line in lines]
        table.insert(1, "|" + "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])]) + "|")
        notes = [f"- {note}" for note in self.notes]
        drawn = "\n".join(["```text", *self.plot, "```"]) if self.plot else ""
        blocks = [f"## {self.title}", self.how, "\n".join(table), drawn, "\n".join(notes)]
        return "\n\n".join(block for block in blocks if block)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]) + " |"


def verdict(measured: float, wanted: Sequence[float]) -> str:
    """Plain words on a figure that should be at most `wanted`: first what must be reached, then what would be good."""
    return "; ".join(f"≤ {one:g} {'reached' if measured <= one else 'NOT reached'}" for one in wanted) or "–"
