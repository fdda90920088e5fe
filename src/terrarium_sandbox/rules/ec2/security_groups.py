"""Rules of EC2 about names and descriptions of security groups, and descriptions of their rules."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

# Source: botocore's EC2 model, CreateSecurityGroup.Description and IpRange.Description.
_ALLOWED = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
_TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


@rule(
    "security-group-description-characters",
    on=("ec2:CreateSecurityGroup",),
    code="InvalidParameterValue",
    source="EC2 API Reference, CreateSecurityGroup, GroupDescription; cds-snc/notification-terraform#561",
)
def security_group_description_characters(request: Request) -> str | None:
    """The description of a security group has at most 255 characters of a set that has no apostrophe."""
    if _TEXT.fullmatch(request.get("Description", "")):
        return None
    return (
        "Invalid security group description. Valid descriptions are strings less than 256 characters from the "
        f"following set: {_ALLOWED}"
    )


@rule(
    "security-group-name-characters",
    on=("ec2:CreateSecurityGroup",),
    code="InvalidParameterValue",
    source="EC2 API Reference, CreateSecurityGroup, GroupName: constraints, and may not start with `sg-`",
)
def security_group_name_characters(request: Request) -> str | None:
    """The name of a security group has at most 255 characters of the set, and does not start with `sg-`."""
    name = request.get("GroupName", "")
    if name.startswith("sg-"):
        return "Group names may not be in the format sg-*"
    if _TEXT.fullmatch(name):
        return None
    return (
        "Invalid security group name. Valid names are strings less than 256 characters from the following set: "
        f"{_ALLOWED}"
    )


@rule(
    "security-group-rule-description-characters",
    on=(
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:ModifySecurityGroupRules",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ),
    code="InvalidParameterValue",
    source="EC2 API Reference, IpRange, Description; agentic-community/mcp-gateway-registry#1728",
)
def security_group_rule_description_characters(request: Request) -> str | None:
    """The description of a security group rule has at most 255 characters of a set that has no apostrophe."""
    if all(_TEXT.fullmatch(text) for text in _descriptions(request.parameters)):
        return None
    return (
        "Invalid rule description. Valid descriptions are strings less than 256 characters from the following "
        f"set: {_ALLOWED}"
    )


def _descriptions(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("Description"), str):
            yield value["Description"]
        for name, member in value.items():
            if name != "TagSpecifications":
                yield from _descriptions(member)
    elif isinstance(value, list):
        for member in value:
            yield from _descriptions(member)


RULES: tuple[Rule, ...] = (
    security_group_description_characters,
    security_group_name_characters,
    security_group_rule_description_characters,
)
