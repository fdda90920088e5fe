"""IAM statements in a stack, by the role or the resource that has them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.stack import Resource, Stack

__all__ = ["Held", "allowed_to_everyone", "held_statements", "listed", "resource_policies", "statements"]

# Condition keys that restrict a statement for "everyone" to an account, an organization or a resource.
_BOUNDING_KEYS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourcevpce",
    "kms:calleraccount",
}
_RESOURCE_POLICIES = {
    "aws_ecr_repository_policy": "policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}


class Held(NamedTuple):
    """A statement of a role, and the policy that contains it."""

    role: Resource
    policy: Resource
    statement: Mapping[str, Any]


def held_statements(stack: Stack) -> Iterator[Held]:
    """Yield every statement of the attached and inline policies of every role; boundaries grant nothing."""
    for role in stack.resources("aws_iam_role"):
        for attachment in stack.resources("aws_iam_role_policy_attachment"):
            if attachment.refers_to("role", role):
                for policy in stack.resources("aws_iam_policy"):
                    if attachment.refers_to("policy_arn", policy):
                        for statement in statements(policy.document("policy")):
                            yield Held(role, policy, statement)
        for inline in stack.resources("aws_iam_role_policy"):
            if inline.refers_to("role", role):
                for statement in statements(inline.document("policy")):
                    yield Held(role, inline, statement)


def resource_policies(stack: Stack) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Yield every statement of the resource policies of buckets, keys, queues, topics, repositories and secrets."""
    for resource in stack.resources(*_RESOURCE_POLICIES):
        for statement in statements(resource.document(_RESOURCE_POLICIES[resource.kind])):
            yield resource, statement


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a policy document."""
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def listed(value: Any) -> list[str]:
    """Return a list of the strings; IAM documents write a single one without a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def allowed_to_everyone(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement allows every AWS principal, and no condition restricts the accounts."""
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    who = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    if "*" not in who:
        return False
    keys = {
        key.lower()
        for operator, test in statement.get("Condition", {}).items()
        if not operator.startswith(("ForAllValues:", "Null")) and "Not" not in operator
        for key, value in test.items()
        if "*" not in listed(value)
    }
    return not keys & _BOUNDING_KEYS
