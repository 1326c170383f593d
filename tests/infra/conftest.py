"""An account of its own for each test: a region's CloudFormation and S3 by moto, reached over HTTP as AWS is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra import stage, template
from infra.local.aws import EmbeddedAws
from infra.stage import Clients
from tests.support import formation

SMALL: dict[str, Any] = {
    "Parameters": {
        "CouncilName": {"Type": "String", "Description": "The council's full name."},
        "MailFrom": {"Type": "String", "Description": "The address that mail comes from."},
        "MailDomain": {"Type": "String", "Default": ""},
        "MailIdentity": {"Type": "String", "Default": "new"},
        "Colour": {"Type": "String", "Default": "#1d4e4a"},
    },
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            },
        },
        "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
        "Log": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": {"Fn::Sub": "/clerkwell/${AWS::StackName}/api"}},
        },
    },
    "Outputs": {"TableName": {"Value": {"Ref": "Table"}}, "Colour": {"Value": {"Ref": "Colour"}}},
}
"""A template with what deploying turns on: questions, data that must stay, something that may go."""


def put(build: Path, document: dict[str, Any] = SMALL, content: bytes = b"the first version") -> Path:
    """A build as `make package` leaves it: a zip of some content and a template."""
    build.mkdir(exist_ok=True)
    (build / "deployment.zip").write_bytes(content)
    template.write(document, build / "template.yaml")
    return build


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build."""
    return put(tmp_path / "build")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A file of answers."""
    path = tmp_path / "answers.txt"
    path.write_text("# for the trial\nCouncilName=Ashwell Parish Council\n\nMailFrom=desk@ashwell.example\n", "utf-8")
    return path


@pytest.fixture
def named() -> str:
    """A stage that no other test has."""
    return f"t{uuid4().hex[:8]}"


@pytest.fixture
def account(embedded: EmbeddedAws) -> Iterator[Clients]:
    """Clients as the commands make them, in an account whose SES knows no sender of ours."""
    made = stage.clients()
    with formation.whole():
        yield made
    for one in made("sesv2").list_email_identities()["EmailIdentities"]:
        if one["IdentityName"].endswith("ashwell.example"):
            made("sesv2").delete_email_identity(EmailIdentity=one["IdentityName"])
