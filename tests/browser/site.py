"""The app as `make run` starts it, in a process of its own, for tests that go through it with a browser.

Rules: one app for all tests of a run, so each test uses people and requests of its own and counts nothing; what the app
says goes to a file, which is shown when it does not start.
"""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from infra.assets.build import build

ROOT = Path(__file__).resolve().parents[2]

_START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Running:
    """The running app. `home` is the address that paths are put behind, such as `/check`."""

    home: str

    def mails(self, to: str) -> list[dict[str, str]]:
        """Return the mails sent to an address, oldest first, as `/_local/inbox.json` has them."""
        return [mail for mail in self._get("/_local/inbox.json") if to in mail["to"]]

    def link(self, to: str, path: str) -> str:
        """Return the newest link to a path such as `/decide/` that was sent to an address; waits a moment for it."""
        until = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until:
            for mail in reversed(self.mails(to)):
                found = re.search(re.escape(self.home + path) + r"[\w/-]+", mail["text"])
                if found:
                    return found.group()
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} has a link to {path}")

    def tick(self, at: datetime) -> None:
        """Run what is scheduled, as of then."""
        body = json.dumps({"at": at.isoformat()}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.home + "/_local/tick", body, headers)  # noqa: S310  (this machine's)
        urllib.request.urlopen(request, timeout=_ANSWER_SECONDS).close()  # noqa: S310

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self.home + path, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read())


@cache
def stylesheet() -> str:
    """Make the style sheet, once in a run; its name."""
    return build()["clerkwell.css"]


@contextmanager
def running(log: Path) -> Iterator[Running]:
    """Start the app on a port that nobody uses, wait until it is ready, and stop it in the end."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.browser.serve", "--port", str(port)]
    with log.open("wb") as words:
        process = subprocess.Popen(command, cwd=ROOT, stdout=words, stderr=subprocess.STDOUT)  # noqa: S603  (ours)
        try:
            site = Running(f"http://127.0.0.1:{port}/api")
            _wait_until_ready(site, process, log)
            yield site
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(site: Running, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(site.home + "/healthz", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the app did not start:\n{log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
