"""`python -m infra.verify_pack FILE`: check a case's pack against its manifest and its log, with no network.

It says which file or which entry was changed, is missing or was put in. Exit code 0: all is well; 1: something is not;
2: this is no pack. The SHA-256 of the manifest, which it prints, stands in the disclosure log of the case: whoever
changed a file and the manifest with it has another.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.cases.pack import HEAD, LOG, MANIFEST
from chalicelib.record import NOTHING_BEFORE, Entry, Record, sha256, verify

_CHUNK = 1 << 20


def faults(path: Path) -> Iterator[str]:
    """What is wrong with a pack, in plain words. Raises ValueError or KeyError for what is none."""
    with zipfile.ZipFile(path) as pack:
        manifest = json.loads(pack.read(MANIFEST))
        yield from _files(pack, manifest)
        there = set(pack.namelist())
        if LOG in there:
            log = [json.loads(line) for line in pack.read(LOG).decode().splitlines()]
            yield from _log(log, manifest)
            if HEAD in there:
                yield from _head(json.loads(pack.read(HEAD)), log, manifest)


def _files(pack: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[str]:
    listed = {one["name"]: one for one in manifest["files"]}
    there = pack.namelist()
    for name in sorted({name for name in there if there.count(name) > 1}):
        yield f"{name}: it is there more than once"
    for name in sorted(set(there) - set(listed) - {MANIFEST}):
        yield f"{name}: the manifest does not know it"
    for name, one in listed.items():
        if name not in there:
            yield f"{name}: it is missing"
        elif _sum(pack, name) != (one["size"], one["sha256"]):
            yield f"{name}: it was changed"


def _sum(pack: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with pack.open(name) as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    except zipfile.BadZipFile:
        return -1, ""
    return size, digest.hexdigest()


def _log(log: list[dict[str, Any]], manifest: dict[str, Any]) -> Iterator[str]:
    previous, expected = NOTHING_BEFORE, 1
    for line in log:
        n = line["n"]
        if n != expected:
            yield f"entry {expected}: it is missing" if n > expected else f"entry {n}: it is out of order"
        if "body" in line:
            if sha256(line["body"]) != line["hash"]:
                yield f"entry {n}: it was changed after it was written"
            entry = Entry.from_body(line["body"])
            if entry.previous != previous and n == expected:
                yield f"entry {n}: it does not follow from the one before it"
            if (entry.id, entry.n) != (manifest["case"], n):
                yield f"entry {n}: it belongs elsewhere"
        previous, expected = line["hash"], n + 1
    if (expected - 1, previous) != (manifest["entries"], manifest["tip"]):
        yield f"the log: it does not end with entry {manifest['entries']}, as the manifest says"


def _head(head: dict[str, Any], log: list[dict[str, Any]], manifest: dict[str, Any]) -> Iterator[str]:
    record = Record(**head)
    found = verify(record, [(line["body"], line["hash"]) for line in log if "body" in line])
    yield from (f"the record: {fault.what}" for fault in found if fault.n == 0)
    sums = {one["sha256"] for one in manifest["files"]}
    for n, one in enumerate(record.data["evidence"], 1):
        if one["sha256"] not in sums:
            yield f"file {n} of the case: what is in the pack is not what was taken in"


def main(arguments: list[str] | None = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.verify_pack", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the pack")
    path = parser.parse_args(arguments).file
    try:
        found = list(faults(path))
        with zipfile.ZipFile(path) as pack:
            text = pack.read(MANIFEST)
            manifest = json.loads(text)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        print(f"{path}: this is no pack that can be read: {error}", file=sys.stderr)
        return 2
    for fault in found:
        print(fault)
    held = f"case {manifest['case']}, {len(manifest['files'])} files, {manifest['entries']} entries"
    print(f"{held}: {'all is as it was packed' if not found else f'{len(found)} faults'}")
    print(f"SHA-256 of the manifest: {hashlib.sha256(text).hexdigest()}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
