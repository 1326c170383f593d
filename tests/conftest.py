"""What every test may lean on.

Rules: no network but this machine's own, a clock that stands still, and warnings are errors.

`table`/`store`   a fresh table (on moto; on both engines for a test marked `both_engines`) and the store over it
`clock`           the clock that the whole app goes by; `clock.move(days=1)`
`mailbox`         what the embedded SES accepted
`people`          the demo council's people, on the register (infra/local/demo.py says who they are)
`a_request`       makes check requests in any state
`client`          a visitor to the demo council, over the real gateway and app
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from chalicelib import access, files, mail, wiring
from chalicelib import store as store_module
from chalicelib.register.rules import Register
from chalicelib.review.service import book as reviews
from chalicelib.store import Store
from infra.local import aws, demo, dynamodb
from infra.local.mailbox import Mailbox
from infra.local.site import Site
from tests.support.builders import Requests
from tests.support.client import HOST, Client
from tests.support.clock import Clock
from tests.support.engines import DYNAMODB_LOCAL, MOTO, Engine
from tests.support.missing import missing, nothing_may_be_left_out, report

BUCKET = "clerkwell-tests"

_SHARED = ("browser", "package")
"""Folders whose tests share something that takes long to make."""

_DEMO: dict[datetime, list[dict[str, Any]]] = {}
"""When the demo council was entered → everything that the table held then, as requests to put it."""

# How long one example takes says nothing on a machine that does other things as well.
settings.register_profile("clerkwell", deadline=None)
settings.load_profile("clerkwell")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_engines` runs on each engine, any other on moto."""
    if "engine" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_engines")
        names = [MOTO, pytest.param(DYNAMODB_LOCAL, marks=pytest.mark.dynamodb_local)] if both else [MOTO]
        metafunc.parametrize("engine", names, indirect=True, scope="function")


