"""`python -m infra.deploy STAGE`: put the built package into an AWS account, as the stack `clerkwell-<stage>`.

What happens, in this order: the package goes into a bucket, under a name made from its own contents; CloudFormation
works out what would change; that is shown; somebody agrees; it is done, and watched to its end. Rules:

- Answers given once are remembered by the stack; a file of answers need hold only what is new.
- A change that would take the table or the bucket away, or put another in its place, is refused.
- Packages are never deleted, so that every one that ever ran can be gone back to (`--package`).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infra import stage, template
from infra.build import BUILD
from infra.stage import PACKAGE_TAG, Clients, Stack, StageError

KEPT = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")
"""What holds the council's data."""

NEVER_BEGUN = "REVIEW_IN_PROGRESS"
"""The status of a stack of which there is nothing but a change set that nobody agreed to."""

_CLEAR = "the first try failed; clear it away with make teardown, then deploy again"
STUCK = {
    "ROLLBACK_COMPLETE": _CLEAR,
    "ROLLBACK_FAILED": _CLEAR,
    "DELETE_FAILED": "it was half taken away; go on with make teardown",
    "UPDATE_ROLLBACK_FAILED": "it hangs between two versions; in CloudFormation's console, Continue update rollback",
}
"""Statuses in which AWS lets nobody change a stack → what to do."""

_PATIENCE = {"Delay": 5, "MaxAttempts": 720}
_NOTHING_NEW = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Package:
    """A package in the bucket: `id` says what it holds, `url` where CloudFormation finds its template, `questions` are
    the template's parameters."""

    id: str
    url: str
    questions: Mapping[str, Mapping[str, Any]]


def read_answers(text: str) -> dict[str, str]:
    """`Name=value` a line; blank lines and lines that begin with # do not count. Raises StageError."""
    answers: dict[str, str] = {}
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign or not name.strip().isalnum():
            raise StageError(f"line {n} of the answers is not Name=value")
        answers[name.strip()] = value.strip()
    return answers


def bucket_for(client: Clients, given: str) -> str:
    """The bucket for packages, made where there is none: the one given, or one of the account's own for the region."""
    region = client("s3").meta.region_name
    name = given or f"clerkwell-packages-{client('sts').get_caller_identity()['Account']}-{region}"
    try:
        client("s3").head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise StageError(f"the bucket {name} is not this account's to use: give another with BUCKET=") from error
        # In us-east-1 alone S3 refuses to be told where.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client("s3").create_bucket(Bucket=name, **where)
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        client("s3").put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
        print(f"made the bucket {name}, which keeps the packages")
    return name


def upload(client: Clients, bucket: str, build: Path) -> Package:
    """Put the built zip and its template into the bucket. What is there already under its name is the same to the byte.
    Raises StageError."""
    zipped, written = build / "deployment.zip", build / "template.yaml"
    if not zipped.is_file() or not written.is_file():
        raise StageError("nothing has been built: run make package")
    content = zipped.read_bytes()
    id = hashlib.sha256(content + written.read_bytes()).hexdigest()[:16]
    document = template.load(written)
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{bucket}/{id}/deployment.zip"
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key=f"{id}/deployment.zip", Body=content)
    s3.put_object(Bucket=bucket, Key=f"{id}/template.yaml", Body=template.text(document).encode("utf-8"))
    return Package(id, _url(client, bucket, id), document.get("Parameters", {}))


def earlier(client: Clients, bucket: str, id: str) -> Package:
    """A package that was sent up before. Raises StageError when it is not in the bucket."""
    try:
        body = client("s3").get_object(Bucket=bucket, Key=f"{id}/template.yaml")["Body"].read()
    except ClientError as error:
        raise StageError(f"the bucket {bucket} holds no package {id}") from error
    return Package(id, _url(client, bucket, id), template.parsed(body.decode("utf-8"), id).get("Parameters", {}))


