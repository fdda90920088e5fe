"""Address ranges of the subnets in a network that the kit creates.

The ranges are contract: another range replaces a subnet, which the database cannot leave. They depend on the range of
the network alone, so that neither another zone nor another egress moves a subnet.
"""

from ipaddress import IPv4Network
from typing import Final, NamedTuple

__all__ = ["ZONES_OF_DATABASE", "SubnetRanges", "private_addresses", "subnet_ranges"]

ZONES_OF_DATABASE: Final = 2
"""Aurora needs subnets in two zones (Amazon Aurora User Guide, "Working with a DB cluster in a VPC")."""

_LONGEST = (
    28  # the smallest subnet of a VPC (Amazon VPC User Guide, "Subnet sizing"), which also reserves these:
)
_RESERVED = 5
_EIGHTHS = 8


class SubnetRanges(NamedTuple):
    """The ranges of subnets, in the order of their zones: as many as there is space for."""

    private: tuple[IPv4Network, ...]
    public: tuple[IPv4Network, ...]


def subnet_ranges(cidr: IPv4Network, *, public: bool) -> SubnetRanges:
    """Return all ranges that a network has space for, whichever number of zones uses them.

    Private subnets have an eighth each, since jobs need many addresses: the first four, the sixth and the seventh.
    Public ones share the fifth and the last. A small network is divided in quarters or halves.

    Args:
        cidr: The range of the network.
        public: Whether it has public subnets, too.
    """
    parts = list(cidr.subnets(new_prefix=min(cidr.prefixlen + 3, _LONGEST)))
    private: tuple[IPv4Network, ...]
    rest: tuple[IPv4Network, ...]
    if len(parts) == _EIGHTHS:
        private, rest = (*parts[:4], *parts[5:7]), (parts[4], parts[7])
    elif public:
        private, rest = tuple(parts[: len(parts) // 2]), tuple(parts[len(parts) // 2 :])
    else:
        private, rest = tuple(parts), ()
    length = min(cidr.prefixlen + 5, _LONGEST)
    return SubnetRanges(
        private, tuple(one for part in rest for one in part.subnets(new_prefix=length)) if public else ()
    )


def private_addresses(cidr: IPv4Network) -> int:
    """Return the number of addresses that AWS leaves in each private subnet of a network."""
    return int(subnet_ranges(cidr, public=False).private[0].num_addresses) - _RESERVED
