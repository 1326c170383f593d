"""What is logged: lines of JSON with the request's id, and nothing of anybody's."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import logs


class Heard(logging.Handler):
    """Keeps the lines that a handler would write."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(logs.Lines())

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        assert text.count("\n") == 1
        self.lines.append(json.loads(text))


@pytest.fixture
def heard() -> Any:
    """What is logged in this test."""
    handler = Heard()
    logs.log.addHandler(handler)
    logs.log.setLevel(logging.INFO)
    yield handler.lines
    logs.log.removeHandler(handler)


def invoked(**more: Any) -> Any:
    """An invocation, as the framework hands it to middleware."""
    return SimpleNamespace(context=SimpleNamespace(aws_request_id="id-1"), **more)


def test_an_error_is_told_without_its_words(heard: list[dict[str, Any]]) -> None:
    def fails(_: Any) -> None:
        raise KeyError("robin@council.example")

    with pytest.raises(logs.Failed) as told:
        logs.told(invoked(), fails)

    (line,) = heard
    assert (line["level"], line["error"], line["request_id"]) == ("ERROR", "KeyError", "id-1")
    assert line["where"][-1].startswith("test_logs.py:")
    assert "robin" not in json.dumps(line) + str(told.value)
    assert told.value.__cause__ is None


def test_a_page_is_told_by_its_route(heard: list[dict[str, Any]]) -> None:
    answer = SimpleNamespace(status_code=303)
    asked = SimpleNamespace(
        path="/decide/{token}", method="POST", lambda_context=SimpleNamespace(aws_request_id="id-2"), context={}
    )

    assert logs.told(asked, lambda _: answer) is answer
    assert heard[0]["route"] == "/decide/{token}"
    assert (heard[0]["status"], heard[0]["request_id"]) == (303, "id-2")


def test_what_a_function_answers_goes_through() -> None:
    assert logs.told(invoked(), lambda _: {"sent": 1}) == {"sent": 1}


def test_the_frameworks_own_words_become_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("clerkwell-some")
    logger.propagate = False
    logger.addHandler(logging.StreamHandler())
    before = [(handler, handler.formatter) for handler in logging.getLogger().handlers]
    logs.set_up(logger)
    for handler, formatter in before:
        handler.setFormatter(formatter)

    logger.warning("%s was not taken", "check#7F3K-9QXM")
    assert json.loads(capsys.readouterr().out)["said"] == "check#7F3K-9QXM was not taken"


def test_a_figure_is_a_line_in_the_format_of_cloudwatch(
    heard: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    logs.measured(at, MailsDue=3)
    assert heard == [], "nobody reads it on a developer's machine"

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "clerkwell-live-Outbox-1")
    logs.measured(at, MailsDue=3)
    (line,) = heard
    assert line["_aws"]["Timestamp"] == 1_795_424_400_000
    (kept,) = line["_aws"]["CloudWatchMetrics"]
    # What it names as dimension and as metric stands beside it, at the root of the line.
    assert kept == {
        "Namespace": logs.NAMESPACE,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": "MailsDue", "Unit": "None"}],
    }
    assert (line["FunctionName"], line["MailsDue"]) == ("clerkwell-live-Outbox-1", 3)
