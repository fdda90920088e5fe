"""Identity: wildcard actions, permissions boundaries, policies from elsewhere, and keys of users."""

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
            yield Violation(held.policy, f"statement {sid!r} allows everything except what it names")
        for action in listed(held.statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield Violation(held.policy, f"statement {sid!r} allows {action}")


def _unbounded_roles(stack: Stack) -> Iterator[Violation]:
    for role in stack.resources("aws_iam_role"):
        if not role.attributes.get("permissions_boundary"):
            yield Violation(role, "it has no permissions boundary, which would limit future grants")


def _foreign_policies(stack: Stack) -> Iterator[Violation]:
    for attachment in stack.resources("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"):
        if not any(
            attachment.refers_to("policy_arn", policy) for policy in stack.resources("aws_iam_policy")
        ):
            arn = attachment.attributes.get("policy_arn")
            yield Violation(attachment, f"{arn} is not a policy of the stack, and may change to allow more")
    for role in stack.resources("aws_iam_role"):
        own = [policy.attributes.get("arn") for policy in stack.resources("aws_iam_policy")]
        for arn in listed(role.attributes.get("managed_policy_arns")):
            if not arn.startswith("${") and arn not in own:
                yield Violation(role, f"{arn} is not a policy of the stack, and may change to allow more")


def _open_roles(stack: Stack) -> Iterator[Violation]:
    for role in stack.resources("aws_iam_role"):
        for kind, added in (
            ("aws_iam_role_policies_exclusive", "inline policies"),
            ("aws_iam_role_policy_attachments_exclusive", "attached policies"),
        ):
            if not any(one.refers_to("role_name", role) for one in stack.resources(kind)):
                yield Violation(role, f"no plan shows or removes {added} that somebody adds by hand")


def _long_lived_keys(stack: Stack) -> Iterator[Violation]:
    for user in stack.resources("aws_iam_user", "aws_iam_access_key"):
        yield Violation(user, "access keys of an IAM user do not expire")


POLICIES = (
    Policy(
        "wildcard-action",
        "Grants name their actions",
        "name the actions, as the `grant_*` methods of the constructs do",
        _wildcard_actions,
    ),
    Policy(
        "permissions-boundary",
        "Every role has a permissions boundary",
        "create roles with modules/iam/role.py, with the environment's boundary",
        _unbounded_roles,
    ),
    Policy(
        "foreign-policy",
        "Roles have policies of this stack only",
        "grant the role its permissions with the `grant_*` methods of constructs",
        _foreign_policies,
    ),
    Policy(
        "exclusive-policies",
        "Terraform removes policies that were added to roles by hand",
        "create roles with modules/iam/role.py, whose policies are exclusive",
        _open_roles,
    ),
    Policy(
        "long-lived-key",
        "No IAM user has access keys, which do not expire",
        "let people and workflows assume roles (SSO, OIDC)",
        _long_lived_keys,
    ),
)
