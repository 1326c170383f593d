"""The demo council: its settings, its people and its policy, all of them invented.

The Clerk and the Chair come from the settings, as in a real deployment; everybody else is put on the register as the
Clerk would do it, through the register's own service. All but one of them have signed the policy; that one is asked to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from chalicelib import access, outbox
from chalicelib.mail import Mailer
from chalicelib.policy import service as policy
from chalicelib.policy import shelf
from chalicelib.register import service
from chalicelib.register.rules import Register
from chalicelib.settings import Settings
from chalicelib.sign_offs.service import campaign, signing
from chalicelib.sign_offs.workflow import SIGNED_IN
from chalicelib.store import Store

TABLE, BUCKET = "clerkwell-demo", "clerkwell-demo"
SENDER = "clerkwell@council.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody on the demo council's register."""

    name: str
    title: str
    email: str
    roles: tuple[str, ...]

    @property
    def id(self) -> str:
        """Their id on the register: what stands before the @, without its hyphen."""
        return self.email.partition("@")[0].replace("-", "")


PEOPLE = (
    DemoPerson("Ruth Penhallow", "Mrs", "clerk@council.example", ("clerk",)),
    DemoPerson("Alan Thistlewood", "Cllr", "chair@council.example", ("chair", "councillor")),
    DemoPerson("Priya Marchbanks", "Cllr", "vice-chair@council.example", ("vice-chair", "councillor")),
    DemoPerson("Tom Eldersfield", "Cllr", "councillor1@council.example", ("councillor",)),
    DemoPerson("Grace Okonjo-Webb", "Cllr", "councillor2@council.example", ("councillor",)),
    DemoPerson("Dafydd Larkham", "Cllr", "councillor3@council.example", ("councillor",)),
    DemoPerson("Siân Merrow", "Cllr", "councillor4@council.example", ("councillor",)),
    DemoPerson("Harold Wintle", "Cllr", "councillor5@council.example", ("councillor",)),
    DemoPerson("Joe Farrant", "Mr", "assistant@council.example", ("employee",)),
)
CLERK, CHAIR = PEOPLE[0], PEOPLE[1]
UNSIGNED = PEOPLE[-1]
"""Who has not signed the policy."""
SINCE = "2024-05-14"
"""Since when they have all been on the register: the council's annual meeting, which adopted its policy as well."""
MINUTE = "24/017"
"""The minute of that adoption."""


def environment(public_url: str, table: str = TABLE, bucket: str = BUCKET) -> dict[str, str]:
    """The settings of the demo council. `public_url` has no slash at its end."""
    settings = {
        "TABLE": table,
        "BUCKET": bucket,
        "PUBLIC_URL": public_url,
        "COUNCIL_NAME": "Nether Wickby Parish Council",
        "LOGO_TEXT": "Nether Wickby",
        "COLOUR": "#1d4e4a",
        "JURISDICTION": "england",
        "COUNCIL_EMAIL": "clerk@council.example",
        "COUNCIL_ADDRESS": "The Parish Room, Church Walk, Nether Wickby",
        "COUNCIL_WEBSITE": "https://www.council.example",
        "COUNCIL_PHONES": "01632 960123",
        "COUNCIL_DOMAINS": "netherwickby.example",
        "POLLING_DAYS": "2027-05-06",
        "CLERK_NAME": CLERK.name,
        "CLERK_EMAIL": CLERK.email,
        "CHAIR_NAME": CHAIR.name,
        "CHAIR_EMAIL": CHAIR.email,
        "MAIL_FROM": SENDER,
        "MAIL_CONFIGURATION_SET": "clerkwell",
        "APPROVAL_DAYS": "30",
    }
    return {f"CLERKWELL_{name}": value for name, value in settings.items()}


def seed(store: Store, settings: Settings, at: datetime) -> Register:
    """Put the demo's people on the register, entered by the Clerk; the register afterwards. Twice is once."""
    # What an adoption and a change of the register bring about is joined there.
    import_module("app")
    service.seed(store, settings, at)
    register = access.register(store)
    clerk = register.person(CLERK.id)
    if clerk is None:
        raise LookupError("the settings name no Clerk")
    for wanted in PEOPLE:
        fields = {
            "name": wanted.name,
            "title": wanted.title,
            "email": wanted.email,
            "roles": list(wanted.roles),
            "since": SINCE,
        }
        known = register.person(wanted.id)
        if known is None:
            register = service.add(store, clerk, wanted.id, fields, at, "The demo council")
        else:
            register = service.change(store, clerk, wanted.id, service.shown(known), fields, at, "The demo council")
    # What the register tells of its own beginnings is not the first thing to find in the demo's inbox.
    outbox.sweep(store, Mailer(Nowhere(), SENDER, ""), settings, at)
    adopt_policy(store, register, at)
    sign_policy(store, settings, register, at)
    return register


class Nowhere:
    """An SES that takes every mail and delivers none."""

    def send_email(self, **mail: Any) -> dict[str, str]:
        """Take a mail."""
        return {"MessageId": f"demo-{len(mail)}"}


def adopt_policy(store: Store, register: Register, at: datetime) -> None:
    """Record, as the Clerk, that the council adopted a policy in the project's own wording long ago. Twice is once."""
    clerk = register.person(CLERK.id)
    if clerk is None or shelf.read(store).lines:
        return
    draft = policy.begin(store, clerk, 1, "standard", "", at)
    act = {"meeting": SINCE, "minute": MINUTE, "material": True}
    policy.adopt(store, clerk, 1, draft.version, act, at)


def sign_policy(store: Store, settings: Settings, register: Register, at: datetime) -> None:
    """Let everybody but one sign the policy, and the campaign ask that one. Twice is once."""
    current = shelf.read(store).current
    for wanted in PEOPLE:
        who = register.person(wanted.id)
        if who and current and wanted != UNSIGNED:
            signing.sign(store, who, current, SIGNED_IN, at, signing.find(store, who.id))
    while campaign.work(store, settings, at):
        pass
