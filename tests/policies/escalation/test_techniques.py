"""Techniques of privilege escalation: each is found where a statement allows it, and not where one denies it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from policies.escalation.inventory import Inventory
from policies.escalation.reach import reach_of
from policies.stack import Stack

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/terrarium-dev-"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/terrarium-dev-"
BATCH = f"arn:aws:batch:eu-central-1:{ACCOUNT}:"
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DELIVERY = "change of a delivery role"

Statement = Mapping[str, Any]


def allow(action: str, *resources: str, **condition: Mapping[str, Any]) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources) or "*", "Condition": condition}


def deny(action: str, *resources: str, **condition: Mapping[str, Any]) -> Statement:
    return {**allow(action, *resources, **condition), "Effect": "Deny"}


def account(*held: Statement, bounds: tuple[Statement, ...] = (ANYTHING,)) -> Stack:
    """Return a stack in which the role `person` has statements, with a job, a migration and a delivery role."""
    services = {"job": "ecs-tasks.amazonaws.com", "migration": "ecs-tasks.amazonaws.com"}
    roles = {
        name: {
            "name": f"terrarium-dev-{name}",
            "permissions_boundary": "${aws_iam_policy.bound.arn}",
            "assume_role_policy": json.dumps(
                {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": services[name]},
                        }
                        if name in services
                        else {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        }
                    ]
                }
            ),
        }
        for name in ("person", "colleague", "job", "migration", "ci-deploy")
    }
    owner = "${aws_rds_cluster.database.cluster_resource_id}/terrarium_owner"
    connects = allow("rds-db:connect", f"arn:aws:rds-db:eu-central-1:{ACCOUNT}:dbuser:{owner}")
    policies = {"person": list(held), "migration": [connects], "bound": list(bounds)}
    resources: dict[str, dict[str, Any]] = {
        "aws_iam_role": roles,
        "aws_iam_policy": {
            name: {"name": f"terrarium-dev-{name}", "policy": json.dumps({"Statement": stated})}
            for name, stated in policies.items()
        },
        "aws_iam_role_policy_attachment": {
            f"{name}-attachment": {
                "role": f"${{aws_iam_role.{name}.name}}",
                "policy_arn": f"${{aws_iam_policy.{name}.arn}}",
            }
            for name in ("person", "migration")
        },
        "aws_batch_job_queue": {"queue": {"name": "terrarium-dev-cpu"}},
        "aws_batch_job_definition": {
            f"{name}-definition": {
                "name": f"terrarium-dev-{name}",
                "container_properties": json.dumps({"image": "x", "jobRoleArn": f"{ROLE}{name}"}),
            }
            for name in ("job", "migration")
        },
        "aws_rds_cluster": {"database": {"cluster_identifier": "terrarium-dev"}},
        "aws_cloudtrail": {"trail": {"name": "terrarium-dev"}},
    }
    return Stack(
        name="dev",
        tier="disposable",
        document={
            "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": [ACCOUNT]}]},
            "terraform": {
                "backend": {"s3": {"bucket": f"terrarium-dev-state-{ACCOUNT}", "key": "terraform.tfstate"}}
            },
            "resource": {
                kind: {
                    name: {"//": {"metadata": {"path": f"dev/{name}"}}, **body}
                    for name, body in bodies.items()
                }
                for kind, bodies in resources.items()
            },
        },
    )


def reached(*held: Statement, bounds: tuple[Statement, ...] = (ANYTHING,)) -> set[str]:
    """Return the privileges that `person` can gain."""
    inventory = Inventory(account(*held, bounds=bounds))
    person = inventory.named("person")
    assert person is not None
    return set(reach_of(person, inventory).steps)


def submits(definition: str) -> Statement:
    return allow("batch:SubmitJob", f"{BATCH}job-definition/{definition}", f"{BATCH}job-queue/*")


def test_a_role_without_permissions_gains_nothing() -> None:
    assert reached() == set()


def test_a_pattern_of_job_definitions_that_covers_the_migration_leads_to_the_owner() -> None:
    assert {"migration", "database owner"} <= reached(submits("terrarium-dev-*"))


def test_job_definitions_by_name_lead_to_the_job_only() -> None:
    assert reached(submits("terrarium-dev-job:*")) == {"job"}


def test_submitting_a_job_needs_permission_for_a_queue_too() -> None:
    assert reached(allow("batch:SubmitJob", f"{BATCH}job-definition/*")) == set()


def test_a_role_that_trusts_the_account_is_assumed() -> None:
    assert reached(allow("sts:AssumeRole", f"{ROLE}colleague")) == {"colleague"}
    assert "account administrator" in reached(allow("sts:AssumeRole"))


def test_a_boundary_limits_the_permissions_of_policies() -> None:
    bounds = (allow("sts:AssumeRole", f"{ROLE}colleague"),)
    assert reached(allow("sts:*"), bounds=bounds) == {"colleague"}


@pytest.mark.parametrize("service", ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"])
def test_a_passed_role_runs_code_where_its_trust_allows_the_service(service: str) -> None:
    passes = allow("iam:PassRole", f"{ROLE}migration", StringEquals={"iam:PassedToService": service})
    assert ("migration" in reached(passes, allow("ecs:RunTask"))) == (service == "ecs-tasks.amazonaws.com")


def test_a_role_that_writes_the_state_can_act_as_the_delivery_role() -> None:
    state = f"arn:aws:s3:::terrarium-dev-state-{ACCOUNT}/"
    assert "ci-deploy" in reached(allow("s3:PutObject", f"{state}*"))
    assert "ci-deploy" not in reached(allow("s3:PutObject", f"{state}terraform.tfstate.tflock"))


@pytest.mark.parametrize(
    "action", ["iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy"]
)
def test_a_change_of_a_delivery_role_is_found_unless_it_is_denied(action: str) -> None:
    bounds = (allow(action),)
    assert DELIVERY in reached(allow(action, f"{ROLE}*"), bounds=bounds)
    closed = [deny(action, f"{ROLE}ci-*"), deny(action, f"{ROLE}migration")]
    assert DELIVERY not in reached(allow(action, f"{ROLE}*"), bounds=(*bounds, *closed))


def test_a_role_that_grants_itself_permissions_gains_all_within_its_boundary() -> None:
    grants = allow("iam:PutRolePolicy", f"{ROLE}person")
    bounds = (allow("iam:PutRolePolicy"), allow("cloudtrail:*"))
    assert {"everything within terrarium-dev-bound", "end of the audit trail"} <= reached(
        grants, bounds=bounds
    )


def test_a_role_that_creates_and_attaches_a_policy_gains_all_within_its_boundary() -> None:
    own = [allow("iam:CreatePolicy", f"{POLICY}*"), allow("iam:AttachRolePolicy", f"{ROLE}person")]
    only_own = allow("iam:AttachRolePolicy", f"{ROLE}person", ArnLike={"iam:PolicyARN": f"{POLICY}known-*"})
    assert "everything within terrarium-dev-bound" in reached(*own)
    assert reached(own[0], only_own) == set()


def test_creating_a_role_without_a_boundary_makes_an_administrator() -> None:
    makes = [
        allow("iam:CreateRole", f"{ROLE}*"),
        allow("iam:CreatePolicy", f"{POLICY}*"),
        allow("iam:AttachRolePolicy", f"{ROLE}own"),
    ]
    bounded = deny("iam:CreateRole", StringNotEquals={"iam:PermissionsBoundary": f"{POLICY}bound"})
    assert "account administrator" in reached(*makes)
    bounds = (
        allow("iam:CreateRole"),
        allow("iam:CreatePolicy"),
        allow("iam:AttachRolePolicy", f"{ROLE}own"),
        bounded,
    )
    assert "account administrator" not in reached(*makes, bounds=bounds)
    assert "everything within terrarium-dev-bound" in reached(*makes, bounds=bounds)


@pytest.mark.parametrize(
    "action",
    [
        "iam:DeleteRolePermissionsBoundary",
        "iam:CreatePolicyVersion",
        "iam:CreateUser",
        "iam:PutRolePermissionsBoundary",
    ],
)
def test_removing_or_rewriting_a_boundary_makes_an_administrator(action: str) -> None:
    assert "account administrator" in reached(allow(action))


def test_a_condition_on_the_tag_protects_resources_of_others() -> None:
    own = {"aws:ResourceTag/environment": "dev"}
    assert "resources of others" in reached(allow("secretsmanager:GetSecretValue"))
    assert "resources of others" not in reached(allow("secretsmanager:GetSecretValue", StringEquals=own))


def test_a_condition_that_passes_without_a_tag_allows_tagging_resources_of_others() -> None:
    own = {"aws:ResourceTag/environment": "dev"}
    assert "resources of others" in reached(allow("ec2:CreateTags", StringEqualsIfExists=own))
