"""The client of DynamoDB by itself: it signs as AWS's own does, and gives up neither too early nor too late."""

from __future__ import annotations

import json
import select
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from chalicelib import aws, dynamodb, store
from chalicelib.dynamodb import Client, Exceptions, Refused, Unreachable
from infra.local.aws import EmbeddedAws

ENVIRONMENT = {"AWS_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "not/a+secret"}
KEY = {"TableName": "t", "Key": {"pk": {"S": "a"}, "sk": {"S": "é"}}}
_API = "com.amazonaws.dynamodb.v20120810#"
Answer = tuple[int, dict[str, Any], dict[str, str]]
"""Status, body, more headers."""

BUSY: Answer = (503, {}, {})
THROTTLED: Answer = (400, {"__type": f"{_API}ThrottlingException", "message": "slow down"}, {})
WELL: Answer = (200, {"Item": {}}, {})


class Server(ThreadingHTTPServer):
    """Gives these answers, one after the other, and keeps what it was asked. None: the line is cut instead."""

    daemon_threads = True

    def __init__(self, answers: list[Answer | None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.lines = 0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One line to the server, over which several requests may come."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Count the lines."""
        super().setup()
        self.server.lines += 1

    def do_POST(self) -> None:
        """Give the next answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
        answer = self.server.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        status, content, more = answer
        raw = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), "x-amz-crc32": str(zlib.crc32(raw)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        # AWS closes an idle line without a word; a function that slept finds out when it asks again.
        self.close_connection = "X-Then" in more

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Server, Client]]]:
    """Starts a server with answers, and makes a client for it that does not wait."""
    monkeypatch.setattr("chalicelib.dynamodb.time.sleep", lambda _seconds: None)
    with ExitStack() as stack:

        def serve(*answers: Answer | None, **also: str) -> tuple[Server, Client]:
            server = Server(list(answers))
            address = f"http://127.0.0.1:{server.server_port}"
            client = Client({**ENVIRONMENT, "AWS_ENDPOINT_URL": address, **also})
            for end in (server.server_close, server.shutdown, client.close):
                stack.callback(end)
            return server, client

        yield serve


@pytest.mark.parametrize("session", ["", "a session's token"])
def test_a_request_is_signed_as_awss_own_client_signs_it(
    served: Callable[..., tuple[Server, Client]], session: str
) -> None:
    server, client = served(WELL, AWS_SESSION_TOKEN=session)
    assert client.get_item(**KEY) == {"Item": {}}
    ((sent, body),) = server.asked
    assert json.loads(body) == KEY

    request = botocore.awsrequest.AWSRequest("POST", f"http://{sent['host']}/", data=body)
    for name in ("content-type", "x-amz-target"):
        request.headers[name] = sent[name]
    request.context["timestamp"] = sent["x-amz-date"]
    credentials = botocore.credentials.Credentials("AKID", "not/a+secret", session or None)
    signer = botocore.auth.SigV4Auth(credentials, "dynamodb", "eu-west-2")
    request.headers["X-Amz-Date"] = sent["x-amz-date"]
    if session:
        request.headers["X-Amz-Security-Token"] = session
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert sent["authorization"].endswith(f"Signature={signer.signature(text, request)}")
    assert sent.get("x-amz-security-token", "") == session


@pytest.mark.parametrize("first", [BUSY, THROTTLED, None, (200, {}, {"x-amz-crc32": "1"})])
def test_what_may_be_over_a_moment_later_is_asked_once_more(
    served: Callable[..., tuple[Server, Client]], first: Answer | None
) -> None:
    server, client = served(first, WELL)
    assert client.transact_write_items(TransactItems=[]) == {"Item": {}}
    bodies = [json.loads(body) for _, body in server.asked]
    assert bodies[0] == bodies[1]
    assert len(bodies[0]["ClientRequestToken"]) == 32


@pytest.mark.parametrize(
    ("answer", "error"), [(BUSY, Refused), (THROTTLED, Refused), (None, Unreachable)], ids=["busy", "throttled", "cut"]
)
def test_and_not_a_second_time(
    served: Callable[..., tuple[Server, Client]], answer: Answer | None, error: type[Exception]
) -> None:
    server, client = served(answer, answer, answer)
    with pytest.raises(error):
        client.get_item(**KEY)
    assert len(server.asked) == aws.ATTEMPTS


def test_an_error_of_our_own_is_told_at_once(served: Callable[..., tuple[Server, Client]]) -> None:
    reasons = [{"Code": "ConditionalCheckFailed"}]
    body = {"__type": f"{_API}TransactionCanceledException", "Message": "why", "CancellationReasons": reasons}
    server, client = served((400, body, {}), (400, {"__type": f"{_API}ValidationException"}, {}))
    with pytest.raises(Exceptions.TransactionCanceledException, match="why") as stop:
        client.transact_write_items(TransactItems=[], ClientRequestToken="mine")
    assert stop.value.response["CancellationReasons"] == reasons
    assert json.loads(server.asked[0][1])["ClientRequestToken"] == "mine"
    with pytest.raises(Refused, match="ValidationException") as plain:
        client.query(TableName="t")
    assert type(plain.value) is Refused


def test_a_line_is_kept_and_one_that_was_closed_meanwhile_is_made_again(
    served: Callable[..., tuple[Server, Client]],
) -> None:
    server, client = served(WELL, WELL, (200, {}, {"X-Then": "hangs up"}), WELL)
    for _ in range(3):
        client.get_item(**KEY)
    assert server.lines == 1
    (line,) = client._idle
    select.select([line.sock], [], [], 5)  # The other side has hung up.
    client.get_item(**KEY)
    assert (server.lines, len(server.asked)) == (2, 4)


def test_nobody_waits_for_ever(served: Callable[..., tuple[Server, Client]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb, "READ_SECONDS", 0.05)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)  # Takes the call and never answers.
    client = Client({**ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{server.server_port}"})
    with server, pytest.raises(Unreachable, match="TimeoutError"):
        client.get_item(**KEY)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        client.get_item(**KEY)


def test_without_an_address_it_is_awss_own_over_tls() -> None:
    client = Client(ENVIRONMENT)
    assert (client._host, client._secure) == ("dynamodb.eu-west-2.amazonaws.com", True)


def test_a_developers_profile_is_left_to_awss_own_client(
    embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert embedded.endpoint
    assert isinstance(store.client(), Client)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    config = store.client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (aws.CONNECT_SECONDS, aws.READ_SECONDS) == (1, 4)
    assert config.retries["total_max_attempts"] == 2
