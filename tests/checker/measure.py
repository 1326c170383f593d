"""Print how good and how fast the post checker is: `python -m tests.checker.measure`.

Rules: the `written` half is what rules were written against, the `measured` half is only measured, and the strangers'
posts were written from the specification alone. Times are CPU time of this process, the best of a few rounds.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import median

from chalicelib.checker import CODES, check
from tests.checker.corpus import COUNCIL, REGISTER, Post, posts, read
from tests.checker.hostile import TEXTS
from tests.checker.scores import score


def main() -> None:
    """All the figures."""
    everything = posts()
    _first_check(everything[0])
    _table("written half", (post for post in everything if post.half == "written"))
    _table("measured half", (post for post in everything if post.half == "measured"))
    for path in sorted((Path(__file__).parent / "corpus" / "strangers").glob("*.txt")):
        _table(f"strangers: {path.stem}", read(path))
    _speed(everything)
    _memory(everything)


def _table(name: str, some: Iterable[Post]) -> None:
    scores = score(some)
    _line(f"\n{name}: {scores.posts} posts, {scores.clean} clean, false flag on {scores.false_alarms:.1%} of the clean")
    for code in CODES:
        if scores.labels[code] or scores.flags[code]:
            _line(
                f"  {code:20} labels {scores.labels[code]:3}  recall {scores.recall(code):.3f}"
                f"  precision {scores.precision(code):.3f}"
            )


def _first_check(post: Post) -> None:
    start = time.process_time()
    post.flags()
    _line(f"first check, which loads the rules: {(time.process_time() - start) * 1e3:.0f} ms CPU")


def _speed(everything: Iterable[Post]) -> None:
    typical = [_cpu(post.flags) * 1e6 for post in everything]
    _line(f"\ntypical post: median {median(typical):.0f} µs CPU, slowest {max(typical):.0f} µs")
    prose = " ".join(post.text for post in everything)
    for name, text in {"prose": prose, **TEXTS}.items():
        half, whole = _cpu(partial(_check, text[:5_000])), _cpu(partial(_check, text[:10_000]))
        _line(
            f"  {len(text[:10_000]):6} characters of {name:22} {whole * 1e3:6.2f} ms CPU,"
            f" {whole / max(half, 1e-9):.1f} times half of it"
        )


def _memory(everything: Iterable[Post]) -> None:
    peaks = []
    tracemalloc.start()
    for post in everything:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        post.flags()
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    _line(f"memory of one check: median {median(peaks) / 1024:.0f} KiB, most {max(peaks) / 1024:.0f} KiB")


def _check(text: str) -> None:
    check(text, on_behalf="own", asker="p05", register=REGISTER, council=COUNCIL)


def _cpu(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
