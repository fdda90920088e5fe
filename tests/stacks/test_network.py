"""Security groups and their rules, as EC2 accepts them."""

import re

from tests.stacks.synthesized import Synthesized

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
