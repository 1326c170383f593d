"""The built template as CloudFormation would carry it out: translated by AWS's own SAM translator, references resolved.

Physical names of a `Stack` are made up here, in the shape that AWS gives them; everything else comes from the template.
What `functions` tells is of a stack that was really made, as the account's services have it.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import stage, template
from infra.stage import Clients
from tests.package.policies import Permission, permissions
from tests.support import formation

REGION, ACCOUNT, STACK = "eu-west-2", "123456789012", "clerkwell"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
ANSWERS = {
    "CouncilName": "Market Ashby & Thorne Parish Council",
    "CouncilEmail": "office@council.example",
    "ClerkName": "Morgan Hale",
    "ClerkEmail": "clerk@council.example",
    "ChairName": "Priya Nand",
    "ChairEmail": "chair@council.example",
    "MailFrom": "desk@council.example",
}
"""What whoever installs it must answer; everything else is left as the template proposes."""


def translated(path: Path, answers: Mapping[str, str] = ANSWERS) -> dict[str, Any]:
    """The template after SAM's transform, as CloudFormation gets it once the zip is in a bucket."""
    document = template.load(path)
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://code/deployment.zip"
    return formation.translated(document, answers)


@dataclass(frozen=True)
class Function:
    """A function as deployed."""

    name: str
    handler: str
    environment: dict[str, str]
    permissions: tuple[Permission, ...]
    properties: dict[str, Any]


def functions(client: Clients, name: str) -> dict[str, Function]:
    """The functions of the stack of this name, by their names in the template, as Lambda and IAM have them."""
    found = {}
    for function, physical in stage.parts(client, name, "AWS::Lambda::Function").items():
        properties = client("lambda").get_function_configuration(FunctionName=physical)
        role = properties["Role"].rpartition("/")[2]
        # IAM answers with a document; moto, of one that CloudFormation gave it, with how Python writes it.
        policies = [
            ast.literal_eval(str(client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]))
            for policy in client("iam").list_role_policies(RoleName=role)["PolicyNames"]
        ]
        given = tuple(one for policy in policies for one in permissions(policy))
        environment = {name: str(value) for name, value in properties["Environment"]["Variables"].items()}
        found[function] = Function(function, properties["Handler"], environment, given, properties)
    return found


class Stack:
    """A deployed stack: `resources` with every reference resolved, `functions` by their names in the template."""

    def __init__(self, path: Path, answers: Mapping[str, str] = ANSWERS) -> None:
        document = translated(path, answers)
        self._parameters = {**formation.defaults(document), **answers}
        self._document = document
        self._conditions: dict[str, bool] = {}
        self.resources: dict[str, Any] = {
            name: self.resolve(copy.deepcopy(resource))
            for name, resource in document["Resources"].items()
            if self.condition(resource.get("Condition"))
        }
        self.outputs = {
            name: self.resolve(output["Value"])
            for name, output in document["Outputs"].items()
            if self.condition(output.get("Condition"))
        }
        self.functions = {
            name: self._function(name, resource["Properties"])
            for name, resource in self.resources.items()
            if resource["Type"] == "AWS::Lambda::Function"
        }

    def _function(self, name: str, properties: dict[str, Any]) -> Function:
        role = self.resources[properties["Role"].removeprefix(f"arn:aws:iam::{ACCOUNT}:role/")]["Properties"]
        environment = {k: str(v) for k, v in properties["Environment"]["Variables"].items()}
        given = tuple(one for policy in role["Policies"] for one in permissions(policy["PolicyDocument"]))
        return Function(name, properties["Handler"], environment, given, properties)

    def condition(self, name: str | None) -> bool:
        """Whether a named condition of the template holds."""
        return name is None or bool(self.resolve(self._document["Conditions"][name]))

    def resolve(self, value: Any) -> Any:
        """A value with its intrinsic functions carried out."""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._carried_out(name, argument)
        return {key: self.resolve(one) for key, one in value.items()}

    def _carried_out(self, name: str, argument: Any) -> Any:
        if name == "Fn::Sub":
            return self._substituted(argument)
        if name == "Fn::If":
            return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])
        if name == "Ref":
            return self._ref(argument)
        if name == "Fn::GetAtt":
            return self._attribute(*argument) if isinstance(argument, list) else self._attribute(*argument.split("."))
        resolved = self.resolve(argument)
        simple: dict[str, Callable[[], bool]] = {
            "Condition": lambda: self.condition(argument),
            "Fn::And": lambda: all(resolved),
            "Fn::Not": lambda: not resolved[0],
            "Fn::Equals": lambda: bool(resolved[0] == resolved[1]),
        }
        return simple[name]()

    def _substituted(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in own:
                return str(self.resolve(own[name]))
            return str(self._attribute(*name.split(".", 1)) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^!}][^}]*)\}", value, text)

    def _ref(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        resource = self._document["Resources"][name]
        if resource["Type"] == "AWS::Logs::LogGroup":
            return self.resolve(resource["Properties"]["LogGroupName"])
        return f"{STACK}-{name.lower()}"

    def _attribute(self, name: str, attribute: str) -> str:
        kind = self._document["Resources"][name]["Type"]
        id = self._ref(name)
        here = f"{REGION}:{ACCOUNT}"
        arns = {
            "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{here}:table/{id}",
            "AWS::S3::Bucket": f"arn:aws:s3:::{id}",
            "AWS::Logs::LogGroup": f"arn:aws:logs:{here}:log-group:{id}:*",
            "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
            "AWS::Lambda::Function": f"arn:aws:lambda:{here}:function:{id}",
        }
        if attribute == "StreamArn":
            return f"{arns[kind]}/stream/2026-11-23T09:00:00.000"
        if attribute != "Arn":
            return f"{id}.{attribute}"
        return arns.get(kind, f"arn:aws:other:{here}:{id}")
