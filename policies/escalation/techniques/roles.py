"""Become another role: assume it, pass it to a service, or change whom it trusts."""

from collections.abc import Iterator, Mapping
from functools import cache

from policies.aws.service_authorization import actions_matching
from policies.escalation.conditions import holds
from policies.escalation.powers import (
    ADMINISTRATOR,
    DELIVERY,
    UNTAGGED,
    Gained,
    Power,
    Step,
    outside,
)
from policies.statements import listed

__all__ = ["assume_outside_role", "assume_role", "change_delivery", "change_trust", "pass_role"]

# Services whose calls run code, or make calls of the caller's choice, with the role they are passed. Service prefixes
# by service principal.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "ec2.amazonaws.com": ("ec2",),
    "ecs-tasks.amazonaws.com": ("ecs", "batch"),
    "events.amazonaws.com": ("events",),
    "lambda.amazonaws.com": ("lambda",),
    "sagemaker.amazonaws.com": ("sagemaker",),
    "scheduler.amazonaws.com": ("scheduler",),
    "states.amazonaws.com": ("states",),
}
_DELIVERY_ROLES = ("ci-deploy", "ci-plan", "migration")


def assume_role(gained: Gained) -> Iterator[Step]:
    """Assume a role whose trust policy allows the caller."""
    root = f"arn:aws:iam::{gained.estate.account}:root"
    for role in gained.other_roles():
        for principal in gained.principals:
            context = {"aws:principalarn": principal.arn}
            trusted = any(
                isinstance(statement.get("Principal"), Mapping)
                and {root, principal.arn, "*"} & set(listed(statement["Principal"].get("AWS")))
                and holds(statement.get("Condition", {}), context) is not False
                for statement in role.trust
            )
            if trusted and principal.can("sts:AssumeRole", role.arn, {}):
                yield Step(principal.name, f"assumes {role.name}", Power(role.name, role.principal))


def assume_outside_role(gained: Gained) -> Iterator[Step]:
    """Assume a role of the account that trusts the whole account, as the roles of administrators often do."""
    target = outside(gained.estate, "role")
    if by := gained.who_can("sts:AssumeRole", target, UNTAGGED):
        yield Step(by, f"assumes {target}, if it trusts the account", ADMINISTRATOR)


def pass_role(gained: Gained) -> Iterator[Step]:
    """Pass a role to a service that runs code of the caller with it."""
    for role in gained.other_roles():
        for service in sorted(role.trusted_services() & _RUNNERS.keys()):
            by = gained.who_can("iam:PassRole", role.arn, {"iam:passedtoservice": service})
            if by is None:
                continue
            for action in _starting(service):
                if starter := gained.who_can(action, None):
                    how = f"passes {role.name} to {service} with {action}"
                    yield Step(starter, how, Power(role.name, role.principal))
                    break


@cache
def _starting(service: str) -> tuple[str, ...]:
    """The actions of a service that depend on `iam:PassRole`."""
    return tuple(
        action.name
        for prefix in _RUNNERS[service]
        for action in actions_matching(f"{prefix}:*")
        if any("iam:PassRole" in kind.dependent_actions for kind in action.resource_types)
    )


def change_trust(gained: Gained) -> Iterator[Step]:
    """Let oneself into a role by its trust policy."""
    for role in gained.other_roles():
        if by := gained.who_can("iam:UpdateAssumeRolePolicy", role.arn):
            yield Step(by, f"changes the trust of {role.name}", Power(role.name, role.principal))


def change_delivery(gained: Gained) -> Iterator[Step]:
    """Change a role that delivers: what it may do, or who assumes it."""
    for name in _DELIVERY_ROLES:
        role = gained.estate.named(name)
        if role is None:
            continue
        for action in (
            "AttachRolePolicy",
            "DeleteRole",
            "DetachRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        ):
            if by := gained.who_can(f"iam:{action}", role.arn):
                yield Step(by, f"iam:{action} on {name}", DELIVERY)
        for policy in role.attached:
            for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
                if by := gained.who_can(f"iam:{action}", policy):
                    yield Step(by, f"iam:{action} on {policy.rpartition('/')[2]} of {name}", DELIVERY)
