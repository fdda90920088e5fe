"""Policy `handler-permission`: the CI roles may call what CloudFormation's handlers call for each resource of a stack.

CloudFormation publishes the actions that its handlers call. Terraform's provider calls nearly the same actions.
`handler_exceptions` lists with reasons the actions that it does not call, and those of features that no stack uses.
"""

from collections.abc import Iterator

from policies.aws.arns import arn_of
from policies.aws.cloudformation import actions_of_handler, cloudformation_type
from policies.aws.handler_exceptions import exception_for
from policies.aws.iam_actions import supports
from policies.aws.role_grants import RoleGrants, role_grants
from policies.aws.service_authorization import Action
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack

__all__ = ["HANDLERS", "POLICIES", "lacking"]

# By the suffix of the role's name: the handlers whose actions the role needs.
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
            # A finding is reported once per type, for its first resource.
            if (resource.kind, violation.problem) not in reported:
                reported.add((resource.kind, violation.problem))
                yield violation


def _violations(
    granted: RoleGrants, resource: Resource, handlers: tuple[str, ...], role: str, stack: Stack
) -> Iterator[Violation]:
    known_as = cloudformation_type(resource.kind, stack)
    if known_as is None:
        yield Violation(resource, f"the permissions that {role} needs for {resource.kind} are unknown")
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
                f"{known_as} needs",
            )


def lacking(granted: RoleGrants, resource: Resource, handler: str, stack: Stack) -> Iterator[Action]:
    """Yield the actions of a handler that a role may not call at all, or not on the resource."""
    known_as = cloudformation_type(resource.kind, stack)
    if known_as is None:
        return
    actions = actions_of_handler(known_as, handler)
    service = _service(known_as)
    arn = arn_of(resource, stack)
    for action in actions:
        on_it = arn is None or not _is_about(action, arn) or granted.allows_on(action, arn)
        if not on_it or not granted.allows(action.name, service=service):
            yield action


def _service(known_as: str) -> str:
    """Return the IAM prefix of the service that a CloudFormation type belongs to."""
    name = known_as.split("::")[1].lower()
    return {"stepfunctions": "states"}.get(name, name)


def _is_about(action: Action, arn: str) -> bool:
    return arn.split(":")[2] == action.service and any(
        kind.name and supports(action, kind, arn) for kind in action.resource_types
    )


POLICIES = (
    Policy(
        "handler-permission",
        "The CI roles may read, create, update and delete each resource of the stack",
        "grant the action in modules/delivery/named_resources.py or modules/delivery/deploy_statements.py; for a new "
        "Terraform type, add a line to policies/aws/values/counterparts; if Terraform's provider does not call the "
        "action, add it to policies/aws/handler_exceptions.py with the reason; an extension declares both "
        "(`permissions`, `resource_types`)",
        _insufficient_roles,
    ),
)
