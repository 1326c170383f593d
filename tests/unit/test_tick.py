"""The scheduled run: every part has its turn, whatever happens to the others."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib import hooks, settings, tick
from infra.local import demo
from tests.support.clock import MONDAY_MORNING

SETTINGS = settings.read(demo.environment("https://checks.council.example"))
NO_STORE: Any = None


def test_every_part_does_what_is_due_and_says_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def due(_store: object, _settings: object, at: datetime) -> int:
        asked.append(at)
        return len(asked)

    monkeypatch.setattr(hooks, "DUE", {"one": due, "other": due})
    monkeypatch.setattr(hooks, "WORK", {"some": due})
    assert tick.run(NO_STORE, SETTINGS, MONDAY_MORNING) == {"some": 1, "one": 2, "other": 3}
    assert asked == [MONDAY_MORNING] * 3
    # Every minute's run does what waits for no date, and nothing else.
    assert tick.work(NO_STORE, SETTINGS, MONDAY_MORNING) == {"some": 4}


def test_a_part_that_fails_keeps_no_other_from_its_work_and_is_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def fails(_store: object, _settings: object, _at: datetime) -> int:
        raise TimeoutError("the table did not answer")

    def works(_store: object, _settings: object, _at: datetime) -> int:
        done.append("worked")
        return 1

    monkeypatch.setattr(hooks, "DUE", {"fails": fails, "works": works})
    monkeypatch.setattr(hooks, "WORK", {})
    with pytest.raises(TimeoutError):
        tick.run(NO_STORE, SETTINGS, MONDAY_MORNING)
    assert done == ["worked"]
