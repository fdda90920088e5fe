"""Policy `outside-boundary`: a role can use a permission only if its permissions boundary allows it too.

Source: IAM User Guide, "Permissions boundaries for IAM entities" and "Policy evaluation logic": the effective
permissions of a role are the intersection of its policies and its boundary, and an explicit deny in either wins.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.aws.arns import arn_of, with_arns
from policies.aws.service_authorization import actions_matching, glob
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import held_statements, listed, statements

__all__ = ["POLICIES"]


_SHOWN = 4  # permissions that one finding lists


class _Rule(NamedTuple):
    """A statement of a boundary."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditional: bool

    def covers(self, action: str, resource: str) -> bool:
        return any(glob(one, ignore_case=True)(action) for one in self.actions) and any(
            glob(one)(resource) for one in self.resources
        )


class _Boundary(NamedTuple):
    allows: tuple[_Rule, ...]
    denies: tuple[_Rule, ...]

    def refusal(self, action: str, resource: str) -> str | None:
        """Return why the boundary blocks an action on a part of the resource pattern; None if it allows all of it."""
        if any(rule.covers(action, resource) for rule in self.denies if not rule.conditional):
            return "its boundary denies"
        if not any(rule.covers(action, resource) for rule in self.allows):
            return "its boundary does not allow"
        return None


def _outside_of_boundaries(stack: Stack) -> Iterator[Violation]:
    policies = {policy.id: policy for policy in stack.resources("aws_iam_policy")}
    read = {logical_id: _read(policy, stack) for logical_id, policy in policies.items()}
    bounds = {
        role.id: _boundary_of(role, policies.values(), stack) for role in stack.resources("aws_iam_role")
    }
    for held in held_statements(stack):
        policy = bounds[held.role.id]
        if policy is None or held.statement.get("Effect") != "Allow":
            continue
        refused = _refused(with_arns(held.statement, stack), read[policy.id])
        for reason, actions in refused.items():
            yield Violation(
                held.policy,
                f"statement {held.statement.get('Sid', '')!r} grants {held.role.path.rpartition('/')[0]} permissions "
                f"that {reason} ({policy.path}): {_some(actions)}",
            )


def _refused(statement: Mapping[str, Any], boundary: _Boundary) -> dict[str, set[str]]:
    refused: dict[str, set[str]] = {}
    for pattern in listed(statement.get("Action")):
        for action in actions_matching(pattern):
            for resource in listed(statement.get("Resource")):
                reason = boundary.refusal(action.name, resource)
                if reason is not None:
                    refused.setdefault(reason, set()).add(f"{action.name} on {resource}")
    return refused


def _some(actions: set[str]) -> str:
    first = sorted(actions)[:_SHOWN]
    more = len(actions) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _boundary_of(role: Resource, policies: Any, stack: Stack) -> Resource | None:
    named = role.attributes.get("permissions_boundary")
    for policy in policies:
        if role.refers_to("permissions_boundary", policy) or (named and named == arn_of(policy, stack)):
            found: Resource = policy
            return found
    return None  # a boundary that is not in this stack


def _read(policy: Resource, stack: Stack) -> _Boundary:
    rules: dict[str, list[_Rule]] = {"Allow": [], "Deny": []}
    for statement in with_arns(statements(policy.document("policy")), stack):
        rules[statement["Effect"]].append(
            _Rule(
                tuple(listed(statement.get("Action"))),
                tuple(listed(statement.get("Resource"))),
                conditional=bool(statement.get("Condition")),
            )
        )
    return _Boundary(tuple(rules["Allow"]), tuple(rules["Deny"]))


POLICIES = (
    Policy(
        "outside-boundary",
        "The permissions boundary of a role allows every permission of the role",
        "add the service or the action to the boundary (stacks/boundary.py, modules/delivery/boundary.py), or narrow "
        "the grant to the resources that the boundary names",
        _outside_of_boundaries,
    ),
)
