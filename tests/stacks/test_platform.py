"""Rules for the stacks of all environments."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment, load_environments
from terrarium.errors import Error
from tests.stacks.synthesized import Synthesized, synthesize

NAMES = ("dev", "prod", "staging", "test")


@pytest.fixture(params=NAMES)
def stack(stacks: dict[str, Synthesized], request: pytest.FixtureRequest) -> Synthesized:
    return stacks[request.param]


def with_egress(name: str, egress: str) -> list[Environment]:
    """Return all environments, which refer to each other, with that egress in one of them."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    documents[name]["network"]["egress"] = egress
    return [Environment.model_validate(document) for document in documents.values()]


def test_there_is_one_stack_per_environment_with_its_name(stacks: dict[str, Synthesized]) -> None:
    assert tuple(stacks) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_environment_is_pinned_to_its_account(stacks: dict[str, Synthesized], name: str) -> None:
    account = load_environment(name).account
    (provider,) = stacks[name].document["provider"]["aws"]
    assert provider["allowed_account_ids"] == [account]
    assert stacks[name].document["terraform"]["backend"]["s3"]["allowed_account_ids"] == [account]


def test_every_environment_has_its_own_locked_state(stacks: dict[str, Synthesized]) -> None:
    backends = [stack.document["terraform"]["backend"]["s3"] for stack in stacks.values()]
    assert len({backend["bucket"] for backend in backends}) == len(backends)
    assert all(backend["use_lockfile"] and backend["encrypt"] for backend in backends)


def test_every_resource_has_the_cost_allocation_tags(stack: Synthesized) -> None:
    (provider,) = stack.document["provider"]["aws"]
    (default_tags,) = provider["default_tags"]
    assert set(default_tags["tags"]) == {"environment", "use-case", "owner", "cost-center", "managed-by"}


def test_no_resource_overrides_a_mandatory_tag(stack: Synthesized) -> None:
    (provider,) = stack.document["provider"]["aws"]
    mandatory = set(provider["default_tags"][0]["tags"])
    overriding = [
        path
        for kind in stack.kinds
        for path, resource in stack.resources(kind).items()
        if mandatory & set(resource.get("tags") or {})
    ]
    assert overriding == []


def test_every_bucket_is_versioned_encrypted_private_and_over_tls_only(stack: Synthesized) -> None:
    for path in stack.resources("aws_s3_bucket"):
        owner = path.removesuffix("/bucket")
        block = stack.resource("aws_s3_bucket_public_access_block", f"{owner}/public-access-block")
        assert all(
            block[key]
            for key in (
                "block_public_acls",
                "block_public_policy",
                "ignore_public_acls",
                "restrict_public_buckets",
            )
        )
        versioning = stack.resource("aws_s3_bucket_versioning", f"{owner}/versioning")
        assert versioning["versioning_configuration"]["status"] == "Enabled"
        encryption = stack.resource(
            "aws_s3_bucket_server_side_encryption_configuration", f"{owner}/encryption"
        )
        assert "aws_kms_key" in json.dumps(encryption)
        deny, *_ = statements(stack.resource("aws_s3_bucket_policy", f"{owner}/policy")["policy"])
        assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert stack.resource("aws_s3_bucket_lifecycle_configuration", f"{owner}/lifecycle")["rule"]


def test_the_database_is_private_and_encrypted_and_requires_iam_and_tls(stack: Synthesized) -> None:
    cluster = stack.resource("aws_rds_cluster", "metadata/cluster")
    assert cluster["storage_encrypted"]
    assert cluster["iam_database_authentication_enabled"]
    assert cluster["manage_master_user_password"]
    assert "master_password" not in cluster
    parameters = stack.resource("aws_rds_cluster_parameter_group", "metadata/parameters")["parameter"]
    assert {"name": "rds.force_ssl", "value": "1"} in parameters
    (rule,) = stack.resource("aws_security_group", "metadata/security-group")["ingress"]
    assert not rule["cidr_blocks"]
    (source,) = rule["security_groups"]
    assert "network_clients" in source
    assert all(
        not instance.get("publicly_accessible")
        for instance in stack.resources("aws_rds_cluster_instance").values()
    )


