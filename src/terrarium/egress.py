"""The choices of `network.egress`, and what each of them reaches."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

__all__ = ["REACH", "WITH_INTERNET_GATEWAY", "Egress", "Reach"]

Egress = Literal[
    "none",
    "interface-endpoints",
    "provided-endpoints",
    "provided-routes",
    "public-addresses",
    "nat",
    "nat-per-zone",
]
"""The path of jobs to AWS services and to the internet."""


class Reach(NamedTuple):
    """The destinations of tasks and instances in the subnets of an environment.

    Attributes:
        created_network: Whether the kit can create it in a network of its own.
        existing_network: Whether it is possible in an existing network.
        aws_services: Whether jobs, the tunnel and notebooks reach the AWS services that the kit uses. Without them,
            only S3 and DynamoDB are reachable: no job pulls its image.
        internet: Whether jobs reach the internet without a proxy: package indexes, GitHub, hubs of models.
        task_networks: Whether network interfaces of tasks, which get no public address on EC2, reach as much as
            instances do. Nodes of multi-node jobs need it.
        private_subnets: Whether the private subnets, in which notebooks are, reach as much as jobs do.
    """

    created_network: bool = False
    existing_network: bool = False
    aws_services: bool = False
    internet: bool = False
    task_networks: bool = False
    private_subnets: bool = False


# Task network interfaces get no public address on EC2: Amazon ECS Developer Guide, awsvpc network mode. Gateway
# endpoints exist for S3 and DynamoDB only: AWS PrivateLink Guide, "Gateway endpoints".
REACH: Final[Mapping[Egress, Reach]] = MappingProxyType(
    {
        "none": Reach(created_network=True, existing_network=True, task_networks=True, private_subnets=True),
        # Not in an existing network: their private names apply to the whole VPC, and their policies admit only the
        # accounts of the environment.
        "interface-endpoints": Reach(
            created_network=True,
            aws_services=True,
            task_networks=True,
            private_subnets=True,
        ),
        "provided-endpoints": Reach(
            existing_network=True, aws_services=True, task_networks=True, private_subnets=True
        ),
        "provided-routes": Reach(
            existing_network=True, aws_services=True, internet=True, task_networks=True, private_subnets=True
        ),
        "public-addresses": Reach(created_network=True, aws_services=True, internet=True),
        "nat": Reach(
            created_network=True, aws_services=True, internet=True, task_networks=True, private_subnets=True
        ),
        "nat-per-zone": Reach(
            created_network=True, aws_services=True, internet=True, task_networks=True, private_subnets=True
        ),
    }
)
"""What each choice reaches. Validation of files, placement of jobs and the guide read this table."""

WITH_INTERNET_GATEWAY: Final[tuple[Egress, ...]] = ("public-addresses", "nat", "nat-per-zone")
"""The choices for which the kit creates an internet gateway, with a public subnet in each zone."""
