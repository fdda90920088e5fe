"""Counterpart of a Terraform resource type in CloudFormation and in the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Counterpart", "Renames"]

Renames = Mapping[str, str | None]
"""By Terraform's path without indexes: the member's name, a path to it, or `None` if the model has no such member.

A path is relative to the enclosing structure: `Policy.Text`, `Rules.0.Name` (the first item of a list), `.` (the
members of the block are members of the enclosing structure).
"""


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """The names of a Terraform type in other models. Names that differ only in case and underscores need no rename.

    Args:
        cloudformation: The resource type in CloudFormation.
        operations: The API operations with which the provider creates the resource, as `service.Operation`. Required
            members of the first one are checked.
        schema: Renames for CloudFormation.
        api: Renames for the operations.
        within: Members of the root that are searched for arguments that the root itself does not have.
        constants: Members that Terraform leaves out, by their path; set if the enclosing structure exists.
        part_of: The argument with the resource that contains this one in CloudFormation.
        adapt: A function that rewrites the arguments first, if renames do not suffice.
    """

    cloudformation: str
    operations: tuple[str, ...]
    schema: Renames = field(default_factory=dict)
    api: Renames = field(default_factory=dict)
    within: tuple[str, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    part_of: str | None = None
    adapt: Callable[[dict[str, Any]], dict[str, Any]] = dict
