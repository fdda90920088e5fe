"""Ranges of subnets: those of existing environments stay, and small networks are divided differently."""

from ipaddress import IPv4Network

import pytest

from environments.subnet_ranges import private_addresses, subnet_ranges


def test_the_ranges_of_existing_environments_stay() -> None:
    """Another range would replace the subnet, which the database cannot leave."""
    ranges = subnet_ranges(IPv4Network("10.10.0.0/16"), public=True)
    assert list(map(str, ranges.private[:4])) == [
        "10.10.0.0/19", "10.10.32.0/19", "10.10.64.0/19", "10.10.96.0/19",
    ]  # fmt: skip
    assert list(map(str, ranges.public[:4])) == [
        "10.10.128.0/21", "10.10.136.0/21", "10.10.144.0/21", "10.10.152.0/21",
    ]  # fmt: skip


@pytest.mark.parametrize("prefix", range(16, 28))
@pytest.mark.parametrize("public", [True, False])
def test_ranges_of_one_network_do_not_overlap_and_are_as_large_as_aws_requires(
    prefix: int, *, public: bool
) -> None:
    """Amazon VPC User Guide, subnet sizing: between /16 and /28."""
    cidr = IPv4Network(f"10.0.0.0/{prefix}")
    ranges = [*(found := subnet_ranges(cidr, public=public)).private, *found.public]
    assert all(one.subnet_of(cidr) and one.prefixlen <= 28 for one in ranges)
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one != other)
    assert len(set(ranges)) == len(ranges)


@pytest.mark.parametrize("prefix", range(16, 28))
def test_another_egress_moves_no_private_subnet(prefix: int) -> None:
    cidr = IPv4Network(f"10.0.0.0/{prefix}")
    with_public, without = (subnet_ranges(cidr, public=public).private for public in (True, False))
    assert with_public == without[: len(with_public)]


@pytest.mark.parametrize(
    ("prefix", "private", "zones_with_public", "addresses"),
    [
        (16, 6, 6, 8187),
        (20, 6, 6, 507),
        (23, 6, 6, 59),
        (24, 6, 4, 27),
        (25, 6, 2, 11),
        (26, 4, 2, 11),
        (27, 2, 1, 11),
    ],
)
def test_a_network_has_space_for_as_many_zones_as_its_size_allows(
    prefix: int, private: int, zones_with_public: int, addresses: int
) -> None:
    cidr = IPv4Network(f"100.64.0.0/{prefix}")
    assert len(subnet_ranges(cidr, public=False).private) == private
    both = subnet_ranges(cidr, public=True)
    assert min(len(both.private), len(both.public)) == zones_with_public
    assert private_addresses(cidr) == addresses
