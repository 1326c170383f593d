"""The embedded AWS: DynamoDB, S3 and SES by moto, in memory, behind one loopback address.

Rules: the app reaches it as it reaches the real AWS, over HTTP (`AWS_ENDPOINT_URL`); the table's
keys and indexes are read from `infra/resources.yaml`, never written down a second time; requests are answered one
at a time, because moto's conditions are checked without a lock and two writers could otherwise both win.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from types import TracebackType
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import botocore.session
from moto.backends import get_backend
from moto.core.model_instances import model_data
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from infra import template
from infra.local.mailbox import Mailbox

REGION = "eu-west-2"
RESOURCES = template.FOLDER / "resources.yaml"
_SEND_EMAIL = "/v2/email/outbound-emails"
_HANG_SECONDS = 10.0


def environment(endpoint: str) -> dict[str, str]:
    """What is needed to reach the embedded AWS, and nothing of the developer's own account."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


NOT_OURS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3")
"""What a developer's shell may hold and the embedded AWS must not inherit."""


@cache
def table_definition() -> dict[str, Any]:
    """The arguments of CreateTable, but for the table's name, as the deployed table has them."""
    properties = template.load(RESOURCES)["Resources"]["Table"]["Properties"]
    stream = properties.get("StreamSpecification")
    definition = {
        name: properties[name]
        for name in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    }
    if stream:
        definition["StreamSpecification"] = {"StreamEnabled": True, **stream}
    return definition


def create_table(client: Any, name: str) -> None:
    """Create the table as `infra/resources.yaml` defines it. `client` is a DynamoDB client.

    Expiry is left off: the app checks it itself, and an engine that deletes by the real clock would disturb tests
    whose clock stands still.
    """
    client.create_table(TableName=name, **table_definition())


class Front:
    """The WSGI application before moto: keeps the mail that SES accepts, and refuses when told to."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.RLock()
        self.stopping = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == _SEND_EMAIL and environ["REQUEST_METHOD"] == "POST":
            return self._send_email(environ, start_response)
        with self._one_at_a_time:
            return list(self._moto(environ, start_response))

    def _send_email(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = Request(environ).get_data()
        environ["wsgi.input"] = BytesIO(body)
        mode = self.mailbox.mode
        if mode == "refuse":
            answer = _refusal(400, "SendingPausedException", "Email sending is paused for this account.")
        elif mode == "throttle":
            answer = _refusal(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
        elif mode == "hang":
            self.stopping.wait(_HANG_SECONDS)
            answer = _refusal(503, "ServiceUnavailable", "The service is not available.")
        else:
            with self._one_at_a_time:
                answer = Response.from_app(self._moto, environ)
            if answer.status_code == 200:
                self.mailbox.take(body, json.loads(answer.get_data())["MessageId"])
                if mode == "lose":
                    answer = _refusal(500, "InternalFailure", "The answer was lost.")
        if answer.status_code != 200:
            self.mailbox.refused += 1
        return answer(environ, start_response)


def _refusal(status: int, kind: str, words: str) -> Response:
    """An error in the form that SES API v2 gives errors."""
    answer = Response(json.dumps({"message": words}), status, content_type="application/json")
    answer.headers["x-amzn-ErrorType"] = kind
    return answer


class _Quiet(MotoRequestHandler):
    """Says nothing of each request: the app's own output is what a developer wants to read."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Errors only."""
        if type == "error":
            super().log(type, message, *args)


def _keep_no_past() -> None:
    """moto notes every item that it ever makes, and each transaction copies the table: a page of its own lists them, so
    nothing is ever freed. Thousands of tests and an afternoon of `make run` cannot afford that."""
    get_backend("dynamodb")
    models: Any = model_data["dynamodb"].values()
    for model in models:
        model.instances_tracked = deque(maxlen=0)


class EmbeddedAws:
    """moto's DynamoDB, S3 and SES on a free loopback port, from `start` to `stop`; also a context manager.

    moto keeps its state for the whole process, so two of these at once see the same tables and buckets.
    """

    def __init__(self) -> None:
        _keep_no_past()
        self.mailbox = Mailbox()
        self._front = Front(self.mailbox)
        self._server = make_server(
            "127.0.0.1", 0, self._front, threaded=True, request_handler=_Quiet
        )  # port 0: any free one
        self._thread = threading.Thread(target=self._server.serve_forever, name="embedded-aws", daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> EmbeddedAws:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._front.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def __enter__(self) -> EmbeddedAws:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, service: str) -> Any:
        """A botocore client of this AWS, whatever the environment says."""
        return botocore.session.get_session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  (it opens nothing)
        )

    def prepare(self, table: str, bucket: str, sender: str) -> None:
        """Make what a deployment makes: the table, the bucket and the identity that mail comes from."""
        create_table(self.client("dynamodb"), table)
        self.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("sesv2").create_email_identity(EmailIdentity=sender)
