"""The template: AWS's own tools take it, and it says what it must of the data, the mail and the rights."""

from __future__ import annotations

import graphlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.cloudformation import parsing

from chalicelib import outbox, settings
from chalicelib.review.desk import SILENT
from infra import build, error_pages, template
from tests.package.conftest import Package
from tests.package.deployed import ANSWERS, Stack, translated
from tests.support import formation

pytestmark = pytest.mark.package

ACCEPTED: dict[str, str] = {}
"""Rules of cfn-lint that the template breaks on purpose → why."""

OWN_DOMAIN = {
    "DomainName": "desk.council.example",
    "CertificateArn": "arn:aws:acm:eu-west-2:123456789012:certificate/0",
    "MailDomain": "council.example",
    "AlarmEmail": "it@council.example",
}


def test_cfn_lint_finds_nothing(package: Package) -> None:
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--regions", "eu-west-2", "--"]
    done = subprocess.run([*lint, str(package.template)], capture_output=True, text=True, check=False)  # noqa: S603

    found = [
        f"{one['Rule']['Id']} {one['Message']}"
        for one in json.loads(done.stdout or "[]")
        if one["Rule"]["Id"] not in ACCEPTED
    ]
    assert found == [], done.stderr
    assert done.returncode == 0


def test_sam_translates_it_and_nothing_depends_on_itself(package: Package) -> None:
    for answers in (ANSWERS, ANSWERS | OWN_DOMAIN):
        resources = translated(package.template, answers)["Resources"]
        graph = {name: set(references(resource)) & set(resources) for name, resource in resources.items()}

        assert list(graphlib.TopologicalSorter(graph).static_order())


def test_what_motos_cloudformation_makes_in_its_own_way_or_not_at_all_is_known(package: Package) -> None:
    used = {one["Type"] for one in translated(package.template, ANSWERS | OWN_DOMAIN)["Resources"].values()}
    made_here = {*formation.MADE, *formation.LEFT_OUT}

    assert used - parsing.get_model_map().keys() <= made_here, "of a new type somebody must say what becomes of it"
    assert made_here <= used
    assert made_here & parsing.get_model_map().keys() == formation.IN_ITS_PLACE


def test_the_written_template_holds_no_alias(package: Package) -> None:
    events = yaml.parse(package.template.read_text("utf-8"), Loader=yaml.SafeLoader)

    assert not [event for event in events if isinstance(event, yaml.AliasEvent)]


def test_there_is_one_stage_and_it_is_named_as_the_links_name_it(stack: Stack) -> None:
    stages = of_type(stack, "AWS::ApiGateway::Stage")

    assert [stage["StageName"] for stage in stages.values()] == ["api"]
    assert stack.outputs["EndpointURL"].endswith("/api/")


def test_api_gateway_takes_the_routes(stack: Stack) -> None:
    # Below one path API Gateway allows a single parameter, whatever follows it.
    names: dict[str, set[str]] = {}
    for path in stack.resources["RestAPI"]["Properties"]["Body"]["paths"]:
        parts = path.split("/")
        for n, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault("/".join(parts[:n]), set()).add(part)

    assert {path: found for path, found in names.items() if len(found) > 1} == {}


