"""What must hold of the files themselves: locked packages, and nothing of the machine that they were written on."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")


def tracked() -> list[Path]:
    """Every file of the project that git knows, or would know; all files where there is no git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    # Fixed words, run in our own folder.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    return [ROOT / name for name in done.stdout.decode("utf-8").split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_by_hash(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", lock).strip())
    assert entries
    for entry in entries:
        first = entry.splitlines()[0]
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+ \\$", first), first
        assert "--hash=sha256:" in entry, first


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ ", lock)


def test_what_both_locks_hold_they_hold_alike() -> None:
    pins = [dict(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text("utf-8"))) for name in LOCKS]
    shared = pins[0].keys() & pins[1].keys()
    assert {name: pins[0][name] for name in shared} == {name: pins[1][name] for name in shared}


def test_what_lambda_supplies_does_not_travel() -> None:
    pinned = re.findall(r"(?m)^([a-z0-9._-]+)==", (ROOT / "requirements.txt").read_text("utf-8"))
    assert not {"boto3", "botocore", "chalice"} & set(pinned)


def test_the_npm_lock_has_a_hash_and_no_address_for_each_package() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), "versions must be exact"
    for path, entry in lock["packages"].items():
        if path:
            assert entry["integrity"].startswith("sha512-"), path
            assert "resolved" not in entry, path


def test_nothing_tells_of_the_machine_it_was_written_on() -> None:
    # Put together from parts, so that this file does not hold what it forbids.
    hosts = ["pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.debian" + ".org"]
    folders = ["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/"]
    forbidden = re.compile("|".join([*map(re.escape, hosts), *(rf"(?<![\w.}}]){re.escape(f)}\w" for f in folders)]))
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # A picture or an archive.
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in forbidden.finditer(text)]
    assert not found
