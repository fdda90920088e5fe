"""Actions that CloudFormation's handlers call to read, create, update and delete a resource, by Terraform type.

The resource schemas come with cfn-lint, which takes them from the CloudFormation registry; `handlers` lists the
permissions of each handler (CloudFormation CLI User Guide, "Resource type schema").
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from policies.aws.packaged_data import packaged_data
from policies.aws.service_authorization import Action, actions_matching
from policies.aws.values.counterparts import COUNTERPARTS
from policies.extensions import declared_types
from policies.stack import Stack

__all__ = ["CLOUDFORMATION_TYPES", "actions_of_handler", "cloudformation_type", "handler_actions"]

# Handlers do not differ between regions, and this region has all types.
_REGION = "us-east-1"

# The types with a counterpart, and those that the check of values leaves out.
CLOUDFORMATION_TYPES: Mapping[str, str] = {
    "aws_default_security_group": "AWS::EC2::SecurityGroup",
    "aws_iam_role_policies_exclusive": "AWS::IAM::Role",
    "aws_iam_role_policy_attachments_exclusive": "AWS::IAM::Role",
    **{kind: counterpart.cloudformation for kind, counterpart in COUNTERPARTS.items()},
}


def cloudformation_type(kind: str, stack: Stack) -> str | None:
    """Return the CloudFormation type of a Terraform type, which an extension may declare; None if it is unknown."""
    if kind in CLOUDFORMATION_TYPES:
        return CLOUDFORMATION_TYPES[kind]
    declared = declared_types(stack.document).get(kind)
    return declared.cloudformation if declared else None


def handler_actions(kind: str, handler: str) -> tuple[Action, ...]:
    """Return the actions that CloudFormation's handler of a Terraform type needs.

    Handlers also list permissions that do not exist in IAM (`s3:REST.PUT.OBJECT`); they are left out.
    """
    return actions_of_handler(CLOUDFORMATION_TYPES[kind], handler)


@cache
def actions_of_handler(name: str, handler: str) -> tuple[Action, ...]:
    """Return the actions that a handler of a CloudFormation type needs; none if there is no such type."""
    handlers = _schema(name).get("handlers", {}) if name in _digests() else {}
    permissions = handlers.get(handler, {}).get("permissions", ())
    return tuple(action for permission in permissions for action in actions_matching(permission))


@cache
def _schema(name: str) -> Mapping[str, Any]:
    schema: dict[str, Any] = json.loads(
        packaged_data("cfnlint", "data", "schemas", "resources", f"{_digests()[name]}.json")
    )
    return schema


@cache
def _digests() -> Mapping[str, str]:
    digests: dict[str, str] = json.loads(
        packaged_data("cfnlint", "data", "schemas", "providers", f"{_REGION}.json")
    )
    return digests
