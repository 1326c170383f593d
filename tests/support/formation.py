"""moto's CloudFormation, with what it lacks put in, so that the whole of the template is created by it.

SAM's transform is AWS's own translator. Of the types that moto's CloudFormation has no model of, those that one of its
services knows all the same are made there (`MADE`), by the call that CloudFormation would make, whose parameters
botocore checks; the rest (`LEFT_OUT`) only get a name. A type in neither table, or one that moto has learnt since,
fails a test.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

from moto.awslambda.models import LambdaFunction
from moto.cloudformation import parsing
from moto.cloudformation.models import ChangeSet
from moto.core.common_models import CloudFormationModel

from infra.local.aws import REGION, EmbeddedAws

Properties = Mapping[str, Any]
Call = tuple[str, str, Callable[[str, Properties], dict[str, Any]]]
"""A service, its operation, and the operation's arguments: the resource's name and properties → arguments."""

MADE: dict[str, Call] = {
    "AWS::ApiGateway::DomainName": (
        "apigateway",
        "create_domain_name",
        lambda _, p: {
            "domainName": p["DomainName"],
            "regionalCertificateArn": p["RegionalCertificateArn"],
            "endpointConfiguration": {"types": p["EndpointConfiguration"]["Types"]},
            "securityPolicy": p["SecurityPolicy"],
        },
    ),
    # moto's own model of it wants a name beside the definition.
    "AWS::ApiGateway::RestApi": ("apigateway", "create_rest_api", lambda _, p: {"name": p["Body"]["info"]["title"]}),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "put_metric_alarm", lambda name, p: {"AlarmName": name, **p}),
    "AWS::Lambda::EventInvokeConfig": (
        "lambda",
        "put_function_event_invoke_config",
        lambda _, p: {name: value for name, value in p.items() if name != "Qualifier"},
    ),
    "AWS::SES::ConfigurationSet": (
        "sesv2",
        "create_configuration_set",
        lambda name, p: {"ConfigurationSetName": name, **p},
    ),
    "AWS::SES::EmailIdentity": (
        "sesv2",
        "create_email_identity",
        # SES takes the feedback's way in a call of its own, which moto lacks.
        lambda _, p: {"EmailIdentity": p["EmailIdentity"]},
    ),
    "AWS::SNS::Subscription": ("sns", "subscribe", lambda _, p: dict(p)),
}
"""Type → what makes it."""

_NO_ROUTES = (
    "moto reads definitions in OpenAPI 3 only, and Chalice writes Swagger 2: the API there has no routes to deploy"
)
LEFT_OUT = {
    "AWS::ApiGateway::Deployment": _NO_ROUTES,
    "AWS::ApiGateway::Stage": _NO_ROUTES,
    "AWS::ApiGateway::BasePathMapping": f"it leads to a stage, and {_NO_ROUTES}",
    "AWS::S3::BucketPolicy": "ours refuses whatever comes without TLS, as everything does here",
    "AWS::SES::ConfigurationSetEventDestination": "moto's SES knows no destination on EventBridge",
}
"""Type → why nothing in moto can be made of it."""

IN_ITS_PLACE = {"AWS::ApiGateway::Deployment", "AWS::ApiGateway::RestApi"}
"""Types of these tables that moto has a model of, which cannot make ours."""

NAMED_BY = {
    "AWS::ApiGateway::RestApi": "id",
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::SES::EmailIdentity": "EmailIdentity",
}
"""Type → what is its name, in the answer or among its properties, where CloudFormation does not give it one."""


class _Resource(CloudFormationModel):
    """A resource that moto's CloudFormation cannot make by itself. `others` is a way to the services beside the one
    that is being answered, which answers one at a time."""

    TYPE = ""
    others: EmbeddedAws

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property of ours names one."""
        return ""

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type in a template."""
        return cls.TYPE

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003 - the signature is moto's
        """Whatever the template asks for."""
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Something that can be told from everything else."""
        return f"{attribute_name}.of.{self.physical_resource_id}"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *_: Any, **__: Any
    ) -> _Resource:
        """Make it."""
        properties = cloudformation_json["Properties"]
        answer: Properties = {}
        if cls.TYPE in MADE:
            service, operation, arguments = MADE[cls.TYPE]
            answer = getattr(cls.others.client(service), operation)(**arguments(resource_name, properties))
        return cls({**properties, **answer}.get(NAMED_BY.get(cls.TYPE, ""), resource_name))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: _Resource, *_: Any, **__: Any) -> _Resource:
        """It stays what it is: what the template says of it anew, no test goes by."""
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """It is left: nothing in a test minds."""


def defaults(document: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters' default values."""
    return {k: v["Default"] for k, v in document["Parameters"].items() if "Default" in v}


def translated(document: dict[str, Any], answers: Properties) -> dict[str, Any]:
    """The template after SAM's transform."""
    from samtranslator.translator.transform import transform

    class NoManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):
        made: dict[str, Any] = transform(document, {**defaults(document), **answers}, NoManagedPolicies())
    return made


def _transform(change_set: ChangeSet) -> None:
    """Put what SAM makes of a change set's template in its place, as CloudFormation does before it compares."""
    if "Transform" in change_set.template_dict:
        change_set.template_dict = translated(change_set.template_dict, change_set.parameters)
    for resource in change_set.template_dict["Resources"].values():
        # moto would add these itself as it makes the resource, and then find it changed by the next template.
        resource.setdefault("Properties", {})


def _applied(change_set: ChangeSet) -> None:
    """Carry out a change set to its end: moto's own way leaves the stack's answers, tags and outputs as they were."""
    stack = change_set.stack
    stack.parameters = change_set.parameters
    stack.resource_map.input_parameters = {**stack.resource_map.input_parameters, **change_set.parameters}
    stack.resource_map.update(change_set.template_dict, change_set.parameters)
    stack.template, stack.template_dict, stack.tags = (
        change_set.template,
        change_set.template_dict,
        change_set.tags or {},
    )
    stack.output_map = stack._create_output_map()


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """Have moto's CloudFormation take the whole template, and carry change sets out to their end."""

    original = ChangeSet._parse_template

    def parse(change_set: ChangeSet) -> None:
        original(change_set)
        _transform(change_set)

    with EmbeddedAws() as others, contextlib.ExitStack() as patches:
        models = {kind: type("Model", (_Resource,), {"TYPE": kind, "others": others}) for kind in (*MADE, *LEFT_OUT)}
        known = parsing.get_model_map() | models
        # moto's stream calls the outbox, for which it wants Docker; the tests run the functions themselves.
        patches.enter_context(mock.patch.object(LambdaFunction, "invoke", return_value=b"{}"))
        patches.enter_context(mock.patch.object(parsing, "get_model_map", return_value=known))
        patches.enter_context(mock.patch.object(ChangeSet, "_parse_template", parse))
        patches.enter_context(mock.patch.object(ChangeSet, "apply", _applied))
        yield
