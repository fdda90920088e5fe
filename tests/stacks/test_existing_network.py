"""Environments in a network of another team: what their stacks contain, and what CI may do there."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from modules.network.endpoint_services import ENDPOINTS
from policies.catalogue import own_findings
from policies.stack import read_stack
from tests.stacks.synthesized import Synthesized, listed, synthesize

_IDS = {
    "vpc_id": "vpc-0123456789abcdef0",
    "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "client_security_group_id": "sg-0123456789abcdef0",
    "database_security_group_id": "sg-0123456789abcdef1",
    "node_security_group_id": "sg-0123456789abcdef2",
}
_TAGS = {
    "vpc_tags": {"Name": "company"},
    "private_subnet_tags": {"tier": "data"},
    "compute_subnet_tags": {"tier": "compute"},
    "flow_logs": True,
}
_NETWORK = {
    "aws_default_security_group",
    "aws_eip",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
}
# Types of EC2's resources that belong to the network team, in ARNs of statements.
_OF_THE_TEAM = re.compile(r":(\*|internet-gateway|natgateway|network-acl|route-table|vpc-endpoint|vpc)(/|$)")


def _environment(name: str, existing: Mapping[str, Any]) -> Environment:
    document = load_environment("dev").model_dump(mode="json")
    document["network"] |= {"cidr": None, "egress": "provided-routes", "existing": existing}
    document["workbench"] |= {"users": ["ada"], "direct_internet": False}
    document["compute"]["pools"][0] |= {"purchase": "on-demand", "nodes": 4}
    return Environment.model_validate(
        document | {"name": name, "account": {"by-ids": "5", "by-tags-of-them": "6"}[name] * 12}
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("existing")
    synthesize([_environment("by-ids", _IDS), _environment("by-tags-of-them", _TAGS)], folder)
    return folder


@pytest.fixture(scope="module")
def stacks(folder: Path) -> dict[str, Synthesized]:
    return {
        file.parent.name: Synthesized(json.loads(file.read_text()))
        for file in folder.glob("stacks/*/cdk.tf.json")
    }


def test_nothing_of_a_network_is_created(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        assert stack.kinds & _NETWORK == set()


def test_security_groups_are_created_unless_the_file_names_them(stacks: dict[str, Synthesized]) -> None:
    assert "aws_security_group" not in stacks["by-ids"].kinds
    assert set(stacks["by-tags-of-them"].resources("aws_security_group")) == {
        "compute/pool-cpu/nodes/group",
        "metadata/security-group",
        "network/clients",
    }


def test_flow_logs_are_written_if_the_file_asks_for_them(stacks: dict[str, Synthesized]) -> None:
    assert "aws_flow_log" not in stacks["by-ids"].kinds
    assert set(stacks["by-tags-of-them"].resources("aws_flow_log")) == {"network/flow-log"}


def test_subnets_of_a_lookup_are_one_sorted_reference(stacks: dict[str, Synthesized]) -> None:
    for stack, subnets in (
        (stacks["by-ids"], _IDS["private_subnet_ids"]),
        (stacks["by-tags-of-them"], r"${sort(data.aws_subnets.network_private_found_E7FC8F0E.ids)}"),
    ):
        assert stack.resource("aws_db_subnet_group", "metadata/subnets")["subnet_ids"] == subnets


def test_a_notebook_keeps_the_subnet_of_its_creation(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        notebook = stack.resource("aws_sagemaker_notebook_instance", "workbench/notebook-ada")
        assert notebook["lifecycle"] == {"ignore_changes": ["subnet_id"]}


def test_ci_changes_only_what_the_environment_has_created_there(stacks: dict[str, Synthesized]) -> None:
    for name, stack in stacks.items():
        for statement in stack.granted("access/delivery/deploy"):
            actions = [one for one in listed(statement["Action"]) if one.startswith("ec2:")]
            changing = [one for one in actions if not one.startswith("ec2:Describe")]
            if not changing or statement["Sid"].endswith(("NewTags", "NewInVpc")):
                continue
            for resource in listed(statement["Resource"]):
                assert not _OF_THE_TEAM.search(resource), (name, statement)
                if ":subnet/" in resource:
                    assert changing == ["ec2:CreateNetworkInterface"]
                    assert "ec2:Vpc" in statement["Condition"]["ArnEquals"]


def test_boundaries_are_within_the_limit_of_iam(stacks: dict[str, Synthesized]) -> None:
    vpc = "arn:aws:ec2:ap-northeast-1:111111111111:vpc/vpc-0123456789abcdef0"
    for stack in stacks.values():
        for path, policy in stack.resources("aws_iam_policy").items():
            if "boundary" in path:
                written = json.dumps(json.loads(policy["policy"]), separators=(",", ":"))
                assert len(re.sub(r"\$\{data.aws_vpc[^}]*\}", vpc, written)) <= 6144, path


def test_statements_of_a_policy_have_different_ids(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        for path, policy in stack.resources("aws_iam_policy").items():
            ids = [statement["Sid"] for statement in json.loads(policy["policy"])["Statement"]]
            assert len(ids) == len(set(ids)), path


def test_the_guide_and_the_landing_zone_have_every_endpoint() -> None:
    for file in ("docs/guides/existing-network.md", "tests/support/landing_zone/endpoints.tf"):
        text = (Path(__file__).parents[2] / file).read_text()
        for name in (one for names in ENDPOINTS.values() for one in names):
            assert re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text), (file, name)


def test_the_policies_find_nothing(folder: Path) -> None:
    for file in folder.glob("stacks/*/cdk.tf.json"):
        assert [*own_findings(read_stack(file, tier="disposable"))] == []
