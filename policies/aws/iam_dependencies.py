"""Policies about requirements of actions: their required resource types, and the actions that they depend on.

Source: Service Authorization Reference, "Actions": a resource type marked with `*` must be covered by the statements
that allow the action; a dependent action must be allowed too.
"""

from collections.abc import Iterator, Mapping

from policies.aws.iam_actions import supports
from policies.aws.role_grants import RoleGrants, role_grants
from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES", "UNNEEDED_ACTIONS", "UNNEEDED_TYPES"]

# Types that the reference marks as required although they are not: alternatives, of which one suffices, and the job,
# which AWS' own example of submitting jobs does not name (AWS Batch User Guide, "Resource: Restrict to a job queue").
UNNEEDED_TYPES: Mapping[str, tuple[str, ...]] = {
    "athena:ListTagsForResource": ("capacity-reservation", "datacatalog"),
    "athena:TagResource": ("capacity-reservation", "datacatalog"),
    "athena:UntagResource": ("capacity-reservation", "datacatalog"),
    "batch:SubmitJob": ("job",),
}

# Dependent actions of features that no stack uses, with the feature: `dependent` or `dependent@action`.
UNNEEDED_ACTIONS: Mapping[str, str] = {
    "ec2:CreateTags@ec2:CreateNetworkInterface": "tags of interfaces; SageMaker creates those of notebooks without",
    "ecs:ListClusters": "ECS attributes in flow log records",
    "ecs:ListContainerInstances": "ECS attributes in flow log records",
    "ecs:ListServices": "ECS attributes in flow log records",
    "ecs:ListTaskDefinitions": "ECS attributes in flow log records",
    "ecs:ListTasks": "ECS attributes in flow log records",
    "iam:CreateServiceLinkedRole": "the administrator's first deployment creates service-linked roles",
    "organizations:ListAWSServiceAccessForOrganization": "trails of an organization",
    "rds:CreateDBSnapshot": "final snapshots of single instances; members of a cluster have none",
    "rds:CreateTenantDatabase": "tenant databases of RDS for Oracle",
    "rds:DeleteTenantDatabase": "tenant databases of RDS for Oracle",
    "route53:AssociateVPCWithHostedZone": "private names of interface endpoints; granted where a stack has them",
    "secretsmanager:RotateSecret": "rotation at once; RDS rotates the master user's secret by itself",
    "states:PublishStateMachineVersion": "versions of state machines",
}


def _missing_resource_types(stack: Stack) -> Iterator[Violation]:
    for granted in role_grants(stack):
        for name, kind in sorted(_uncovered_types(granted)):
            yield Violation(
                granted.role,
                f"it may use {name}, but on no {kind}, which the action requires: every call is denied",
            )


def _missing_dependent_actions(stack: Stack) -> Iterator[Violation]:
    for granted in role_grants(stack):
        for name, needed in sorted(_missing_actions(granted)):
            yield Violation(granted.role, f"it may use {name}, but not {needed}, which that action needs")


def _uncovered_types(granted: RoleGrants) -> Iterator[tuple[str, str]]:
    for action in granted.exact_actions:
        resources = [one for grant in granted.by_action[action.name] for one in grant.resources]
        for kind in action.resource_types:
            needed = kind.name and kind.required and kind.name not in UNNEEDED_TYPES.get(action.name, ())
            if needed and not any(supports(action, kind, resource) for resource in resources):
                yield action.name, kind.name


def _missing_actions(granted: RoleGrants) -> Iterator[tuple[str, str]]:
    for action in granted.exact_actions:
        for kind in action.resource_types:
            for needed in kind.dependent_actions:
                unneeded = {needed, f"{needed}@{action.name}"} & UNNEEDED_ACTIONS.keys()
                if not unneeded and not granted.allows(needed, service=action.service):
                    yield action.name, needed


POLICIES = (
    Policy(
        "iam-required-resource",
        "An action is granted on every resource type that it requires",
        "add the resource type to a statement of the action, or remove the grant of the action",
        _missing_resource_types,
    ),
    Policy(
        "iam-dependent-action",
        "Actions that a granted action depends on are granted too",
        "grant the dependent action (kms actions through the service); if no stack uses the feature that needs it, add "
        "it to `UNNEEDED_ACTIONS` with that feature",
        _missing_dependent_actions,
    ),
)
