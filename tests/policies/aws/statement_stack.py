"""A small stack around the statements that a test is about."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from policies.stack import Stack

__all__ = ["ACCOUNT", "role_with"]

ACCOUNT = "111111111111"

Statement = Mapping[str, Any]


def role_with(
    *statements: Statement,
    name: str = "terrarium-dev-job",
    boundary: str | None = None,
    bounds: Iterable[Statement] = (),
    **resources: Any,
) -> Stack:
    """A stack with one role.

    Args:
        statements: What its policy states.
        name: Its name.
        boundary: The ARN of its permissions boundary.
        bounds: What the policy `terrarium-dev-boundary` of the stack states.
        resources: The arguments of further resources, by Terraform type.
    """
    return Stack(
        name="dev",
        tier="disposable",
        document={
            "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": [ACCOUNT]}]},
            "resource": {
                "aws_iam_role": {"role": _body(name=name, permissions_boundary=boundary)},
                "aws_iam_policy": {
                    "held": _body(name=f"{name}-1", policy=_document(statements)),
                    "bound": _body(name="terrarium-dev-boundary", policy=_document(bounds)),
                },
                "aws_iam_role_policy_attachment": {
                    "one": _body(role="${aws_iam_role.role.name}", policy_arn="${aws_iam_policy.held.arn}")
                },
                **{kind: {"one": _body(**arguments)} for kind, arguments in resources.items()},
            },
        },
    )


def _document(statements: Iterable[Statement]) -> str:
    stated = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Statement": stated})


def _body(**arguments: object) -> dict[str, Any]:
    return {"//": {"metadata": {"path": "dev/x"}}, **arguments}
