"""`make verify`: everything that must be so has a line, and what is missing says what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import check_stage
from infra.stage import StageError

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALARM = "AWS::CloudWatch::Alarm"


class Account:
    """An account as AWS's answers describe it: one stage, all well; the fields are changed by the tests."""

    def __init__(self) -> None:
        self.status = "UPDATE_COMPLETE"
        self.answers = {
            "MailFrom": "desk@ashwell.example",
            "MailDomain": "ashwell.example",
            "AlarmEmail": "it@x.example",
        }
        self.identity: dict[str, Any] | None = {
            "VerifiedForSendingStatus": True,
            "DkimAttributes": {"Status": "SUCCESS", "Tokens": ["t1", "t2", "t3"]},
        }
        self.production = True
        self.states = {"OutboxErrors": "OK", "MailWaiting": "INSUFFICIENT_DATA"}
        self.alarms = tuple(self.states)
        self.subscription = "arn:aws:sns:eu-west-2:123456789012:topic:1"

    def __call__(self, _service: str) -> Any:
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - AWS's own spelling
        if StackName != "clerkwell-live":
            raise _refusal("ValidationError", f"Stack with id {StackName} does not exist")
        answers = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.answers.items()]
        outputs = [{"OutputKey": "Address", "OutputValue": "https://desk.example/"}]
        return {"Stacks": [{"StackStatus": self.status, "Parameters": answers, "Outputs": outputs}]}

    def get_email_identity(self, EmailIdentity: str) -> Any:  # noqa: N803  (AWS's own spelling)
        if self.identity is None:
            raise _refusal("NotFoundException", EmailIdentity)
        return self.identity

    def get_account(self) -> Any:
        return {"ProductionAccessEnabled": self.production}

    def list_subscriptions_by_topic(self, **_: str) -> Any:
        return {"Subscriptions": [{"SubscriptionArn": self.subscription}]}

    def get_paginator(self, what: str) -> Any:
        parts = [(name, ALARM) for name in self.alarms] + [("AlarmTopic", "AWS::SNS::Topic")]
        pages = {
            "list_stack_resources": {
                "StackResourceSummaries": [
                    {"LogicalResourceId": name, "PhysicalResourceId": f"live-{name}", "ResourceType": kind}
                    for name, kind in parts
                ]
            },
            "describe_alarms": {
                "MetricAlarms": [
                    {"AlarmName": f"live-{name}", "StateValue": state} for name, state in self.states.items()
                ]
            },
        }
        return _Pages(pages[what])


class _Pages:
    def __init__(self, page: Any) -> None:
        self._page = page

    def paginate(self, **_: Any) -> Any:
        return [self._page]


def _refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Look")


def healthy(address: str, last: datetime | None = AT - timedelta(hours=3)) -> tuple[int, bytes]:
    """The health page."""
    assert address == "https://desk.example/healthz"
    return 200, json.dumps({"status": "ready", "last_tick": last and last.strftime("%Y-%m-%dT%H:%M:%SZ")}).encode()


def lines(account: Account, capsys: pytest.CaptureFixture[str], get: check_stage.Fetch = healthy) -> list[str]:
    """What is missing. The exit code says whether anything is."""
    code = check_stage.check(account, "live", get, AT)
    said = capsys.readouterr().out.splitlines()
    missing = [line.removeprefix("MISSING").strip() for line in said if line.startswith("MISSING")]
    assert code == bool(missing)
    assert sum(line.startswith("ok ") for line in said) + len(missing) + 1 == len(said)
    return missing


def test_a_stage_that_works_has_nothing_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(Account(), capsys) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "UPDATE_ROLLBACK_COMPLETE"}, "the stack clerkwell-live is UPDATE_ROLLBACK_COMPLETE"),
        ({"identity": None}, "SES does not know ashwell.example"),
        ({"production": False}, "SES is in its sandbox"),
        ({"states": {"OutboxErrors": "ALARM", "MailWaiting": "OK"}}, "the alarm OutboxErrors rings"),
        ({"states": {"OutboxErrors": "OK"}}, "the alarm MailWaiting is gone"),
        ({"subscription": "PendingConfirmation"}, "AlarmEmail has not been confirmed"),
        ({"answers": {"MailFrom": "desk@ashwell.example"}}, "nobody is told of alarms"),
    ],
)
def test_what_is_missing_is_said(changed: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account()
    for name, value in changed.items():
        setattr(account, name, value)

    (line,) = lines(account, capsys)
    assert line.startswith(f"{said}: ")


def test_each_dns_record_that_ses_waits_for_is_spelt_out(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account()
    account.identity = {"DkimAttributes": {"Status": "PENDING", "Tokens": ["t1", "t2", "t3"]}}

    found = lines(account, capsys)
    assert len(found) == 4
    assert found[1].endswith("add t1._domainkey.ashwell.example CNAME t1.dkim.amazonses.com")


def test_the_pages_and_the_daily_run_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    def gone(_: str) -> tuple[int, bytes]:
        raise StageError("it does not answer (MaxRetryError)")

    assert "does not answer" in lines(Account(), capsys, gone)[0]
    assert "answer with 502" in lines(Account(), capsys, lambda _: (502, b""))[0]
    assert "could not be looked at" in lines(Account(), capsys, lambda _: (200, b"<html>"))[0]
    assert "has never come" in lines(Account(), capsys, lambda a: healthy(a, None))[0]
    assert "DailyNotRunning" in lines(Account(), capsys, lambda a: healthy(a, AT - timedelta(hours=27)))[0]


def test_a_stage_that_is_not_there_is_no_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_stage.main(["trial"], Account(), healthy) == 1
    assert "run make deploy STAGE=trial" in capsys.readouterr().err
