"""Techniques to act as another role: assume it, pass it to a service, or change its trust policy."""

from collections.abc import Iterator, Mapping
from functools import cache

from policies.aws.service_authorization import actions_matching
from policies.escalation.conditions import holds
from policies.escalation.privileges import (
    ADMINISTRATOR,
    DELIVERY,
    UNTAGGED,
    Attacker,
    Privilege,
    Step,
    administrator_arn,
)
from policies.statements import listed

__all__ = ["assume_outside_role", "assume_role", "change_delivery_role", "change_trust", "pass_role"]

# Services that run code or make calls of the caller's choice with a passed role: action prefixes by service principal.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "ec2.amazonaws.com": ("ec2",),
    "ec2.amazonaws.com.cn": ("ec2",),
    "ecs-tasks.amazonaws.com": ("ecs", "batch"),
    "events.amazonaws.com": ("events",),
    "lambda.amazonaws.com": ("lambda",),
    "sagemaker.amazonaws.com": ("sagemaker",),
    "scheduler.amazonaws.com": ("scheduler",),
    "states.amazonaws.com": ("states",),
}
_DELIVERY_ROLES = ("ci-deploy", "ci-plan", "migration")


def assume_role(attacker: Attacker) -> Iterator[Step]:
    """Assume a role whose trust policy allows the caller."""
    root = attacker.inventory.arn("arn:aws:iam::{account}:root")
    for role in attacker.other_roles():
        for principal in attacker.principals:
            context = {"aws:principalarn": principal.arn}
            trusted = any(
                isinstance(statement.get("Principal"), Mapping)
                and {root, principal.arn, "*"} & set(listed(statement["Principal"].get("AWS")))
                and holds(statement.get("Condition", {}), context) is not False
                for statement in role.trust
            )
            if trusted and principal.can("sts:AssumeRole", role.arn, {}):
                yield Step(principal.name, f"assumes {role.name}", Privilege(role.name, role.principal))


def assume_outside_role(attacker: Attacker) -> Iterator[Step]:
    """Assume a role outside of the environment that trusts the whole account, as administrators' roles often do."""
    target = administrator_arn(attacker.inventory, "role")
    if by := attacker.who_can("sts:AssumeRole", target, UNTAGGED):
        yield Step(by, f"assumes {target}, if it trusts the account", ADMINISTRATOR)


def pass_role(attacker: Attacker) -> Iterator[Step]:
    """Pass a role to a service that runs code of the attacker with it."""
    for role in attacker.other_roles():
        for service in sorted(role.trusted_services() & _RUNNERS.keys()):
            by = attacker.who_can("iam:PassRole", role.arn, {"iam:passedtoservice": service})
            if by is None:
                continue
            for action in _starting(service):
                if starter := attacker.who_can(action, None):
                    how = f"passes {role.name} to {service} with {action}"
                    yield Step(starter, how, Privilege(role.name, role.principal))
                    break


@cache
def _starting(service: str) -> tuple[str, ...]:
    """Return the actions of a service that depend on `iam:PassRole`."""
    return tuple(
        action.name
        for prefix in _RUNNERS[service]
        for action in actions_matching(f"{prefix}:*")
        if any("iam:PassRole" in kind.dependent_actions for kind in action.resource_types)
    )


def change_trust(attacker: Attacker) -> Iterator[Step]:
    """Change the trust policy of a role so that the attacker can assume it."""
    for role in attacker.other_roles():
        if by := attacker.who_can("iam:UpdateAssumeRolePolicy", role.arn):
            yield Step(by, f"changes the trust policy of {role.name}", Privilege(role.name, role.principal))


def change_delivery_role(attacker: Attacker) -> Iterator[Step]:
    """Change the permissions or the trust policy of a delivery role."""
    for name in _DELIVERY_ROLES:
        role = attacker.inventory.named(name)
        if role is None:
            continue
        for action in (
            "AttachRolePolicy",
            "DeleteRole",
            "DetachRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        ):
            if by := attacker.who_can(f"iam:{action}", role.arn):
                yield Step(by, f"iam:{action} on {name}", DELIVERY)
        for policy in role.attached:
            for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
                if by := attacker.who_can(f"iam:{action}", policy):
                    yield Step(by, f"iam:{action} on {policy.rpartition('/')[2]} of {name}", DELIVERY)
