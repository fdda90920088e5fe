"""Policies that were attached to a role by hand: a plan shows and a deployment removes them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployment import Deployment

ROLE = "terrarium-dev-scientist"
KINDS = ("aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive")
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@pytest.fixture
def iam(dev: Deployment) -> Iterator[Any]:
    """The administrator, who leaves the role as the stack has it."""
    iam = dev.sandbox.client("iam", "dev")
    yield iam
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)


def exclusive(dev: Deployment) -> list[str]:
    """Target the two resources that keep the policies of the role: without the rest, a plan takes seconds."""
    stack = json.loads((dev.outdir / "stacks" / "dev" / "cdk.tf.json").read_text())["resource"]
    return [
        f"-target={kind}.{one}"
        for kind in KINDS
        for one in stack[kind]
        if one.startswith("access_scientist_")
    ]


def test_policies_that_are_added_by_hand_are_found_and_removed(dev: Deployment, iam: Any) -> None:
    def attached() -> set[str]:
        found = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
        return {one["PolicyName"] for one in found}

    before = attached()
    own = iam.create_policy(PolicyName="by-hand", PolicyDocument=EVERYTHING)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=own)
    iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=EVERYTHING)

    targets = exclusive(dev)
    planned = dev.terraform("plan", *targets, "-detailed-exitcode", "-no-color", check=False)
    assert planned.returncode == 2, planned.stdout + planned.stderr
    assert planned.stdout.count('- "') == 2, planned.stdout
    assert planned.stdout.count("by-hand") == 2, planned.stdout
    dev.terraform("apply", *targets, "-auto-approve")

    assert attached() == before
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == []
    iam.delete_policy(PolicyArn=own)