def _url(client: Clients, bucket: str, id: str) -> str:
    region = client("s3").meta.region_name
    return f"https://{bucket}.s3.{region}.amazonaws.com/{id}/template.yaml"


def parameters(package: Package, before: Stack | None, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The answers as CloudFormation takes them: what is given now, what the stack remembers, and for the rest the
    template's defaults. Raises StageError for an answer to no question and a question without an answer."""
    unknown = sorted(given.keys() - package.questions.keys())
    if unknown:
        raise StageError(f"the template asks nothing called {', '.join(unknown)}")
    known = before.answers if before else {}
    asked: list[dict[str, Any]] = []
    missing = []
    for name, question in package.questions.items():
        if name in given:
            asked.append({"ParameterKey": name, "ParameterValue": given[name]})
        elif name in known:
            asked.append({"ParameterKey": name, "UsePreviousValue": True})
        elif "Default" not in question:
            missing.append(f"  {name}: {question.get('Description', '')}")
    if missing:
        new = "" if before else "there is no such stage yet in this account and region, so "
        raise StageError(f"{new}these must be answered, in the file that ANSWERS= names:\n" + "\n".join(missing))
    return asked


def with_known_sender(client: Clients, before: Stack | None, given: Mapping[str, str]) -> dict[str, str]:
    """The answers, saying `existing` of a sender that SES knows already, as a second stage of the same council finds
    it; the stack that made it goes on owning it."""
    sender = stage.sender(given)
    if before or "MailIdentity" in given or not sender or not stage.identity(client, sender):
        return dict(given)
    return {**given, "MailIdentity": "existing"}


def prepare(client: Clients, name: str, before: Stack | None, package: Package, answers: Sequence[Any]) -> str | None:
    """Have CloudFormation work out what would change: the change set's name; None when nothing would. StageError."""
    formation = client("cloudformation")
    change_set = f"package-{package.id}-{int(time.time())}"
    try:
        formation.create_change_set(
            StackName=name,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if before else "CREATE",
            TemplateURL=package.url,
            Parameters=list(answers),
            # The template makes a role for each function, each with only what its policy file names.
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": PACKAGE_TAG, "Value": package.id}],
        )
        waiter = formation.get_waiter("change_set_create_complete")
        waiter.wait(StackName=name, ChangeSetName=change_set, WaiterConfig=_PATIENCE)
    except ClientError as error:
        if any(words in str(error) for words in _NOTHING_NEW):
            return None
        raise
    except WaiterError as error:
        reason = str(error.last_response.get("StatusReason", error))
        formation.delete_change_set(StackName=name, ChangeSetName=change_set)
        if any(words in reason for words in _NOTHING_NEW):
            return None
        raise StageError(f"CloudFormation will not have it: {reason}") from error
    return change_set


def changes(client: Clients, name: str, change_set: str) -> list[dict[str, Any]]:
    """What the change set would do, one resource each."""
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = client("cloudformation").describe_change_set(StackName=name, ChangeSetName=change_set, **more)
        found += [one["ResourceChange"] for one in page.get("Changes", ())]
        if not page.get("NextToken"):
            return found
        more = {"NextToken": page["NextToken"]}


def shown(change: Mapping[str, Any]) -> str:
    """One line for one change."""
    words = {"Add": "+ make", "Modify": "~ change", "Remove": "- take away"}
    replaced = {"True": ", by putting a new one in its place", "Conditional": ", perhaps by a new one"}
    kind = change["ResourceType"].removeprefix("AWS::")
    action = words.get(change["Action"], change["Action"])
    return f"  {action} {change['LogicalResourceId']} ({kind}){replaced.get(change.get('Replacement', ''), '')}"


def losses(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The changes after which the council's data would no longer be where the pages look for it."""
    return [
        change["LogicalResourceId"]
        for change in found
        if change["ResourceType"] in KEPT and (change["Action"] == "Remove" or change.get("Replacement") == "True")
    ]


def carry_out(client: Clients, name: str, before: Stack | None, change_set: str) -> None:
    """Do it and wait for its end. Raises StageError with what went wrong; AWS has then taken it all back."""
    formation = client("cloudformation")
    formation.execute_change_set(StackName=name, ChangeSetName=change_set)
    print("under way; it may take some minutes …", flush=True)
    try:
        waiter = formation.get_waiter("stack_update_complete" if before else "stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig=_PATIENCE)
    except WaiterError as error:
        reasons = "\n".join(f"  {line}" for line in stage.failures(client, name))
        raise StageError(f"it failed, and what was before goes on:\n{reasons}") from error


def deploy(client: Clients, given: argparse.Namespace) -> int:
    """The command, with its arguments read; the exit code. Raises StageError."""
    name = stage.stack_name(given.stage)
    before = stage.find(client, name)
    if before and before.status in STUCK:
        raise StageError(f"{name} is {before.status}: {STUCK[before.status]} (STAGE={given.stage})")
    if before and before.status.endswith("_IN_PROGRESS") and before.status != NEVER_BEGUN:
        raise StageError(f"{name} is being changed at this moment ({before.status}); wait for it")
    standing = before if before and before.status != NEVER_BEGUN else None
    bucket = bucket_for(client, given.bucket)
    package = earlier(client, bucket, given.package) if given.package else upload(client, bucket, given.build)
    answers = read_answers(given.answers.read_text("utf-8")) if given.answers else {}
    asked = parameters(package, standing, with_known_sender(client, standing, answers))
    change_set = prepare(client, name, standing, package, asked)
    if change_set is None:
        print(f"{name} is up to date: package {package.id}")
        return 0
    found = changes(client, name, change_set)
    print(f"{name}: package {package.id}, {len(found)} changes")
    print("\n".join(map(shown, found)))
    lost = losses(found)
    if lost or not stage.agreed("Do this?", "yes", given.yes):
        _put_aside(client, name, standing, change_set)
        if lost:
            raise StageError(f"refused: {' and '.join(lost)} would be lost to the pages. Nothing was changed")
        print("Nothing was changed.")
        return 1
    carry_out(client, name, standing, change_set)
    _tell(client, name, given.stage, standing)
    return 0


def _put_aside(client: Clients, name: str, before: Stack | None, change_set: str) -> None:
    client("cloudformation").delete_change_set(StackName=name, ChangeSetName=change_set)
    if before is None:
        # A first change set makes an empty stack to hang on; nothing else is in it.
        client("cloudformation").delete_stack(StackName=name)


def _tell(client: Clients, name: str, named: str, before: Stack | None) -> None:
    after = stage.find(client, name)
    print("done")
    for output, value in sorted(after.outputs.items() if after else ()):
        print(f"  {output}: {value}")
    old = before.tags.get(PACKAGE_TAG) if before else None
    if old and after and old != after.tags.get(PACKAGE_TAG):
        print(f"To go back to the package before: make deploy STAGE={named} PACKAGE={old}")
    print(f"See whether all is well: make verify STAGE={named}")


def main(arguments: list[str] | None = None, client: Clients | None = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("stage", help="such as live or trial; each is a stack of its own")
    parser.add_argument("--answers", type=Path, help="a file of Name=value lines; needed the first time")
    parser.add_argument("--bucket", default="", help="the bucket for packages; made when there is none")
    parser.add_argument("--package", default="", help="go back to this package instead of the one just built")
    parser.add_argument("--build", type=Path, default=BUILD, help="where make package has put it")
    parser.add_argument("--yes", action="store_true", help="ask nobody")
    given = parser.parse_args(arguments)
    if given.answers and not given.answers.is_file():
        parser.error(f"there is no file {given.answers}")
    return stage.command(lambda: deploy(client or stage.clients(), given))


if __name__ == "__main__":
    sys.exit(main())
