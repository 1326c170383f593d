"""Clerkwell, assembled: the pages of every part, and what runs without anybody asking.

Four functions stand in the account: this API; `outbox`, which sends mail as soon as it is due; `daily`, which does
everything that has a date; and `mail_events`, which hears from SES what became of a mail.
"""

import logging
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron

from chalicelib import outbox as outbox_module
from chalicelib import tick, web, wiring
from chalicelib.checks.agreeing import pages as agreeing_pages
from chalicelib.checks.asking import pages as asking_pages
from chalicelib.checks.deciding import pages as deciding_pages
from chalicelib.checks.routes import pages as check_pages
from chalicelib.checks.service import requests, scheduled
from chalicelib.desk.routes import pages as desk_pages
from chalicelib.policy.adopting import pages as adopting_pages
from chalicelib.policy.drafting import pages as drafting_pages
from chalicelib.policy.routes import pages as policy_pages
from chalicelib.record import instant
from chalicelib.register.routes import pages as register_pages
from chalicelib.sign_in.routes import pages as sign_in_pages
from chalicelib.site.routes import pages as site_pages

app = Chalice(app_name="clerkwell")
app.log.setLevel(logging.INFO)
app.register_middleware(web.restyled, "http")

for pages in (
    site_pages,
    sign_in_pages,
    register_pages,
    asking_pages,
    check_pages,
    deciding_pages,
    agreeing_pages,
    desk_pages,
    policy_pages,
    drafting_pages,
    adopting_pages,
):
    app.register_blueprint(pages)

tick.DUE[requests.KIND] = scheduled.due
tick.CAME_BACK[requests.KIND] = scheduled.mail_came_back


@app.lambda_function(name="outbox")
def outbox(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Send what is due: the stream calls for a new mail, a rule every minute. `time` in the event: as of then."""
    at = instant(event["time"]) if event.get("time") else wiring.now()
    new = outbox_module.announced(event)
    return {"sent": outbox_module.sweep(wiring.store(), wiring.mailer(), wiring.settings(), at, new)}


@app.schedule(Cron(0, 6, "*", "*", "?", "*"), name="daily", description="Reminders, lapses and everything with a date")
def daily(event: CloudWatchEvent) -> dict[str, int]:
    """Everything that is due as of the event's time and not yet done."""
    return tick.run(wiring.store(), wiring.settings(), instant(event.time))


@app.on_cw_event({"source": ["aws.ses"]}, name="mail_events")
def mail_events(event: CloudWatchEvent) -> None:
    """Note what became of a mail, and act on an officer's that came back."""
    tick.mail_came_back(wiring.store(), wiring.settings(), event.detail, instant(event.time))
