"""The style sheet: built beforehand under a name that holds its content's hash, so that browsers may keep it for ever.

The build puts the files into `assets/` beside app.py in the package, and into `build/assets/` of a checkout.
"""

import json
from functools import cache
from pathlib import Path

from chalicelib.render import ROOT

TYPES = {".css": "text/css; charset=utf-8"}


@cache
def _folder() -> Path:
    packaged = ROOT / "assets"
    return packaged if packaged.is_dir() else ROOT / "build" / "assets"


@cache
def _manifest() -> dict[str, str]:
    found: dict[str, str] = json.loads((_folder() / "manifest.json").read_text("utf-8"))
    return found


def named(name: str) -> str:
    """The hashed name of a file, e.g. `clerkwell.css` → `clerkwell-0123abcd.css`. Raises KeyError."""
    return _manifest()[name]


def read(hashed: str) -> tuple[str, str] | None:
    """A file by its hashed name: its text and type; None for any other name."""
    # Only what is there is remembered: whoever asks for ever new names would fill the memory with them.
    return _read(hashed) if hashed in _manifest().values() else None


@cache
def _read(hashed: str) -> tuple[str, str]:
    path = _folder() / hashed
    return path.read_text("utf-8"), TYPES[path.suffix]
