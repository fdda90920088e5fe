"""Permissions that a plan withdraws: from roles, and from the principals of resource policies and trust policies."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.aws.service_authorization import actions_matching, glob
from policies.plan.change import Change
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack
from policies.statements import RESOURCE_POLICIES, held_statements, listed, statements

__all__ = ["Withdrawal", "withdrawals"]

_SHOWN = 2  # actions, resources or principals that one warning lists
# By type: the argument with a policy that grants access to the resource itself.
_DOCUMENTS = {**RESOURCE_POLICIES, "aws_iam_role": "assume_role_policy", "aws_vpc_endpoint": "policy"}

# A reference of Terraform, and no variable of IAM such as `${aws:userid}`.
_REFERENCE = re.compile(r"\$\{(aws_|data\.)")

Statement = Mapping[str, Any]


class Withdrawal(NamedTuple):
    """Permissions that end with the deployment, and the address of the resource that they are about."""

    address: str
    text: str


def withdrawals(stack: PlannedStack) -> Iterator[Withdrawal]:
    """Yield the permissions that the plan withdraws.

    The policies of a role are compared together: a statement that moves to another policy is not withdrawn. Grants of
    roles that the plan deletes are left out.
    """
    deployed = _deployed(stack)
    before, after = _by_role(deployed), _by_role(stack)
    for address in sorted(before.keys() & after.keys()):
        for permissions in _ended(before[address], after[address]):
            yield Withdrawal(address, f"the role loses {permissions}")
    own = {policy.attributes.get("arn") for policy in deployed.resources("aws_iam_policy")}
    for change in stack.changes:
        arn = change.before.get("policy_arn")
        if change.kind == "aws_iam_role_policy_attachment" and change.action == "delete" and arn not in own:
            yield Withdrawal(change.address, f"the role loses the policy {arn}")
    for change in stack.changes:
        yield from _narrowed_documents(change)


def _narrowed_documents(change: Change) -> Iterator[Withdrawal]:
    argument = _DOCUMENTS.get(change.kind, "")
    if change.action != "update" or change.unknown.get(argument):
        return
    old, new = (_statements(side.get(argument)) for side in (change.before, change.after))
    for statement in old:
        if statement not in new and statement.get("Effect") == "Allow" and not _covered(statement, new):
            yield Withdrawal(change.address, f"its {argument} no longer allows {_described(statement)}")
    for statement in new:
        if statement not in old and statement.get("Effect") == "Deny":
            yield Withdrawal(change.address, f"its {argument} denies {_described(statement)}")


def _covered(statement: Statement, others: list[Statement]) -> bool:
    """Return whether another statement allows the same and more."""
    return any(
        other.get("Effect") == "Allow"
        and other.get("Condition", {}) in ({}, statement.get("Condition", {}))
        and _principals(statement) <= _principals(other)
        and _within(statement.get("Action"), other.get("Action"), ignore_case=True)
        and _within(statement.get("Resource"), other.get("Resource"))
        for other in others
    )


def _within(values: Any, patterns: Any, *, ignore_case: bool = False) -> bool:
    return all(
        any(glob(pattern, ignore_case=ignore_case)(value) for pattern in listed(patterns))
        for value in listed(values)
    )


def _principals(statement: Statement) -> set[tuple[str, str]]:
    principal = statement.get("Principal", {})
    named = principal if isinstance(principal, Mapping) else {"*": principal}
    return {(kind, one) for kind, value in named.items() for one in listed(value)}


def _described(statement: Statement) -> str:
    name = statement.get("Sid")
    actions = ", ".join(listed(statement.get("Action"))[:_SHOWN])
    principals = ", ".join(sorted(one for _, one in _principals(statement))[:_SHOWN])
    return f"{actions} to {principals}" + (f" (statement {name})" if name else "")


def _deployed(stack: PlannedStack) -> Stack:
    """Return the resources in the account as a stack; references are values there."""
    resources: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in stack.plan.get("resource_changes", []):
        if one["change"].get("before"):
            resources[one["type"]][one["name"]] = one["change"]["before"]
    return Stack(
        name=stack.name,
        tier=stack.tier,
        document={"resource": resources, "provider": stack.document["provider"]},
    )


def _by_role(stack: Stack) -> dict[str, list[Statement]]:
    roles: dict[str, list[Statement]] = {role.address: [] for role in stack.resources("aws_iam_role")}
    for held in held_statements(stack):
        roles[held.role.address].append(held.statement)
    return roles


def _ended(before: list[Statement], after: list[Statement]) -> list[str]:
    """Return the permissions that no longer hold, by statement."""
    allowed = [one for one in after if one.get("Effect") == "Allow"]
    # A resource that is known only after the deployment can be any.
    open_resources = any(_REFERENCE.search(json.dumps(one.get("Resource"))) for one in allowed)
    ended: dict[str, None] = {}
    for statement in before:
        if statement.get("Effect") != "Allow" or statement in allowed:
            continue
        lost = [
            (name, resource)
            for pattern in listed(statement.get("Action"))
            for name in [action.name for action in actions_matching(pattern)] or [pattern]
            for resource in listed(statement.get("Resource"))
            if not _still_allowed(name, resource, statement, allowed, any_resource=open_resources)
        ]
        if lost:
            ended[_permissions(statement, lost)] = None
    ended.update(
        dict.fromkeys(f"{', '.join(actions)} (a new denial)" for actions in _new_denials(before, after))
    )
    return list(ended)


def _permissions(statement: Statement, lost: list[tuple[str, str]]) -> str:
    """Return the lost permissions of one statement, as `actions on resources (statement)`."""
    actions, resources = (_some(list(dict.fromkeys(side))) for side in zip(*lost, strict=True))
    name = statement.get("Sid")
    return f"{actions} on {resources}" + (f" ({name})" if name else "")


def _new_denials(before: list[Statement], after: list[Statement]) -> Iterator[list[str]]:
    """Yield the actions of denials that were not there before, as far as their resources are known."""
    old = [one for one in before if one.get("Effect") == "Deny"]
    for statement in after:
        if statement.get("Effect") != "Deny" or statement in old:
            continue
        known = not _REFERENCE.search(json.dumps(statement))
        actions = listed(statement.get("Action"))
        if known or not any(listed(one.get("Action")) == actions for one in old):
            yield actions


def _still_allowed(
    action: str, resource: str, statement: Statement, allowed: list[Statement], *, any_resource: bool
) -> bool:
    return any(
        _within(action, one.get("Action"), ignore_case=True)
        and (any_resource or _within(resource, one.get("Resource")))
        and (any_resource or one.get("Condition", {}) in ({}, statement.get("Condition", {})))
        for one in allowed
    )


def _statements(text: Any) -> list[Statement]:
    try:
        document = json.loads(text or "{}")
    except (TypeError, ValueError):
        return []
    return statements(document) if isinstance(document, dict) else []


def _some(permissions: list[str]) -> str:
    more = len(permissions) - _SHOWN
    return ", ".join(permissions[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
