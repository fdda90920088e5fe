"""Identity: roles that do what they are for, and cannot become more."""

from collections.abc import Iterator

from policies.policy import Policy, Violation
from policies.stack import Stack
from policies.statements import held_statements, listed

__all__ = ["POLICIES"]


def _wildcard_actions(stack: Stack) -> Iterator[Violation]:
    for held in held_statements(stack):
        if held.statement.get("Effect") != "Allow":
            continue
        sid = held.statement.get("Sid", "")
        if "NotAction" in held.statement or "NotResource" in held.statement:
            yield Violation(held.policy, f"statement {sid!r} allows everything but what it names")
        for action in listed(held.statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield Violation(held.policy, f"statement {sid!r} allows {action}")


def _unbounded_roles(stack: Stack) -> Iterator[Violation]:
    for role in stack.resources("aws_iam_role"):
        if not role.attributes.get("permissions_boundary"):
            yield Violation(role, "whatever it is granted one day, nothing bounds it")


def _foreign_policies(stack: Stack) -> Iterator[Violation]:
    for attachment in stack.resources("aws_iam_role_policy_attachment"):
        if not any(
            attachment.refers_to("policy_arn", policy) for policy in stack.resources("aws_iam_policy")
        ):
            arn = attachment.attributes.get("policy_arn")
            yield Violation(attachment, f"{arn} is written elsewhere, and may come to allow more")
    for role in stack.resources("aws_iam_role"):
        own = [policy.attributes.get("arn") for policy in stack.resources("aws_iam_policy")]
        for arn in listed(role.attributes.get("managed_policy_arns")):
            if not arn.startswith("${") and arn not in own:
                yield Violation(role, f"{arn} is written elsewhere, and may come to allow more")


def _open_roles(stack: Stack) -> Iterator[Violation]:
    for role in stack.resources("aws_iam_role"):
        for kind, what in (
            ("aws_iam_role_policies_exclusive", "inline policies"),
            ("aws_iam_role_policy_attachments_exclusive", "attached policies"),
        ):
            if not any(one.refers_to("role_name", role) for one in stack.resources(kind)):
                yield Violation(role, f"{what} that somebody adds by hand stay, and no plan shows them")


def _long_lived_keys(stack: Stack) -> Iterator[Violation]:
    for user in stack.resources("aws_iam_user", "aws_iam_access_key"):
        yield Violation(user, "an IAM user has keys that do not expire")


POLICIES = (
    Policy(
        "wildcard-action",
        "Roles are granted named actions",
        "name the actions, as the constructs' `grant_*` methods do",
        _wildcard_actions,
    ),
    Policy(
        "permissions-boundary",
        "Every role has a permissions boundary",
        "make roles by modules/iam/role.py, with the environment's boundary",
        _unbounded_roles,
    ),
    Policy(
        "foreign-policy",
        "Roles hold policies of this stack only",
        "grant what the role needs by a construct's `grant_*` method",
        _foreign_policies,
    ),
    Policy(
        "exclusive-policies",
        "Roles hold the policies of the stack and no others",
        "make roles by modules/iam/role.py, whose policies are exclusive",
        _open_roles,
    ),
    Policy(
        "long-lived-key",
        "Nobody has keys that do not expire",
        "let people and workflows assume roles (SSO, OIDC)",
        _long_lived_keys,
    ),
)
