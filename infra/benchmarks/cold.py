"""Cold starts: a fresh, bare interpreter that serves one request from the built zip and ends.

Instructions are counted by valgrind's callgrind, which gives the same figure every time; CPU is the least of several
runs. Both are given as ratios to `python -c pass` in the same run, since they say little about any other machine.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import botocore

from infra.benchmarks.council import ASKER, FORM, Council, Event
from infra.benchmarks.report import Section, verdict

RUNS = 5
SUPPLIED = ("botocore", "dateutil", "jmespath", "six.py", "urllib3")
"""What Lambda's own Python brings and the zip leaves out."""

PROGRAM = (
    "import sys; sys.path[:0] = sys.argv[1:3]; import json; event = json.load(open(sys.argv[3])); import app; "
    "answer = app.app(event, None); sys.exit(str(answer) if answer['statusCode'] != int(sys.argv[4]) else 0)"
)
_HOW = f"""A fresh interpreter (`python -S -s -P -B`, hash seed fixed) serves one request from the unpacked zip and
ends; botocore stands beside it, with byte code, as Lambda supplies it; the table is in another process. Ratios to
`python -c pass` started in the same way: instructions by callgrind, CPU the least of {RUNS} runs."""
_WHAT_COUNTS = """Counted from the interpreter’s start to its end, with everything that is taken down then, which Lambda
  never does. Not counted: Lambda’s own runtime client, and TLS, since the table is reached over plain HTTP. `-S` leaves
  out `site`, which is another one on every machine: with it `pass` would cost more, and every ratio would be lower."""
_WHERE_IT_GOES = """Chalice with a one-line page is the floor. Above it a form pays for Jinja’s run time, WTForms
  and for our own modules; a page behind a session for Python’s HTTP client (which brings its mail
  parser and TLS along), hashing, and the rules of register and policy; the first write for the post checker, half of
  it for patterns that Python compiles at each start. Nothing of that is imported for another page."""

BARE = "def app(event, context):\n    return {'statusCode': 200, 'headers': {}, 'body': '<p>Hello</p>'}\n"
ONE_LINE = """from chalice import Chalice, Response
app = Chalice(app_name="plain")
@app.route("/")
def page():
    return Response("<p>Hello</p>", {"Content-Type": "text/html"})
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One thing to start. `task`: the folder that stands for /var/task; `wanted`: the ratios to reach."""

    name: str
    task: Path
    event: Event
    status: int = 200
    wanted: tuple[float, ...] = ()


def supplied(folder: Path) -> Path:
    """Links in a folder to what Lambda supplies."""
    folder.mkdir()
    here = Path(botocore.__file__).parents[1]
    for name in SUPPLIED:
        (folder / name).symlink_to(here / name)
    return folder


def starts(task: Path, scratch: Path, council: Council) -> list[Start]:
    """What is started, the least first."""
    plain = council.event("/") | {"resource": "/"}
    made = {name: scratch / name for name in ("bare", "chalice", "plain")}
    for name, folder in made.items():
        folder.mkdir()
        (folder / "app.py").write_text(BARE if name == "bare" else ONE_LINE, "utf-8")
    no_byte_code = shutil.ignore_patterns("__pycache__")
    shutil.copytree(task / "chalice", made["chalice"] / "chalice")
    shutil.copytree(task / "chalice", made["plain"] / "chalice", ignore=no_byte_code)
    compile_ = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compile_, *map(str, (made["bare"], made["chalice"]))], check=True)  # noqa: S603  (our words)
    form, post = council.event("/check", who=ASKER), council.event("/check", FORM, ASKER)
    link = council.event("/sign-in", {"email": "councillor2@council.example"})
    return [
        Start("a handler that only answers", made["bare"], plain),
        Start("one-line Chalice page, with byte code", made["chalice"], plain),
        Start("one-line Chalice page, as `chalice package` makes it", made["plain"], plain),
        Start("form that anybody may open: GET /sign-in", task, council.event("/sign-in"), wanted=(10, 6.5)),
        Start("form behind a session: GET /check, 1 read", task, form, wanted=(10, 6.5)),
        Start("first write without a session: POST /sign-in", task, link, 303, wanted=(24, 15)),
        Start("first write: POST /check, 1 read + 1 transaction", task, post, 303, wanted=(24, 15)),
    ]


_BARE = (sys.executable, "-S", "-s", "-P", "-B", "-c")


