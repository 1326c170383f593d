"""Deploying: what is asked, what is shown, what is refused, and how one goes back."""

from __future__ import annotations

import builtins
import copy
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto.cloudformation.models import cloudformation_backends

from infra import check_stage, deploy, stage, teardown
from infra.stage import Clients, StageError
from tests.infra.conftest import SMALL, put

Said = pytest.CaptureFixture[str]


def run(account: Clients, named: str, build: Path, *more: str) -> int:
    """Deploy without being asked."""
    return deploy.main([named, "--build", str(build), "--yes", *more], account)


def test_a_stage_is_made_changed_and_gone_back_to(
    account: Clients, named: str, build: Path, answers: Path, tmp_path: Path, capsys: Said
) -> None:
    assert run(account, named, build, "--answers", str(answers)) == 0
    said = capsys.readouterr().out
    assert "+ make Table (DynamoDB::Table)" in said
    first = stage.find(account, f"clerkwell-{named}")
    assert first is not None
    assert first.outputs["TableName"] in said
    assert first.answers["CouncilName"] == "Ashwell Parish Council"

    # A new version, with one new answer: the others are remembered.
    newer = copy.deepcopy(SMALL)
    newer["Resources"]["Log"]["Properties"]["LogGroupName"] = {"Fn::Sub": "/clerkwell/${AWS::StackName}/pages"}
    put(build, newer, b"the second version")
    answers.write_text("Colour=#5b2a86\n", "utf-8")
    assert run(account, named, build, "--answers", str(answers)) == 0
    said = capsys.readouterr().out
    assert "~ change Log (Logs::LogGroup)" in said
    old = first.tags[stage.PACKAGE_TAG]
    assert f"make deploy STAGE={named} PACKAGE={old}" in said
    second = stage.find(account, f"clerkwell-{named}")
    assert second is not None
    assert (second.answers["Colour"], second.answers["CouncilName"]) == ("#5b2a86", "Ashwell Parish Council")
    assert second.outputs["TableName"] == first.outputs["TableName"]

    # And back: the same package, the same table, the answers of now.
    assert run(account, named, tmp_path / "nothing-built", "--package", old) == 0
    third = stage.find(account, f"clerkwell-{named}")
    assert third is not None
    assert third.tags[stage.PACKAGE_TAG] == old
    assert third.outputs == second.outputs


def test_the_functions_get_their_code_from_the_bucket(account: Clients, build: Path) -> None:
    document = copy.deepcopy(SMALL)
    document["Resources"]["APIHandler"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"CodeUri": "./deployment.zip"},
    }
    put(build, document)
    bucket = deploy.bucket_for(account, "ashwell-packages")
    package = deploy.upload(account, bucket, build)
    s3 = account("s3")

    sent = s3.get_object(Bucket=bucket, Key=f"{package.id}/template.yaml")["Body"].read().decode()
    assert f"s3://ashwell-packages/{package.id}/deployment.zip" in sent
    assert s3.get_object(Bucket=bucket, Key=f"{package.id}/deployment.zip")["Body"].read() == b"the first version"
    closed = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}
    assert deploy.upload(account, deploy.bucket_for(account, "ashwell-packages"), build).id == package.id
    (build / "deployment.zip").write_bytes(b"another version")
    assert deploy.upload(account, bucket, build).id != package.id


def test_two_stages_stand_side_by_side(account: Clients, named: str, build: Path, answers: Path) -> None:
    account("sesv2").create_email_identity(EmailIdentity="desk@ashwell.example")
    made = []
    for name in (f"{named}a", f"{named}b"):
        assert run(account, name, build, "--answers", str(answers)) == 0
        found = stage.find(account, f"clerkwell-{name}")
        assert found is not None
        made.append(found)

    assert made[0].outputs["TableName"] != made[1].outputs["TableName"]
    # Who sends the mail is proved once.
    assert [one.answers["MailIdentity"] for one in made] == ["existing", "existing"]


