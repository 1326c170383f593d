"""The rehearsal of a restore: a council's table is copied, verified, and opened by nobody's old link."""

from __future__ import annotations

from uuid import uuid4

import pytest

from chalicelib import access
from chalicelib.record import Record
from chalicelib.store import Store
from infra import restore
from infra.local import aws
from tests.support.builders import Requests
from tests.support.client import Client, link_in
from tests.support.clock import Clock
from tests.support.engines import Engine


@pytest.mark.both_engines
def test_a_restored_council_goes_on_where_it_was_and_no_old_link_opens_it(
    engine: Engine, table: str, store: Store, client: Client, a_request: Requests, clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    record: Record = a_request(state="approved")
    client.sign_in("clerk@council.example")
    session = str(client.web.cookies["clerkwell"])
    assert access.visitor(store, session, clock())
    asking = client.another()
    asking.submit(asking.get("/sign-in"), email="clerk@council.example")
    secret = link_in(client.mail_to("clerk@council.example", "sign in")).rpartition("/")[2]
    client.mail_fails()
    asking.submit(asking.get("/sign-in"), email="chair@council.example")
    assert store.waiting("outbox")
    new = f"clerkwell-{uuid4().hex[:12]}"
    aws.create_table(engine.client, new)
    try:
        assert restore.main([table, new], engine.client) == 0
        assert "0 do not agree with their log" in capsys.readouterr().out
        found = Store(engine.own, new)
        again = found.get("check", record.id)
        assert again is not None
        assert again == store.get("check", record.id)
        assert found.waiting("outbox") == []
        assert access.visitor(found, session, clock()) is None
        link = access.find_link(found, secret, "sign-in")
        assert access.owner(link, access.register(store), clock()).officer_role == "clerk"
        with pytest.raises(access.DeadLink) as dead:
            access.owner(link, access.register(found), clock())
        assert dead.value.why == access.GONE

        assert restore.main([table, new], engine.client) == 1
        assert "is not empty" in capsys.readouterr().err
    finally:
        engine.client.delete_table(TableName=new)