class Starter:
    """Starts things in an environment that holds nothing but what a function's would."""

    def __init__(self, scratch: Path, environment: Mapping[str, str]) -> None:
        self._scratch, self.supplied = scratch, supplied(scratch / "supplied")
        # Without a fixed seed the order of sets, and with it the count, would be another one each time.
        self._environment = {**environment, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PATH": os.defpath}

    def command(self, start: Start | None) -> list[str]:
        """The command of a start; of `pass` without one."""
        if start is None:
            return [*_BARE, "pass"]
        event = self._scratch / f"{start.event['httpMethod']}{start.event['resource'].replace('/', '.')}.json"
        event.write_text(json.dumps(start.event), "utf-8")
        return [*_BARE, PROGRAM, str(start.task), str(self.supplied), str(event), str(start.status)]

    def instructions(self, start: Start | None) -> int:
        """How many instructions it takes from the program's first to its last. Raises RuntimeError."""
        return self._counted(self.command(start))

    def count(self, program: str) -> int:
        """How many instructions a program of a few words takes. Raises RuntimeError."""
        return self._counted([*_BARE, program])

    def _counted(self, command: list[str]) -> int:
        said = self._run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
        found = re.search(r"Collected : (\d+)", said)
        if found is None:
            raise RuntimeError(f"valgrind counted nothing: {said[-500:]}")
        return int(found[1])

    def cpu(self, start: Start | None) -> float:
        """Seconds of CPU, the least of several runs."""
        return min(self._once(self.command(start)) for _ in range(RUNS))

    def _once(self, command: list[str]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._run(command)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(  # noqa: S603  (every word is ours)
            command, env=self._environment, capture_output=True, text=True, check=False, cwd=self._scratch
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stderr


IMPORTS = (
    *(
        "json",
        "chalice.app",
        "inspect, dataclasses, pathlib",
        "app",
        "markupsafe, wtforms.fields.simple",
        "jinja2.runtime",
    ),
    *("jinja2.environment", "chalicelib.web", "chalicelib.sign_in.asking", "hashlib, secrets", "zoneinfo"),
    *("chalicelib.record", "chalicelib.store", "chalicelib.policy.rules", "chalicelib.access", "http.client"),
    *(
        "chalicelib.dynamodb",
        "chalicelib.checks.asking",
        "chalicelib.checks.service.asking",
        "chalicelib.checker.engine",
    ),
)
"""What is imported on the way to the first write, in that order."""


def bill(task: Path, starter: Starter) -> Section:
    """What each import costs, next to everything that was imported before it."""
    paths = f"import sys; sys.path[:0] = {[str(task), str(starter.supplied)]!r}"
    programs = ["; ".join([paths, *(f"import {name}" for name in IMPORTS[:n])]) for n in range(len(IMPORTS) + 1)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counted = list(pool.map(starter.count, programs))
    rows = [
        [name, f"{(after - before) / 1e6:.1f}", f"{(after - before) / counted[0]:.2f}"]
        for name, before, after in zip(IMPORTS, counted, counted[1:], strict=False)
    ]
    how = "Each after everything above it, in one fresh interpreter, with whatever it imports in turn."
    return Section("What each import costs", how, ["import", "million instructions", "÷ pass"], rows)


def measure(task: Path, scratch: Path, council: Council) -> Iterator[Section]:
    """Measure cold starts of what is unpacked in `task`."""
    starter, wanted = Starter(scratch, council.environment), starts(task, scratch, council)
    everything: list[Start | None] = [None, *wanted]
    cpu = [starter.cpu(start) for start in everything]
    counted: list[int] = []
    if shutil.which("valgrind"):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            counted = list(pool.map(starter.instructions, everything))
    rows = []
    for n, start in enumerate(wanted, 1):
        by_cpu = cpu[n] / cpu[0]
        by_count = counted[n] / counted[0] if counted else by_cpu
        count = [f"{by_count:.1f}", f"{counted[n] / 1e6:,.0f}"] if counted else ["–", "–"]
        rows.append([start.name, *count, f"{by_cpu:.1f}", verdict(by_count, start.wanted)])
    notes = [
        f"`pass` itself: {f'{counted[0] / 1e6:,.0f} million instructions, ' if counted else ''}{cpu[0] * 1000:.0f} ms.",
        _WHAT_COUNTS,
        _WHERE_IT_GOES,
    ]
    if not counted:
        notes.insert(0, "valgrind is not installed here: nothing was counted, and the verdicts go by CPU.")
    header = ["start", "instructions ÷ pass", "million", "CPU ÷ pass", "wanted"]
    yield Section("From cold", _HOW, header, rows, notes)
    if counted:
        yield bill(task, starter)