def test_every_role_has_a_permissions_boundary(stack: Synthesized) -> None:
    unbounded = [
        path
        for path, role in stack.resources("aws_iam_role").items()
        if not role.get("permissions_boundary", "").startswith("${aws_iam_policy.")
    ]
    assert unbounded == []


def test_no_grant_allows_every_action(stack: Synthesized) -> None:
    wild = [
        path
        for path, policy in stack.resources("aws_iam_policy").items()
        if not path.endswith("boundary/policy")
        for statement in statements(policy["policy"])
        for action in listed(statement["Action"])
        if action == "*" or action.endswith(":*")
    ]
    assert wild == []


# What IAM lets nobody narrow to a resource; see the comments where they are granted.
UNNARROWABLE = {
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
    "batch:ListJobs",
    "ssm:DescribeParameters",
    # Starting a notebook describes the network, as its caller.
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "sagemaker:ListNotebookInstances",
}


def test_people_and_jobs_are_granted_named_resources_only(stack: Synthesized) -> None:
    wild = {
        action
        for path, policy in stack.resources("aws_iam_policy").items()
        if path.startswith(("access/scientist", "access/job", "access/notebook"))
        for statement in statements(policy["policy"])
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert wild <= UNNARROWABLE


def test_statement_ids_of_a_policy_are_unique(stack: Synthesized) -> None:
    """IAM refuses duplicates: MalformedPolicyDocument."""
    for policy in stack.resources("aws_iam_policy").values():
        sids = [statement["Sid"] for statement in json.loads(policy["policy"])["Statement"]]
        assert len(set(sids)) == len(sids), policy["name"]


def test_every_role_has_grants_within_the_limits_of_iam(stack: Synthesized) -> None:
    roles = stack.resources("aws_iam_role")
    attached: dict[str, int] = dict.fromkeys(roles, 0)
    for path in stack.resources("aws_iam_role_policy_attachment"):
        attached[path.partition("/grants/")[0] + "/role"] += 1
    assert {path for path, count in attached.items() if not 1 <= count <= 10} == set()
    assert [
        path
        for path, policy in stack.resources("aws_iam_policy").items()
        if len(policy["policy"].replace(" ", "")) > 6144
    ] == []


def test_every_log_group_is_encrypted_and_has_a_retention(stack: Synthesized) -> None:
    for group in stack.resources("aws_cloudwatch_log_group").values():
        assert group["retention_in_days"] > 0
        assert "aws_kms_key" in group["kms_key_id"]


def test_the_manifest_is_encrypted_with_the_environments_key(stack: Synthesized) -> None:
    parameter = stack.resource("aws_ssm_parameter", "manifest/parameter")
    assert parameter["type"] == "SecureString"
    assert "aws_kms_key" in parameter["key_id"]


@pytest.mark.parametrize("name", NAMES)
def test_protection_follows_the_tier(stacks: dict[str, Synthesized], name: str) -> None:
    protected = load_environment(name).tier != "disposable"
    cluster = stacks[name].resource("aws_rds_cluster", "metadata/cluster")
    bucket = stacks[name].resource("aws_s3_bucket", "artifacts/bucket")
    key = stacks[name].resource("aws_kms_key", "encryption/key")
    assert cluster["deletion_protection"] is protected
    assert cluster["skip_final_snapshot"] is not protected
    assert bucket["force_destroy"] is not protected
    assert {stateful["lifecycle"]["prevent_destroy"] for stateful in (cluster, bucket, key)} == {protected}


@pytest.mark.parametrize(
    ("egress", "nat_gateways", "internet_gateways"),
    [
        ("none", 0, 0),
        ("interface-endpoints", 0, 0),
        ("public-addresses", 0, 1),
        ("nat", 1, 1),
        ("nat-per-zone", 3, 1),
    ],
)
def test_each_egress_has_only_the_resources_that_it_needs(
    egress: str, nat_gateways: int, internet_gateways: int, tmp_path: Path
) -> None:
    stack = synthesize(with_egress("prod", egress), tmp_path)["prod"]
    assert len(stack.resources("aws_nat_gateway")) == nat_gateways
    assert len(stack.resources("aws_internet_gateway")) == internet_gateways


def test_databases_stay_in_private_subnets_whatever_the_egress(tmp_path: Path) -> None:
    stack = synthesize(with_egress("prod", "public-addresses"), tmp_path)["prod"]
    (subnets,) = stack.resources("aws_db_subnet_group").values()
    assert all("network_private" in subnet for subnet in subnets["subnet_ids"])
    assert all(
        "network_public" in subnet
        for pool in stack.resources("aws_batch_compute_environment").values()
        for subnet in pool["compute_resources"]["subnets"]
    )


def test_a_job_for_which_no_instance_can_start_is_cancelled(stack: Synthesized) -> None:
    for queue in stack.resources("aws_batch_job_queue").values():
        reasons = {limit["reason"].split(":")[0] for limit in queue["job_state_time_limit_action"]}
        assert reasons == {"CAPACITY", "MISCONFIGURATION"}
    assert all(
        definition["timeout"]["attempt_duration_seconds"] > 0
        for definition in stack.resources("aws_batch_job_definition").values()
    )


def test_compute_scales_to_zero(stack: Synthesized) -> None:
    pools = stack.resources("aws_batch_compute_environment").values()
    assert {pool["compute_resources"]["min_vcpus"] for pool in pools} == {0}


def test_instances_have_encrypted_disks_and_require_imdsv2(stack: Synthesized) -> None:
    for template in stack.resources("aws_launch_template").values():
        assert template["metadata_options"]["http_tokens"] == "required"
        assert all(disk["ebs"]["encrypted"] == "true" for disk in template["block_device_mappings"])


def test_images_are_immutable_and_scanned(stack: Synthesized) -> None:
    repositories = stack.resources("aws_ecr_repository")
    assert {repository["image_tag_mutability"] for repository in repositories.values()} == {"IMMUTABLE"}
    assert all(
        repository["image_scanning_configuration"]["scan_on_push"] for repository in repositories.values()
    )
    assert len(stack.resources("aws_ecr_lifecycle_policy")) == len(repositories)


def test_only_images_without_a_tag_expire(stack: Synthesized) -> None:
    for lifecycle in stack.resources("aws_ecr_lifecycle_policy").values():
        rules = json.loads(lifecycle["policy"])["rules"]
        assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged"]


def test_queries_cannot_override_the_settings_of_the_workgroup(stack: Synthesized) -> None:
    (workgroup,) = stack.resources("aws_athena_workgroup").values()
    configuration = workgroup["configuration"]
    assert configuration["enforce_workgroup_configuration"]
    assert configuration["bytes_scanned_cutoff_per_query"] > 0
    assert "SSE_KMS" in json.dumps(configuration["result_configuration"])


def test_models_are_promoted_in_one_direction_only(stacks: dict[str, Synthesized]) -> None:
    promoting = {
        name: sorted(path for path in stack.resources("aws_iam_role") if path.startswith("promotion"))
        for name, stack in stacks.items()
    }
    assert promoting == {
        "dev": ["promotion-source/role/role"],
        "test": [],
        "staging": ["promotion-source/role/role", "promotion/release/role", "promotion/role/role"],
        "prod": ["promotion/release/role", "promotion/role/role"],
    }
    trust = statements(
        stacks["staging"].resource("aws_iam_role", "promotion-source/role/role")["assume_role_policy"]
    )
    assert trust[0]["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith(":role/terrarium-prod-promotion")


def test_refuses_a_source_of_promotion_that_is_not_an_environment(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"registry\.promotes_from = 'staging', which is not another environment"):
        synthesize([load_environment("prod")], tmp_path)


def test_building_twice_gives_the_same_stacks(tmp_path: Path) -> None:
    environments = load_environments()
    one, two = synthesize(environments, tmp_path / "one"), synthesize(environments, tmp_path / "two")
    assert {name: stack.document for name, stack in one.items()} == {
        name: stack.document for name, stack in two.items()
    }


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
