"""`python -m infra.local`: Clerkwell on this machine, an embedded AWS and the demo council, until stopped."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from chalicelib import wiring
from infra.local import aws, demo


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002  (werkzeug's)
        """One short line for each request, without the address, which is always this machine's."""
        print(f"{code} {self.command} {self.path}", flush=True)


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    arguments = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    arguments.add_argument("--port", type=int, default=8000, help="the port to listen on, on 127.0.0.1 only")
    arguments.add_argument(
        "--no-prefix", action="store_true", help="serve as a custom domain does, without the stage's /api"
    )
    given = arguments.parse_args()
    prefix = "" if given.no_prefix else "/api"
    address = f"http://127.0.0.1:{given.port}"

    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)

    with aws.EmbeddedAws() as embedded:
        for name in aws.NOT_OURS:
            os.environ.pop(name, None)
        os.environ.update(aws.environment(embedded.endpoint) | demo.environment(address + prefix))
        embedded.prepare(demo.TABLE, demo.BUCKET, demo.SENDER)
        # The app reads its settings when it is first used, so it is brought in only now.
        from infra.local.site import Site

        demo.seed(wiring.store(), wiring.settings(), wiring.now())
        site = Site(embedded.mailbox, prefixed=not given.no_prefix)
        # Whoever has not signed the policy is asked to, in a mail that is there when the inbox is first looked at.
        site.run_outbox()
        server = make_server("127.0.0.1", given.port, site, threaded=True, request_handler=_Handler)
        serving = threading.Thread(target=server.serve_forever, name="http", daemon=True)
        serving.start()
        print(f"Clerkwell:  {address}{prefix}/")
        print(f"Inbox:      {address}/_local/inbox")
        print("Sign in as: " + ", ".join(person.email for person in demo.PEOPLE))
        print("Ctrl-C stops it; nothing is kept.", flush=True)
        stopped.wait()
        server.shutdown()
        server.server_close()
        serving.join(10)


if __name__ == "__main__":
    main()
