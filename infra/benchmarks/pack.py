"""`python -m infra.benchmarks.pack`: what building a referral pack of 50 files of 10 MB costs.

The bucket is moto's server in a process of its own, asked over HTTP as S3 is; only the process that builds the pack is
measured. Its CPU includes signing every part's bytes, which S3 does not ask for over HTTPS. A function has a share of a
core that grows with its memory (1,769 MB: one), so its seconds are the measured ones by that share; what the network
takes is reckoned at the 75 MB a second that functions are known to reach, each byte in once and out once.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import threading
import time
from typing import Any

from infra.build import ROOT

FILES, SIZE = 50, 10 * 1024 * 1024
CORE_AT, NETWORK = 1769, 75e6
BUCKET = "bench-evidence"


def main() -> None:
    """Measure, and print a line."""
    setting = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    function = setting["stages"]["live"]["lambda_functions"]["api_handler"]
    memory, seconds = function["lambda_memory_size"], function["lambda_timeout"]
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "eu-west-2"}
    os.environ["AWS_ENDPOINT_URL"] = ours.recv()
    found = _measured()
    server.terminate()
    cpu, network = found["cpu"] * CORE_AT / memory, 2 * FILES * SIZE / NETWORK
    print(
        f"{FILES} files of {SIZE >> 20} MB: {found['cpu']:.1f} s of CPU, {found['wall']:.1f} s on this machine, "
        f"{found['peak']:.0f} MB at most ({found['before']:.0f} before), pieces of 256 kB, parts of 8 MB"
    )
    print(
        f"in the function ({memory} MB, {seconds} s): {cpu:.0f} s of its share of a core, {network:.0f} s of network, "
        f"{'inside' if max(cpu, network) < seconds and found['peak'] < memory else 'NOT inside'} its bounds"
    )


def _serve(pipe: Any) -> None:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    pipe.send("http://{}:{}".format(*server.get_host_and_port()))
    threading.Event().wait()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _measured() -> dict[str, float]:
    from chalicelib import files, wiring
    from chalicelib.cases.pack import LOG, _Pack

    client = files.client()
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    block = os.urandom(SIZE)
    for n in range(FILES):
        client.put_object(Bucket=BUCKET, Key=f"evidence/{n}", Body=n.to_bytes(8, "big") + block[8:])
    del block
    bucket = files.Files(client, BUCKET)
    before, cpu, began = _peak(), _cpu(), time.monotonic()
    out = bucket.writing("uploads/packs/bench.zip")
    pack = _Pack(out, wiring.now())
    for n in range(FILES):
        pack.add(f"evidence/{n:02}", bucket.chunks({"key": f"evidence/{n}"}))
    pack.add(LOG, iter([b"{}\n"]))
    pack.close({})
    out.close()
    return {"cpu": _cpu() - cpu, "wall": time.monotonic() - began, "peak": _peak(), "before": before}


if __name__ == "__main__":
    main()
