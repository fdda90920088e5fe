"""The section `network`."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field

from environments.sections.section import LogRetentionDays, Section
from terrarium.manifest import Egress

__all__ = ["Network"]


# RFC 1918, RFC 6598 and RFC 2544. Python's `is_private` also has loopback and link-local addresses, of which no VPC can
# be made (Amazon VPC User Guide, "VPC CIDR blocks").
_PRIVATE = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"))
)


def _private_network(network: IPv4Network) -> IPv4Network:
    if not any(map(network.subnet_of, _PRIVATE)) or not 16 <= network.prefixlen <= 20:
        raise ValueError("must be a private IPv4 network between /16 and /20, such as 10.10.0.0/16")
    return network


class Network(Section):
    """The private network that databases and jobs live in."""

    cidr: Annotated[IPv4Network, AfterValidator(_private_network)]
    """The VPC's address range. Required: environments that may be peered one day must not overlap."""

    availability_zones: Annotated[int, Field(ge=2, le=3)]
    """Number of zones with a private subnet each; Aurora needs two. Omitted: by tier."""

    egress: Egress
    """How jobs reach the internet, and with it AWS' own services, and what it costs (us-east-1).

    `none`: only S3 and DynamoDB, through gateway endpoints; free, and no job can pull its image.
    `public-addresses`: jobs run in public subnets, each with an address of its own and no open port; nothing
    while idle, 0.005 USD per instance and hour.
    `nat`: one NAT gateway, about 33 USD a month, and its zone's failure cuts off the others.
    `nat-per-zone`: about 33 USD a month for each zone.
    Databases stay in private subnets in any case. Omitted: by tier.
    """

    log_retention_days: LogRetentionDays
    """Days that flow logs are kept. Omitted: by tier."""
