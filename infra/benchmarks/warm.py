"""Warm requests: CPU of one process that serves requests in turn, as ratios to a one-line Chalice page in it.

The database is in another process, so that only our own work is counted. Each round serves one of each, so that
whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from infra.benchmarks.council import ASKER, FORM, Council, Event
from infra.benchmarks.report import Section

ROUNDS, UNCOUNTED = 40, 5
PLAIN = "one-line Chalice page"
_HOW = f"""One process serves {ROUNDS} rounds, one of each in every round, after {UNCOUNTED} that do not count. CPU of
the process, the database being in another, as ratios to a one-line Chalice page in the same process."""
PROGRAM = """
import json, sys, time
sys.path[:0] = sys.argv[1:3]
with open(sys.argv[3]) as file:
    rounds = json.load(file)
import app
from chalice.app import Chalice, Response
plain = Chalice("plain")
@plain.route("/")
def page():
    return Response("<p>Hello</p>", {"Content-Type": "text/html"})
taken = {}
for turns in rounds:
    for name, event, status in turns:
        handler = app.app if status else plain
        began = time.process_time_ns()
        answer = handler(event, None)
        taken.setdefault(name, []).append(time.process_time_ns() - began)
        if answer["statusCode"] != (status or 200):
            sys.exit(f"{name} answered {answer['statusCode']}")
print(json.dumps(taken))
"""


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
            ("check form: GET /check, 1 read", form, 200),
            ("check sent: POST /check, 1 read + 1 transaction", post, 303),
            ("decision page from its link, 2 reads", council.event(path), 200),
            ("decision, 2 reads + 1 transaction", council.event(path, council.approval(reference)), 303),
        ]
        made.append(turns)
    return made


def measure(task: Path, scratch: Path, council: Council) -> Section:
    """Measure warm requests of what is unpacked in `task`; `scratch` holds `supplied`."""
    plan = scratch / "rounds.json"
    plan.write_text(json.dumps(rounds(council)), "utf-8")
    command = [sys.executable, "-S", "-s", "-P", "-B", "-c", PROGRAM, str(task), str(scratch / "supplied"), str(plan)]
    environment = {**council.environment, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PATH": os.defpath}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    taken = {name: times[UNCOUNTED:] for name, times in json.loads(done.stdout).items()}
    least = min(taken[PLAIN])
    rows = [
        [name, f"{statistics.median(times) / statistics.median(taken[PLAIN]):.1f}", f"{min(times) / least:.1f}"]
        for name, times in taken.items()
    ]
    plain = statistics.median(taken[PLAIN]) / 1e6
    notes = [
        f"The one-line page itself: {plain:.2f} ms in the middle, {least / 1e6:.2f} ms at best.",
        "The same journey written plainly in another framework, to compare with, is not measured yet.",
    ]
    return Section("Warm", _HOW, ["request", "middle ÷ one-line page", "best ÷ best"], rows, notes)
