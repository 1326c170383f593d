"""The package, put into a small AWS by `make deploy`'s own command: API Gateway, four functions in processes of their
own, and the services behind a guard.

What connects them is the stack that moto's CloudFormation made of the built template: its table, its bucket, the
sender, each function's environment and its role's policy. The services are moto's, over HTTP, as the functions reach
the real ones. Only the routes and API Gateway's own answers come from the template itself (tests/support/formation.py
says why).
"""

from __future__ import annotations

import io
import os
import threading
import zipfile
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import botocore.session
import webtest
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from infra import deploy, stage, template
from infra.local.aws import Front
from infra.local.gateway import Gateway, own_answers
from infra.local.mailbox import Mailbox, Message, ses_event, stamp
from tests.package import lambdas
from tests.package.deployed import ACCOUNT, REGION, Function, functions
from tests.package.guard import Guard
from tests.support import formation

STAGE = "live"


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
    """A context manager. Nothing is there before `deploy`; `deployed` says of each function how it then stands."""

    def __init__(self, folder: Path) -> None:
        self.mailbox, self.name = Mailbox(), f"clerkwell-{STAGE}"
        self.guard = Guard(Front(self.mailbox), {})
        self.functions: dict[str, lambdas.Function] = {}
        self.deployed: dict[str, Function] = {}
        self._folder, self._made = folder, dict[str, Any]()
        self._server = make_server("127.0.0.1", 0, self.guard, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._formation = formation.whole()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._supplied = lambdas.supply(_made(folder / "supplied"))

    def deploy(self, *arguments: str) -> None:
        """Run the command that deploys, and have the functions begin anew with what it left in the account."""
        if deploy.main([STAGE, "--yes", *arguments], self.client):
            raise AssertionError("it was not deployed")
        for running in self.functions.values():
            running.stop()
        made = stage.find(self.client, self.name)
        if made is None:
            raise AssertionError("there is no stack")
        self.package, self.outputs = made.tags[stage.PACKAGE_TAG], made.outputs
        task, definition = self._sent()
        self.deployed = functions(self.client, self.name)
        self.guard.roles = {_key(name): (name, function.permissions) for name, function in self.deployed.items()}
        self.functions = {
            name: lambdas.Function(
                f.handler, self._environment(f, task), task, self._supplied, self._folder / f"{name}.log"
            ).start()
            for name, f in self.deployed.items()
        }
        self._gateway = Gateway(
            lambda event, _: self.functions["APIHandler"].invoke(event),
            {path: [method.upper() for method in methods] for path, methods in definition["paths"].items()},
            binary_types=definition["x-amazon-apigateway-binary-media-types"],
            answers=own_answers(definition["x-amazon-apigateway-gateway-responses"]),
            after=self.new_mail,
        )
        self.address = made.outputs["Address"].removesuffix("/api/")

    def _sent(self) -> tuple[Path, dict[str, Any]]:
        """The zip that the functions got, unpacked, and the API's definition, as the deployment sent them up."""
        task = self._folder / self.package
        bucket = deploy.bucket_for(self.client, "")
        zipped, written = (
            self.client("s3").get_object(Bucket=bucket, Key=f"{self.package}/{name}")["Body"].read()
            for name in ("deployment.zip", "template.yaml")
        )
        if not task.exists():
            with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
                archive.extractall(task)
        document = template.parsed(written.decode("utf-8"), self.package)
        definition: dict[str, Any] = document["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
        return task, definition

    def _environment(self, function: Function, task: Path) -> dict[str, str]:
        """What a function finds in its environment: its own, as Lambda has it, and what Lambda itself sets."""
        properties = function.properties
        return function.environment | {
            "AWS_ACCESS_KEY_ID": _key(function.name),
            "AWS_SECRET_ACCESS_KEY": "opens nothing",
            "AWS_SESSION_TOKEN": "opens nothing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{properties['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": properties["FunctionName"],
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
        self._formation.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for function in self.functions.values():
            function.stop()
        self._formation.__exit__(kind, error, trace)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def client(self, service: str) -> Any:
        """A client of the services, as whoever deploys has it."""
        if service not in self._made:
            self._made[service] = botocore.session.get_session().create_client(
                service,
                region_name=REGION,
                endpoint_url=self.endpoint,
                aws_access_key_id="deployer",
                aws_secret_access_key="opens nothing",
            )
        return self._made[service]

    def browser(self) -> Browser:
        """Somebody's browser, with no cookies yet."""
        return Browser(self._gateway, self.address)

    def fetch(self, address: str) -> tuple[int, bytes]:
        """What answers at an address of the stage, as `make verify` asks for it."""
        answer = self.browser().get(address.removeprefix(self.address), expect_errors=True)
        return answer.status_int, answer.body

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
