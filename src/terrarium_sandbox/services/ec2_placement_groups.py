"""EC2: placement groups, which moto does not have."""

import random
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.ec2.utils import add_tag_specification
from moto.utilities.utils import get_partition

from terrarium_sandbox.patches import patch

__all__ = ["PlacementGroup", "install_placement_groups", "placement_groups"]

_REASON = "moto has no placement groups."


class PlacementGroup(TaggedEC2Resource):
    """A placement group, with the attributes that its description has."""

    def __init__(self, ec2_backend: EC2Backend, *, name: str, strategy: str, tags: dict[str, str]) -> None:
        self.ec2_backend = ec2_backend
        self.id = self.group_id = f"pg-0{random.SystemRandom().getrandbits(64):016x}"
        self.group_name = name
        self.strategy = strategy
        self.state = "available"
        region = ec2_backend.region_name
        self.group_arn = (
            f"arn:{get_partition(region)}:ec2:{region}:{ec2_backend.account_id}:placement-group/{name}"
        )
        self.add_tags(tags)

    @property
    def tags(self) -> list[dict[str, str]]:
        """The tags."""
        return self.get_tags()


def placement_groups(backend: EC2Backend) -> dict[str, PlacementGroup]:
    """Return the placement groups of an account and region, by name."""
    groups: dict[str, PlacementGroup] = backend.__dict__.setdefault("placement_groups", {})
    return groups


def install_placement_groups() -> None:
    """Add the operations on placement groups."""
    for operation in (_create_placement_group, _describe_placement_groups, _delete_placement_group):
        patch(EC2Response, operation.__name__.removeprefix("_"), operation, reason=_REASON, adds=True)


def _create_placement_group(self: EC2Response) -> ActionResult:
    groups = placement_groups(self.ec2_backend)
    name = self._get_param("GroupName")
    if name is None or not re.fullmatch(r"[\x20-\x7e]{1,255}", name):
        raise EC2ClientError("InvalidParameterValue", f"Value ({name}) for parameter groupName is invalid.")
    if name in groups:
        raise EC2ClientError(
            "InvalidPlacementGroup.Duplicate", f"The placement group '{name}' already exists."
        )
    tags = add_tag_specification(self._get_param("TagSpecifications", []))
    groups[name] = PlacementGroup(
        self.ec2_backend, name=name, strategy=self._get_param("Strategy") or "cluster", tags=tags
    )
    return ActionResult({"PlacementGroup": groups[name]})


def _describe_placement_groups(self: EC2Response) -> ActionResult:
    groups = placement_groups(self.ec2_backend)
    names = self._get_param("GroupNames", [])
    identifiers = self._get_param("GroupIds", [])
    for name in names:
        _existing(groups, name)
    filters = self._filters_from_querystring()
    unknown = filters.keys() - {"group-name"}
    if unknown:
        raise NotImplementedError(f"filters of placement groups: {', '.join(sorted(unknown))}")
    found: list[Any] = [
        group
        for group in groups.values()
        if (not names or group.group_name in names)
        and (not identifiers or group.group_id in identifiers)
        and group.group_name in filters.get("group-name", [group.group_name])
    ]
    return ActionResult({"PlacementGroups": found})


def _delete_placement_group(self: EC2Response) -> ActionResult:
    groups = placement_groups(self.ec2_backend)
    group = _existing(groups, self._get_param("GroupName"))
    self.ec2_backend.delete_tags([group.id], {tag["key"]: None for tag in group.tags})
    del groups[group.group_name]
    return ActionResult({})


def _existing(groups: dict[str, PlacementGroup], name: str) -> PlacementGroup:
    if name not in groups:
        raise EC2ClientError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
    return groups[name]
