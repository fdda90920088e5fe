"""Every policy of our own."""

from collections.abc import Iterator

from policies.finding import Finding
from policies.policy import Policy
from policies.rules import compute, durability, encryption, exposure, identity, observability, secrets
from policies.stack import Stack

__all__ = ["POLICIES", "own_findings"]

POLICIES: tuple[Policy, ...] = (
    *encryption.POLICIES,
    *exposure.POLICIES,
    *durability.POLICIES,
    *identity.POLICIES,
    *compute.POLICIES,
    *observability.POLICIES,
    *secrets.POLICIES,
)


def own_findings(stack: Stack) -> Iterator[Finding]:
    """What breaks a policy of our own in one stack."""
    for policy in POLICIES:
        for violation in policy.violations(stack):
            yield Finding(
                environment=stack.name,
                tool="terrarium",
                check=policy.id,
                resource=violation.resource.id,
                path=violation.resource.path,
                problem=violation.problem,
                remedy=policy.remedy,
            )