def test_nothing_is_done_that_nobody_agreed_to(
    account: Clients, named: str, build: Path, answers: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [named, "--build", str(build), "--answers", str(answers)]
    assert deploy.main(arguments, account) == 1
    assert "set YES=1" in capsys.readouterr().out

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    typed = iter(["no", "yes"])
    monkeypatch.setattr(builtins, "input", lambda _: next(typed))
    assert deploy.main(arguments, account) == 1
    assert "Nothing was changed." in capsys.readouterr().out
    assert stage.find(account, f"clerkwell-{named}") is None
    assert deploy.main(arguments, account) == 0
    assert stage.parts(account, f"clerkwell-{named}", "AWS::DynamoDB::Table")


def test_what_would_lose_the_data_is_refused(
    account: Clients, named: str, build: Path, answers: Path, capsys: Said
) -> None:
    assert run(account, named, build, "--answers", str(answers)) == 0
    document = copy.deepcopy(SMALL)
    del document["Resources"]["Bucket"]
    put(build, document)

    assert run(account, named, build) == 1
    assert "Bucket would be lost" in capsys.readouterr().err
    assert stage.parts(account, f"clerkwell-{named}", "AWS::S3::Bucket")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"ResourceType": "AWS::DynamoDB::Table", "Action": "Modify", "Replacement": "True"}, True),
        ({"ResourceType": "AWS::DynamoDB::Table", "Action": "Modify", "Replacement": "False"}, False),
        ({"ResourceType": "AWS::S3::Bucket", "Action": "Remove"}, True),
        ({"ResourceType": "AWS::Lambda::Function", "Action": "Modify", "Replacement": "True"}, False),
    ],
)
def test_which_changes_lose_data(change: dict[str, Any], refused: bool) -> None:
    change["LogicalResourceId"] = "It"

    assert (deploy.losses([change]) == ["It"]) is refused
    assert ("new one in its place" in deploy.shown(change)) is (change.get("Replacement") == "True")


def test_a_question_without_an_answer_stops_it_before_anything_is_made(
    account: Clients, named: str, build: Path, tmp_path: Path, capsys: Said
) -> None:
    assert run(account, named, build) == 1
    assert "CouncilName: The council's full name." in capsys.readouterr().err

    wrong = tmp_path / "wrong.txt"
    wrong.write_text("CouncilNmae=Ashwell\n", "utf-8")
    assert run(account, named, build, "--answers", str(wrong)) == 1
    assert "asks nothing called CouncilNmae" in capsys.readouterr().err
    assert stage.find(account, f"clerkwell-{named}") is None


@pytest.mark.parametrize("text", ["no sign here", "=nothing before it", "a name with blanks=1"])
def test_answers_that_cannot_be_read_are_named_by_line(text: str) -> None:
    with pytest.raises(StageError, match="line 2 of the answers"):
        deploy.read_answers(f"CouncilName=Ashwell = by the well\n{text}\n")

    assert deploy.read_answers("CouncilName=Ashwell = by the well") == {"CouncilName": "Ashwell = by the well"}


@pytest.mark.parametrize("name", ["", "Live", "1st", "a" * 22, "live; rm", "lïve"])
def test_a_stage_has_a_name_that_aws_takes(name: str, account: Clients, build: Path, capsys: Said) -> None:
    assert run(account, name, build) == 1
    assert "will not do" in capsys.readouterr().err


def test_without_a_build_or_with_an_unknown_package_it_says_so(
    account: Clients, named: str, tmp_path: Path, capsys: Said
) -> None:
    assert run(account, named, tmp_path) == 1
    assert "run make package" in capsys.readouterr().err
    assert run(account, named, tmp_path, "--package", "0123456789abcdef") == 1
    assert "holds no package 0123456789abcdef" in capsys.readouterr().err