def process_of(test: str) -> str:
    """What decides in which process a test (its id) runs, when there are several: its folder, where that shares a
    browser, a running app or a package, else its file."""
    path = test.partition("::")[0]
    folder = path.split("/")[1]
    return folder if folder in _SHARED else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share the tests out. (xdist's own groups change a test's id, which pytest 9.2 does not let them do any more.)"""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = process_of
    return scheduler


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what this machine could not run, where nobody can overlook it."""
    lines = report(terminalreporter.stats.get("skipped", ()))
    if lines:
        terminalreporter.section("NOT EVERYTHING WAS RUN ON THIS MACHINE", sep="!", red=True)
        for line in lines:
            terminalreporter.line(line, red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test left out is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if nothing_may_be_left_out() and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def embedded() -> Iterator[aws.EmbeddedAws]:
    """The embedded AWS, with a bucket and a sender, and the environment that leads the app to it."""
    with aws.EmbeddedAws() as running, pytest.MonkeyPatch.context() as patch:
        for name in aws.NOT_OURS:
            patch.delenv(name, raising=False)
        settings = demo.environment(f"http://{HOST}/api", "clerkwell-tests", BUCKET)
        for name, value in (aws.environment(running.endpoint) | settings).items():
            patch.setenv(name, value)
        running.prepare("clerkwell-tests", BUCKET, demo.SENDER)
        yield running


@pytest.fixture(scope="session")
def _edges(embedded: aws.EmbeddedAws) -> dict[str, Any]:
    """Clients of S3 and SES as the app makes them, made once: making one costs more than most tests."""
    settings = wiring.settings()
    sender, configuration_set = settings.mail_from, settings.mail_configuration_set
    return {
        "files": files.Files(files.client(), BUCKET),
        "mailer": mail.Mailer(mail.client(), sender, configuration_set),
    }


@pytest.fixture(scope="session")
def _moto(embedded: aws.EmbeddedAws) -> Iterator[Engine]:
    own = store_module.client()
    yield Engine(MOTO, embedded.endpoint, store_module.whole_client(), own)
    own.close()


@pytest.fixture(scope="session")
def _dynamodb_local(embedded: aws.EmbeddedAws) -> Iterator[Engine]:
    try:
        with dynamodb.running() as endpoint, pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
            client, own = store_module.whole_client(), store_module.client()
            patch.undo()
            yield Engine(DYNAMODB_LOCAL, endpoint, client, own)
            own.close()
    except dynamodb.Unavailable as reason:
        missing(f"Amazon DynamoDB Local ({reason})")


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The database of this test."""
    found = request.getfixturevalue("_moto" if request.param == MOTO else "_dynamodb_local")
    assert isinstance(found, Engine)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", found.endpoint)
    return found


@pytest.fixture
def table(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a fresh table, keyed and indexed as the deployed one."""
    name = f"clerkwell-{uuid4().hex[:12]}"
    aws.create_table(engine.client, name)
    monkeypatch.setenv("CLERKWELL_TABLE", name)
    yield name
    engine.client.delete_table(TableName=name)


@pytest.fixture
def clock() -> Clock:
    """The clock that the app goes by."""
    return Clock()


@pytest.fixture
def mailbox(embedded: aws.EmbeddedAws) -> Iterator[Mailbox]:
    """What the embedded SES accepted in this test; it accepts everything until told otherwise."""
    embedded.mailbox.clear()
    yield embedded.mailbox
    embedded.mailbox.clear()


@pytest.fixture
def store(engine: Engine, table: str, clock: Clock, mailbox: Mailbox, _edges: dict[str, Any]) -> Iterator[Store]:
    """The store over the fresh table, which the whole app then uses, with the clock and the embedded S3 and SES."""
    made = Store(engine.own, table)
    wiring.forget()
    wiring.use(store=made, clock=clock, **_edges)
    yield made
    wiring.forget()


@pytest.fixture
def people(store: Store, engine: Engine, table: str, clock: Clock) -> Register:
    """The demo council's people, on the register, its policy, and who has signed it; no mail waits to be sent.

    For the first test they are entered one after the other, as the Clerk does it; for the others all that is copied.
    Its policy was adopted years ago, so its annual review is overdue; the bell that tells the daily run so is left out,
    because the mails of a review would stand in the way of what most tests look at. Tests of the review hang it.
    """
    at = clock()
    if at not in _DEMO:
        demo.seed(store, wiring.settings(), at)
        store.delete(reviews.BELL)
        pages = engine.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        _DEMO[at] = [{"PutRequest": {"Item": _sent(item)}} for page in pages for item in page["Items"]]
    for start in range(0, len(_DEMO[at]), 25):
        engine.client.batch_write_item(RequestItems={table: _DEMO[at][start : start + 25]})
    return access.register(store)


def _sent(item: dict[str, Any]) -> dict[str, Any]:
    """An item of the demo council; the mail to the one person who has not signed counts as sent, so that a test's inbox
    has only what the test brought about."""
    if not item["sk"]["S"].startswith("mail#"):
        return item
    kept = {name: value for name, value in item.items() if name not in ("queue", "due")}
    return {**kept, "status": {"S": "sent"}, "sent_at": item["at"]}


@pytest.fixture
def a_request(store: Store, people: Register, clock: Clock) -> Requests:
    """Makes check requests: `a_request(state="approved", by="councillor2")`."""
    assert people.people
    return Requests(store, wiring.settings(), clock)


@pytest.fixture
def local_site(store: Store, mailbox: Mailbox) -> Iterator[Site]:
    """The whole app over the fresh table, with nobody on the register.

    The test fails if a function that runs unattended (outbox, daily, mail_events) failed meanwhile.
    """
    site = Site(mailbox)
    yield site
    assert not site.failures, site.failures[0]


@pytest.fixture
def client(local_site: Site, people: Register) -> Client:
    """A visitor to the demo council."""
    return Client(local_site)


# The settings are read from the environment, which a developer's shell must not have a say in.
for _name in [name for name in os.environ if name.startswith("CLERKWELL_")]:
    del os.environ[_name]
