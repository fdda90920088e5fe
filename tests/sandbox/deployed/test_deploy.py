"""A deployment by the real cdktf, Terraform and AWS provider, and checks of its result."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from environments import load_environment
from modules.sdk_release import sdk_release
from terrarium.manifest import MANIFEST_VERSION, OLDEST_READER
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox


def manifest_of(dev: Deployment) -> dict[str, Any]:
    """The manifest as `connect` reads it, in a process of its own."""
    script = "import terrarium; print(terrarium.connect('dev').manifest.model_dump_json())"
    found: dict[str, Any] = json.loads(dev.python("-c", script).stdout)
    return found


def the_one(state: dict[str, dict[str, Any]], kind: str, part: str = "") -> dict[str, Any]:
    (found,) = [values for address, values in state.items() if address.startswith(f"{kind}.{part}")]
    return found


def test_deploying_again_changes_nothing(dev: Deployment) -> None:
    plan = dev.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert plan.returncode == 0, plan.stdout
    assert "No changes" in dev.deploy()


def test_connect_reads_every_field_that_terraform_wrote(dev: Deployment) -> None:
    state = dev.state()
    manifest = manifest_of(dev)
    assert manifest.pop("stack_digest").startswith("sha256:")
    assert manifest == {
        "version": MANIFEST_VERSION,
        "oldest_reader": OLDEST_READER,
        "environment": "dev",
        "account": "111111111111",
        "region": "eu-central-1",
        "disabled": [],
        "encryption": {"key_arn": the_one(state, "aws_kms_key")["arn"]},
        "network": {
            "vpc_id": the_one(state, "aws_vpc")["id"],
            "private_subnet_ids": subnets(state, "network_private"),
            "client_security_group_id": the_one(state, "aws_security_group", "network_clients")["id"],
            "egress": "public-addresses",
            "proxy_url": None,
        },
        "artifacts": {
            "bucket": the_one(state, "aws_s3_bucket", "artifacts_")["bucket"],
            "bucket_arn": the_one(state, "aws_s3_bucket", "artifacts_")["arn"],
            "experiments_prefix": "experiments/",
            "artifacts_prefix": "artifacts/",
        },
        "metadata": metadata_section(the_one(state, "aws_rds_cluster")),
        "features": {
            "warehouse": f"s3://{the_one(state, 'aws_s3_bucket', 'features_warehouse')['bucket']}",
            "catalog_database": the_one(state, "aws_glue_catalog_database")["name"],
            "workgroup": the_one(state, "aws_athena_workgroup")["name"],
            "online_table": the_one(state, "aws_dynamodb_table")["name"],
        },
        "compute": {
            "pools": [pool_section(state, "cpu", "none"), pool_section(state, "gpu", "gpu")],
            "job_definition_arn": the_one(state, "aws_batch_job_definition", "compute_")["arn"],
            "multi_node_job_definition_arn": None,
            "migration_job_definition_arn": the_one(state, "aws_batch_job_definition", "migration_")["arn"],
            "images_url": the_one(state, "aws_ecr_repository", "compute_")["repository_url"],
            "images": [],
            "log_group": the_one(state, "aws_cloudwatch_log_group", "compute_")["name"],
        },
        "registry": {
            "bucket": the_one(state, "aws_s3_bucket", "registry_models")["bucket"],
            "models_prefix": "models/",
            "images_url": the_one(state, "aws_ecr_repository", "registry_")["repository_url"],
            "gates": {
                "signature": False,
                "input_example": False,
                "champion_margin": None,
                "data_days": None,
                "thresholds": [],
            },
            "approval": False,
            "separate_approver": None,
            "promotes_from": None,
        },
        "pipelines": {
            "names": ["breast-cancer", "verification"],
            "state_machine_prefix": the_one(
                state, "aws_sfn_state_machine", "pipelines_pipeline-breast-cancer"
            )["arn"].removesuffix("breast-cancer"),
            "schedule_group": the_one(state, "aws_scheduler_schedule_group")["name"],
        },
        "tunnel": {
            "cluster_arn": the_one(state, "aws_ecs_cluster")["arn"],
            "task_definition_arn": the_one(state, "aws_ecs_task_definition")["arn"],
            "subnet_ids": subnets(state, "network_public"),
            "security_group_id": the_one(state, "aws_security_group", "network_clients")["id"],
            "public_address": True,
        },
        "roles": {
            "promotion_arn": None,
            "promotion_source_arn": the_one(state, "aws_iam_role", "promotion-source")["arn"],
            **{
                f"{name}_arn": the_one(state, "aws_iam_role", path)["arn"]
                for name, path in {
                    "scientist": "access_scientist",
                    "job": "access_job",
                    "ci_plan": "access_delivery_plan",
                    "ci_deploy": "access_delivery_deploy",
                }.items()
            },
        },
        "sdk": {
            "release_prefix": f"sdk/releases/{sdk_release().id}/",
            "dependencies_prefix": f"sdk/dependencies/{sdk_release().dependencies_id}/",
        },
        "extensions": None,
        "tags": load_environment("dev").resource_tags,
    }


def metadata_section(cluster: dict[str, Any]) -> dict[str, Any]:
    return {
        "cluster_id": cluster["cluster_identifier"],
        "cluster_resource_id": cluster["cluster_resource_id"],
        "host": cluster["endpoint"],
        "reader_host": cluster["reader_endpoint"],
        "port": cluster["port"],
        "database": cluster["database_name"],
        "owner": "terrarium_owner",
        "writer": "terrarium_writer",
        "reader": "terrarium_reader",
        "master_secret_arn": cluster["master_user_secret"][0]["secret_arn"],
    }


def pool_section(state: dict[str, dict[str, Any]], name: str, accelerator: str) -> dict[str, Any]:
    environment = the_one(state, "aws_batch_compute_environment", f"compute_pool-{name}")
    (resources,) = environment["compute_resources"]
    return {
        "name": name,
        "queue_arn": the_one(state, "aws_batch_job_queue", f"compute_pool-{name}")["arn"],
        "accelerator": accelerator,
        "purchase": resources["type"].lower(),
        "instance_types": {"cpu": ["m7i", "m6i", "c7i"], "gpu": ["g5", "g6"]}[name],
        "maximum_vcpus": resources["max_vcpus"],
        "nodes": 1,
        "launch_type": "ec2",
        "architecture": "x86_64",
        "job_definitions": [],
    }


def subnets(state: dict[str, dict[str, Any]], part: str) -> list[str]:
    return [
        values["id"] for address, values in sorted(state.items()) if address.startswith(f"aws_subnet.{part}")
    ]


def test_credentials_of_another_account_are_refused(sandbox: LocalSandbox, tmp_path: Path) -> None:
    stranger = Deployment(sandbox, "dev", tmp_path, credentials_of="test")
    refused = stranger.cdktf("deploy", "--auto-approve", check=False)
    assert refused.returncode != 0
    assert "AWS account ID not allowed: 222222222222" in refused.stdout + refused.stderr


def test_bootstrap_prints_its_changes_and_is_safe_to_repeat(
    dev: Deployment, sandbox: LocalSandbox, tmp_path: Path
) -> None:
    test = Deployment(sandbox, "test", tmp_path)
    bucket = "terrarium-test-state-222222222222"
    first = test.terrarium("bootstrap", "test").stdout
    assert first == (
        f"{bucket}: created, versioned, encrypted, private, over TLS only, tagged, old states are kept for 90 days\n"
    )
    assert test.terrarium("bootstrap", "test").stdout == f"{bucket}: no changes needed\n"
    assert "no changes needed" in dev.terrarium("bootstrap", "dev").stdout


def test_bootstrap_corrects_a_changed_setting(dev: Deployment, sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3", "dev")
    s3.delete_bucket_policy(Bucket="terrarium-dev-state-111111111111")
    repaired = dev.terrarium("bootstrap", "dev").stdout
    assert repaired == "terrarium-dev-state-111111111111: over TLS only\n"


def test_bootstrap_in_another_account_is_refused(sandbox: LocalSandbox, tmp_path: Path) -> None:
    stranger = Deployment(sandbox, "dev", tmp_path, credentials_of="test")
    refused = stranger.terrarium("bootstrap", "dev", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "terrarium: these credentials belong to account 222222222222, but dev is in account 111111111111"
    )


def test_a_command_of_a_checkout_is_refused_outside_of_one(dev: Deployment, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("terrarium")), "bootstrap", "dev"]
    refused = subprocess.run(
        command, cwd=tmp_path, env=dev.shell, check=False, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "works on the stacks of a checkout, and there is none here" in refused.stderr


def test_the_example_leaves_ranked_runs_in_postgresql_and_artifacts_in_the_bucket(
    dev: Deployment, sandbox: LocalSandbox
) -> None:
    first = dev.python("-m", "examples.breast_cancer").stdout
    again = dev.python("-m", "examples.breast_cancer").stdout
    assert first.count("training ") == 4
    assert "every candidate is on record already: nothing to train" in again

    manifest = manifest_of(dev)
    objects = sandbox.client("s3", "dev").list_objects_v2(
        Bucket=manifest["artifacts"]["bucket"], Prefix="experiments/"
    )
    assert sum(item["Key"].endswith("/roc.csv") for item in objects["Contents"]) == 4

    metadata = manifest["metadata"]
    token = sandbox.client("rds", "dev").generate_db_auth_token(
        DBHostname=metadata["reader_host"], Port=metadata["port"], DBUsername=metadata["reader"]
    )
    with psycopg.connect(
        host=metadata["reader_host"],
        port=metadata["port"],
        dbname=metadata["database"],
        user=metadata["reader"],
        password=token,
        sslmode="require",
    ) as connection:
        row = connection.execute(
            "select count(*) from mlflow.runs where status = 'FINISHED' and lifecycle_stage = 'active'"
        ).fetchone()
    assert row == (4,)


def test_the_deployed_resources_can_be_listed(dev: Deployment) -> None:
    shown = dev.terrarium("describe", "dev").stdout
    assert "terrarium-dev-artifacts-111111111111" in shown
    assert "terrarium_writer" in shown
    assert "terrarium-dev-features" in shown
    assert f"s3://terrarium-dev-artifacts-111111111111/sdk/releases/{sdk_release().id}/" in shown


@pytest.mark.destroys
def test_destroying_leaves_nothing_behind(dev: Deployment, sandbox: LocalSandbox) -> None:
    port = manifest_of(dev)["metadata"]["port"]
    dev.cdktf("destroy", "--auto-approve")

    buckets = {bucket["Name"] for bucket in sandbox.client("s3", "dev").list_buckets()["Buckets"]}
    assert buckets == {"terrarium-dev-state-111111111111"}, "the state is the operator's own"
    assert sandbox.client("rds", "dev").describe_db_clusters()["DBClusters"] == []
    assert sandbox.client("rds", "dev").describe_db_subnet_groups()["DBSubnetGroups"] == []
    assert sandbox.client("ssm", "dev").describe_parameters()["Parameters"] == []
    assert sandbox.client("logs", "dev").describe_log_groups()["logGroups"] == []
    roles = [role["RoleName"] for role in sandbox.client("iam", "dev").list_roles()["Roles"]]
    assert [role for role in roles if role.startswith("terrarium-dev-")] == []
    vpcs = sandbox.client("ec2", "dev").describe_vpcs()["Vpcs"]
    assert [vpc["VpcId"] for vpc in vpcs if not vpc["IsDefault"]] == []
    kms = sandbox.client("kms", "dev")
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    states = {
        key["KeyState"]
        for key in keys
        if key["Description"].startswith("Encrypts everything that Terrarium stores")
    }
    assert states == {"PendingDeletion"}, "a key's deletion waits for its window, on AWS and here"
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(host="127.0.0.1", port=port, user="x", connect_timeout=2)
