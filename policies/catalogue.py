"""Every policy of our own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from policies.aws import (
    boundary,
    dependency_order,
    handler_permissions,
    iam_actions,
    iam_dependencies,
    service_conditions,
    state_machines,
)
from policies.finding import Finding
from policies.plan.planned_stack import PlannedStack
from policies.plan.rules import PLAN_POLICIES
from policies.policy import Policy, Violation
from policies.rules import (
    audit,
    compute,
    durability,
    encryption,
    exposure,
    foreign_access,
    identity,
    observability,
    secrets,
    supply_chain,
)
from policies.stack import Stack
from policies.statements import held_statements

__all__ = ["PLAN_POLICIES", "POLICIES", "own_findings", "plan_findings", "unanswered"]

POLICIES: tuple[Policy[Stack], ...] = (
    *encryption.POLICIES,
    *exposure.POLICIES,
    *foreign_access.POLICIES,
    *durability.POLICIES,
    *identity.POLICIES,
    *compute.POLICIES,
    *observability.POLICIES,
    *audit.POLICIES,
    *secrets.POLICIES,
    *supply_chain.POLICIES,
    *boundary.POLICIES,
    *dependency_order.POLICIES,
    *iam_actions.POLICIES,
    *iam_dependencies.POLICIES,
    *handler_permissions.POLICIES,
    *service_conditions.POLICIES,
    *state_machines.POLICIES,
)

# Checks of checkov that ask less, or the same of less: what answers each, where it holds.
_ANSWERED_BY = {check: policy.id for policy in POLICIES for check in policy.answers} | {
    # These ask cloudsplaining about single policies, and of boundaries, which grant nothing; we ask it about roles.
    "CKV_AWS_286": "privilege-escalation",
    "CKV_AWS_287": "credentials-exposure",
    "CKV_AWS_288": "data-exfiltration",
    "CKV_AWS_289": "resource-exposure",
    "CKV_AWS_290": "wildcard-resource",
    "CKV_AWS_355": "wildcard-resource",
}


def own_findings(stack: Stack) -> Iterator[Finding]:
    """What breaks a policy of our own in one stack."""
    for policy in POLICIES:
        for violation in policy.violations(stack):
            yield _finding(stack, policy, violation)


def plan_findings(stack: PlannedStack) -> Iterator[Finding]:
    """What breaks a policy about plans."""
    for policy in PLAN_POLICIES:
        for violation in policy.violations(stack):
            yield _finding(stack, policy, violation)


def unanswered(
    findings: Iterable[Finding], answers: Iterable[Finding], stacks: Iterable[Stack]
) -> Iterator[Finding]:
    """The findings of checkov, without those that another check answers by holding for the same resource.

    Args:
        findings: What checkov found.
        answers: What our own policies and cloudsplaining found in the same stacks.
        stacks: The stacks; of an IAM policy, its roles are asked for.
    """
    broken = {(finding.environment, finding.resource, finding.check) for finding in answers}
    roles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stack in stacks:
        for held in held_statements(stack):
            roles[stack.name, held.policy.id].add(held.role.id)
    for finding in findings:
        answer = _ANSWERED_BY.get(finding.check)
        about = {finding.resource, *roles[finding.environment, finding.resource]}
        if answer is None or any((finding.environment, resource, answer) in broken for resource in about):
            yield finding


def _finding(stack: Stack, policy: Policy[Any], violation: Violation) -> Finding:
    return Finding(
        environment=stack.name,
        tool="terrarium",
        check=policy.id,
        resource=violation.resource.id,
        path=violation.resource.path,
        problem=violation.problem,
        remedy=policy.remedy,
    )
