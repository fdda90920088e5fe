"""Security groups and their rules, as EC2 accepts them."""

import re

import pytest

from tests.stacks.synthesized import Synthesized

# Source: Amazon EC2 API Reference, CreateSecurityGroup (GroupDescription) and IpRange (Description); botocore's model
# of ec2 has the same text.
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")

_DESCRIBED = (
    "aws_security_group",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)


@pytest.mark.parametrize("kind", _DESCRIBED)
def test_descriptions_use_only_characters_that_ec2_accepts(stacks: dict[str, Synthesized], kind: str) -> None:
    descriptions = {
        path: resource["description"]
        for stack in stacks.values()
        for path, resource in stack.resources(kind).items()
    }
    assert descriptions
    refused = {path: text for path, text in descriptions.items() if not _DESCRIPTION.fullmatch(text)}
    assert refused == {}
