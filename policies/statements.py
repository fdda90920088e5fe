"""IAM statements in a stack, by the role or the resource that has them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.stack import Resource, Stack, document_in

__all__ = [
    "RESOURCE_POLICIES",
    "Held",
    "allowed_to_everyone",
    "held_statements",
    "listed",
    "resource_policies",
    "statements",
]

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
RESOURCE_POLICIES = {
    "aws_backup_vault_policy": "policy",
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_destination_policy": "access_policy",
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_dynamodb_resource_policy": "policy",
    "aws_ecr_registry_policy": "policy",
    "aws_ecr_repository_policy": "policy",
    "aws_efs_file_system_policy": "policy",
    "aws_glue_resource_policy": "policy",
    "aws_kinesis_resource_policy": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_opensearch_domain": "access_policies",
    "aws_opensearch_domain_policy": "access_policies",
    "aws_s3_access_point": "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_s3control_access_point_policy": "policy",
    "aws_secretsmanager_secret": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
}


_ARN_PARTS = 6
# Types whose argument repeats, as planned, the policy that a resource of its own sets; and the argument of that one.
_SEPARATE = {
    "aws_kms_key": ("aws_kms_key_policy", "key_id"),
    "aws_opensearch_domain": ("aws_opensearch_domain_policy", "domain_name"),
    "aws_s3_bucket": ("aws_s3_bucket_policy", "bucket"),
    "aws_secretsmanager_secret": ("aws_secretsmanager_secret_policy", "secret_arn"),
    "aws_sns_topic": ("aws_sns_topic_policy", "arn"),
    "aws_sqs_queue": ("aws_sqs_queue_policy", "queue_url"),
}


class Held(NamedTuple):
    """A statement of a role, and the policy that contains it."""

    role: Resource
    policy: Resource
    statement: Mapping[str, Any]


def held_statements(stack: Stack) -> Iterator[Held]:
    """Yield every statement of the attached and inline policies of every role; boundaries grant nothing.

    Terraform attaches policies with resources for one or more roles, or with arguments of the role.
    """
    attachments = list(stack.resources("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"))
    policies = list(stack.resources("aws_iam_policy"))
    for role in stack.resources("aws_iam_role"):
        own = [one for one in attachments if one.refers_to("role", role) or one.refers_to("roles", role)]
        attached = [
            policy
            for policy in policies
            if role.refers_to("managed_policy_arns", policy)
            or any(one.refers_to("policy_arn", policy) for one in own)
        ]
        for policy in attached:
            for statement in statements(policy.document("policy")):
                yield Held(role, policy, statement)
        for inline in stack.resources("aws_iam_role_policy"):
            if inline.refers_to("role", role):
                for statement in statements(inline.document("policy")):
                    yield Held(role, inline, statement)
        for block in role.blocks("inline_policy"):
            for statement in statements(document_in(block.get("policy"))):
                yield Held(role, role, statement)


def resource_policies(stack: Stack) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Yield every statement of the resource policies of buckets, keys, queues, topics, repositories and secrets."""
    for resource in stack.resources(*RESOURCE_POLICIES):
        kind, argument = _SEPARATE.get(resource.kind, ("", ""))
        if any(one.refers_to(argument, resource) for one in stack.resources(kind)):
            continue
        for statement in statements(resource.document(RESOURCE_POLICIES[resource.kind])):
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
    """Return whether a statement allows every AWS principal, and no condition restricts the accounts.

    A statement with `NotPrincipal` allows everyone else.
    """
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    who = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    if "*" not in who and "NotPrincipal" not in statement:
        return False
    return not any(
        key.lower() in _BOUNDING_KEYS and all(_names_account(one) for one in listed(value))
        for operator, test in statement.get("Condition", {}).items()
        if _holds_always(operator)
        for key, value in test.items()
    )


def _holds_always(operator: str) -> bool:
    """Return whether a condition refuses a request that does not have its key, or another value."""
    unset = operator.startswith(("ForAllValues:", "Null")) or operator.endswith("IfExists")
    return not unset and "Not" not in operator


def _names_account(value: str) -> bool:
    """Return whether a value has no wildcard that stands for any account."""
    parts = value.split(":", 5)
    if parts[0] != "arn":
        return "*" not in value
    account, resource = (parts[4], parts[5]) if len(parts) == _ARN_PARTS else ("*", "*")
    return "*" not in account and (bool(account) or not resource.startswith("*"))
