"""Other accounts: their access to resources, services that act on their behalf, and data that is sent to them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Stack
from policies.statements import listed, resource_policies, statements

__all__ = ["POLICIES"]

_ACCOUNT = re.compile(r"\b(\d{12})\b")
_ACCOUNT_PART = 4
_SOURCE_KEYS = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}
# EventBridge does not send these keys to SNS. Source: Amazon EventBridge User Guide, "Amazon SNS permissions":
# "SNS topic policies don't support Condition blocks for EventBridge".
_SENDS_NO_SOURCE = {("events.amazonaws.com", "aws_sns_topic_policy")}


def _foreign_trust(stack: Stack) -> Iterator[Violation]:
    (own,) = stack.provider["allowed_account_ids"]
    for role in stack.resources("aws_iam_role"):
        for statement in statements(role.document("assume_role_policy")):
            principal = statement.get("Principal")
            if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
                continue
            foreign = [arn for arn in listed(principal.get("AWS")) if set(_ACCOUNT.findall(arn)) - {own}]
            if foreign and not _promotes_only(statement):
                yield Violation(role, f"principals of other accounts may assume it: {', '.join(foreign)}")


def _promotes_only(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement allows only the promotion roles of other environments."""
    named = listed(statement.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn"))
    return bool(named) and all(
        re.fullmatch(r"arn:aws[\w-]*:iam::\d{12}:role/(.*/)?[a-z0-9-]+-promotion", arn) for arn in named
    )


def _confused_deputies(stack: Stack) -> Iterator[Violation]:
    for resource, statement in resource_policies(stack):
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
            continue
        services = [
            service
            for service in listed(principal.get("Service"))
            if (service, resource.kind) not in _SENDS_NO_SOURCE
        ]
        if services and not _names_source(statement):
            yield Violation(
                resource,
                f"statement {statement.get('Sid', '')!r} allows {', '.join(services)} on behalf of any account",
            )


def _names_source(statement: Mapping[str, Any]) -> bool:
    for operator, test in statement.get("Condition", {}).items():
        if operator.endswith("IfExists") or "Not" in operator:
            continue
        for key, value in test.items():
            if key.lower() in _SOURCE_KEYS and "*" not in listed(value):
                return True
            # The encryption context contains the ARN of the resource that the service encrypts.
            if key.lower().startswith("kms:encryptioncontext:") and all(
                _ACCOUNT.search(one) for one in listed(value)
            ):
                return True
    return False


# Conditions that name the account of the caller or of the resource that calls.
_ACCOUNT_KEYS = _SOURCE_KEYS | {"aws:principalaccount", "aws:principalarn", "kms:calleraccount"}
# By Terraform type: arguments that give another account access without a policy document.
_SHARED: Mapping[str, tuple[str, ...]] = {
    "aws_ami_launch_permission": ("account_id", "group"),
    "aws_db_cluster_snapshot": ("shared_accounts",),
    "aws_db_snapshot": ("shared_accounts",),
    "aws_cloudwatch_event_permission": ("principal",),
    "aws_kms_grant": ("grantee_principal",),
    "aws_lambda_permission": ("principal", "source_account", "source_arn"),
    "aws_lambda_layer_version_permission": ("principal",),
    "aws_lakeformation_permissions": ("principal",),
    "aws_ram_principal_association": ("principal",),
    "aws_snapshot_create_volume_permission": ("account_id",),
    "aws_vpc_endpoint_service_allowed_principal": ("principal_arn",),
    "aws_vpc_peering_connection": ("peer_owner_id",),
}
_EVERYBODY = {"*", "all"}
# By Terraform type: paths of arguments that name where events, records or copies are sent.
_TARGETS: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_composite_alarm": ("alarm_actions", "ok_actions", "insufficient_data_actions"),
    "aws_cloudwatch_event_target": ("arn", "dead_letter_config.arn"),
    "aws_cloudwatch_log_subscription_filter": ("destination_arn",),
    "aws_cloudwatch_metric_alarm": ("alarm_actions", "ok_actions", "insufficient_data_actions"),
    "aws_dynamodb_kinesis_streaming_destination": ("stream_arn",),
    "aws_ecr_replication_configuration": ("replication_configuration.rule.destination.registry_id",),
    "aws_flow_log": ("log_destination",),
    "aws_lambda_function": ("dead_letter_config.target_arn",),
    "aws_lambda_function_event_invoke_config": (
        "destination_config.on_failure.destination",
        "destination_config.on_success.destination",
    ),
    "aws_s3_bucket_notification": (
        "lambda_function.lambda_function_arn",
        "queue.queue_arn",
        "topic.topic_arn",
    ),
    "aws_s3_bucket_replication_configuration": ("rule.destination.account", "rule.destination.bucket"),
    "aws_scheduler_schedule": ("target.arn", "target.dead_letter_config.arn"),
    "aws_sns_topic_subscription": ("endpoint",),
}


