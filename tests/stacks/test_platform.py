"""What must hold of every environment's stack before anything is deployed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment, load_environments
from tests.stacks.synthesized import Synthesized, synthesize

NAMES = ("dev", "prod", "staging", "test")


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    return synthesize(load_environments(), tmp_path_factory.mktemp("stacks"))


@pytest.fixture(params=NAMES)
def stack(stacks: dict[str, Synthesized], request: pytest.FixtureRequest) -> Synthesized:
    return stacks[request.param]


def with_egress(environment: Environment, egress: str) -> Environment:
    document = environment.model_dump(mode="json")
    document["network"]["egress"] = egress
    return Environment.model_validate(document)


def test_there_is_one_stack_per_environment_and_it_bears_its_name(stacks: dict[str, Synthesized]) -> None:
    assert tuple(stacks) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_environment_is_pinned_to_its_account(stacks: dict[str, Synthesized], name: str) -> None:
    account = load_environment(name).account
    (provider,) = stacks[name].document["provider"]["aws"]
    assert provider["allowed_account_ids"] == [account]
    assert stacks[name].document["terraform"]["backend"]["s3"]["allowed_account_ids"] == [account]


def test_every_environment_keeps_its_state_apart_and_locks_it(stacks: dict[str, Synthesized]) -> None:
    backends = [stack.document["terraform"]["backend"]["s3"] for stack in stacks.values()]
    assert len({backend["bucket"] for backend in backends}) == len(backends)
    assert all(backend["use_lockfile"] and backend["encrypt"] for backend in backends)


def test_every_resource_bears_the_tags_that_costs_are_read_by(stack: Synthesized) -> None:
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
        (deny,) = statements(stack.resource("aws_s3_bucket_policy", f"{owner}/policy")["policy"])
        assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert stack.resource("aws_s3_bucket_lifecycle_configuration", f"{owner}/lifecycle")["rule"]


def test_the_database_is_private_encrypted_and_entered_by_iam_over_tls(stack: Synthesized) -> None:
    cluster = stack.resource("aws_rds_cluster", "metadata/cluster")
    assert cluster["storage_encrypted"]
    assert cluster["iam_database_authentication_enabled"]
    assert cluster["manage_master_user_password"]
    assert "master_password" not in cluster
    parameters = stack.resource("aws_rds_cluster_parameter_group", "metadata/parameters")["parameter"]
    assert {"name": "rds.force_ssl", "value": "1"} in parameters
    (rule,) = stack.resources("aws_vpc_security_group_ingress_rule").values()
    assert "cidr_ipv4" not in rule
    assert "network_clients" in rule["referenced_security_group_id"]
    assert all(
        not instance.get("publicly_accessible")
        for instance in stack.resources("aws_rds_cluster_instance").values()
    )


def test_every_role_bears_a_boundary(stack: Synthesized) -> None:
    unbounded = [
        path
        for path, role in stack.resources("aws_iam_role").items()
        if not role.get("permissions_boundary", "").startswith("arn:aws:iam::")
    ]
    assert unbounded == []


def test_no_grant_allows_every_action(stack: Synthesized) -> None:
    wild = [
        path
        for path, policy in stack.resources("aws_iam_role_policy").items()
        for statement in statements(policy["policy"])
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
        if action == "*" or action.endswith(":*")
    ]
    assert wild == []


def test_people_and_jobs_are_granted_named_resources_only(stack: Synthesized) -> None:
    wild = [
        path
        for path, policy in stack.resources("aws_iam_role_policy").items()
        if path.startswith(("access/scientist", "access/job"))
        for statement in statements(policy["policy"])
        if "*" in listed(statement["Resource"])
    ]
    assert wild == []


def test_every_log_group_is_encrypted_and_ends_its_events(stack: Synthesized) -> None:
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


@pytest.mark.parametrize(("egress", "gateways"), [("none", 0), ("nat", 1), ("nat-per-zone", 3)])
def test_egress_costs_what_was_chosen_and_no_more(egress: str, gateways: int, tmp_path: Path) -> None:
    stack = synthesize([with_egress(load_environment("prod"), egress)], tmp_path)["prod"]
    assert len(stack.resources("aws_nat_gateway")) == gateways
    assert len(stack.resources("aws_internet_gateway")) == min(gateways, 1)


def test_building_twice_gives_the_same_stack(tmp_path: Path) -> None:
    dev = load_environment("dev")
    one, two = synthesize([dev], tmp_path / "one"), synthesize([dev], tmp_path / "two")
    assert one["dev"].document == two["dev"].document


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


# What holds data: type, construct path and physical name, without which Terraform would make it anew, empty.
STATEFUL: Mapping[tuple[str, str], str] = {
    ("aws_kms_key", "encryption/key"): "encryption_key_EEB70057",
    ("aws_s3_bucket", "artifacts/bucket"): "terrarium-{name}-artifacts-{account}",
    ("aws_rds_cluster", "metadata/cluster"): "terrarium-{name}-metadata",
    ("aws_ssm_parameter", "manifest/parameter"): "/terrarium/{name}/manifest",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_stateful_resources_are_contract(stacks: dict[str, Synthesized], name: str) -> None:
    """A changed construct path or physical name replaces the resource and loses what it holds.

    If that is wanted, it is a breaking change: say in CHANGELOG.md how operators move their data (`moved` blocks
    for paths, a snapshot or a copy for names), then change this table.
    """
    document = stacks[name].document["resource"]
    account = load_environment(name).account
    found = {
        (kind, resource["//"]["metadata"]["path"].partition("/")[2]): physical(kind, logical, resource)
        for kind in {kind for kind, _ in STATEFUL}
        for logical, resource in document[kind].items()
    }
    assert found == {key: value.format(name=name, account=account) for key, value in STATEFUL.items()}


def physical(kind: str, logical: str, resource: dict[str, Any]) -> str:
    names = {"aws_s3_bucket": "bucket", "aws_rds_cluster": "cluster_identifier", "aws_ssm_parameter": "name"}
    return str(resource[names[kind]]) if kind in names else logical
