"""What the functions' policies keep them from: above all, no function can take anything out of the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from tests.package.deployed import Stack
from tests.package.guard import Guard
from tests.package.policies import Need, Permission, permissions

pytestmark = pytest.mark.package

OURS = (
    "link#0a1b",
    "limit#0a1b",
    "session#0a1b",
    "draft#clerk",
    "draft#0a1b",
    "salt",
    "campaign#2",
    "reviews",
    "calendar#0a1b",
    "tick",
    "post#0a1b",
)
CHECK, CASE, SIGN_IN = "check#7F3K-9QXM", "case#7F3K-9QXM-2BCD", "sign-in#0a1b2c3d"
NOTICE = "notice#register-12"
SIGN_OFF, SIGN_OFF_LIST, REVIEW = "sign-off#clerk", "sign-off-list#2", "review#2027-05-14"
RECORDS = (CASE, CHECK, NOTICE, "register#register", REVIEW, SIGN_IN, SIGN_OFF, SIGN_OFF_LIST, "sign-offs")
"""Partition keys: what comes and goes, and what holds records, their entries and mails."""

MAILED = {CASE, CHECK, NOTICE, REVIEW, SIGN_IN, SIGN_OFF, SIGN_OFF_LIST}
"""What has mails."""

MAY: dict[str, dict[str, set[str]]] = {
    "APIHandler": {
        "Delete": {"session#0a1b"},
        "Update": {"limit#0a1b", "sign-offs"},
        "Put": {*OURS, *RECORDS},
        "ConditionCheck": {"register#register"},
    },
    "Outbox": {"Update": {*MAILED, "campaign#2"}, "Put": {"link#0a1b", SIGN_OFF}},
    "Daily": {
        "Update": {"campaign#2", "tick"},
        "Put": {CASE, CHECK, REVIEW, "register#register", "reviews", SIGN_OFF, SIGN_OFF_LIST, "tick"},
    },
    "MailEvents": {"Update": MAILED, "Put": {CASE, CHECK, REVIEW, "reviews", SIGN_OFF, SIGN_OFF_LIST}},
}
"""Function → what it may do to which of these, and to no other."""


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("how", ["Put", "Update", "Delete", "ConditionCheck"])
def test_a_function_writes_only_where_its_work_is(stack: Stack, name: str, how: str) -> None:
    allowed = {pk for pk in (*OURS, *RECORDS) if asked(stack, name, f"{how}Item", **item(stack, how, pk)) == []}

    assert allowed == MAY[name].get(how, set())


def test_a_condition_on_every_key_holds_for_none_unless_it_asks_for_one() -> None:
    every = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["session#*"]}}

    assert permission(every).allows(Need("dynamodb:DeleteItem", "table"))
    assert not permission({**every, "Null": {"dynamodb:LeadingKeys": "false"}}).allows(
        Need("dynamodb:DeleteItem", "table")
    )


def test_every_condition_on_keys_asks_for_one(stack: Stack) -> None:
    for function in stack.functions.values():
        for permission in function.permissions:
            tests = {test for test, key, _ in permission.conditions if key == "dynamodb:LeadingKeys"}
            assert tests in (set(), {"ForAllValues:StringLike", "Null"}), permission


def test_a_condition_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(ValueError, match="ForAnyValue"):
        permission({"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "session#*"}}).allows(
            Need("dynamodb:DeleteItem", "table")
        )


def permission(condition: dict[str, Any]) -> Permission:
    """The permission to delete from a table under a condition."""
    statement = {"Sid": "One", "Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": "table"}
    (found,) = permissions({"Statement": [{**statement, "Condition": condition}]})
    return found


def item(stack: Stack, how: str, pk: str) -> dict[str, Any]:
    """A write to an item as the API has it."""
    table = stack.functions["APIHandler"].environment["CLERKWELL_TABLE"]
    return {"TableName": table, "Item" if how == "Put" else "Key": {"pk": {"S": pk}, "sk": {"S": "entry#000001"}}}


def asked(stack: Stack, name: str, action: str, **body: Any) -> list[str]:
    """What is refused when the function asks DynamoDB for this."""
    guard = Guard(lambda _environ, _start: [], {"KEY": (name, stack.functions[name].permissions)})
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{action}",
        "Authorization": "AWS4-HMAC-SHA256 Credential=KEY/20261123/eu-west-2/dynamodb/aws4_request",
    }
    environ = EnvironBuilder("/", method="POST", headers=Headers(headers), data=json.dumps(body)).get_environ()
    list(guard(environ, lambda *_: lambda _body: None))
    return guard.refused
