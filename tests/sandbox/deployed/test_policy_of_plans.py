"""Policies on a real plan of a deployed environment: each deliberate mistake is found, and nothing else."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policies.catalogue import PLAN_POLICIES, POLICIES, own_findings, plan_findings
from policies.finding import Finding
from policies.plan.plan_file import UnreadablePlanError, read_plan
from policies.plan.plan_matches_stack import PlanMismatchError, check_plan_matches
from policies.plan.planned_stack import planned_stack
from policies.policy import Policy
from policies.stack import Stack, read_stack
from policies.waivers import reconcile
from tests.support.deployment import Deployment

Plan = dict[str, Any]
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def stack(dev: Deployment) -> Stack:
    """The stack that `dev` was deployed from."""
    return read_stack(dev.outdir / "stacks" / "dev" / "cdk.tf.json", tier="disposable")


@pytest.fixture(scope="module")
def real(dev: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of `dev`, as `terrarium plan --save` leaves it."""
    file = tmp_path_factory.mktemp("plans") / "dev.json"
    dev.terrarium("plan", "dev", "--save", str(file))
    assert file.stat().st_mode & 0o077 == 0, "it tells how the account is set up"
    return read_plan(file)


@pytest.fixture
def plan(real: Plan) -> Plan:
    """A copy of the plan that a test may change."""
    return copy.deepcopy(real)


def found(stack: Stack, plan: Plan) -> list[Finding]:
    planned = planned_stack(stack, plan)
    return [*own_findings(planned), *plan_findings(planned)]


def problems(check: str, stack: Stack, plan: Plan) -> list[str]:
    """Return the problems that one policy finds; running all policies would take a second for each mistake."""
    policies: tuple[Policy[Any], ...] = (*POLICIES, *PLAN_POLICIES)
    (policy,) = (one for one in policies if one.id == check)
    return [violation.problem for violation in policy.violations(planned_stack(stack, plan))]


