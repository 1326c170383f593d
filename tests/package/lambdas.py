"""Lambda, small: a process for each function that sees the unpacked zip, what Lambda itself supplies, and nothing else.

Amazon's own runtime client (`awslambdaric`) asks our end of the Runtime API for the next event and posts the answer
back, as it does in AWS. The interpreter is bare (no site-packages, no environment but the function's), so whatever
the zip lacks is missing here as well.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

SUPPLIED = (
    *("awslambdaric", "snapshot-restore-py", "simplejson"),
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"),
)
"""The packages that Lambda's Python runtime brings."""

_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:3]; "
    "from awslambdaric.__main__ import main; main(['awslambdaric', sys.argv[3]])"
)
_VERSION = "/2018-06-01/runtime"


class FunctionFailed(Exception):
    """A function raised, or its process ended; the message holds what it said."""


def supply(folder: Path) -> Path:
    """Put into `folder` what Lambda supplies, by links to what is installed here."""
    for name in SUPPLIED:
        found = distribution(name)
        for top in {path.parts[0] for path in found.files or () if path.parts[0] not in ("..", "__pycache__")}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))).resolve())
    return folder


class _RuntimeApi(BaseHTTPRequestHandler):
    """Lambda's side of the Runtime API: hands out events, takes answers."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """`/invocation/next`: wait for an event and hand it over."""
        event = self.server.events.get()
        deadline = int((time.time() + 60) * 1000)
        body = json.dumps(event).encode()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "1",
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-2:123456789012:function:packaged",
            "Content-Type": "application/json",
        }
        self._answer(200, body, headers)

    def do_POST(self) -> None:
        """`/invocation/<id>/response`, `/invocation/<id>/error` and `/init/error`."""
        body = self._body()
        self.server.answers.put((self.path.endswith("/response"), body))
        self._answer(202, b"{}", {"Content-Type": "application/json"})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the function's own log is what a reader wants."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RuntimeApi)
        self.events: queue.Queue[Any] = queue.Queue()
        self.answers: queue.Queue[tuple[bool, bytes]] = queue.Queue()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that was stopped while it waited is no error."""


class Function:
    """One function, from `start` to `stop`; its process serves one event after another, as a warm one does."""

    def __init__(self, handler: str, environment: Mapping[str, str], task: Path, supplied: Path, log: Path) -> None:
        self._handler, self._environment = handler, environment
        self._task, self._supplied, self.log = task, supplied, log
        self._server: _Server | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Function:
        """Start the process."""
        self._server = _Server()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        environment = {**self._environment, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}"}
        command = [sys.executable, "-I", "-S", "-B", "-c", _BOOT]
        command += [str(self._task), str(self._supplied), self._handler]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - every word of the command is ours
                command, cwd=self._task, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        return self

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """The function's answer to an event. Raises FunctionFailed."""
        process, server = self._process, self._server
        if process is None or server is None:
            raise FunctionFailed("not started")
        server.events.put(event)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                worked, body = server.answers.get(timeout=0.2)
            except queue.Empty:
                if process.poll() is not None:
                    break
                continue
            if worked:
                return json.loads(body)
            raise FunctionFailed(f"{self._handler}: {body.decode(errors='replace')[:2000]}\n{self.said()}")
        raise FunctionFailed(f"{self._handler} gave no answer\n{self.said()}")

    def said(self) -> str:
        """The end of the function's log."""
        return self.log.read_text("utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        """End the process and free the port."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
