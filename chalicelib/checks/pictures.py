"""The pictures of a request: uploads under the name of the person, the request and its draft, kept when it is sent.

Keys are made here and never taken from a form, so nobody can put forward what somebody else has sent.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.access import token
from chalicelib.files import PICTURES, Files, NotTaken
from chalicelib.record import Data
from chalicelib.register.rules import Person

__all__ = ["NotTaken", "form", "remove", "shown", "take_in"]


def _prefix(who: Person, reference: str, version: int) -> str:
    return f"uploads/{who.id}/{reference}/{version}/"


def form(files: Files, who: Person, reference: str, version: int, back: str) -> dict[str, Any]:
    """Where, and with which fields, the browser sends the next picture; `back` is where the bucket sends it then."""
    return files.form(_prefix(who, reference, version) + token(), back, PICTURES)


def shown(files: Files, who: Person, reference: str, version: int, keep: Sequence[str]) -> list[dict[str, Any]]:
    """The pictures that go with the request as it stands: those kept from an earlier draft, then the uploads.

    `name` is what `remove` takes, `problem` what is wrong with an upload, or nothing.
    """
    found = [
        {"name": sha256, "label": f"Picture {n} of the earlier version", "problem": ""}
        for n, sha256 in enumerate(keep, 1)
    ]
    for n, (key, size) in enumerate(files.uploaded(_prefix(who, reference, version), PICTURES), 1):
        problem = ""
        try:
            files.look(key, size, PICTURES)
        except NotTaken as error:
            problem = f"{error}. Take out picture {n}"
        label = f"Picture {n}, {max(1, round(size / 1024)):,} kB"
        found.append({"name": key.rpartition("/")[2], "label": label, "problem": problem})
    if len(found) > PICTURES.most and not any(one["problem"] for one in found):
        found[-1]["problem"] = f"A request can hold {PICTURES.most} pictures. Take some out"
    return found


def remove(files: Files, who: Person, reference: str, version: int, name: str) -> None:
    """Take out one upload, if it is there."""
    for key, _ in files.uploaded(_prefix(who, reference, version), PICTURES):
        if key.rpartition("/")[2] == name:
            files.remove(key)


def take_in(
    files: Files, who: Person, reference: str, version: int, earlier: Iterable[Data], keep: Sequence[str]
) -> list[dict[str, Any]]:
    """The pictures as the record holds them: the earlier ones that are kept, and every upload, looked at and kept.

    Raises NotTaken, also for too many.
    """
    pictures = [dict(picture) for picture in earlier if picture["sha256"] in keep]
    uploads = files.uploaded(_prefix(who, reference, version), PICTURES)
    if len(pictures) + len(uploads) > PICTURES.most:
        raise NotTaken(f"A request can hold {PICTURES.most} pictures. Take some out")
    known = {picture["sha256"] for picture in pictures}
    for key, size in uploads:
        files.look(key, size, PICTURES)
        picture = files.keep(key, reference, PICTURES)
        if picture.sha256 not in known:
            known.add(picture.sha256)
            pictures.append(picture.as_data())
    return pictures
