"""The section `network`."""

from ipaddress import IPv4Network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.existing_network import ExistingNetwork
from environments.sections.proxy import Proxy
from environments.sections.section import LogRetentionDays, Section
from environments.subnet_ranges import ZONES_OF_DATABASE, private_addresses, subnet_ranges
from terrarium.egress import REACH, WITH_INTERNET_GATEWAY, Egress

__all__ = ["Network"]


# RFC 1918, RFC 6598 and RFC 2544. Python's `is_private` also includes loopback and link-local addresses, which no VPC
# can have (Amazon VPC User Guide, "VPC CIDR blocks").
_PRIVATE = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"))
)

_LONGEST_PREFIX = 27
# One for each interface endpoint, two for instances of the database, and one for a job.
_ENDPOINT_ADDRESSES = 19


def _private_network(network: IPv4Network | None) -> IPv4Network | None:
    if network is None:
        return None
    if not any(map(network.subnet_of, _PRIVATE)) or not 16 <= network.prefixlen <= _LONGEST_PREFIX:
        raise ValueError(
            f"must be a private IPv4 network between /16 and /{_LONGEST_PREFIX}, such as 10.10.0.0/16: AWS allows no "
            "larger one, and in a smaller one there is no space for the two subnets of the database"
        )
    return network


def _zones(count: int) -> str:
    return f"{count} zone{'' if count == 1 else 's'}"


class Network(Section):
    """The private network (VPC) of databases and jobs."""

    cidr: Annotated[
        IPv4Network | None,
        AfterValidator(_private_network),
        Change(
            effect="refused",
            how="AWS cannot move a database to another VPC: describe an environment with the other range in a new "
            "file, deploy it, copy the data, and destroy this one.",
        ),
    ] = None
    """The address range of the VPC that the environment creates. Required, unless `network.existing` names a VPC.
    Ranges of environments may overlap, except of networks that are peered or that one transit gateway connects."""

    availability_zones: Annotated[
        int,
        Field(ge=1, le=6),
        Change(
            effect="refused",
            how="AWS removes no subnet that a database or a job may be in: keep the number in the file.",
            case="lower",
        ),
        IN_PLACE,
    ]
    """Number of availability zones of jobs, with a private subnet each. Aurora needs subnets in two zones: with 1, the
    second private subnet is the database's alone. Not for `network.existing`, whose subnets have zones already.
    Defaults to the tier's value."""

    egress: Annotated[
        Egress,
        Change(
            effect="in place with interruption",
            how="Connections that leave through the previous way end: change it while no job runs.",
        ),
    ]
    """How jobs reach the internet, AWS services included, and its cost (us-east-1).

    `none`: jobs reach only S3 and DynamoDB, through gateway endpoints. Free. No job can pull its image.
    `interface-endpoints`: jobs reach the AWS services that the environment uses, and nothing else. The kit creates
    an endpoint for each of them (not in an existing network), at 7.30 USD a month for each zone.
    `provided-endpoints`: the same, in an existing network that has these endpoints. Requires `[network.existing]`.
    `provided-routes`: the routes of an existing network lead to the internet. Requires `[network.existing]`.
    `public-addresses`: jobs run in public subnets. Each instance has a public address and no open port. 0.005 USD per
    instance and hour, nothing while idle.
    `nat`: one NAT gateway, about 33 USD a month. The failure of its zone cuts off the other zones.
    `nat-per-zone`: about 33 USD a month for each zone.
    Databases are in private subnets in any case. Defaults to the tier's value.
    """

    endpoint_zones: Annotated[int, Field(ge=1, le=6), IN_PLACE]
    """Number of availability zones in which each interface endpoint has an address, at most `availability_zones`.

    Every zone reaches the addresses of the others; without one in its own, a zone loses AWS services when theirs fail.
    Each costs 7.30 USD a month for each endpoint. Applies to `egress` of `interface-endpoints`. Defaults to the tier's
    value.
    """

    log_retention_days: Annotated[LogRetentionDays, IN_PLACE]
    """Days that flow logs are kept. Defaults to the tier's value."""

    existing: ExistingNetwork = ExistingNetwork()
    proxy: Proxy = Proxy()

    @model_validator(mode="after")
    def _check_one_network(self) -> Self:
        if self.existing.is_given and self.cidr is not None:
            raise ValueError(
                f"give cidr or existing, not both: the VPC of network.existing has its own range. Remove cidr "
                f"({self.cidr}), or [network.existing]"
            )
        if not self.existing.is_given and self.cidr is None:
            raise ValueError(
                "give cidr, the range of the VPC to create, such as 10.10.0.0/16, or [network.existing] with the VPC "
                "to use"
            )
        return self

    @model_validator(mode="after")
    def _check_space(self) -> Self:
        if self.cidr is None:
            return self
        public = self.egress in WITH_INTERNET_GATEWAY
        ranges = subnet_ranges(self.cidr, public=public)
        private = max(self.availability_zones, ZONES_OF_DATABASE)
        zones = min(len(ranges.private), len(ranges.public)) if public else len(ranges.private)
        if private > len(ranges.private) or self.availability_zones > zones:
            raise ValueError(
                f'{self.cidr} has space for {_zones(zones)} with egress "{self.egress}", not for '
                f"{_zones(private)}: a subnet has at least 16 addresses. Set a larger cidr"
                + (", or fewer availability_zones" if zones >= ZONES_OF_DATABASE else "")
            )
        addresses = private_addresses(self.cidr)
        if self.egress == "interface-endpoints" and addresses < _ENDPOINT_ADDRESSES:
            raise ValueError(
                f"each private subnet of {self.cidr} has {addresses} addresses, and interface endpoints, the "
                f"database and a job need {_ENDPOINT_ADDRESSES}. Set a larger cidr"
            )
        return self

    @model_validator(mode="after")
    def _check_egress(self) -> Self:
        existing = self.existing.is_given
        possible = [
            egress
            for egress, reach in REACH.items()
            if (reach.existing_network if existing else reach.created_network)
        ]
        if self.egress not in possible:
            network = (
                "the network of [network.existing]" if existing else "a network without [network.existing]"
            )
            raise ValueError(
                f'egress "{self.egress}" is not possible in {network}. Set egress to one of '
                + ", ".join(f'"{egress}"' for egress in possible)
            )
        return self
