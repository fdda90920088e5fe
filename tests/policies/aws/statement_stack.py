"""A small stack around the statements that a test is about."""

import json
from collections.abc import Mapping
from typing import Any

from policies.stack import Stack

__all__ = ["ACCOUNT", "role_with"]

ACCOUNT = "111111111111"


def role_with(*statements: Mapping[str, Any], name: str = "terrarium-dev-job", **resources: Any) -> Stack:
    """A stack with one role that holds the statements; `resources` are further ones, by Terraform type."""

    def body(**arguments: object) -> dict[str, Any]:
        return {"//": {"metadata": {"path": "dev/x"}}, **arguments}

    stated = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return Stack(
        name="dev",
        tier="disposable",
        document={
            "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": [ACCOUNT]}]},
            "resource": {
                "aws_iam_role": {"role": body(name=name)},
                "aws_iam_policy": {"held": body(name=f"{name}-1", policy=json.dumps({"Statement": stated}))},
                "aws_iam_role_policy_attachment": {
                    "one": body(role="${aws_iam_role.role.name}", policy_arn="${aws_iam_policy.held.arn}")
                },
                **{kind: {"one": body(**arguments)} for kind, arguments in resources.items()},
            },
        },
    )