def _foreign_access(stack: Stack) -> Iterator[Violation]:
    own = _own_account(stack)
    for resource, statement in resource_policies(stack):
        if statement.get("Effect") != "Allow" or _promotes_only(statement):
            continue
        principal = statement.get("Principal")
        named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else []
        named += [
            value
            for operator, test in statement.get("Condition", {}).items()
            if "Not" not in operator
            for key, values in test.items()
            if key.lower() in _ACCOUNT_KEYS
            for value in listed(values)
        ]
        foreign = [one for one in named if _accounts(one) - {own}]
        if foreign:
            sid = statement.get("Sid", "")
            yield Violation(resource, f"statement {sid!r} gives other accounts access: {', '.join(foreign)}")
    for resource in stack.resources(*_SHARED):
        for argument in _SHARED[resource.kind]:
            for value in listed(resource.attributes.get(argument)):
                if value in _EVERYBODY or _accounts(value) - {own}:
                    yield Violation(resource, f"{argument} gives other accounts access: {value}")


def _foreign_targets(stack: Stack) -> Iterator[Violation]:
    own = _own_account(stack)
    buckets = {
        stack.arn(f"arn:aws:s3:::{bucket.attributes.get('bucket')}")
        for bucket in stack.resources("aws_s3_bucket")
    }
    for resource in stack.resources(*_TARGETS):
        for path in _TARGETS[resource.kind]:
            *blocks, argument = path.split(".")
            for block in resource.blocks(*blocks):
                for value in listed(block.get(argument)):
                    foreign_bucket = (
                        value.startswith(stack.arn("arn:aws:s3:::")) and value.rstrip("/*") not in buckets
                    )
                    if _accounts(value) - {own} or foreign_bucket:
                        yield Violation(resource, f"{path} is outside of the environment: {value}")


def _own_account(stack: Stack) -> str:
    return stack.account


def _accounts(value: str) -> set[str]:
    """Return the accounts that a value names: an account id, or the account of an ARN."""
    if _ACCOUNT.fullmatch(value):
        return {value}
    parts = value.split(":")
    return (
        {parts[4]}
        if parts[0] == "arn" and len(parts) > _ACCOUNT_PART and parts[4] not in {"", "aws"}
        else set()
    )


POLICIES = (
    Policy(
        "foreign-access",
        "No resource policy, grant or share gives another account access",
        "name principals of the environment's own account; copy data for others to a bucket of theirs, by their role",
        _foreign_access,
    ),
    Policy(
        "foreign-target",
        "Events, notifications, logs and copies stay in the environment's account",
        "name a target of this stack; let the other account read from it instead",
        _foreign_targets,
    ),
    Policy(
        "foreign-trust",
        "No principal of another account may assume a role, except the promotion role of a named environment",
        "trust this account only, or grant the access with `PromotionSource` in modules/promotion.py",
        _foreign_trust,
    ),
    Policy(
        "confused-deputy",
        "Services may act on behalf of this account only",
        "add a condition on aws:SourceAccount or aws:SourceArn to the statement",
        _confused_deputies,
    ),
)
