"""Policies see constructs that a company adds to a scope, written as one writes them with cdktf."""

from collections.abc import Callable

import pytest
from cdktf import Fn, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from constructs import Construct

from environments import load_environment
from policies.catalogue import own_findings
from policies.stack import read_stack
from stacks.app import build_app

ACCOUNT = "111111111111"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/terrarium-dev-boundary"

Add = Callable[[Construct], object]


def document(
    scope: Construct,
    *,
    actions: list[str],
    resources: list[str] | None = None,
    service: str | None = None,
    source: str | None = None,
) -> str:
    """Return the JSON of a data source, which Terraform knows only when it plans."""
    principal = DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=[service or ""])
    condition = DataAwsIamPolicyDocumentStatementCondition(
        test="StringEquals", variable="aws:SourceAccount", values=[source or ""]
    )
    statement = DataAwsIamPolicyDocumentStatement(
        actions=actions,
        resources=resources,
        principals=[principal] if service else None,
        condition=[condition] if source else None,
    )
    return DataAwsIamPolicyDocument(scope, f"document-{actions[0]}", statement=[statement]).json


def role(scope: Construct, *, source: str | None = ACCOUNT) -> IamRole:
    trust = document(scope, actions=["sts:AssumeRole"], service="lambda.amazonaws.com", source=source)
    return IamRole(
        scope, "own", name="terrarium-dev-own", assume_role_policy=trust, permissions_boundary=BOUNDARY
    )


def grant(scope: Construct, action: str, resource: str) -> None:
    policy = document(scope, actions=[action], resources=[resource])
    IamRolePolicy(scope, "grant", role=role(scope).name, policy=policy)


def topic(scope: Construct, *, source: str | None) -> None:
    own = SnsTopic(scope, "topic", name="terrarium-dev-own", kms_master_key_id="alias/terrarium-dev")
    policy = document(
        scope,
        actions=["sns:Publish"],
        resources=[own.arn],
        service="cloudwatch.amazonaws.com",
        source=source,
    )
    SnsTopicPolicy(scope, "topic-policy", arn=own.arn, policy=policy)


# By name: a construct. The name of a mistake is the check that must find it.
CONSTRUCTS: dict[str, Add] = {
    "outside-boundary": lambda scope: grant(scope, "sns:Publish", f"arn:aws:sns:eu-central-1:{ACCOUNT}:x"),
    "wildcard-action": lambda scope: grant(scope, "s3:*", "arn:aws:s3:::terrarium-dev-x/*"),
    "far-resource": lambda scope: grant(scope, "s3:GetObject", "arn:aws:s3:::*/*"),
    "open-trust": lambda scope: role(scope, source=None),
    "confused-deputy": lambda scope: topic(scope, source=None),
    "unreadable-policy": lambda scope: IamRolePolicy(
        scope, "x", role="terrarium-dev-job", policy=Fn.jsonencode({"Statement": []})
    ),
    "log-retention": lambda scope: CloudwatchLogGroup(scope, "logs", name="terrarium-dev-own"),
    "grant that is right": lambda scope: grant(scope, "s3:GetObject", "arn:aws:s3:::terrarium-dev-x/*"),
    "topic that is right": lambda scope: topic(scope, source=ACCOUNT),
}
MISTAKES = [name for name in CONSTRUCTS if "right" not in name]


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The checks of the findings about each construct, all of them in one stack."""
    folder = tmp_path_factory.mktemp("company")
    app = build_app([load_environment("dev")], outdir=folder)
    (stack,) = (one for one in app.node.children if isinstance(one, TerraformStack))
    for name, add in CONSTRUCTS.items():
        add(Construct(stack, name))
    app.synth()
    read = read_stack(folder / "stacks" / "dev" / "cdk.tf.json", tier="disposable")
    found: dict[str, set[str]] = {name: set() for name in CONSTRUCTS}
    for finding in own_findings(read):
        found.setdefault(finding.module, set()).add(finding.check)
    return found


@pytest.mark.parametrize("mistake", MISTAKES)
def test_finds_a_mistake_in_a_construct(mistake: str, checks: dict[str, set[str]]) -> None:
    assert mistake in checks[mistake]

    """Checks that stay are about roles that the kit's own construct did not create."""
    """What is left is for every role that the kit's own construct did not create."""
    assert checks["grant that is right"] == {"dependency-order", "exclusive-policies"}
    assert checks["topic that is right"] == set()
