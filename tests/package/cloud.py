"""The package in a small AWS: API Gateway, four functions in processes of their own, and the services behind a guard.

What connects them comes from the built template: the routes, API Gateway's own answers, each function's environment
and policy. The services are moto's, over HTTP, as the functions reach the real ones.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import botocore.session
import webtest
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from infra.local.aws import Front, create_table
from infra.local.gateway import Gateway, own_answers
from infra.local.mailbox import Mailbox, Message, ses_event, stamp
from tests.package import lambdas
from tests.package.conftest import Package
from tests.package.deployed import ACCOUNT, ANSWERS, REGION, Function, Stack
from tests.package.guard import Guard


class _Quiet(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what was refused stands in the guard's list."""


class Browser(webtest.TestApp):
    """Keeps cookies, and says of a form where it comes from, as browsers do."""

    def __init__(self, gateway: Gateway, address: str) -> None:
        self._address = address
        host = address.removeprefix("https://")
        environ = {"wsgi.url_scheme": "https", "HTTP_HOST": host, "REMOTE_ADDR": "203.0.113.7"}
        super().__init__(gateway, extra_environ=environ)

    def do_request(self, req: Any, status: Any = None, expect_errors: Any = None) -> webtest.TestResponse:
        """Send a request."""
        if req.method == "POST":
            req.headers.setdefault("Origin", self._address)
            req.headers.setdefault("Sec-Fetch-Site", "same-origin")
        return super().do_request(req, status, expect_errors)


class Cloud:
    """A context manager; `pages` is a browser of sorts at the address that API Gateway gives."""

    def __init__(self, package: Package, stack: Stack, folder: Path) -> None:
        self.stack, self.mailbox = stack, Mailbox()
        self.guard = Guard(
            Front(self.mailbox), {_key(name): (name, f.permissions) for name, f in stack.functions.items()}
        )
        self._server = make_server("127.0.0.1", 0, self.guard, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        supplied = lambdas.supply(_made(folder / "supplied"))
        self.functions = {
            name: lambdas.Function(
                f.handler, self._environment(f, package.task), package.task, supplied, folder / f"{name}.log"
            )
            for name, f in stack.functions.items()
        }
        definition = stack.resources["RestAPI"]["Properties"]["Body"]
        self._gateway = Gateway(
            lambda event, _: self.functions["APIHandler"].invoke(event),
            {path: [method.upper() for method in methods] for path, methods in definition["paths"].items()},
            binary_types=definition["x-amazon-apigateway-binary-media-types"],
            answers=own_answers(definition["x-amazon-apigateway-gateway-responses"]),
            after=self.new_mail,
        )
        self.address = stack.outputs["Address"].removesuffix("/api/")
        self.pages = self.browser()

    def _environment(self, function: Function, task: Path) -> dict[str, str]:
        """What a function finds in its environment: the template's, and what Lambda itself sets."""
        properties = function.properties
        return function.environment | {
            "AWS_ACCESS_KEY_ID": _key(function.name),
            "AWS_SECRET_ACCESS_KEY": "opens nothing",
            "AWS_SESSION_TOKEN": "opens nothing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{properties['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": self.stack.resolve({"Ref": function.name}),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "LAMBDA_TASK_ROOT": str(task),
            "LANG": "en_US.UTF-8",
            "PATH": os.defpath,
            "TZ": ":UTC",
            # The one thing that AWS does not set.
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    def __enter__(self) -> Cloud:
        self._thread.start()
        settings = self.stack.functions["APIHandler"].environment
        create_table(self.client("dynamodb"), settings["CLERKWELL_TABLE"])
        self.client("s3").create_bucket(
            Bucket=settings["CLERKWELL_BUCKET"], CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.client("sesv2").create_email_identity(EmailIdentity=ANSWERS["MailFrom"])
        for function in self.functions.values():
            function.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for function in self.functions.values():
            function.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def client(self, service: str) -> Any:
        """A client of the services, as whoever deploys has it."""
        return botocore.session.get_session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="deployer",
            aws_secret_access_key="opens nothing",
        )

    def browser(self) -> Browser:
        """Somebody's browser, with no cookies yet."""
        return Browser(self._gateway, self.address)

    def new_mail(self) -> None:
        """What the table's stream does when a mail was written down."""
        self.functions["Outbox"].invoke({"Records": [{"eventName": "INSERT", "eventSource": "aws:dynamodb"}]})

    def every_minute(self, at: datetime) -> Any:
        """What the rule for the outbox does."""
        return self.functions["Outbox"].invoke(_scheduled(at))

    def every_day(self, at: datetime) -> Any:
        """What the rule for the daily run does."""
        return self.functions["Daily"].invoke(_scheduled(at))

    def mail_news(self, message: Message, kind: str, at: datetime) -> None:
        """What SES's event for a mail does."""
        self.functions["MailEvents"].invoke(ses_event(message, kind, at))

    def last_mail(self, to: str) -> Message:
        """The newest mail to an address."""
        found = self.mailbox.last_to(to)
        if found is None:
            raise AssertionError(f"no mail to {to}; refused: {self.guard.refused}")
        return found


def _key(name: str) -> str:
    return f"ASIA{name.upper()}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _scheduled(at: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": stamp(at),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/clerkwell"],
        "detail": {},
    }
