"""The demo council: its settings and its people, all of them invented.

The Clerk and the Chair come from the settings, as in a real deployment; everybody else is put on the register as the
Clerk would do it, through the register's own service.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLE, BUCKET = "clerkwell-demo", "clerkwell-demo"
SENDER = "clerkwell@council.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody on the demo council's register."""

    name: str
    title: str
    email: str
    roles: tuple[str, ...]


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
        "CLERK_NAME": CLERK.name,
        "CLERK_EMAIL": CLERK.email,
        "CHAIR_NAME": CHAIR.name,
        "CHAIR_EMAIL": CHAIR.email,
        "MAIL_FROM": SENDER,
        "MAIL_CONFIGURATION_SET": "clerkwell",
        "APPROVAL_DAYS": "30",
    }
    return {f"CLERKWELL_{name}": value for name, value in settings.items()}
