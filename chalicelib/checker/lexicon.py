"""The data files: loaded when the first text is checked, and kept.

Rules: each file says in comments what its groups are for; a file that cannot be understood stops the program at once
with the line that is wrong. There are two kinds: word lists (named lists of words) and wordings (phrases of one code).

Reading them takes longer than all the rest of a first check. So the build reads them (`packed`) and the package brings
what came of it as plain values in one file, in the format of Python's own byte code; a checkout reads the files.
"""

from __future__ import annotations

import marshal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.checker.matching import Index, Packed
from chalicelib.checker.phrases import alternatives

_DATA = Path(__file__).with_name("data")
PACKED = _DATA / "packed"
"""In the package: the result of `packed`."""

# What a group of phrases does (see docs/checker.md).
LEVELS = ("strong", "weak", "needs", "support", "innocent", "calm", "calm-post", "masked")


class Group(NamedTuple):
    """A group of phrases of one code. `why` names the message."""

    code: str
    level: str
    why: str


class Wordings(NamedTuple):
    """Every phrase of every code in one index, its groups, and the words that people mask."""

    phrases: Index
    groups: dict[str, Group]
    masked: frozenset[str]


class DataError(ValueError):
    """A data file is wrong: says which file and where."""


def packed() -> bytes:
    """Everything that the data files hold, the same each time, for `PACKED`. Raises `DataError`, `PhraseError`."""
    lists = {
        path.name: _read_lists(path.name)
        for path in sorted(_DATA.glob("*.toml"))
        if path.name not in (_CLASSES, _MESSAGES)
    }
    phrases, groups, masked = _read_wordings()
    plain = {name: tuple(group) for name, group in groups.items()}
    # Version 0 writes nothing down of which values happen to be one object in memory.
    return marshal.dumps((lists, _read_messages(), tuple(phrases.packed()), plain, masked), 0)


@cache
def _unpacked() -> tuple[Any, ...] | None:
    # Read as code is read: the build wrote it into the package, beside the modules, and nobody else can.
    return marshal.loads(PACKED.read_bytes()) if PACKED.is_file() else None  # noqa: S302


@cache
def word_list(name: str) -> dict[str, frozenset[str]]:
    """The lists of one word list file, each a set of lower-case words."""
    known = _unpacked()
    return known[0][name] if known else _read_lists(name)


@cache
def messages() -> dict[str, tuple[str, str]]:
    """By message name: what the flag says, and what the person can do."""
    known = _unpacked()
    return known[1] if known else _read_messages()


@cache
def wordings() -> Wordings:
    """All groups of all codes. Raises `DataError` when a level or a message does not exist."""
    known = _unpacked()
    if not known:
        return _read_wordings()
    _, _, phrases, groups, masked = known
    return Wordings(Index(Packed(*phrases)), {name: Group(*group) for name, group in groups.items()}, masked)


_CLASSES, _MESSAGES = "classes.toml", "messages.toml"


def _read(name: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def _read_lists(name: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(value.split()) for key, value in _read(name).items()}


def _read_messages() -> dict[str, tuple[str, str]]:
    return {key: (value["message"], value["advice"]) for key, value in _read(_MESSAGES).items()}


def _read_classes() -> dict[str, frozenset[str]]:
    """The word classes that phrases refer to; a class may use those before it."""
    known: dict[str, frozenset[str]] = {}
    for key, value in _read(_CLASSES).items():
        known[key] = frozenset().union(*(alternatives(part, known) for part in value.split()))
    return known


def _read_wordings() -> Wordings:
    index, classes, messages = Index(), _read_classes(), _read_messages()
    groups: dict[str, Group] = {}
    masked: set[str] = set()
    for path in sorted((_DATA / "wordings").glob("*.toml")):
        data = _read(f"wordings/{path.name}")
        for name, entry in data["groups"].items():
            group = Group(data["code"], entry["level"], entry.get("why", data["code"]))
            if group.level not in LEVELS or group.why not in messages:
                raise DataError(f"{path.name}: group {name}: unknown level or message")
            groups[f"{path.stem}/{name}"] = group
            lines = entry["phrases"].splitlines()
            index.add(lines, f"{path.stem}/{name}", classes)
            if entry.get("masked"):
                for line in lines:
                    if line and not line.startswith("#") and len(line.split()) == 1:
                        masked |= alternatives(line, classes)
    return Wordings(index, groups, frozenset(masked))
