"""Environments of different tiers differ only in what the tiers define."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from environments import load_environment, load_environments
from tests.stacks.synthesized import Synthesized, synthesize

# Resource type and attribute in which dev and prod may differ, by what the tier promises.
DIFFERENCES = {
    "durability": {
        "aws_dynamodb_table.point_in_time_recovery.enabled",
        "aws_rds_cluster.backup_retention_period",
        "aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expiration.noncurrent_days",
        "aws_s3_bucket_object_lock_configuration",
    },
    "availability": {
        "aws_rds_cluster_instance",
        "aws_rds_cluster.serverlessv2_scaling_configuration.max_capacity",
        "aws_rds_cluster.serverlessv2_scaling_configuration.min_capacity",
        "aws_rds_cluster.serverlessv2_scaling_configuration.seconds_until_auto_pause",
        "aws_db_subnet_group.subnet_ids",
        "aws_route_table",
        "aws_route_table_association",
        "aws_subnet",
        "aws_vpc_endpoint.route_table_ids",
    },
    "retention": {
        "aws_cloudwatch_log_group.retention_in_days",
        "aws_kms_key.deletion_window_in_days",
        "aws_s3_bucket_lifecycle_configuration.rule.expiration.days",
    },
    "protection": {
        "aws_dynamodb_table.deletion_protection_enabled",
        "aws_dynamodb_table.lifecycle.prevent_destroy",
        "aws_ecr_repository.force_delete",
        "aws_kms_key.lifecycle.prevent_destroy",
        "aws_rds_cluster.deletion_protection",
        "aws_rds_cluster.final_snapshot_identifier",
        "aws_rds_cluster.lifecycle.prevent_destroy",
        "aws_rds_cluster.skip_final_snapshot",
        "aws_s3_bucket.force_destroy",
        "aws_s3_bucket.lifecycle.prevent_destroy",
    },
    "egress": {
        "aws_batch_compute_environment.compute_resources.subnets",
        "aws_eip",
        "aws_nat_gateway",
        "aws_route",
        "aws_subnet.map_public_ip_on_launch",
    },
    "cost": {
        "aws_batch_compute_environment.compute_resources.allocation_strategy",
        "aws_batch_compute_environment.compute_resources.max_vcpus",
        "aws_batch_compute_environment.compute_resources.type",
        "aws_budgets_budget.limit_amount",
    },
    "access": {"aws_iam_policy", "aws_iam_role"},
    # Models are promoted to prod, and to no disposable environment.
    "promotion": {"aws_batch_job_definition"},
    # What the business depends on wakes somebody: the policy `alarm` asks for it.
    "alarms": {"aws_sns_topic_subscription"},
    # What names the differences above: the network's own range, and the manifest.
    "description": {"aws_ssm_parameter.value", "aws_subnet.cidr_block", "aws_vpc.cidr_block"},
}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """The stacks without pipelines, which do not depend on tiers."""
    environments = [config.model_copy(update={"pipelines": ()}) for config in load_environments()]
    return synthesize(environments, tmp_path_factory.mktemp("tiers"))


def test_environments_of_one_tier_differ_only_in_network_and_promotion(
    stacks: dict[str, Synthesized],
) -> None:
    assert differing(stacks, "dev", "test") == {
        "aws_iam_policy",
        "aws_iam_role",
        "aws_ssm_parameter.value",
        "aws_subnet.cidr_block",
        "aws_vpc.cidr_block",
    }


def test_tiers_differ_only_in_the_listed_attributes(
    stacks: dict[str, Synthesized], capsys: pytest.CaptureFixture[str]
) -> None:
    found = differing(stacks, "dev", "prod")
    promised = set().union(*DIFFERENCES.values())
    with capsys.disabled():
        print(
            "\n"
            + "\n".join(f"{kind:>13}: {len(found & of_kind)} differ" for kind, of_kind in DIFFERENCES.items())
        )
    unpromised = {path for path in found if not covered(path, promised)}
    assert unpromised == set(), "a tier differs where no tier promises it"
    unkept = {path for path in promised if not any(covered(other, {path}) for other in found)}
    assert unkept == set(), "a tier promises a difference that is not there"


def covered(path: str, promised: set[str]) -> bool:
    return any(path == one or path.startswith(f"{one}.") for one in promised)


def differing(stacks: dict[str, Synthesized], one: str, other: str) -> set[str]:
    """Return attributes that differ, as `type.attribute`; only the type if one stack has more resources of it."""
    left, right = attributes(stacks[one], one), attributes(stacks[other], other)
    found = set()
    for key in left.keys() | right.keys():
        if key not in left or key not in right:
            found.add(key[0])
            continue
        ours, theirs = dict(flat(left[key])), dict(flat(right[key]))
        found |= {
            f"{key[0]}.{path}" for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)
        }
    return found


def attributes(stack: Synthesized, name: str) -> dict[tuple[str, str], Any]:
    """Return every resource by type and path, without the environment's name."""
    found = {
        (kind, path): json.loads(nameless(json.dumps(readable(resource)), name))
        for kind in stack.kinds
        for path, resource in stack.resources(kind).items()
        if "/grants/" not in path
    }
    # How grants are spread over policies depends on the length of names: together they are what a role may do.
    for path, policy in stack.resources("aws_iam_policy").items():
        if "/grants/" in path:
            role = ("aws_iam_policy", path.partition("/grants/")[0])
            granted = json.loads(nameless(policy["policy"], name))["Statement"]
            found.setdefault(role, {"policy": {}})["policy"] |= {
                statement["Sid"]: json.dumps(statement) for statement in granted
            }
    return found


def readable(resource: dict[str, Any]) -> dict[str, Any]:
    script = resource.get("on_start")
    return {**resource, "on_start": base64.b64decode(script).decode()} if script else resource


def nameless(text: str, name: str) -> str:
    text = text.replace(load_environment(name).account, "ACCOUNT")
    # Not the `dev` of device names.
    return re.sub(rf"(?<![a-z]){name}(?![a-z]|/xvd|/null)", "ENVIRONMENT", text)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        merged: dict[str, list[str]] = {}
        for item in value:
            for key, text in flat(item, path):
                merged.setdefault(key, []).append(text)
        yield from ((key, json.dumps(texts)) for key, texts in merged.items())
    else:
        yield path, json.dumps(value)