def test_taking_a_stage_away_keeps_its_data(
    account: Clients, named: str, build: Path, answers: Path, capsys: Said
) -> None:
    assert run(account, named, build, "--answers", str(answers)) == 0
    found = stage.find(account, f"clerkwell-{named}")
    assert found is not None
    table = found.outputs["TableName"]
    account("dynamodb").put_item(TableName=table, Item={"pk": {"S": "register#register"}})

    assert teardown.main([named], account) == 1  # Nobody is there to agree.
    assert teardown.main([named, "--yes"], account) == 0
    assert f"Table: {table}" in capsys.readouterr().out
    assert stage.find(account, f"clerkwell-{named}") is None
    assert account("dynamodb").scan(TableName=table)["Count"] == 1
    assert teardown.main([named, "--yes"], account) == 1
    assert "there is no stack" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "todo"),
    [
        ("ROLLBACK_COMPLETE", "clear it away with make teardown"),
        ("DELETE_FAILED", "go on with make teardown"),
        ("UPDATE_ROLLBACK_FAILED", "Continue update rollback"),
        ("UPDATE_IN_PROGRESS", "wait for it"),
    ],
)
def test_a_stack_that_cannot_be_changed_says_what_to_do(
    status: str, todo: str, account: Clients, named: str, build: Path, answers: Path, capsys: Said
) -> None:
    assert run(account, named, build, "--answers", str(answers)) == 0
    cloudformation_backends["123456789012"]["eu-west-2"].get_stack(f"clerkwell-{named}").status = status
    capsys.readouterr()

    assert run(account, named, build) == 1
    said = capsys.readouterr().err
    assert todo in said
    assert said.count("\n") == 1
    assert teardown.main([named, "--yes"], account) == 0


def test_a_bucket_of_somebody_elses_is_not_used(account: Clients, named: str, build: Path, capsys: Said) -> None:
    def elsewhere(service: str) -> Any:
        return account(service) if service != "s3" else Theirs()

    class Theirs:
        meta = account("s3").meta

        def head_bucket(self, **_: str) -> None:
            raise refusal("403", "Forbidden", "HeadBucket")

    assert run(elsewhere, named, build, "--bucket", "ashwell-files") == 1
    assert "ashwell-files is not this account's to use: give another with BUCKET=" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "no credentials for AWS are set"),
        (("AWS_DEFAULT_REGION", "AWS_REGION"), "export AWS_DEFAULT_REGION=eu-west-2"),
    ],
)
def test_without_credentials_or_region_it_says_how_to_set_them(
    missing: tuple[str, ...], said: str, account: Clients, named: str, build: Path, capsys: Said,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in missing:
        monkeypatch.delenv(name)

    for command in ([*deploy_words(named, build)], [named]):
        assert (deploy if len(command) > 1 else check_stage).main(command) == 1
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (("ExpiredToken", "The security token\nhas expired", "GetCallerIdentity"), "sign in again"),
        (("AccessDenied", "User: x is not authorized", "CreateChangeSet"), "may not do that"),
        (("BucketAlreadyExists", "The name is not available", "CreateBucket"), "another with BUCKET="),
        (("Throttling", "Rate exceeded", "DescribeStacks"), "Throttling when calling DescribeStacks: Rate exceeded"),
        (("503", "<!doctype html>\n<p>no", "ListStacks"), "503 when calling ListStacks"),
    ],
)
def test_what_aws_refuses_is_one_line_that_says_what_to_do(error: tuple[str, str, str], said: str) -> None:
    told = stage.plainly(refusal(*error))

    assert said in told
    assert "\n" not in told


def test_a_region_that_does_not_answer_is_doubted() -> None:
    assert "eu-west-2" in stage.plainly(EndpointConnectionError(endpoint_url="https://s3.eu-west-22.amazonaws.com"))


def deploy_words(named: str, build: Path) -> list[str]:
    """The arguments that `make deploy` gives."""
    return [named, "--build", str(build), "--yes"]


def refusal(code: str, words: str, operation: str) -> ClientError:
    """An answer of AWS's."""
    return ClientError({"Error": {"Code": code, "Message": words}}, operation)
