"""Catalogue of the kit's own policies, and their findings about stacks and plans."""

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
from policies.escalation import policy as escalation
from policies.extensions import declared_policies
from policies.finding import Finding
from policies.plan.planned_stack import PlannedStack
from policies.plan.rules import PLAN_POLICIES
from policies.policy import Policy, Violation
from policies.rules import (
    audit,
    compute,
    dead_letters,
    durability,
    encryption,
    endpoints,
    exposure,
    foreign_access,
    grants,
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
    *endpoints.POLICIES,
    *foreign_access.POLICIES,
    *durability.POLICIES,
    *identity.POLICIES,
    *grants.POLICIES,
    *compute.POLICIES,
    *dead_letters.POLICIES,
    *observability.POLICIES,
    *audit.POLICIES,
    *secrets.POLICIES,
    *supply_chain.POLICIES,
    *escalation.POLICIES,
    *boundary.POLICIES,
    *dependency_order.POLICIES,
    *iam_actions.POLICIES,
    *iam_dependencies.POLICIES,
    *handler_permissions.POLICIES,
    *service_conditions.POLICIES,
    *state_machines.POLICIES,
)

# Checks of checkov that are weaker than another check: its finding is dropped where the other check passes.
_ANSWERED_BY = {check: policy.id for policy in POLICIES for check in policy.answers} | {
    # checkov runs cloudsplaining on single policies and on boundaries, which grant nothing; the kit runs it on roles.
    "CKV_AWS_286": "privilege-escalation",
    "CKV_AWS_287": "credentials-exposure",
    "CKV_AWS_288": "data-exfiltration",
    "CKV_AWS_289": "resource-exposure",
    "CKV_AWS_290": "wildcard-resource",
    "CKV_AWS_355": "wildcard-resource",
}


def own_findings(stack: Stack) -> Iterator[Finding]:
    """Yield the violations of the kit's own policies, and of those of its extensions, in one stack."""
    for policy in (*POLICIES, *declared_policies(stack)):
        for violation in policy.violations(stack):
            yield _finding(stack, policy, violation)


def plan_findings(stack: PlannedStack) -> Iterator[Finding]:
    """Yield the violations of policies about plans in one planned stack."""
    for policy in PLAN_POLICIES:
        for violation in policy.violations(stack):
            yield _finding(stack, policy, violation)


def unanswered(
    findings: Iterable[Finding], answers: Iterable[Finding], stacks: Iterable[Stack]
) -> Iterator[Finding]:
    """Yield checkov's findings, without those that a stricter check covers and does not find in the same resource.

    Args:
        findings: The findings of checkov.
        answers: The findings of the kit's own policies and of cloudsplaining in the same stacks.
        stacks: The stacks. For an IAM policy, the stricter check is looked up for its roles.
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
