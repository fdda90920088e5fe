"""Value that AWS would refuse."""

from typing import NamedTuple

from policies.stack import Resource

__all__ = ["Problem"]


class Problem(NamedTuple):
    """A value, and the published rule that it violates.

    Args:
        resource: The resource.
        argument: Terraform's path to the value; empty for the resource as a whole.
        rule: The id of the rule, which waivers use.
        message: The problem, with the value and the allowed values.
    """

    resource: Resource
    argument: str
    rule: str
    message: str