def test_the_table_is_kept_whatever_happens_to_the_stack(stack: Stack) -> None:
    table = stack.resources["Table"]

    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_the_bucket_is_private_encrypted_versioned_and_kept(stack: Stack) -> None:
    bucket = stack.resources["Bucket"]
    properties = bucket["Properties"]

    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketEncryption" in properties
    uploads = next(rule for rule in properties["LifecycleConfiguration"]["Rules"] if rule["Id"] == "uploads")
    assert (uploads["Prefix"], uploads["ExpirationInDays"]) == ("uploads/", 2)
    (statement,) = stack.resources["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_function_has_a_role_a_log_with_an_end_and_all_settings(stack: Stack) -> None:
    assert set(stack.functions) == {"APIHandler", "Outbox", "Daily", "MailEvents"}
    roles = {function.properties["Role"] for function in stack.functions.values()}
    assert len(roles) == len(stack.functions)
    logs = {one["LogGroupName"]: one for one in of_type(stack, "AWS::Logs::LogGroup").values()}
    for function in stack.functions.values():
        found = settings.read(function.environment)
        assert found.council.name == ANSWERS["CouncilName"]
        assert found.clerk == (ANSWERS["ClerkName"], ANSWERS["ClerkEmail"])
        assert function.properties["Runtime"] == "python3.11"
        log = logs.pop(function.properties["LoggingConfig"]["LogGroup"])
        assert int(log["RetentionInDays"]) == 90
    assert not logs


def test_only_the_outbox_sends_mail_and_knows_the_public_address(stack: Stack) -> None:
    sends = {name for name, f in stack.functions.items() if any(p.action.startswith("ses:") for p in f.permissions)}
    knows = {name for name, f in stack.functions.items() if "CLERKWELL_PUBLIC_URL" in f.environment}

    assert sends == knows == {"Outbox"}


def test_links_in_mail_lead_to_the_councils_own_domain_where_there_is_one(package: Package, stack: Stack) -> None:
    own = Stack(package.template, ANSWERS | OWN_DOMAIN)

    assert own.functions["Outbox"].environment["CLERKWELL_PUBLIC_URL"] == "https://desk.council.example"
    assert own.outputs["Address"] == "https://desk.council.example/"
    assert stack.outputs["Address"] == stack.functions["Outbox"].environment["CLERKWELL_PUBLIC_URL"] + "/"
    assert stack.outputs["Address"].endswith(".execute-api.eu-west-2.amazonaws.com/api/")


def test_no_permission_is_for_everything(stack: Stack) -> None:
    for function in stack.functions.values():
        for permission in function.permissions:
            assert "*" not in permission.action
            assert permission.resource != "*"
            assert permission.resource.count(":") >= 5


def test_a_new_mail_and_nothing_else_calls_the_outbox_at_once(stack: Stack) -> None:
    (mapping,) = of_type(stack, "AWS::Lambda::EventSourceMapping").values()
    (one,) = mapping["FilterCriteria"]["Filters"]

    assert json.loads(one["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"queue": {"S": [outbox.QUEUE]}}},
    }
    assert mapping["MaximumBatchingWindowInSeconds"] == 0


def test_what_runs_by_itself_runs_when_it_should(stack: Stack) -> None:
    rules = of_type(stack, "AWS::Events::Rule")
    schedules = {rule["ScheduleExpression"] for rule in rules.values() if "ScheduleExpression" in rule}
    (pattern,) = [rule["EventPattern"] for rule in rules.values() if "EventPattern" in rule]

    assert schedules == {"rate(1 minute)", "cron(0 6 * * ? *)"}
    assert pattern["source"] == ["aws.ses"]
    assert pattern["detail"]["mail"]["tags"]["ses:configuration-set"] == [
        stack.functions["Outbox"].environment["CLERKWELL_MAIL_CONFIGURATION_SET"]
    ]


def test_every_alarm_tells_somebody_and_says_what_to_do(stack: Stack) -> None:
    alarms = of_type(stack, "AWS::CloudWatch::Alarm")
    watched = {d["Value"] for a in alarms.values() for d in a.get("Dimensions", []) if d["Name"] == "FunctionName"}

    assert watched == {stack.resolve({"Ref": name}) for name in stack.functions}
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"], name
        assert len(alarm["AlarmDescription"]) > 40, name


def test_every_alarm_has_its_page_in_the_runbook(stack: Stack) -> None:
    runbook = (build.ROOT / "docs" / "operating.md").read_text("utf-8")

    assert set(re.findall(r"(?m)^### (\w+)$", runbook)) == set(of_type(stack, "AWS::CloudWatch::Alarm"))


def test_a_new_version_leaves_links_in_flight_alone(stack: Stack) -> None:
    # Links and sessions are items of the table; all that could part them from it is a name or key that changes.
    assert not of_type(stack, "AWS::Lambda::Version")
    assert not of_type(stack, "AWS::Lambda::Alias")
    settings_told = {name for function in stack.functions.values() for name in function.environment}
    assert not [name for name in settings_told if re.search("VERSION|BUILD|PACKAGE|SECRET|KEY|STAGE", name)]


def test_two_stages_share_no_name(package: Package) -> None:
    naming = ("AlarmName", "BucketName", "FunctionName", "LogGroupName", "RoleName", "TableName", "TopicName")
    for resource in template.load(package.template)["Resources"].values():
        for name in naming:
            # What a resource is called is left to AWS, or made from the stack's own name.
            called = resource.get("Properties", {}).get(name, {"Ref": "AWS::StackName"})
            assert "AWS::StackName" in str(called) or set(called) == {"Ref"}, called


def test_gateway_answers_are_pages_with_our_headers(package: Package) -> None:
    body = template.load(package.template)["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    answers = body["x-amazon-apigateway-gateway-responses"]

    assert set(answers) == set(error_pages.ANSWERS)
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    for answer in answers.values():
        assert set(answer["responseTemplates"]) == {"text/html"}
        headers = answer["responseParameters"]
        assert headers["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
        assert "frame-ancestors 'none'" in headers["gatewayresponse.header.Content-Security-Policy"]
        # API Gateway takes a value for plain text only between single quotes.
        assert all(value[0] == value[-1] == "'" for value in headers.values())


def test_every_question_of_the_template_is_explained_to_whoever_installs_it(package: Package) -> None:
    document = template.load(package.template)
    guide = (build.ROOT / "docs" / "deploying.md").read_text("utf-8")
    groups = document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    assert {name for group in groups for name in group["Parameters"]} == set(document["Parameters"])
    assert [name for name in document["Parameters"] if f"`{name}`" not in guide] == []


def of_type(stack: Stack, kind: str) -> dict[str, Any]:
    """The properties of every resource of a type."""
    return {name: r["Properties"] for name, r in stack.resources.items() if r["Type"] == kind}


def references(value: Any) -> Iterator[str]:
    """The names that a resource refers to, in whichever way."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref":
                yield one
            elif key == "DependsOn":
                yield from [one] if isinstance(one, str) else one
            elif key == "Fn::GetAtt":
                yield one[0] if isinstance(one, list) else one.split(".")[0]
            elif key == "Fn::Sub":
                text = one if isinstance(one, str) else one[0]
                yield from re.findall(r"\$\{([A-Za-z0-9]+)", text)
                yield from references([] if isinstance(one, str) else one[1])
            else:
                yield from references(one)


def test_a_day_without_a_daily_run_rings_the_alarm(stack: Stack) -> None:
    silent, failing = stack.resources["DailyNotRunning"]["Properties"], stack.resources["DailyErrors"]["Properties"]
    daily = [{"Name": "FunctionName", "Value": stack.resolve({"Ref": "Daily"})}]

    assert (silent["MetricName"], silent["Dimensions"]) == ("Invocations", daily)
    assert silent["TreatMissingData"] == "breaching"
    assert (silent["Statistic"], silent["ComparisonOperator"], silent["Threshold"]) == ("Sum", "LessThanThreshold", 1)
    # As long as the desk waits until it warns, and no longer than CloudWatch looks back.
    assert timedelta(seconds=silent["Period"] * silent["EvaluationPeriods"]) == SILENT
    assert silent["Period"] >= 3600
    assert (failing["MetricName"], failing["Dimensions"]) == ("Errors", daily)
