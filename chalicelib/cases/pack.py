"""The referral pack: one ZIP with a printable document, the evidence, the log and a manifest of SHA-256 sums; pure but
for the template, and for where it is written to.

Rules: it is written piece by piece, so that its size costs no memory; files go in as they are, uncompressed; nothing in
it depends on the machine that made it. Where the reporter's identity is withheld, so are the entries that would tell it
(their hashes stay, so that the chain can still be followed) and the head, which repeats them.

`python -m infra.verify_pack FILE` checks it, with no network.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol, cast

from chalicelib import dates, render
from chalicelib.cases import rules, views
from chalicelib.record import Data, Record, canonical, stamp
from chalicelib.register.rules import Register
from chalicelib.settings import Council
from chalicelib.store import History

LOG, HEAD, DOCUMENT, MANIFEST = "log.jsonl", "head.json", "case.html", "manifest.json"


def tells(entry: Data) -> bool:
    """Whether an entry (its body) holds who reported: what they gave of themselves, or who on the register they are."""
    return entry["action"] == "report" or "reporter" in entry["given"].get("conflicts", {}).values()


class Out(Protocol):
    """Where the pack goes, piece by piece."""

    def write(self, data: bytes, /) -> int:
        """Take a piece."""
        ...

    def flush(self) -> None:
        """Nothing is held back."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the pack is for: to whom it goes, why, what is asked of them, and whether they learn who reported."""

    who: str
    reason: str
    remedy: str
    named: bool


def file_name(data: Data, n: int) -> str:
    """The name of file `n` in the pack: nothing that somebody typed."""
    one = data["evidence"][n - 1]
    return f"evidence/{n:02}-{one['sha256'][:12]}.{one['key'].rpartition('.')[2]}"


def written(
    out: Out,
    found: History,
    record: Record,
    register: Register,
    council: Council,
    checks: Iterable[Mapping[str, Any]],
    wanted: Wanted,
    chunks: Callable[[Data], Iterable[bytes]],
    at: datetime,
) -> str:
    """Write the pack; the SHA-256 of its manifest. `chunks` gives the content of a file; `checks` the linked check
    requests as the document shows them."""
    whole = _Pack(out, at)
    for n, one in enumerate(record.data["evidence"], 1):
        whole.add(file_name(record.data, n), chunks(one))
    whole.add(LOG, _log(found, wanted))
    if wanted.named:
        whole.add(HEAD, [canonical(_head(record)).encode()])
    whole.add(DOCUMENT, [_document(found, record, register, council, checks, wanted, at).encode()])
    facts = {"case": record.id, "made": stamp(at), "entries": record.version, "tip": record.tip, "named": wanted.named}
    return whole.close(facts)


def _head(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("kind", "id", "state", "version", "tip", "data")}


def _log(found: History, wanted: Wanted) -> Iterator[bytes]:
    for n, (body, hash_) in enumerate(found.log, 1):
        withheld = not wanted.named and tells(json.loads(body))
        line = {"n": n, "hash": hash_, "withheld": True} if withheld else {"n": n, "hash": hash_, "body": body}
        yield (canonical(line) + "\n").encode()


def _document(
    found: History,
    record: Record,
    register: Register,
    council: Council,
    checks: Iterable[Mapping[str, Any]],
    wanted: Wanted,
    at: datetime,
) -> str:
    entries, history = views.readable(found), views.history(found, register)
    if not wanted.named:
        for entry in history["entries"]:
            entry["details"] = [detail for detail in entry["details"] if detail[0] != rules.WHY["reporter"]]
    return render.template(
        "cases/pack.html",
        {
            "council": council,
            "case": views.case(record, register, at),
            "wanted": wanted,
            "made": dates.at_time(at),
            "board": views.board(entries),
            "observations": views.observations(entries),
            "history": history,
            "checks": list(checks),
            "files": [{**one, "path": file_name(record.data, n)} for n, one in enumerate(record.data["evidence"], 1)],
        },
    )


class _Pack:
    """A ZIP that is only ever written forwards."""

    def __init__(self, out: Out, at: datetime) -> None:
        # It asks for no more than write and flush.
        self._zip = zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_STORED)
        self._when = dates.london(at).timetuple()[:6]
        self._files: list[dict[str, Any]] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._entry(name), "w", force_zip64=True) as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self._files.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def close(self, facts: Mapping[str, Any]) -> str:
        text = json.dumps({**facts, "files": self._files}, indent=1, ensure_ascii=False).encode()
        self._zip.writestr(self._entry(MANIFEST), text)
        self._zip.close()
        return hashlib.sha256(text).hexdigest()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._when)
        entry.external_attr = 0o644 << 16
        return entry
