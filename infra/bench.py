"""`python -m infra.bench`: measure the built package and print the figures; `make bench` builds it first.

Everything is a ratio or a count, so that it means the same on another machine. `--write` puts the same tables into
docs/performance.md.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from infra.assets import build as assets
from infra.benchmarks import cold, growth, warm
from infra.benchmarks.council import ASKER, Council, moto
from infra.benchmarks.report import Section, verdict
from infra.build import BUILD, ROOT
from infra.local import dynamodb

TARGET = ROOT / "docs" / "performance.md"
INTRODUCTION = """# Performance

Written by `python -m infra.bench --write` (`make bench` prints the same) on {day}, with Python {python} on {cores}
cores. What was wanted and not reached says so.
"""


FORMS = {"sign-in form": ("/sign-in", ""), "check form": ("/check", ASKER), "report form": ("/report", "")}
"""Form → its path, and who opens it."""


HEAVY = ("chalicelib/checker/", "holidays/", "tzdata/")
"""What the package may be large for."""


def weight(council: Council, path: str, who: str) -> float:
    """Megabytes of a page's first load: itself and its style sheets, compressed as API Gateway does it."""
    page = str(council.serve(council.event(path, who=who), 200)["body"])
    sheets = re.findall(r'href="/api(/assets/[^"]+\.css)"', page)
    bodies = [page, *(str(council.serve(council.event(sheet), 200)["body"]) for sheet in sheets)]
    return sum(len(gzip.compress(body.encode())) for body in bodies) / 1e6


def sizes(zipped: Path, task: Path, first_loads: dict[str, float]) -> Section:
    """The sizes of what is deployed and of what a page brings."""
    files = [path for path in task.rglob("*") if path.is_file()]
    data = [path for path in files if path.relative_to(task).parts[0] in ("holidays", "tzdata")]
    with zipfile.ZipFile(zipped) as archive:
        lean = sum(one.compress_size for one in archive.infolist() if not one.filename.startswith(HEAVY)) / 1e6
    rows = [
        ["zip", f"{zipped.stat().st_size / 1e6:.2f}", verdict(zipped.stat().st_size / 1e6, (12,))],
        ["of that, without the checker and the data of holidays and time zones", f"{lean:.2f}", verdict(lean, (3,))],
        ["unpacked", f"{sum(path.stat().st_size for path in files) / 1e6:.2f}", "–"],
        ["of that, data of holidays and time zones", f"{sum(path.stat().st_size for path in data) / 1e6:.2f}", "–"],
        ["template", f"{(zipped.parent / 'template.yaml').stat().st_size / 1e6:.2f}", "–"],
    ]
    rows += [
        [f"{form}’s first load, compressed", f"{mb:.3f}", verdict(mb, (0.04,))] for form, mb in first_loads.items()
    ]
    return Section("Sizes", f"{len(files)} files in the zip. Megabytes.", ["what", "MB", "wanted"], rows)


@contextmanager
def database() -> Iterator[tuple[str, str, bool]]:
    """The most exact DynamoDB that this machine has: address, name, whether it reckons capacity."""
    try:
        with dynamodb.running() as endpoint:
            yield endpoint, "Amazon DynamoDB Local", True
            return
    except dynamodb.Unavailable:
        pass
    with moto() as endpoint:
        yield endpoint, "moto", False


def measure() -> Iterator[Section]:
    """Every part of the report, each as soon as it is measured."""
    zipped = BUILD / "deployment.zip"
    # Requests that only prepare something are served from the checkout, whose pages name the style sheets.
    assets.build(BUILD / "assets")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        task = scratch / "task"
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(task)
        with moto() as endpoint:
            council = Council(endpoint, "bench")
            first_loads = {form: weight(council, *opened) for form, opened in FORMS.items()}
            yield from cold.measure(task, scratch, council)
        with database() as (endpoint, engine, exact):
            yield warm.measure(task, scratch, Council(endpoint, "warm"), engine)
            yield growth.measure(Council(endpoint, "bench"), engine, exact=exact)
        yield sizes(zipped, task, first_loads)


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description="Measure the built package.")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md as well")
    chosen = parser.parse_args()
    blocks = []
    for section in measure():
        blocks.append(section.markdown())
        print(blocks[-1], end="\n\n", flush=True)
    if chosen.write:
        day = f"{datetime.now(UTC):%-d %B %Y}"
        said = INTRODUCTION.format(day=day, python=platform.python_version(), cores=os.cpu_count())
        TARGET.write_text("\n".join([said, "\n\n".join(blocks), ""]), "utf-8")


if __name__ == "__main__":
    main()
