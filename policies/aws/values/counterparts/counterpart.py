"""A Terraform resource type's counterpart in CloudFormation and in the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Counterpart", "Renames"]

Renames = Mapping[str, str | None]
"""By Terraform's path without indexes: the member's name, a path to it, or `None` where the model has no such thing.

A path is relative to the structure around: `Policy.Text`, `Rules.0.Name` (a list's first item), `.` (the members of
the block are members of the structure around it).
"""


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """What a Terraform type is called elsewhere. Names that differ in case and underscores only need no rename.

    Args:
        cloudformation: CloudFormation's resource type.
        operations: The API operations that the provider creates it by, as `service.Operation`; of the first one,
            required members are checked.
        schema: Renames for CloudFormation.
        api: Renames for the operations.
        within: Members of the root in which arguments are looked for that the root itself does not have.
        constants: Members that Terraform leaves out, by their path; set where the structure around them is.
        part_of: The argument that names the resource which this one is a part of in CloudFormation.
        adapt: Rewrites the arguments first, where renames do not suffice.
    """

    cloudformation: str
    operations: tuple[str, ...]
    schema: Renames = field(default_factory=dict)
    api: Renames = field(default_factory=dict)
    within: tuple[str, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    part_of: str | None = None
    adapt: Callable[[dict[str, Any]], dict[str, Any]] = dict
