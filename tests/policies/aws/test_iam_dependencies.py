"""An allowed action has every resource type that it requires, and the actions that depend on it."""

from typing import Any

import pytest

from policies.aws.iam_dependencies import POLICIES, UNNEEDED_ACTIONS, UNNEEDED_TYPES
from policies.aws.service_authorization import actions_matching
from tests.policies.aws.statement_stack import role_with

IAM_REQUIRED_RESOURCE, IAM_DEPENDENT_ACTION = POLICIES
PREFIX = "arn:aws:{}:eu-central-1:111111111111:"
RDS, ECS, GLUE, KMS = (PREFIX.format(service) for service in ("rds", "ecs", "glue", "kms"))
CREATE_CLUSTER = {
    "Action": "rds:CreateDBCluster",
    "Resource": [f"{RDS}cluster:x", f"{RDS}cluster-pg:x", f"{RDS}subgrp:x"],
}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ({"Action": "ecs:ExecuteCommand", "Resource": f"{ECS}task/x/y"}, "cluster"),
        (CREATE_CLUSTER, "og"),
        ({"Action": "kms:UpdateAlias", "Resource": f"{KMS}alias/x"}, "key"),
    ],
)
def test_a_required_resource_type_that_no_statement_names_is_found(
    statement: dict[str, Any], kind: str
) -> None:
    """The three cases were in the stacks: AWS denies each of these calls."""
    (found,) = IAM_REQUIRED_RESOURCE.violations(role_with(statement))
    assert found.problem.startswith(f"it may use {statement['Action']}, but on no {kind}, ")


def test_several_statements_can_cover_the_required_types() -> None:
    stack = role_with(CREATE_CLUSTER, {"Action": "rds:CreateDB*", "Resource": f"{RDS}og:default:*"})
    assert list(IAM_REQUIRED_RESOURCE.violations(stack)) == []


def missing(*statements: dict[str, Any]) -> set[str]:
    found = IAM_DEPENDENT_ACTION.violations(role_with({"Action": "rds:CreateDBInstance"}, *statements))
    return {violation.problem.split("not ")[1].split(",")[0] for violation in found}


def test_dependent_actions_are_found() -> None:
    assert {"kms:Decrypt", "kms:CreateGrant", "secretsmanager:CreateSecret"} <= missing()


@pytest.mark.parametrize(
    ("condition", "granted"),
    [
        ({}, True),
        ({"StringEquals": {"kms:ViaService": "rds.eu-central-1.amazonaws.com"}}, True),
        ({"StringLike": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com", "rds.*"]}}, True),
        ({"StringEquals": {"kms:ViaService": "ssm.eu-central-1.amazonaws.com"}}, False),
        ({"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": "x"}}, False),
        ({"StringEqualsIfExists": {"kms:ViaService": "ssm.eu-central-1.amazonaws.com"}}, True),
    ],
)
def test_a_key_is_granted_through_the_service_that_uses_it(condition: dict[str, Any], granted: bool) -> None:  # noqa: FBT001
    """ci-deploy could decrypt through SSM and S3 only, when RDS needed the key."""
    assert ("kms:Decrypt" not in missing({"Action": "kms:Decrypt", "Condition": condition})) is granted


def test_exceptions_name_what_exists_and_mark_alternatives() -> None:
    for action, kinds in UNNEEDED_TYPES.items():
        (found,) = actions_matching(action)
        assert set(kinds) <= {kind.name for kind in found.resource_types if kind.required}
    named = [action for names in UNNEEDED_ACTIONS for action in names.split("@")]
    assert [action for action in named if not actions_matching(action)] == []
