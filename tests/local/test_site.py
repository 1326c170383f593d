"""The local pages and switches, and the app under its prefix and without."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.app import Chalice, CloudWatchEvent
from webtest import TestApp

from chalicelib import mail, wiring
from chalicelib.mail import Rendered
from chalicelib.store import Store
from infra.local.mailbox import Mailbox
from infra.local.site import Site
from tests.support.client import Client
from tests.support.clock import Clock

AT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def send(subject: str = "A letter", to: str = "clerk@council.example") -> None:
    """Send a letter through the app's own mailer."""
    letter = Rendered(subject, "See http://127.0.0.1:8000/api/check?a=1&b=2 <now>", "<head></head><p>Hello</p>")
    wiring.mailer().send("check.1.000001.1", "A Council", "clerk@council.example", mail.address("Ruth", to), letter)


class Recorder:
    """An app whose functions write down what they were called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        app = Chalice(app_name="recorder")

        def record(name: str, what: Any) -> dict[str, int]:
            self.calls.append((name, what))
            if name == "daily" and "2026-12-13" in str(what):
                raise RuntimeError("an unlucky day")
            return {"done": len(self.calls)}

        @app.route("/form", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
        def form() -> str:
            return "taken"

        @app.lambda_function(name="outbox")
        def outbox(event: Any, _context: Any) -> Any:
            return record("outbox", event.get("time"))

        @app.schedule("rate(1 day)", name="daily")
        def daily(event: CloudWatchEvent) -> Any:
            return record("daily", event.time)

        @app.on_cw_event({"source": ["aws.ses"]}, name="mail_events")
        def mail_events(event: CloudWatchEvent) -> Any:
            return record("mail_events", event.to_dict())

        self.module: Any = SimpleNamespace(app=app, outbox=outbox, daily=daily, mail_events=mail_events)


@pytest.fixture
def recorder() -> Recorder:
    """An app that records."""
    return Recorder()


@pytest.fixture
def visitor(recorder: Recorder, store: Store, mailbox: Mailbox) -> TestApp:
    """Somebody at the recorder's site."""
    return TestApp(Site(mailbox, module=recorder.module))


def test_the_app_answers_under_its_prefix_and_without(client: Client, mailbox: Mailbox) -> None:
    assert client.get("/healthz").json == {"status": "ready", "last_tick": None}
    assert str(client.web.get("/", status=302).location).endswith("/api/")
    bare = Client(Site(mailbox, prefixed=False), prefix="")
    assert bare.get("/healthz").json == {"status": "ready", "last_tick": None}
    assert "/api/" not in bare.get("/").text
    assert "Page not found" in bare.get("/api/healthz", status=404).text


def test_the_inbox_shows_each_mail_newest_first_with_its_links(visitor: TestApp, store: Store, clock: Clock) -> None:
    send("The first")
    clock.move(hours=1)
    send("The <second>")
    mails = visitor.get("/_local/inbox.json").json
    assert [set(shown) for shown in mails] == [{"to", "subject", "text", "html", "sent_at"}] * 2
    assert [shown["sent_at"] for shown in mails] == ["2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"]
    assert mails == visitor.get("/api/_local/inbox.json").json
    page = visitor.get("/_local/inbox").text
    assert page.index("The &lt;second&gt;") < page.index("The first")
    link = "http://127.0.0.1:8000/api/check?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a> &lt;now&gt;' in page
    assert '<head><base target="_top"></head><p>Hello</p>' in visitor.get("/_local/inbox/0").text
    visitor.get("/_local/inbox/2", status=404)


def test_an_empty_inbox_says_so(visitor: TestApp) -> None:
    assert "No mail has been sent yet." in visitor.get("/_local/inbox").text


def test_a_tick_runs_daily_and_then_the_outbox_as_of_then(visitor: TestApp, recorder: Recorder) -> None:
    answer = visitor.post_json("/_local/tick", {"at": "2026-12-01T06:00:00+00:00"}).json
    assert recorder.calls == [("daily", "2026-12-01T06:00:00Z"), ("outbox", "2026-12-01T06:00:00Z")]
    assert answer == {"at": "2026-12-01T06:00:00Z", "daily": {"done": 1}, "outbox": {"done": 2}}


def test_a_function_that_fails_harms_nobody_but_is_told(
    visitor: TestApp, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = visitor.post_json("/_local/tick", {"at": "2026-12-13T06:00"}).json
    assert answer["daily"] is None
    assert [name for name, _ in recorder.calls] == ["daily", "outbox"]
    assert "an unlucky day" in capsys.readouterr().err


def test_the_outbox_runs_after_a_form_is_sent_unless_the_stream_stands_still(
    store: Store, mailbox: Mailbox, recorder: Recorder
) -> None:
    site = Site(mailbox, module=recorder.module)
    site.streams = False
    TestApp(site).post("/api/form", {"a": "b"})
    assert recorder.calls == []
    site.streams = True
    TestApp(site).post("/api/form", {"a": "b"})
    assert recorder.calls == [("outbox", None)]


@pytest.mark.parametrize("how", ["refuse", "throttle", "hang", "lose"])
def test_the_mail_switch_sets_how_ses_behaves(visitor: TestApp, mailbox: Mailbox, how: str) -> None:
    visitor.post_json("/_local/mail", {"fail": True, "how": how})
    assert mailbox.mode == how
    visitor.post_json("/_local/mail", {"fail": False})
    assert mailbox.mode == "accept"


@pytest.mark.parametrize(
    ("kind", "title", "transient", "bounce_type"),
    [
        ("Bounce", "Email Bounced", False, "Permanent"),
        ("Bounce", "Email Bounced", True, "Transient"),
        ("Delivery", "Email Delivered", False, None),
        ("Complaint", "Email Complaint Received", False, None),
    ],
)
def test_what_became_of_a_mail_comes_as_an_event_of_ses(
    visitor: TestApp, recorder: Recorder, kind: str, title: str, transient: bool, bounce_type: str | None
) -> None:
    send()
    asked = {"to": "Clerk@council.example", "type": kind, "transient": transient}
    assert visitor.post_json("/_local/mail-event", asked).json == {"mail": "check.1.000001.1", "type": kind}
    (name, event), (after, _) = recorder.calls
    assert (name, after) == ("mail_events", "outbox")
    assert (event["source"], event["detail-type"]) == ("aws.ses", title)
    assert event["detail"]["eventType"] == kind
    assert event["detail"]["mail"]["tags"]["mail"] == ["check.1.000001.1"]
    assert event["detail"][kind.lower()].get("bounceType") == bounce_type


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("tick", "{"),
        ("tick", "[]"),
        ("tick", "{}"),
        ("tick", '{"at": "tomorrow"}'),
        ("tick", '{"at": 5}'),
        ("mail", '{"fail": "yes"}'),
        ("mail", '{"fail": true, "how": "kindly"}'),
        ("mail-event", '{"to": "clerk@council.example", "type": "Lost"}'),
        ("mail-event", '{"to": "nobody@council.example", "type": "Bounce"}'),
        ("mail-event", '{"type": "Bounce"}'),
        ("mail", b"\xff"),
    ],
)
def test_what_cannot_be_read_is_refused(visitor: TestApp, recorder: Recorder, path: str, body: Any) -> None:
    assert "error" in visitor.post(f"/_local/{path}", body, status=400).json
    assert recorder.calls == []


def test_there_is_nothing_else(visitor: TestApp) -> None:
    visitor.get("/_local/nothing", status=404)
    visitor.get("/_local/tick", status=405)
    visitor.post("/_local/inbox", status=405)
