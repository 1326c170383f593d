"""The JSON endpoint against its own OpenAPI document, by schemathesis: bodies and headers made from it, right
and wrong, and every check that it knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from chalicelib import access
from tests.support.client import Client

EXAMPLES = 60


def test_it_does_what_its_document_says(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.LIMITS, "report-source", (10**9, timedelta(hours=1)))
    client.site.streams = False
    generation = {"max-examples": EXAMPLES, "deterministic": True, "database": "none"}
    config = SchemathesisConfig.from_dict({"generation": generation})
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app=client.site, config=config)
    tried, wrong = 0, []
    for event in engine.from_schema(schema).execute():
        assert not isinstance(event, FatalError | NonFatalError), event
        if isinstance(event, ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                tried += 1
                request = event.recorder.interactions[case].request
                # API Gateway answers this method itself, and nothing of ours hears of it.
                found = [check for check in checks if check.failure_info and request.method != "TRACE"]
                wrong += [f"{check.name}: {check.failure_info}\n{request.body!r}" for check in found]
    assert not wrong, "\n\n".join(wrong)
    assert tried > EXAMPLES
