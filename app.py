"""Clerkwell, assembled: the pages of every part, and what runs without anybody asking.

Four functions stand in the account: this API; `outbox`, which sends mail as soon as it is due; `daily`, which does
everything that has a date; and `mail_events`, which hears from SES what became of a mail.

Every one of them starts by importing this module, so it imports no part, but names what is imported when it is used.
"""

import logging
from typing import Any

from chalice.app import CloudWatchEvent, Cron

from chalicelib import logs, tick, wiring
from chalicelib.assembly import App, join, later

PAGES = (
    "chalicelib.site.routes",
    "chalicelib.sign_in.asking",
    "chalicelib.sign_in.routes",
    "chalicelib.register.routes",
    "chalicelib.checks.asking",
    "chalicelib.checks.routes",
    "chalicelib.checks.deciding",
    "chalicelib.checks.agreeing",
    "chalicelib.cases.reporting",
    "chalicelib.cases.programs",
    "chalicelib.cases.following",
    "chalicelib.desk.routes",
    "chalicelib.policy.routes",
    "chalicelib.policy.drafting",
    "chalicelib.policy.adopting",
    "chalicelib.sign_offs.signing",
    "chalicelib.sign_offs.routes",
    "chalicelib.review.routes",
    "chalicelib.review.preparing",
    "chalicelib.review.signing",
    "chalicelib.cases.routes",
    "chalicelib.cases.guests",
    "chalicelib.review.calendar",
)
"""Every module with pages."""

PARTS = {
    "register": {
        "DUE": "chalicelib.register.service:seed",
    },
    "check": {
        "DUE": "chalicelib.checks.service.scheduled:due",
        "CAME_BACK": "chalicelib.checks.service.scheduled:mail_came_back",
        "EVIDENCE": "chalicelib.checks.evidence:figures",
        "SECTIONS": "chalicelib.checks.desk:sections",
        "AHEAD": "chalicelib.checks.desk:ahead",
        "NOTES": "chalicelib.checks.desk:notes",
    },
    "case": {
        "DUE": "chalicelib.cases.service.scheduled:due",
        "CAME_BACK": "chalicelib.cases.service.scheduled:mail_came_back",
        "MAY_GO": "chalicelib.cases.service.scheduled:may_go",
        "EVIDENCE": "chalicelib.cases.figures:figures",
        "SECTIONS": "chalicelib.cases.desk:sections",
    },
    "sign-off": {
        "DUE": "chalicelib.sign_offs.service.scheduled:due",
        "WORK": "chalicelib.sign_offs.service.campaign:work",
        "CAME_BACK": "chalicelib.sign_offs.service.scheduled:mail_came_back",
        "VERSION_ADOPTED": "chalicelib.sign_offs.looks:at_everybody",
        "PERSON_CHANGED": "chalicelib.sign_offs.looks:at_person",
        "EVIDENCE": "chalicelib.sign_offs.evidence:figures",
        "AHEAD": "chalicelib.sign_offs.desk:ahead",
        "NOTES": "chalicelib.sign_offs.desk:notes",
    },
    "sign-off-list": {
        "CAME_BACK": "chalicelib.sign_offs.service.scheduled:list_came_back",
    },
    "review": {
        "DUE": "chalicelib.review.service.scheduled:due",
        "CAME_BACK": "chalicelib.review.service.scheduled:mail_came_back",
        "VERSION_ADOPTED": "chalicelib.review.service.scheduled:rung",
        "AHEAD": "chalicelib.review.desk:ahead",
        "NOTES": "chalicelib.review.desk:notes",
    },
    "tick": {
        "NOTES": "chalicelib.review.desk:ticking",
    },
}
"""What each part does for the others: the table in `hooks` where it stands → the function, imported when it is called.
They are asked in this order."""

app = App("clerkwell", PAGES)
app.log.setLevel(logging.INFO)
logs.set_up(app.log)
app.register_middleware(logs.told, "all")
app.register_middleware(later("chalicelib.web:restyled"), "http")

join(PARTS)


@app.lambda_function(name="outbox")
def outbox(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Send what is due: the stream calls for a new mail, a rule every minute, which also has some of the work done that
    waits for no date. `time` in the event: as of then."""
    from chalicelib.outbox import announced, sweep
    from chalicelib.record import instant

    at = instant(event["time"]) if event.get("time") else wiring.now()
    new = announced(event)
    try:
        done = tick.work(wiring.store(), wiring.settings(), at) if not new else {}
    finally:
        # Whatever keeps the work from being done must keep no mail from being sent.
        sent = sweep(wiring.store(), wiring.mailer(), wiring.settings(), at, new)
    return {**done, "sent": sent}


@app.schedule(Cron(0, 6, "*", "*", "?", "*"), name="daily", description="Reminders, lapses and everything with a date")
def daily(event: CloudWatchEvent) -> dict[str, int]:
    """Everything that is due as of the event's time and not yet done."""
    from chalicelib.record import instant

    at = instant(event.time)
    try:
        return tick.run(wiring.store(), wiring.settings(), at)
    finally:
        tick.note(wiring.store(), at)


@app.on_cw_event({"source": ["aws.ses"]}, name="mail_events")
def mail_events(event: CloudWatchEvent) -> None:
    """Note what became of a mail, and act on an officer's that came back."""
    from chalicelib.record import instant

    tick.mail_came_back(wiring.store(), wiring.settings(), event.detail, instant(event.time))
