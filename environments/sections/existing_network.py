"""The section `network.existing`."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.section import Section, Tag

__all__ = ["ExistingNetwork"]

_MOST_TAGS = 10
_ZONES_OF_AURORA = 2


def _without_duplicates(ids: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"must name every subnet once, not {', '.join(twice)} twice")
    return ids


_DIGITS = "([0-9a-f]{8}|[0-9a-f]{17})$"
_SecurityGroupId = Annotated[str, Field(pattern=f"^sg-{_DIGITS}")]
_SubnetIds = Annotated[
    tuple[Annotated[str, Field(pattern=f"^subnet-{_DIGITS}")], ...], AfterValidator(_without_duplicates)
]
# Keys have the characters of values: in a filter, an asterisk or a question mark would stand for others.
_Tags = Annotated[dict[Tag, Tag], Field(max_length=_MOST_TAGS)]

_ANOTHER_VPC = Change(
    effect="refused",
    how="AWS cannot move a database to another VPC: describe an environment with the other VPC in a new file, deploy "
    "it, copy the data, and destroy this one.",
)
_LEFT_SUBNETS = Change(
    effect="in place with interruption",
    how="Jobs that run in a subnet that is left out end. RDS refuses to leave a subnet in which the database has an "
    "instance.",
)
_OTHER_GROUPS = Change(
    effect="in place with interruption",
    how="Connections that the other group does not allow end. What runs keeps the previous group until it ends: delete "
    "the group afterwards.",
)


class ExistingNetwork(Section):
    """A VPC that another team manages. The environment creates no VPC, subnet, route or gateway in it."""

    vpc_id: Annotated[str | None, Field(pattern=f"^vpc-{_DIGITS}"), _ANOTHER_VPC] = None
    """The VPC. Defaults to the only one with `vpc_tags`."""

    vpc_tags: Annotated[_Tags, _ANOTHER_VPC] = Field(default_factory=dict)
    """Tags that exactly one VPC of the account and region has, instead of `vpc_id`. Defaults to none."""

    private_subnet_ids: Annotated[_SubnetIds, _LEFT_SUBNETS] = ()
    """The subnets of the database, and the first one of notebooks: at least two, in different availability zones.
    Defaults to those with `private_subnet_tags`."""

    private_subnet_tags: Annotated[_Tags, _LEFT_SUBNETS] = Field(default_factory=dict)
    """Tags of these subnets, instead of `private_subnet_ids`: every subnet of the VPC with all of the tags. Defaults to
    none."""

    compute_subnet_ids: Annotated[_SubnetIds, _LEFT_SUBNETS] = ()
    """The subnets of jobs and of the tunnel. Defaults to those with `compute_subnet_tags`, or else to the private
    subnets."""

    compute_subnet_tags: Annotated[_Tags, _LEFT_SUBNETS] = Field(default_factory=dict)
    """Tags of these subnets, instead of `compute_subnet_ids`. Defaults to none."""

    client_security_group_id: Annotated[_SecurityGroupId | None, _OTHER_GROUPS] = None
    """The security group of jobs, tunnels and notebooks. Defaults to a group that the environment creates."""

    database_security_group_id: Annotated[_SecurityGroupId | None, _OTHER_GROUPS] = None
    """The security group of the database, which must accept port 5432 from the clients. Requires
    `client_security_group_id`. Defaults to a group that the environment creates."""

    node_security_group_id: Annotated[_SecurityGroupId | None, _OTHER_GROUPS] = None
    """The second security group of multi-node jobs, whose members must reach each other on every port. Defaults to a
    group for each pool that the environment creates."""

    flow_logs: Annotated[bool, IN_PLACE] = False
    """Whether the environment writes flow logs of the VPC, for `network.log_retention_days`. Only the account that owns
    the VPC can. Defaults to false."""

    @property
    def is_given(self) -> bool:
        """Return whether the file describes an existing network."""
        return any(dict(self).values())

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        if not self.is_given:
            return self
        _require_one("vpc_id", self.vpc_id, "vpc_tags", self.vpc_tags)
        _require_one(
            "private_subnet_ids", self.private_subnet_ids, "private_subnet_tags", self.private_subnet_tags
        )
        if self.compute_subnet_ids and self.compute_subnet_tags:
            raise ValueError("give compute_subnet_ids or compute_subnet_tags, not both")
        if len(self.private_subnet_ids) == 1:
            raise ValueError(
                "give at least two private_subnet_ids, in different availability zones: Aurora needs "
                f"{_ZONES_OF_AURORA} zones"
            )
        if self.database_security_group_id and not self.client_security_group_id:
            raise ValueError(
                "database_security_group_id needs client_security_group_id: a group that exists already cannot admit "
                "a group of clients that the first deployment creates"
            )
        return self


def _require_one(one: str, given: str | Sequence[str] | None, other: str, tags: dict[str, str]) -> None:
    if given and tags:
        raise ValueError(f"give {one} or {other}, not both")
    if not given and not tags:
        raise ValueError(f"give {one} or {other}")
