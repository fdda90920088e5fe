"""A value that AWS would refuse."""

from typing import NamedTuple

from policies.stack import Resource

__all__ = ["Problem"]


class Problem(NamedTuple):
    """One value, and the published rule that it breaks.

    Args:
        resource: The resource.
        argument: Terraform's path to the value; empty for the resource as a whole.
        rule: The rule's id, as waivers name it.
        message: What is wrong, with the value and what is allowed.
    """

    resource: Resource
    argument: str
    rule: str
    message: str
