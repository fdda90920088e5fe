"""The page about the calls that the kit makes: for service control policies, endpoint policies and firewalls."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.aws.cloudformation import CLOUDFORMATION_TYPES, handler_actions
from policies.aws.handler_exceptions import exception_for
from policies.escalation.inventory import Inventory
from policies.stack import Stack
from policies.statements import held_statements, listed

__all__ = ["GLOBAL_SERVICES", "OPERATOR_SERVICES", "calls_page", "example_scp", "services_of"]

GLOBAL_SERVICES: Final = ("billing", "budgets", "ce", "iam", "sts")
"""Services whose endpoint is in us-east-1 for every region: a condition on `aws:RequestedRegion` sees us-east-1. From
AWS Organizations User Guide, "Deny access to AWS based on the requested AWS Region"; IAM User Guide,
"aws:RequestedRegion"; AWS General Reference, "Service endpoints and quotas"."""

OPERATOR_SERVICES: Final[Mapping[str, str]] = {
    "ce": "`terrarium verify` asks whether the tag of the budget is active for cost allocation",
    "cloudtrail": "`terrarium drift` and `terrarium verify` read trails and their status",
    "sts": "every command asks for its account, and assumes the roles of the environment",
}
"""Services that operators' commands call, beyond what roles of the stack are granted."""

_HANDLERS = ("create", "read", "update", "delete")
_LONGEST = 5120  # characters of a service control policy (AWS Organizations User Guide, "Quotas")


def calls_page(stacks: Iterable[Stack]) -> str:
    """Return the page: the calls of each role, those of Terraform by capability, and an example of a policy."""
    stacks = tuple(stacks)
    example = json.dumps(example_scp(stacks, region="eu-central-1"), indent=2)
    return f"""# Calls that the kit makes

`make docs` generates this page from the policies of all roles and from the handlers that CloudFormation
publishes for each resource type; a test checks that it is current. Use it for service control policies,
policies of VPC endpoints, and reviews of the permissions that an administrator needs.

A service control policy has at most 5,120 characters: it names services, not calls. It does not apply to
service-linked roles, by which Batch, ECS, RDS and SageMaker start instances for the platform.

## Endpoints outside of the environment's region

{_global(stacks)}

All other calls go to the region in the environment's file. The trail of the environment records all regions,
and is created in this one.

## Calls of each role

Patterns as in the policies of the roles, in any environment. The resources and conditions of each statement
are narrower: `terrarium policy` checks them.

{_roles(stacks)}

## Calls of Terraform by capability

What the administrator's deployment calls for the resources of each construct. `ci-deploy` may make all of
them except those in the next section.

{_capabilities(stacks)}

## Calls that only an administrator makes

{_administrator()}

## An example of a service control policy

It denies every service that the platform does not use, and every region but one. A test deploys an
environment to the sandbox with it, and checks every call on this page against it. Replace the region.

```json
{example}
```

An environment with [extensions](../guides/extensions.md) needs their services, too.
"""


def services_of(stacks: Iterable[Stack]) -> tuple[str, ...]:
    """Return the prefixes of the services that the kit calls, in alphabetical order."""
    granted = {
        pattern.partition(":")[0] for actions in _granted(tuple(stacks)).values() for pattern in actions
    }
    by_terraform = {
        action.partition(":")[0] for kind in CLOUDFORMATION_TYPES for action in _of_terraform(kind)
    }
    return tuple(sorted((granted | by_terraform | OPERATOR_SERVICES.keys()) - {"*"}))


def example_scp(stacks: Iterable[Stack], *, region: str) -> dict[str, Any]:
    """Return a service control policy that denies what the kit does not need.

    Args:
        stacks: The stacks of environments.
        region: The region that is allowed.

    Raises:
        ValueError: It is longer than AWS allows.
    """
    services = services_of(stacks)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyServicesOfThePlatform",
                "Effect": "Deny",
                "NotAction": [f"{service}:*" for service in services],
                "Resource": "*",
            },
            {
                "Sid": "OnlyAllowedRegions",
                "Effect": "Deny",
                "NotAction": [f"{service}:*" for service in GLOBAL_SERVICES],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": [region]}},
            },
        ],
    }
    if len(json.dumps(policy, separators=(",", ":"))) > _LONGEST:
        raise ValueError(f"the example has more than {_LONGEST} characters")
    return policy


def _global(stacks: tuple[Stack, ...]) -> str:
    used = [service for service in GLOBAL_SERVICES if service in services_of(stacks)]
    return "\n".join(
        [
            "| service | endpoint | why |",
            "|---|---|---|",
            *(f"| `{service}` | us-east-1 | {_WHY_GLOBAL[service]} |" for service in used),
        ]
    )


_WHY_GLOBAL: Mapping[str, str] = {
    "billing": "the budget reads its billing view",
    "budgets": "the monthly budget",
    "ce": OPERATOR_SERVICES["ce"],
    "iam": "roles, policies and the OIDC provider",
    "sts": "the global endpoint, where a client is configured to use it; else the one of the region",
}


def _granted(stacks: tuple[Stack, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for stack in stacks:
        prefix = Inventory(stack).prefix
        for held in held_statements(stack):
            if held.statement.get("Effect") == "Allow":
                name = str(held.role.attributes.get("name")).removeprefix(prefix)
                found[name].update(listed(held.statement.get("Action")))
    return found


def _roles(stacks: tuple[Stack, ...]) -> str:
    granted = _granted(stacks)
    return "\n\n".join(
        "\n".join([f"### {role}", "", "| service | calls |", "|---|---|", *_rows(granted[role])])
        for role in sorted(granted)
    )


def _capabilities(stacks: tuple[Stack, ...]) -> str:
    by_module: dict[str, set[str]] = defaultdict(set)
    for stack in stacks:
        for resource in stack.resources(*CLOUDFORMATION_TYPES):
            by_module[resource.path.partition("/")[0]].update(_of_terraform(resource.kind))
    return "\n\n".join(
        "\n".join([f"### {module}", "", "| service | calls |", "|---|---|", *_rows(by_module[module])])
        for module in sorted(by_module)
        if not module.startswith("extension-")
    )


def _administrator() -> str:
    reasons: dict[str, set[str]] = defaultdict(set)
    for kind in CLOUDFORMATION_TYPES:
        for action in _of_handlers(kind):
            reason = exception_for(action, kind) or ""
            if "dministrator" in reason:
                reasons[reason].add(f"`{action}`")
    rows = [f"| {reason} | {', '.join(sorted(actions))} |" for reason, actions in sorted(reasons.items())]
    return "\n".join(["| why | calls |", "|---|---|", *rows])


def _of_terraform(kind: str) -> set[str]:
    """Return the calls for a type, without those that neither CI nor an administrator makes for it."""
    return {
        action
        for action in _of_handlers(kind)
        if (reason := exception_for(action, kind)) is None or "dministrator" in reason
    }


def _of_handlers(kind: str) -> set[str]:
    return {action.name for handler in _HANDLERS for action in handler_actions(kind, handler)}


def _rows(actions: Iterable[str]) -> list[str]:
    by_service: dict[str, list[str]] = defaultdict(list)
    for action in sorted(actions):
        service, _, name = action.partition(":")
        by_service[service].append(f"`{name or '*'}`")
    return [f"| {service} | {', '.join(names)} |" for service, names in sorted(by_service.items())]
