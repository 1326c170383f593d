"""The data files: loaded when the first text is checked, and kept.

Rules: each file says in comments what its groups are for; a file that cannot be understood stops the program at once
with the line that is wrong. There are two kinds: word lists (named lists of words) and wordings (phrases of one code).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.checker.matching import Index
from chalicelib.checker.phrases import alternatives

_DATA = Path(__file__).with_name("data")

# What a group of phrases does (see docs/checker.md).
LEVELS = ("strong", "weak", "needs", "support", "innocent", "calm", "calm-post", "masked")


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """A group of phrases of one code. `why` names the message; `masked` words are looked for under masks too."""

    code: str
    name: str
    level: str
    why: str


class Wordings(NamedTuple):
    """Every phrase of every code in one index, and the words that people mask."""

    phrases: Index[Group]
    masked: frozenset[str]


class DataError(ValueError):
    """A data file is wrong: says which file and where."""


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


@cache
def word_list(name: str) -> dict[str, frozenset[str]]:
    """The lists of one word list file, each a set of lower-case words."""
    return {key: frozenset(value.split()) for key, value in _read(name).items()}


@cache
def messages() -> dict[str, tuple[str, str]]:
    """By message name: what the flag says, and what the person can do."""
    return {key: (value["message"], value["advice"]) for key, value in _read("messages.toml").items()}


@cache
def classes() -> dict[str, frozenset[str]]:
    """The word classes that phrases refer to; a class may use those before it."""
    known: dict[str, frozenset[str]] = {}
    for key, value in _read("classes.toml").items():
        known[key] = frozenset().union(*(alternatives(part, known) for part in value.split()))
    return known


@cache
def wordings() -> Wordings:
    """All groups of all codes. Raises `DataError` when a level or a message does not exist."""
    index: Index[Group] = Index()
    masked: set[str] = set()
    for path in sorted((_DATA / "wordings").glob("*.toml")):
        data = _read(f"wordings/{path.name}")
        for name, entry in data["groups"].items():
            group = Group(data["code"], name, entry["level"], entry.get("why", data["code"]))
            if group.level not in LEVELS or group.why not in messages():
                raise DataError(f"{path.name}: group {name}: unknown level or message")
            lines = entry["phrases"].splitlines()
            index.add(lines, group, classes())
            if entry.get("masked"):
                for line in lines:
                    if line and not line.startswith("#") and len(line.split()) == 1:
                        masked |= alternatives(line, classes())
    return Wordings(index, frozenset(masked))
