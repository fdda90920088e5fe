"""Subnets of the network, security groups and their rules, as EC2 accepts them."""

import re
from pathlib import Path

from environments import Environment, load_environments
from tests.stacks.synthesized import Synthesized, synthesize

# Source: Amazon EC2 API Reference, CreateSecurityGroup (GroupDescription) and IpRange (Description); botocore's model
# of ec2 has the same text.
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")


def test_descriptions_use_only_characters_that_ec2_accepts(stacks: dict[str, Synthesized]) -> None:
    descriptions = {
        (path, direction): resource["description"]
        for stack in stacks.values()
        for path, group in stack.resources("aws_security_group").items()
        for direction, resources in (
            ("group", [group]),
            ("ingress", group["ingress"]),
            ("egress", group["egress"]),
        )
        for resource in resources
    }
    assert descriptions
    refused = {path: text for path, text in descriptions.items() if not _DESCRIPTION.fullmatch(text)}
    assert refused == {}


def test_groups_list_all_their_rules_so_that_deployments_remove_others(
    stacks: dict[str, Synthesized],
) -> None:
    """Argument Reference of `aws_security_group`: without `ingress` and `egress`, rules by hand stay unseen."""
    for stack in stacks.values():
        groups = {
            **stack.resources("aws_security_group"),
            **stack.resources("aws_default_security_group"),
        }
        assert groups
        assert all({"ingress", "egress"} <= group.keys() for group in groups.values())
        assert not stack.resources("aws_vpc_security_group_ingress_rule")
        assert not stack.resources("aws_vpc_security_group_egress_rule")


def test_rules_of_earlier_releases_are_forgotten_and_not_revoked(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        former = {block["from"] for block in stack.document["removed"]}
        assert all(block["lifecycle"] == {"destroy": False} for block in stack.document["removed"])
        assert {
            "aws_vpc_security_group_egress_rule.network_clients-egress_5076CBBC",
            "aws_vpc_security_group_ingress_rule.metadata_from-clients_681DFE86",
        } <= former


def _with(network: dict[str, object], folder: Path) -> Synthesized:
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    documents["dev"]["network"] |= network
    return synthesize(map(Environment.model_validate, documents.values()), folder)["dev"]


def test_with_one_zone_jobs_have_one_subnet_and_the_database_two(tmp_path: Path) -> None:
    """Amazon Aurora User Guide, DB subnet groups: at least two availability zones."""
    stack = _with({"availability_zones": 1, "egress": "nat"}, tmp_path)
    (group,) = stack.resources("aws_db_subnet_group").values()
    assert len(group["subnet_ids"]) == 2
    for pool in stack.resources("aws_batch_compute_environment").values():
        assert len(pool["compute_resources"]["subnets"]) == 1


def test_six_zones_have_ranges_of_their_own(tmp_path: Path) -> None:
    subnets = _with({"availability_zones": 6}, tmp_path).resources("aws_subnet")
    assert len({subnet["cidr_block"] for subnet in subnets.values()}) == 12


def test_a_plan_fails_in_a_region_with_fewer_zones(tmp_path: Path) -> None:
    """An account has two zones in us-west-1, and `element` would count from the first again."""
    stack = _with({"availability_zones": 3}, tmp_path)
    (zones,) = stack.document["data"]["aws_availability_zones"].values()
    (check,) = zones["lifecycle"]["postcondition"]
    assert check["condition"] == "${length(self.names) >= 3}"
