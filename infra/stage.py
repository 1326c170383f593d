"""A stage as AWS has it: the stack `clerkwell-<stage>`, its answers, its parts and what it says of itself.

What `infra.deploy`, `infra.check_stage` and `infra.teardown` share. Rules: credentials and region come from the
environment, as for the AWS command line; nothing is remembered on this machine, because the stack itself remembers its
answers and its package; nothing is changed before somebody has said yes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

Clients = Callable[[str], Any]
"""Name of a service → its client."""

PACKAGE_TAG = "clerkwell-package"
"""The stack's tag that says which package it runs."""

FAULTS = (BotoCoreError, ClientError)
_NO_CREDENTIALS = "no credentials for AWS are set: `aws sts get-caller-identity` must answer first"
_REFUSED = "AWS does not take these credentials: sign in again, and see that `aws sts get-caller-identity` answers"
_NO_RIGHT = "these credentials may not do that: use a user or role that may create what the template holds, roles too"
_TOLD = {
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"), _REFUSED
    ),
    **dict.fromkeys(("SignatureDoesNotMatch", "AuthFailure", "InvalidAccessKeyId"), _REFUSED),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"), _NO_RIGHT),
    "BucketAlreadyExists": "another account has a bucket of that name: give another with BUCKET=",
    "OptInRequired": "the account is not ready yet: see its sign-up in the console",
}
"""What AWS answers with → what to do."""

_BEFORE_AWS: Mapping[type[Exception], str] = {
    NoCredentialsError: _NO_CREDENTIALS,
    PartialCredentialsError: _NO_CREDENTIALS,
    ProfileNotFound: "AWS_PROFILE names a profile that this machine does not have: see `aws configure list-profiles`",
    TokenRetrievalError: "the sign-in has run out: `aws sso login`",
    EndpointConnectionError: "AWS does not answer: is there a network, and is the region one such as eu-west-2?",
}
"""What keeps a question from reaching AWS → what to do."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,20}")
_MISSING = "does not exist"


class StageError(RuntimeError):
    """It cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Stack:
    """A stack that there is: its `status`, `answers` to the template's questions, `outputs` and `tags`."""

    name: str
    status: str
    answers: Mapping[str, str]
    outputs: Mapping[str, str]
    tags: Mapping[str, str]


def clients() -> Clients:
    """Clients of the account that the environment names."""
    session = boto3.session.Session()
    if not session.region_name:
        raise StageError("no region is set: export AWS_DEFAULT_REGION=eu-west-2")
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            # The service's name is a variable here, and the stubs know a few services only.
            make: Any = session.client
            made[service] = make(service)
        return made[service]

    return client


def stack_name(stage: str) -> str:
    """The stack's name. Raises StageError for what AWS would refuse."""
    if not _NAME.fullmatch(stage):
        raise StageError(f"STAGE={stage!r} will not do: small letters, digits and hyphens, at most 21, such as live")
    return f"clerkwell-{stage}"


def find(client: Clients, name: str) -> Stack | None:
    """The stack, also while it is only being prepared; None when there is none."""
    try:
        (found,) = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if _MISSING in str(error):
            return None
        raise
    return Stack(
        name,
        found["StackStatus"],
        {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())},
        {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())},
        {one["Key"]: one["Value"] for one in found.get("Tags", ())},
    )


def parts(client: Clients, name: str, kind: str) -> dict[str, str]:
    """The stack's resources of a type, such as `AWS::CloudWatch::Alarm`: name in the template → name in AWS."""
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    listed = (one for page in pages for one in page["StackResourceSummaries"])
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed if one["ResourceType"] == kind}


def sender(answers: Mapping[str, str]) -> str:
    """What SES must have proved: the mail domain, or without one the address that mail comes from."""
    return answers.get("MailDomain") or answers.get("MailFrom", "")


def identity(client: Clients, name: str) -> dict[str, Any] | None:
    """What SES says of a domain or address; None when it knows nothing of it."""
    try:
        found: dict[str, Any] = client("sesv2").get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise
    return found


def failures(client: Clients, name: str) -> Iterator[str]:
    """What went wrong in the stack's last change, oldest first."""
    events = client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    for event in reversed(events):
        if event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason was given')}"


def agreed(question: str, wanted: str, yes: bool) -> bool:
    """Whether somebody typed the wanted word; with `yes` nobody is asked, and without a terminal nobody can be."""
    if yes:
        return True
    if not sys.stdin.isatty():
        print("Nobody is there to be asked; set YES=1 to go ahead.")
        return False
    return input(f"{question} Type {wanted} to go ahead: ").strip() == wanted


def plainly(error: Exception) -> str:
    """What went wrong, on one line, and what to do about it where that is known."""
    if isinstance(error, ClientError):
        code = error.response["Error"].get("Code", "")
        words = " ".join(error.response["Error"].get("Message", "").split())
        known = _TOLD.get(code)
        if known:
            return f"{known} (AWS says {code})"
        called = f"when calling {error.operation_name}"
        return f"{code} {called}" if words.startswith("<") or not words else f"{code} {called}: {words}"
    for kind, known in _BEFORE_AWS.items():
        if isinstance(error, kind):
            return known
    return " ".join(str(error).split()) or type(error).__name__


def command(run: Callable[[], int]) -> int:
    """Run a command and put what stands in its way into one line; its exit code."""
    try:
        return run()
    except StageError as reason:
        print(f"stopped: {reason}", file=sys.stderr)
    except FAULTS as error:
        print(f"stopped: {plainly(error)}", file=sys.stderr)
    return 1
