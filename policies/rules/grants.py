"""Grants of roles: readable policies, passed roles, and resources of the environment only."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from policies.aws.arns import with_arns
from policies.aws.service_authorization import glob
from policies.policy import Policy, Violation
from policies.stack import Stack
from policies.statements import RESOURCE_POLICIES, held_statements, listed

__all__ = ["POLICIES"]

_IDENTITY_POLICIES = {
    "aws_iam_group_policy": "policy",
    "aws_iam_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
}
_PASS, _TRUST = "iam:PassRole", "iam:UpdateAssumeRolePolicy"
_ARN_PARTS = 6
# Resources whose names are no names of the environment: AWS or the provider assigns them.
_UNNAMED_SERVICES = {
    "ec2",
    "elasticloadbalancing",
    "kms",
    "rds-db",
    "ecs",
    "batch",
    "cloudwatch",
    "cloudformation",
}
# Beginning of names that RDS assigns to its secrets.
_ASSIGNED = "secret:rds!cluster-"


def _unreadable_policies(stack: Stack) -> Iterator[Violation]:
    arguments = {**RESOURCE_POLICIES, **_IDENTITY_POLICIES, "aws_vpc_endpoint": "policy"}
    for resource in stack.resources(*arguments):
        argument = arguments[resource.kind]
        text = resource.attributes.get(argument)
        if text and not resource.document(argument):
            yield Violation(
                resource, f"no check can read its {argument}: it is not JSON but {str(text)[:80]}"
            )


def _passed_roles(stack: Stack) -> Iterator[Violation]:
    trusts: dict[str, set[str]] = defaultdict(set)
    for held in held_statements(stack):
        if _allows(held.statement, _TRUST):
            trusts[held.role.id].update(listed(held.statement.get("Resource")))
    for held in held_statements(stack):
        statement = held.statement
        if not _allows(statement, _PASS):
            continue
        sid = statement.get("Sid", "")
        resources = set(listed(with_arns(statement.get("Resource"), stack)))
        for resource in sorted(resources):
            if not _names_environment(resource, stack):
                yield Violation(
                    held.policy, f"statement {sid!r} passes roles that are not the environment's: {resource}"
                )
        # A role that writes the trust policies of the same roles could add the service to them.
        if (
            not _names_service(statement)
            and not set(listed(statement.get("Resource"))) <= trusts[held.role.id]
        ):
            yield Violation(held.policy, f"statement {sid!r} passes roles to every service that they trust")


def _allows(statement: Mapping[str, Any], action: str) -> bool:
    return statement.get("Effect") == "Allow" and any(
        glob(pattern, ignore_case=True)(action) for pattern in listed(statement.get("Action"))
    )


def _names_service(statement: Mapping[str, Any]) -> bool:
    return any(
        key.lower() == "iam:passedtoservice" and not any("*" in one for one in listed(value))
        for operator, test in statement.get("Condition", {}).items()
        if operator in {"StringEquals", "StringLike", "ForAnyValue:StringEquals"}
        for key, value in test.items()
    )


def _far_resources(stack: Stack) -> Iterator[Violation]:
    for held in held_statements(stack):
        if held.statement.get("Effect") != "Allow":
            continue
        sid = held.statement.get("Sid", "")
        for resource in listed(with_arns(held.statement.get("Resource"), stack)):
            if _reaches_beyond(resource, stack) and not held.statement.get("Condition"):
                yield Violation(held.policy, f"statement {sid!r} covers resources of others: {resource}")


def _reaches_beyond(pattern: str, stack: Stack) -> bool:
    """Return whether a pattern matches resources that do not have the environment's name."""
    parts = pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or parts[2] in _UNNAMED_SERVICES:
        return False  # "*" is for actions without resources; cloudsplaining checks the others
    # A bucket, or a type and a name; a wildcard in what follows is within one named resource.
    segments = [one for one in re.split("[/:]", parts[5]) if one]
    named = segments[:1] if parts[2] == "s3" else segments[:2]
    open_name = any("*" in one or "?" in one for one in named)
    return open_name and not parts[5].startswith(_ASSIGNED) and not _names_environment(pattern, stack)


def _names_environment(arn: str, stack: Stack) -> bool:
    """Return whether the part of an ARN before its first wildcard contains the environment's name."""
    name = arn.split(":", _ARN_PARTS - 1)[-1].partition("*")[0]
    # The beginning of names, or a part of the paths of parameters and log groups.
    own = (f"{stack.name_stem}-", f"/{stack.name}/")
    return "${" in name or any(one in name.replace("_", "-") for one in own)


POLICIES: tuple[Policy[Stack], ...] = (
    Policy(
        "unreadable-policy",
        "Every policy document can be read before the deployment",
        "write it with modules/iam/statement.py, json.dumps or the data source aws_iam_policy_document; a plan has "
        "the value of other expressions (`terrarium policy --plan`)",
        _unreadable_policies,
    ),
    Policy(
        "pass-role",
        "A role passes roles of the environment only, to named services",
        "name the roles, and add a condition on iam:PassedToService",
        _passed_roles,
    ),
    Policy(
        "far-resource",
        "A pattern in a grant begins with the environment's name, or is within one named resource",
        "name the resources, or begin the pattern with the environment's name (modules/names.py)",
        _far_resources,
    ),
)
