"""The review's days in officers' own calendars."""

from __future__ import annotations

import pytest

from tests.journeys.reviewing import (
    DUE,
    opened,
)
from tests.journeys.steps import (
    leaves,
    parts,
    presses,
    signed_in,
    table_dump,
    words,
)
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.counting import requests
from tests.support.engines import Engine

pytestmark = pytest.mark.usefixtures("bell")


def test_the_dates_are_downloaded_and_subscribed_to_until_the_address_is_ended(
    client: Client, clock: Clock, engine: Engine, table: str
) -> None:
    clerk = opened(client)
    planned = {"planned-day": "8", "planned-month": "12", "planned-year": "2026"}
    clerk.submit(clerk.get(f"/review/{DUE}/meeting"), **planned)
    file = clerk.get("/review/dates.ics")
    assert file.content_type == "text/calendar"
    assert "attachment" in file.headers["Content-Disposition"]
    days = [line.partition(":")[2] for line in file.text.split("\r\n") if line.startswith("DTSTART")]
    assert days == ["20250315", "20250514", "20261208"]

    page = clerk.submit(clerk.get("/review/calendar"), status=200, button="act=make")
    (address_,) = parts(page, ".cw-exact")
    secret = address_.rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(table_dump(engine, table))
    assert "It cannot be shown again" in words(clerk.get("/review/calendar"))
    machine = client.another()
    before = table_dump(engine, table)
    with requests(engine.client) as made:
        assert machine.get(f"/calendar/{secret}.ics").text == file.text
    assert (made.reads, made.writes) == (2, 0)
    assert machine.get(f"/calendar/{secret}").text == file.text
    assert machine.head(f"/calendar/{secret}.ics").body == b""
    assert table_dump(engine, table) == before
    machine.get("/calendar/" + "x" * 43 + ".ics", status=404)
    presses(clerk, "/review/calendar", status=422, act="burn")

    another = clerk.submit(clerk.get("/review/calendar"), status=200, button="act=make")
    newer = parts(another, ".cw-exact")[0].rpartition("/")[2]
    machine.get(f"/calendar/{secret}.ics", status=404)
    machine.get(f"/calendar/{newer}")
    clerk.submit(clerk.get("/review/calendar"), button="act=end")
    machine.get(f"/calendar/{newer}", status=404)

    vice = signed_in(client, "vicechair")
    page = vice.submit(vice.get("/review/calendar"), status=200, button="act=make")
    theirs = parts(page, ".cw-exact")[0].rpartition("/")[2]
    machine.get(f"/calendar/{theirs}")
    leaves("vicechair")
    machine.get(f"/calendar/{theirs}", status=404)
    signed_in(client, "councillor1").get("/review/dates.ics", status=404)
    signed_in(client, "councillor1").get("/review/calendar", status=404)
