"""Values that AWS refuses, put into the real synthesized stacks: each with the rule that has to find it.

Those marked as deployed were in the stacks once, and passed every check there was.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["VALUE_MUTATIONS", "ValueMutation"]

Document = dict[str, Any]


class ValueMutation(NamedTuple):
    """One value that AWS refuses.

    Args:
        name: What is wrong.
        rule: The rule that has to find it.
        kind: The type of the resource.
        make: Puts the value into a copy of the stack of `dev`.
    """

    name: str
    rule: str
    kind: str
    make: Callable[[Document], None]


def _value(name: str, rule: str, kind: str, part: str, place: str, value: object) -> ValueMutation:
    """Set the value at a place, such as `compute_resources.ec2_configuration.0.image_type`."""

    def make(document: Document) -> None:
        resource: Any = next(
            body for body in document["resource"][kind].values() if part in body["//"]["metadata"]["path"]
        )
        *steps, last = place.split(".")
        for step in steps:
            resource = resource[int(step)] if isinstance(resource, list) else resource[step]
        resource[int(last) if isinstance(resource, list) else last] = value

    return ValueMutation(name, rule, kind, make)


VALUE_MUTATIONS = (
    # Deployed until AWS' models were consulted.
    _value(
        "GPU pool on Amazon Linux 2",
        "api-withdrawn",
        "aws_batch_compute_environment",
        "pool-gpu",
        "compute_resources.ec2_configuration.0.image_type",
        "ECS_AL2_NVIDIA",
    ),
    _value(
        "apostrophe in the description of a security group",
        "E3031",
        "aws_security_group",
        "network/clients",
        "description",
        "Worn by what may reach the platform's private services",
    ),
    _value(
        "apostrophe in the description of an egress rule",
        "api-characters",
        "aws_vpc_security_group_egress_rule",
        "",
        "description",
        "Wherever the network's routes lead",
    ),
    _value(
        "apostrophe in the description of an ingress rule",
        "api-characters",
        "aws_vpc_security_group_ingress_rule",
        "metadata/",
        "description",
        "PostgreSQL, from the platform's clients only",
    ),
    _value(
        "cluster of an engine version that RDS has withdrawn",
        "W3690",
        "aws_rds_cluster",
        "",
        "engine_version",
        "16.6",
    ),
)