def resource(plan: Plan, kind: str, part: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The change and the planned values of one resource."""
    (change,) = [
        one["change"] for one in plan["resource_changes"] if one["type"] == kind and part in one["name"]
    ]
    (values,) = [
        one["values"]
        for one in plan["planned_values"]["root_module"]["resources"]
        if one["type"] == kind and part in one["name"]
    ]
    return change, values


def test_the_plan_complies_with_all_policies(stack: Stack, plan: Plan) -> None:
    check_plan_matches(stack, plan)
    findings = found(stack, plan)
    waived = {(logical_id, check) for logical_id, checks in stack.waivers.items() for check in checks}
    assert [one for one in findings if (one.resource, one.check) not in waived] == []


def test_planned_values_replace_references(stack: Stack, plan: Plan) -> None:
    (database,) = planned_stack(stack, plan).resources("aws_rds_cluster")
    assert database.path == "metadata/cluster"
    assert database.attributes["kms_key_id"].startswith("arn:aws:kms:eu-central-1:111111111111:key/")
    assert database.attributes["lifecycle"] == {"prevent_destroy": False}, "what only the stack knows stays"


class Mistake(NamedTuple):
    """A mistake in a plan.

    Args:
        name: The mistake.
        check: The check that must find it.
        problem: A part of the finding's text.
        kind: The type of the resource.
        part: A part of its logical id.
        make: Makes the mistake in its change and in its planned values.
    """

    name: str
    check: str
    problem: str
    kind: str
    part: str
    make: Callable[[dict[str, Any], dict[str, Any]], None]


def _destroyed(change: dict[str, Any], values: dict[str, Any]) -> None:
    change.update(actions=["delete"], after=None, after_unknown={})
    values.clear()


def _replaced(attribute: str, value: object) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def make(change: dict[str, Any], values: dict[str, Any]) -> None:
        change["after"][attribute] = values[attribute] = value
        change.update(actions=["delete", "create"], replace_paths=[[attribute]])

    return make


def _tainted(change: dict[str, Any], values: dict[str, Any]) -> None:  # noqa: ARG001 - as planned before
    change.update(actions=["delete", "create"])


def _updated(
    attribute: str, value: object, *, before: object = None
) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """An update; `before` is what stricter tiers have deployed."""

    def make(change: dict[str, Any], values: dict[str, Any]) -> None:
        if before is not None:
            change["before"][attribute] = before
        change["after"][attribute] = values[attribute] = value
        change["actions"] = ["update"]

    return make


MISTAKES = (
    Mistake(
        "database destroyed",
        "data-loss",
        "the plan destroys it and its data: the stack no longer has a resource with its construct path",
        "aws_rds_cluster",
        "metadata_cluster",
        _destroyed,
    ),
    Mistake(
        "database renamed",
        "data-loss",
        'forced by cluster_identifier ("terrarium-dev-metadata" -> "terrarium-dev-database")',
        "aws_rds_cluster",
        "metadata_cluster",
        _replaced("cluster_identifier", "terrarium-dev-database"),
    ),
    Mistake(
        "bucket renamed",
        "data-loss",
        'forced by bucket ("terrarium-dev-artifacts-111111111111" -> "other")',
        "aws_s3_bucket",
        "artifacts_bucket",
        _replaced("bucket", "other"),
    ),
    Mistake(
        "online table with another key",
        "data-loss",
        'forced by hash_key ("entity" -> "entity_id")',
        "aws_dynamodb_table",
        "features_online",
        _replaced("hash_key", "entity_id"),
    ),
    Mistake(
        "key tainted",
        "data-loss",
        "forced by its mark as tainted",
        "aws_kms_key",
        "encryption_key",
        _tainted,
    ),
    Mistake(
        "images destroyed",
        "data-loss",
        "the plan destroys it",
        "aws_ecr_repository",
        "registry_images",
        _destroyed,
    ),
    Mistake(
        "deletion protection lifted",
        "protection-lifted",
        "it can be deleted with its data (deletion_protection: true -> false)",
        "aws_rds_cluster",
        "metadata_cluster",
        _updated("deletion_protection", value=False, before=True),
    ),
    Mistake(
        "backups kept shorter",
        "protection-lifted",
        "backups are kept shorter (backup_retention_period: 35 -> 7)",
        "aws_rds_cluster",
        "metadata_cluster",
        _updated("backup_retention_period", 7, before=35),
    ),
    Mistake(
        "versions suspended",
        "protection-lifted",
        '(versioning_configuration.status: "Enabled" -> "Suspended")',
        "aws_s3_bucket_versioning",
        "artifacts_versioning",
        _updated("versioning_configuration", [{"status": "Suspended"}]),
    ),
    Mistake(
        "audit trail switched off",
        "protection-lifted",
        "calls are no longer recorded (enable_logging: true -> false)",
        "aws_cloudtrail",
        "audit_trail",
        _updated("enable_logging", value=False),
    ),
    Mistake(
        "public access no longer blocked",
        "protection-lifted",
        "the plan deletes it: the bucket can be made public",
        "aws_s3_bucket_public_access_block",
        "artifacts_",
        _destroyed,
    ),
    Mistake(
        "boundary changed by a release",
        "administrator-change",
        "the plan changes a permissions boundary",
        "aws_iam_policy",
        "boundary_policy_A8",
        _updated("policy", json.dumps({"Version": "2012-10-17", "Statement": []})),
    ),
    Mistake(
        "network replaced",
        "interruption",
        "a database cluster cannot move to another VPC",
        "aws_vpc",
        "network_vpc",
        _replaced("cidr_block", "10.99.0.0/16"),
    ),
    Mistake(
        "pool disabled",
        "interruption",
        "the pool no longer starts jobs",
        "aws_batch_compute_environment",
        "pool-cpu",
        _updated("state", "DISABLED", before="ENABLED"),
    ),
    Mistake(
        "alarm that notifies nobody",
        "protection-lifted",
        "the alarm no longer notifies: arn:aws:sns:eu-central-1:111111111111:terrarium-dev-alarms",
        "aws_cloudwatch_metric_alarm",
        "database-memory",
        _updated("alarm_actions", []),
    ),
    Mistake(
        "endpoint removed",
        "interruption",
        "cannot reach the service",
        "aws_vpc_endpoint",
        "s3-endpoint",
        _destroyed,
    ),
    Mistake(
        "queue renamed",
        "interruption",
        "clients that know its name cannot submit jobs",
        "aws_batch_job_queue",
        "pool-cpu",
        _replaced("name", "terrarium-dev-fast"),
    ),
    Mistake(
        "manifest moved",
        "interruption",
        "`terrarium.connect`",
        "aws_ssm_parameter",
        "manifest_parameter",
        _replaced("name", "/terrarium/dev/contract"),
    ),
    Mistake(
        "role of jobs renamed",
        "interruption",
        "resource policies that name it do not apply to the new role",
        "aws_iam_role",
        "access_job_role",
        _replaced("name", "terrarium-dev-worker"),
    ),
    Mistake(
        "database open to an address",
        "database-exposure",
        "it allows addresses (0.0.0.0/0) to connect to the database",
        "aws_security_group",
        "metadata_security-group",
        _updated("ingress", [{"cidr_blocks": ["0.0.0.0/0"], "protocol": "tcp"}]),
    ),
    Mistake(
        "AWS' administrator policy, by a variable",
        "foreign-policy",
        "arn:aws:iam::aws:policy/AdministratorAccess is not a policy of the stack",
        "aws_iam_role_policy_attachment",
        "access_job_grants_attachment-1",
        _updated("policy_arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    Mistake(
        "job with an image of another repository",
        "pinned-image",
        "is from another repository, and not pinned by digest",
        "aws_batch_job_definition",
        "compute_",
        _updated("container_properties", json.dumps({"image": "docker.io/python:3"})),
    ),
)


# Checks that do not apply to disposable environments.
_STRICT_TIERS = {"interruption", "protection-lifted"}


def test_every_policy_about_plans_has_a_mistake() -> None:
    assert {policy.id for policy in PLAN_POLICIES} <= {mistake.check for mistake in MISTAKES}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_finds_a_mistake_in_a_plan(mistake: Mistake, stack: Stack, plan: Plan) -> None:
    critical = replace(stack, tier="critical") if mistake.check in _STRICT_TIERS else stack
    known = problems(mistake.check, critical, plan)
    mistake.make(*resource(plan, mistake.kind, mistake.part))
    assert any(mistake.problem in problem for problem in problems(mistake.check, critical, plan))
    assert not any(mistake.problem in problem for problem in known)


def test_a_disposable_environment_may_lift_its_protection(stack: Stack, plan: Plan) -> None:
    _updated("enable_logging", value=False)(*resource(plan, "aws_cloudtrail", "audit_trail"))
    assert "protection-lifted" not in {one.check for one in found(stack, plan)}


def test_an_unknown_value_is_not_a_lifted_protection(stack: Stack, plan: Plan) -> None:
    change, values = resource(plan, "aws_rds_cluster", "metadata_cluster")
    change["before"]["backup_retention_period"] = 35
    del change["after"]["backup_retention_period"], values["backup_retention_period"]
    change.update(actions=["update"], after_unknown={"backup_retention_period": True})
    assert "protection-lifted" not in {one.check for one in found(replace(stack, tier="critical"), plan)}


def test_a_secret_that_forces_a_replacement_is_not_shown(stack: Stack, plan: Plan) -> None:
    change, values = resource(plan, "aws_rds_cluster", "metadata_cluster")
    _replaced("master_username", "correct-horse")(change, values)
    change["before_sensitive"] = change["after_sensitive"] = {"master_username": True}
    (loss,) = [one for one in found(stack, plan) if one.check == "data-loss"]
    assert "forced by master_username ((sensitive) -> (sensitive))" in loss.problem


def test_a_plan_only_waiver_is_unused_only_with_a_plan(stack: Stack, plan: Plan) -> None:
    (waived,) = [name for name, checks in stack.waivers.items() if "CKV_AWS_336" in checks]
    only = Stack(
        name="dev",
        tier=stack.tier,
        document={**stack.document, "//": {"waivers": {waived: stack.waivers[waived]}}},
    )
    without_plan = reconcile([], (only,), today=TODAY)
    with_plan = reconcile([], (only,), today=TODAY, planned=(planned_stack(only, plan),))
    assert without_plan.open == ()
    assert [one.check for one in with_plan.open] == ["waiver-unused"]


def _other_account(plan: Plan) -> None:
    expressions = plan["configuration"]["provider_config"]["aws"]["expressions"]
    expressions["allowed_account_ids"]["constant_value"] = ["444444444444"]


def _other_region(plan: Plan) -> None:
    expressions = plan["configuration"]["provider_config"]["aws"]["expressions"]
    expressions["region"]["constant_value"] = "us-east-1"


def _state_of_another_account(plan: Plan) -> None:
    change, _ = resource(plan, "aws_rds_cluster", "metadata_cluster")
    change["before"]["arn"] = "arn:aws:rds:eu-central-1:444444444444:cluster:terrarium-dev-metadata"


def _resource_more(plan: Plan) -> None:
    plan["configuration"]["root_module"]["resources"].append({"address": "aws_s3_bucket.left"})


def _other_digest(plan: Plan) -> None:
    for one in plan["configuration"]["root_module"]["resources"]:
        if one["type"] == "aws_ssm_parameter":
            one["expressions"] = json.loads(
                json.dumps(one["expressions"]).replace("sha256:", f"sha256:{'0' * 64}")
            )


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (_other_account, "is for account 444444444444; the stack is for 111111111111"),
        (_other_region, "is for region us-east-1; the stack is for eu-central-1"),
        (_state_of_another_account, "in account 444444444444 eu-central-1; the stack is for 111111111111"),
        (_resource_more, "stale plan of dev: .*aws_s3_bucket.left is only in the plan"),
        (_other_digest, "stale plan of dev: .*its digest is sha256:0"),
    ],
)
def test_refuses_a_plan_of_another_account_region_or_stack(
    make: Callable[[Plan], None], problem: str, stack: Stack, plan: Plan
) -> None:
    make(plan)
    with pytest.raises(PlanMismatchError, match=problem):
        check_plan_matches(stack, plan)


def test_a_plan_of_the_stack_before_a_change_is_stale(stack: Stack, plan: Plan) -> None:
    changed = json.loads(json.dumps(stack.document).replace("sha256:", f"sha256:{'1' * 64}"))
    with pytest.raises(PlanMismatchError, match="stale plan of dev"):
        check_plan_matches(replace(stack, document=changed), plan)


def test_refuses_a_file_that_is_not_a_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(UnreadablePlanError, match="is not a plan in the format of `terraform show -json`"):
        read_plan(tmp_path / "plan.json")
