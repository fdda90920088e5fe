"""Changes of each field of an environment's file: Terraform plans what the field declares."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environments
from environments.change import Effect
from environments.fields import ChangedField, changed_fields, declared_fields
from policies.plan.change import Change
from policies.plan.consequences import effects_of
from tests.support.local_sandbox import LocalSandbox
from tests.support.planned_changes import ChangingEnvironment, with_changes

slow = pytest.mark.slow  # one deployment, and a plan for each test

_PRINCIPAL = "arn:aws:iam::111111111111:role/acme-someone"
_POOLS = ("cpu", "gpu")

# What the environment has that the fixture does not.
_DEPLOYED: Mapping[str, Any] = {
    "compute.pools": [
        {"name": "cpu", "instance_types": ["m7i", "c7i"], "maximum_vcpus": 64},
        {"name": "gpu", "accelerator": "gpu", "instance_types": ["g5", "g6"], "maximum_vcpus": 64},
        {"name": "tasks", "launch_type": "fargate", "maximum_vcpus": 64},
    ],
    "compute.images": {"torch": "torch-1"},
    "metadata.engine_version": "17.7",
    "metadata.instances": 2,
    "observability.emails": ["ada@acme.example"],
    "workbench.users": ["ada", "grace"],
}

_IN_PLACE: tuple[Mapping[str, Any], ...] = (
    {
        "owner": "other",
        "cost_center": "other",
        "use_case": "other",
        "tags": {"CostCentre": "4711"},
        "pipelines.breast-cancer.enabled": False,
        "pipelines.breast-cancer.schedule": "cron(0 6 * * ? *)",
        "encryption.deletion_window_days": 8,
        "encryption.administrators": [_PRINCIPAL],
        "network.availability_zones": 3,
        "network.endpoint_zones": 2,
        "network.proxy.url": "http://proxy.acme.example:3128",
        "network.proxy.no_proxy": ["pypi.acme.example"],
        "network.log_retention_days": 14,
        "artifacts.noncurrent_version_days": 8,
        "artifacts.publishers": [_PRINCIPAL],
        "metadata.engine_version": "17",
        "metadata.restore_from_snapshot": "terrarium-dev-metadata-earlier",
        "metadata.io_optimized": True,
        "metadata.backup_window": "02:00-03:00",
        "metadata.maintenance_window": "sun:03:30-sun:04:30",
        "metadata.minimum_capacity": 0.5,
        "metadata.maximum_capacity": 4,
        "metadata.instances": 3,
        "metadata.backup_retention_days": 2,
        "metadata.log_retention_days": 14,
        "features.noncurrent_version_days": 8,
        "features.query_scan_limit_gib": 50,
        "features.query_result_days": 6,
        "features.online_recovery": True,
        "compute.images": {"torch": "torch-2", "jax": "jax-1"},
        "compute.image_architectures": {"torch": ["x86_64", "arm64"]},
        "compute.share_weights": {"ada": 0.5},
        "compute.share_decay_seconds": 7200,
        "compute.share_reservation": 20,
        "compute.job_hours": 12,
        "compute.log_retention_days": 14,
        **{f"compute.pools.{pool}.maximum_vcpus": 32 for pool in _POOLS},
        **{f"compute.pools.{pool}.disk_gib": 200 for pool in _POOLS},
        **{f"compute.pools.{pool}.runnable_minutes": 30 for pool in _POOLS},
        "compute.pools.cpu.instance_types": ["m7i"],
        "compute.pools.cpu.ami": "ami-0123456789abcdef0",
        "compute.pools.cpu.root_device": "/dev/sda1",
        "compute.pools.cpu.user_data": "#!/bin/sh\nsysctl -w vm.max_map_count=262144\n",
        "compute.pools.tasks.cpu_architecture": "arm64",
        "compute.pools.tasks.disk_gib": 100,
        "compute.pools.tasks.purchase": "on-demand",
        "compute.pools.cpu.purchase": "on-demand",
        "registry.locked_days": 5,
        "registry.noncurrent_version_days": 31,
        "registry.gates": {"signature": True},
        "workbench.users": ["ada", "grace", "marie"],
        "workbench.idle_minutes": 30,
        "observability.emails": ["ada@acme.example", "grace@acme.example"],
        "observability.monthly_budget_usd": 300,
        "audit.retention_days": 91,
        "audit.locked_days": 5,
        "audit.access_log_bucket": "acme-access-logs",
        "access.revoke_sessions_before": {"scientist": "2026-12-01T00:00:00Z"},
        "access.scientists": [_PRINCIPAL],
        "access.releasers": [_PRINCIPAL],
        "access.approvers": [_PRINCIPAL],
        "access.scientists_write": False,
        "access.github_repository": "acme/other",
        "access.oidc_thumbprints": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
        "access.ci_principals": [_PRINCIPAL],
        "delivery.deploys_on": "main",
        "delivery.after": "test",
    },
    {
        "tier": "standard",
        "protected": True,
        **{
            f"{section}.protected": True
            for section in (
                "encryption",
                "artifacts",
                "metadata",
                "features",
                "compute",
                "registry",
                "audit",
            )
        },
        "metadata.auto_pause_seconds": 600,
        "registry.locked_days": 5,
        "registry.lock_mode": "compliance",
        "audit.locked_days": 5,
        "audit.lock_mode": "compliance",
        "compute.pools.gpu.accelerator": "none",
        "compute.pools.gpu.instance_types": ["m7i"],
    },
    {
        # Multi-node jobs need on-demand instances, and another egress than that of the tier.
        "compute.pools.gpu.purchase": "on-demand",
        "compute.pools.gpu.nodes": 2,
        "compute.pools.gpu.instance_types": ["g5.48xlarge"],
        "compute.pools.gpu.interconnect": "efa",
        "compute.pools.gpu.zone": 1,
        "compute.pools.gpu.capacity_reservation": "cr-0123456789abcdef0",
        "network.egress": "nat",
        "access.github_oidc_provider": "existing",
        "access.permissions_boundary_arn": "arn:aws:iam::111111111111:policy/acme/Boundary",
    },
)

_INTERRUPTED: Effect = "in place with interruption"
_REPLACED: Effect = "replaced with interruption"
_DELETED: Effect = "deleted"

# By field: a value, the effect that the field declares, and a change of a resource that Terraform plans for it.
_NOT_IN_PLACE: Mapping[str, tuple[Any, Effect, tuple[str, str]]] = {
    "network.egress": ("none", _INTERRUPTED, ("delete", "aws_internet_gateway")),
    "metadata.engine_version": ("18", _INTERRUPTED, ("update", "aws_rds_cluster")),
    "metadata.instance_class": ("db.t4g.medium", _INTERRUPTED, ("update", "aws_rds_cluster_instance")),
    "metadata.reader_instance_class": (
        "db.t4g.medium",
        _INTERRUPTED,
        ("update", "aws_rds_cluster_instance"),
    ),
    "metadata.instances": (1, _INTERRUPTED, ("delete", "aws_rds_cluster_instance")),
    "compute.images": ({}, _DELETED, ("delete", "aws_batch_job_definition")),
    "compute.pools.cpu.name": ("large", _DELETED, ("delete", "aws_batch_job_queue")),
    "workbench.users": (["grace"], _DELETED, ("delete", "aws_sagemaker_notebook_instance")),
    "workbench.instance_type": (
        "ml.t3.large",
        _INTERRUPTED,
        ("update", "aws_sagemaker_notebook_instance"),
    ),
    "workbench.disk_gib": (30, _INTERRUPTED, ("update", "aws_sagemaker_notebook_instance")),
    "access.github_repository": (None, _DELETED, ("delete", "aws_iam_openid_connect_provider")),
    "access.oidc_issuer": (
        "https://github.acme.example/_services/token",
        _REPLACED,
        ("replace", "aws_iam_openid_connect_provider"),
    ),
    "access.role_path": ("/acme/ml/", _REPLACED, ("replace", "aws_iam_role")),
    "pipelines": ([], _DELETED, ("delete", "aws_sfn_state_machine")),
    "audit.enabled": (False, _DELETED, ("delete", "aws_cloudtrail")),
    "features.enabled": (False, _DELETED, ("delete", "aws_dynamodb_table")),
    "registry.enabled": (False, _DELETED, ("delete", "aws_s3_bucket")),
    "workbench.enabled": (False, _DELETED, ("delete", "aws_sagemaker_notebook_instance")),
    "tunnel.enabled": (False, _DELETED, ("delete", "aws_ecs_cluster")),
    "observability.budget": (False, _DELETED, ("delete", "aws_budgets_budget")),
}

# What these delete holds data: an administrator deploys them.
_LOSES_DATA = {"audit.enabled", "features.enabled", "registry.enabled"}

_REFUSED: Mapping[str, Any] = {
    "region": "eu-west-1",
    "encryption.key_arn": "arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "network.cidr": "10.99.0.0/16",
    "metadata.engine_version": "16",
    "workbench.disk_gib": 10,
    "workbench.direct_internet": False,
}

# Fields that no change here is about, and why.
_ELSEWHERE = {
    "name": "the file cannot contain it (tests/unit/environments/test_load.py)",
    "name_prefix": "Terraform finds no state bucket by the other name",
    "resource_name": "the same",
    "account": "Terraform refuses the credentials (tests/sandbox/terraform/test_state_lock.py)",
    "registry.approval": "the registry reads it, not AWS (tests/sandbox/terraform/test_tier_changes.py)",
    "registry.separate_approver": "the same",
    "registry.promotes_from": "another environment is needed",
    "access.gitlab_project": "as by `access.github_repository`",
    "access.gitlab_refs": "the trust of a role, as by `access.ci_principals`",
    **{
        path: "another network is needed (tests/sandbox/terraform/test_existing_network.py)"
        for path in (field.path for field in declared_fields())
        if path.startswith("network.existing.")
    },
    "compute.pools.*.launch_type": "other fields of the pool change with it: `test_a_pool_stays_on_ec2_or_on_fargate`",
    "compute.pools": "another name is another item, as by `compute.pools.*.name`",
    "audit.trail": "the bucket of log files ends (tests/sandbox/deployed/test_audit.py)",
    "audit.log_bucket": "the same",
    "audit.log_key_arn": "the same",
    "extensions": "as by `pipelines`; a deployment with one is in tests/sandbox/deployed/test_extensions.py",
    "extensions.*.name": "another name is another item, as for pipelines",
    "extensions.*.construct": "the resources of the company's construct",
    "extensions.*.config": "the same",
    "training_pipelines.enabled": "as by `pipelines`, which the file must not list (tests/sandbox/deployed/"
    "test_switches.py)",
    "pipelines.*.name": "another name is another item, as for pools",
    "pipelines.*.pipeline": "another definition of the same state machine, as by `pipelines.*.schedule`",
    "pipelines.*.folder": "the same",
    "pipelines.*.definition": "the same",
}


@pytest.fixture(scope="module")
def deployed(
    sandbox_of_changes: LocalSandbox, tmp_path_factory: pytest.TempPathFactory
) -> ChangingEnvironment:
    """A disposable environment with two notebooks, a second database instance and an image."""
    config = next(
        config
        for config in load_environments()
        if config.tier == "disposable" and config.pipelines and not config.registry.promotes_from
    )
    environment = ChangingEnvironment(
        sandbox_of_changes, tmp_path_factory.mktemp("changes"), with_changes(config, _DEPLOYED)
    )
    environment.deploy()
    return environment


@pytest.fixture(scope="module")
def sandbox_of_changes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """A sandbox that contains nothing else."""
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("home"), checkout=Path(__file__).parents[3])
    sandbox.command("up", "--port", "0")
    yield sandbox
    sandbox.command("down")


def _fields(config: Environment, changes: Mapping[str, Any]) -> tuple[ChangedField, ...]:
    old, new = (
        one.model_dump(mode="json", exclude_none=True) for one in (config, with_changes(config, changes))
    )
    return changed_fields(old, new)


def _ended(changes: Mapping[str, Change]) -> dict[str, str]:
    """Return the resources that end, by construct path, with what ends them.

    Grants are spread over policies by their size: their number changes, and the permissions do not.
    """
    return {
        path: change.action
        for path, change in changes.items()
        if change.action in {"delete", "replace"}
        and not change.created_first
        and change.kind not in {"aws_iam_policy", "aws_iam_role_policy_attachment"}
    }


def test_every_field_is_changed_here_or_elsewhere() -> None:
    named = {*_NOT_IN_PLACE, *_REFUSED, *(path for group in _IN_PLACE for path in group)}
    changed = {re.sub(r"(pools|pipelines)\.[^.]+\.", r"\1.*.", path) for path in named}
    assert changed | _ELSEWHERE.keys() == {field.path for field in declared_fields()}


@slow
@pytest.mark.parametrize("changes", _IN_PLACE, ids=["values", "protection", "nodes"])
def test_changes_in_place_delete_and_replace_nothing_that_users_have(
    deployed: ChangingEnvironment, changes: Mapping[str, Any]
) -> None:
    effects = {field.path: field.change.effect for field in _fields(deployed.config, changes)}
    effects.pop("network.egress", None)  # connections that are open end
    assert set(effects.values()) == {"in place"}
    assert _ended(deployed.plan(changes)) == {}


@slow
@pytest.mark.parametrize("path", _NOT_IN_PLACE)
def test_other_changes_do_what_the_field_declares(deployed: ChangingEnvironment, path: str) -> None:
    value, effect, expected = _NOT_IN_PLACE[path]
    (field,) = _fields(deployed.config, {path: value})
    changes = deployed.plan({path: value})
    assert expected in {(change.action, change.kind) for change in changes.values()}
    assert any(change.loses_data for change in changes.values()) == (path in _LOSES_DATA)
    assert field.change.effect == effect
    assert any(effects_of(change) for change in changes.values()), "`terrarium plan` warns of it"


@slow
@pytest.mark.parametrize("path", _REFUSED)
def test_a_refused_change_fails_the_plan_and_says_what_to_do(
    deployed: ChangingEnvironment, path: str
) -> None:
    (field,) = _fields(deployed.config, {path: _REFUSED[path]})
    assert field.change.effect == "refused"
    message = deployed.refusal({path: _REFUSED[path]})
    assert f"{path} cannot change from " in message
    assert field.change.how in message


@slow
def test_a_pool_stays_on_ec2_or_on_fargate(deployed: ChangingEnvironment) -> None:
    changes = {
        "compute.pools.tasks.launch_type": "ec2",
        "compute.pools.tasks.cpu_architecture": None,
        "compute.pools.tasks.instance_types": ["m7i"],
        "compute.pools.tasks.disk_gib": 100,
    }
    message = deployed.refusal(changes)
    assert 'compute.pools.tasks.launch_type cannot change from "fargate" to "ec2"' in message
    assert "add a pool with another name" in message


@slow
def test_an_upgrade_creates_the_new_parameter_group_first(deployed: ChangingEnvironment) -> None:
    assert deployed.plan({"metadata.engine_version": "18"})["metadata/parameters"].created_first


@slow
def test_without_changes_nothing_is_planned(deployed: ChangingEnvironment) -> None:
    assert deployed.plan() == {}


@slow
def test_a_pool_gets_a_placement_group_and_adapters_and_loses_them(
    deployed: ChangingEnvironment, sandbox_of_changes: LocalSandbox
) -> None:
    """Without the permissions boundary of these changes: no role may have one that does not exist."""

    def groups() -> list[str]:
        ec2 = sandbox_of_changes.client("ec2", deployed.config.name)
        return [group["GroupName"] for group in ec2.describe_placement_groups()["PlacementGroups"]]

    nodes = {path: value for path, value in _IN_PLACE[2].items() if not path.startswith("access.")}
    deployed.deploy(nodes)
    assert groups() == [f"terrarium-{deployed.config.name}-gpu-nodes"]
    assert deployed.plan() == {}
    deployed.deploy({"compute.pools.gpu.interconnect": "standard"})
    assert groups() == []
    assert deployed.plan() == {}
