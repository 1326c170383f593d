"""Warm requests: CPU of one process that serves requests in turn, as ratios to a one-line Chalice page in it and to the
same journey written plainly in Flask, SQLAlchemy and SQLite (peer_flask), which is served by a second process.

Clerkwell's table is in another process, so that only our own work is counted, in an engine that keeps connections open
as DynamoDB does; SQLite works in the peer's, as it does. Each round serves one of each, the two processes turn about,
so that whatever else the machine does falls on all.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.benchmarks.council import ASKER, FORM, Council, Event
from infra.benchmarks.report import Section, verdict

ROOT = Path(__file__).resolve().parents[2]

ROUNDS, UNCOUNTED = 40, 5
PLAIN = "one-line Chalice page"
FORM_PAGE, SENT = "check form: GET /check, 1 read", "check sent: POST /check, 1 read + 1 transaction"
PAGE, DECISION = "decision page from its link, 2 reads", "decision, 2 reads + 1 transaction"
WANTED = {FORM_PAGE: 0.65, SENT: 1.0, PAGE: 0.65, DECISION: 1.0}
"""What is compared with the peer → the most that it should take of the peer's CPU."""

_HOW = f"""One process serves {ROUNDS} rounds, one of each in every round, after {UNCOUNTED} that do not count. CPU of
the process, the table being in another, as ratios to a one-line Chalice page in the same process; and to the same
request of a plain Flask application with SQLAlchemy and SQLite, in a process of its own, turn about."""
_PLAINER = "It has no post checker, no hash chain, no history of the register, and plainer pages than ours."
PROGRAM = """
import json, os, sys, time
sys.path[:0] = sys.argv[1:3]
# What the app logs goes to the output; what is answered here must stand there alone.
answers, sys.stdout = sys.stdout, open(os.devnull, "w")
import app
from chalice.app import Chalice, Response
plain = Chalice("plain")
@plain.route("/")
def page():
    return Response("<p>Hello</p>", {"Content-Type": "text/html"})
for line in sys.stdin:
    taken = {}
    for name, event, status in json.loads(line):
        handler = app.app if status else plain
        began = time.process_time_ns()
        answer = handler(event, None)
        taken[name] = time.process_time_ns() - began
        if answer["statusCode"] != (status or 200):
            sys.exit(f"{name} answered {answer['statusCode']}")
    print(json.dumps(taken), file=answers, flush=True)
"""
PEER = """
import json, sys, time
from infra.benchmarks import warm
serve = warm.peer(sys.argv[1])
for _ in sys.stdin:
    print(json.dumps(serve()), flush=True)
"""


def peer(folder: str) -> Callable[[], dict[str, int]]:
    """A function that has the peer serve one of each, and says how many nanoseconds of CPU each took."""
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    from infra.benchmarks.peer_flask.app import seeded

    app, token, link = seeded(f"{folder}/peer.sqlite")

    def ask(path: str, fields: dict[str, str] | None, expected: int) -> tuple[int, str]:
        method = "GET" if fields is None else "POST"
        headers = [("Cookie", f"session={token}")]
        environ = EnvironBuilder(path, method=method, data=fields, headers=headers).get_environ()
        began = time.process_time_ns()
        body, status, answered = run_wsgi_app(app, environ, buffered=True)
        b"".join(body)
        taken = time.process_time_ns() - began
        if int(status[:3]) != expected:
            raise RuntimeError(f"the peer's {method} {path} answered {status}")
        return taken, answered.get("Location", "")

    def serve() -> dict[str, int]:
        taken = {FORM_PAGE: ask("/check", None, 200)[0]}
        taken[SENT], address = ask("/check", FORM, 303)
        path = link(address.removeprefix("/check/").partition("?")[0])
        taken[PAGE] = ask(path, None, 200)[0]
        taken[DECISION] = ask(path, {"decision": "approve", "reason": ""}, 303)[0]
        return taken

    return serve


def rounds(council: Council) -> list[list[tuple[str, Event, int]]]:
    """What is served: name, event, status expected (0: by the one-line app)."""
    plain, sign_in = council.event("/"), council.event("/sign-in")
    form, post = council.event("/check", who=ASKER), council.event("/check", FORM, ASKER)
    made = []
    for _ in range(ROUNDS + UNCOUNTED):
        reference = council.ask()
        path = council.link(reference)
        turns = [
            (PLAIN, plain, 0),
            ("form without a session: GET /sign-in", sign_in, 200),
            (FORM_PAGE, form, 200),
            (SENT, post, 303),
            (PAGE, council.event(path), 200),
            (DECISION, council.event(path, council.approval(reference)), 303),
        ]
        made.append(turns)
    return made


def turn_about(ours: list[str], theirs: list[str], plan: list[Any], environment: dict[str, str]) -> list[list[Any]]:
    """What each of two commands answers to each line of the plan, one after the other. Raises RuntimeError."""
    both = (ours, theirs)
    # Words and files of our own. The peer needs this checkout and its packages, Clerkwell nothing but its zip.
    processes = [
        subprocess.Popen(  # noqa: S603  (our own words)
            command,
            env=environment if command is ours else None,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in both
    ]
    answers: list[list[Any]] = [[], []]
    try:
        for turns in plan:
            for process, said in zip(processes, answers, strict=True):
                if process.stdin is None or process.stdout is None:
                    raise AssertionError
                process.stdin.write(json.dumps(turns) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"{process.args!r} ended")
                said.append(json.loads(line))
    finally:
        for process in processes:
            process.communicate()
    return answers


def measure(task: Path, scratch: Path, council: Council, engine: str) -> Section:
    """Measure warm requests of what is unpacked in `task`, on the `engine` of this name; `scratch` holds `supplied`."""
    ours = [sys.executable, "-S", "-s", "-P", "-B", "-c", PROGRAM, str(task), str(scratch / "supplied")]
    theirs = [sys.executable, "-c", PEER, str(scratch)]
    environment = {**council.environment, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PATH": os.defpath}
    answers = turn_about(ours, theirs, rounds(council), environment)
    taken, peers = ({name: [one[name] for one in said[UNCOUNTED:]] for name in said[0]} for said in answers)
    plain = statistics.median(taken[PLAIN])
    rows = []
    for name, times in taken.items():
        row = [name, f"{statistics.median(times) / plain:.1f}", f"{min(times) / min(taken[PLAIN]):.1f}", "–", "–"]
        if name in peers:
            ratio = statistics.median(times) / statistics.median(peers[name])
            row[3:] = [f"{ratio:.2f}", verdict(ratio, (WANTED[name],))]
        rows.append(row)
    milliseconds = {name: statistics.median(times) / 1e6 for name, times in peers.items()}
    told = ", ".join(f"{name.partition(':')[0].partition(',')[0]} {took:.2f} ms" for name, took in milliseconds.items())
    notes = [
        f"The table is kept by {engine}.",
        f"The one-line page itself: {plain / 1e6:.2f} ms in the middle, {min(taken[PLAIN]) / 1e6:.2f} ms at best.",
        f"The peer, in the middle: {told}. {_PLAINER}",
    ]
    return Section("Warm", _HOW, ["request", "middle ÷ one-line page", "best ÷ best", "÷ Flask", "wanted"], rows, notes)
