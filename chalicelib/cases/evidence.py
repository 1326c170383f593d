"""A reporter's evidence: sent by the browser straight to the bucket, looked at, and taken in when it is handed over.

Keys are made here from a secret of the reporter's and never taken from a form, so nobody can hand over, take out or see
what somebody else has sent. `folder` is where such uploads lie: `uploads/…/`.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.access import token
from chalicelib.files import EVIDENCE, Files, NotTaken
from chalicelib.record import Data

__all__ = ["MOST", "NotTaken", "clear", "described", "form", "remove", "shown", "so_far", "take_in"]

MOST = EVIDENCE.most

KINDS = {"image/png": "PNG picture", "image/jpeg": "JPEG picture", "application/pdf": "PDF document"}


def form(files: Files, folder: str, so_many: int, back: str) -> dict[str, Any]:
    """Where, and with which fields, the browser sends the next file after `so_many`; `back` is where it goes then."""
    return files.form(f"{folder}{so_many:02}-{token()}", back, EVIDENCE)


def shown(files: Files, folder: str) -> list[dict[str, str]]:
    """What lies there: `name` is what `remove` takes, `problem` what is wrong with a file, or nothing."""
    found = []
    for n, (key, size) in enumerate(files.uploaded(folder, EVIDENCE), 1):
        kind, problem = "file", ""
        try:
            kind = KINDS[files.look(key, size, EVIDENCE)]
        except NotTaken as error:
            problem = f"{error}. Take out file {n}"
        label = f"File {n}: {kind}, {max(1, round(size / 1024)):,} kB"
        found.append({"name": key.rpartition("/")[2], "label": label, "problem": problem})
    if len(found) > MOST and not any(one["problem"] for one in found):
        found[-1]["problem"] = f"You can send {MOST} files. Take some out"
    return found


def remove(files: Files, folder: str, name: str) -> None:
    """Take out one upload, if it is there."""
    for key, _ in files.uploaded(folder, EVIDENCE):
        if key.rpartition("/")[2] == name:
            files.remove(key)


def clear(files: Files, folder: str) -> None:
    """Take out every upload."""
    for key, _ in files.uploaded(folder, EVIDENCE):
        files.remove(key)


def take_in(files: Files, folder: str, reference: str, so_far: int = 0) -> list[dict[str, Any]]:
    """Every upload, looked at and kept, as a case holds it; `so_far` are there already. Raises NotTaken, also for too
    many. The same file twice is one."""
    uploads = files.uploaded(folder, EVIDENCE)
    if len(uploads) > MOST:
        raise NotTaken(f"You can send {MOST} files. Take some out")
    for key, size in uploads:
        files.look(key, size, EVIDENCE)
    kept: dict[str, dict[str, Any]] = {}
    for key, _ in uploads:
        one = files.keep(key, reference, EVIDENCE)
        kept.setdefault(one.sha256, one.as_data())
    return named(list(kept.values()), so_far)


def so_far(data: Data) -> int:
    """How many files the reporter of this case has sent."""
    return sum(one["source"] == "reporter" for one in data["evidence"])


def described(file: Data) -> str:
    """A kept file in words."""
    return f"{file['name']}: {KINDS[file['type']]}, {max(1, round(file['size'] / 1024)):,} kB"


def named(files: Sequence[dict[str, Any]], so_far: int) -> list[dict[str, Any]]:
    """Files with the names that they have in the case. What their sender called them might say who that is."""
    endings = EVIDENCE.kinds
    return [{**one, "name": f"reporter-{so_far + n}.{endings[one['type']]}"} for n, one in enumerate(files, 1)]
