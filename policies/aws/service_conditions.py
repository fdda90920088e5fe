"""Policy `unmet-condition`: conditions that AWS services never meet, so that the statement allows nothing, silently.

Sources: Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions;
Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs", on EventBridge and encrypted topics; Step
Functions Developer Guide, "Data at rest encryption in Step Functions", on execution roles; EventBridge Scheduler User
Guide, "Encryption at rest", example of a CloudTrail event.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import held_statements, listed, resource_policies, statements

__all__ = ["POLICIES"]

_EVENTS = "events.amazonaws.com"
_NOT_SENT = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}
# Services that call KMS with the role that they assumed.
_ACT_AS_ROLES = {"scheduler.amazonaws.com": "scheduler", "states.amazonaws.com": "states"}


def _unmet(stack: Stack) -> Iterator[Violation]:
    yield from _topics(stack)
    yield from _keys_of_topics(stack)
    yield from _roles(stack)


def _topics(stack: Stack) -> Iterator[Violation]:
    for resource, statement in resource_policies(stack):
        if (
            resource.kind == "aws_sns_topic_policy"
            and _lets_in(statement, _EVENTS)
            and statement.get("Condition")
        ):
            yield Violation(
                resource,
                f"statement {statement.get('Sid', '')!r} allows EventBridge to publish with a condition, which never "
                "holds",
            )


def _keys_of_topics(stack: Stack) -> Iterator[Violation]:
    for topic in _targets_of_rules(stack):
        for key in stack.resources("aws_kms_key"):
            if not topic.refers_to("kms_master_key_id", key):
                continue
            usable = [
                statement
                for statement in statements(key.document("policy"))
                if _lets_in(statement, _EVENTS) and not _NOT_SENT & set(_asked(statement))
            ]
            if not usable:
                yield Violation(
                    key,
                    f"EventBridge publishes to {topic.path}, which the key encrypts, and no statement allows it to use "
                    "the key without aws:SourceAccount or aws:SourceArn",
                )


def _targets_of_rules(stack: Stack) -> Iterator[Resource]:
    targets = list(stack.resources("aws_cloudwatch_event_target"))
    for topic in stack.resources("aws_sns_topic"):
        if any(target.refers_to("arn", topic) for target in targets):
            yield topic


def _roles(stack: Stack) -> Iterator[Violation]:
    for held in held_statements(stack):
        services = _own_services(held.role)
        for through in _asked(held.statement).get("kms:viaservice", ()):
            if through.partition(".")[0] in services:
                yield Violation(
                    held.policy,
                    f"statement {held.statement.get('Sid', '')!r} allows {held.role.path.rpartition('/')[0]} to use "
                    f"keys via {through}, which calls KMS with that role and without kms:ViaService",
                )


def _own_services(role: Resource) -> set[str]:
    """Return the services that assume a role and call KMS with it, by the first part of their address."""
    trusted = statements(role.document("assume_role_policy"))
    return {name for service, name in _ACT_AS_ROLES.items() if any(_lets_in(one, service) for one in trusted)}


def _lets_in(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    named = principal.get("Service") if isinstance(principal, Mapping) else None
    return statement.get("Effect") == "Allow" and service in listed(named)


def _asked(statement: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values that the conditions of a statement require, by lower-case key."""
    return {
        key.lower(): listed(value)
        for test in statement.get("Condition", {}).values()
        for key, value in test.items()
    }


POLICIES = (
    Policy(
        "unmet-condition",
        "No statement has a condition that its service never meets",
        "allow events.amazonaws.com to publish without a condition, and to use the key with the encryption context "
        "aws:sns:topicArn; restrict roles of state machines and schedules by encryption context "
        "(modules/encryption.py)",
        _unmet,
    ),
)
