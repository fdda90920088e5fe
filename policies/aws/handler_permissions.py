"""CI's roles against CloudFormation's handlers: what reading and changing each resource of the stack takes.

CloudFormation publishes what its handlers call. Terraform's provider calls nearly the same: what it does not call, or
what only features call that no stack uses, is listed in `handler_exceptions` with the reason.
"""

from collections.abc import Iterator

from policies.aws.arns import arn_of
from policies.aws.cloudformation import CLOUDFORMATION_TYPES, handler_actions
from policies.aws.handler_exceptions import exception_for
from policies.aws.iam_actions import supports
from policies.aws.role_grants import RoleGrants, role_grants
from policies.aws.service_authorization import Action
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack

__all__ = ["HANDLERS", "POLICIES", "lacking"]

# By the end of the role's name: the handlers that the role has to be able to do the work of.
HANDLERS = {"-ci-plan": ("read",), "-ci-deploy": ("read", "create", "update", "delete")}


def _insufficient_roles(stack: Stack) -> Iterator[Violation]:
    for granted in role_grants(stack):
        name = str(granted.role.attributes.get("name", ""))
        for suffix, handlers in HANDLERS.items():
            if name.endswith(suffix):
                yield from _insufficient(granted, handlers, suffix.removeprefix("-"), stack)


def _insufficient(
    granted: RoleGrants, handlers: tuple[str, ...], role: str, stack: Stack
) -> Iterator[Violation]:
    reported: set[tuple[str, str]] = set()
    for resource in stack.resources(*stack.document.get("resource", {})):
        for violation in _violations(granted, resource, handlers, role, stack):
            # What a type lacks is reported for its first resource.
            if (resource.kind, violation.problem) not in reported:
                reported.add((resource.kind, violation.problem))
                yield violation


def _violations(
    granted: RoleGrants, resource: Resource, handlers: tuple[str, ...], role: str, stack: Stack
) -> Iterator[Violation]:
    if resource.kind not in CLOUDFORMATION_TYPES:
        yield Violation(resource, f"it is not known what {role} needs for {resource.kind}")
        return
    for handler in handlers:
        missing = [
            action.name
            for action in lacking(granted, resource, handler, stack)
            if exception_for(action.name, resource.kind) is None
        ]
        if missing:
            yield Violation(
                resource,
                f"{role} lacks {', '.join(missing)}, which CloudFormation's {handler} handler of "
                f"{CLOUDFORMATION_TYPES[resource.kind]} needs",
            )


def lacking(granted: RoleGrants, resource: Resource, handler: str, stack: Stack) -> Iterator[Action]:
    """Yield the actions of a handler that a role may not call, or not on the resource."""
    actions = handler_actions(resource.kind, handler)
    service = _service(resource.kind)
    arn = arn_of(resource, stack)
    for action in actions:
        on_it = arn is None or not _is_about(action, arn) or granted.allows_on(action, arn)
        if not on_it or not granted.allows(action.name, service=service):
            yield action


def _service(kind: str) -> str:
    """The IAM prefix of the service that a Terraform type belongs to."""
    name = CLOUDFORMATION_TYPES[kind].split("::")[1].lower()
    return {"stepfunctions": "states"}.get(name, name)


def _is_about(action: Action, arn: str) -> bool:
    return arn.split(":")[2] == action.service and any(
        kind.name and supports(action, kind, arn) for kind in action.resource_types
    )


POLICIES = (
    Policy(
        "handler-permission",
        "CI's roles may do what each resource of the stack takes",
        "grant it in modules/delivery/named_resources.py or deploy_statements.py; a new Terraform type takes a line in "
        " policies/aws/values/counterparts; what Terraform's provider does not call is listed in "
        "policies/aws/handler_exceptions.py with the reason",
        _insufficient_roles,
    ),
)
