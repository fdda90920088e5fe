"""CloudTrail: trails known by their ARN, and told apart by what they select."""

import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail, TrailStatus
from moto.cloudtrail.responses import CloudTrailResponse

from terrarium.sandbox.host import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Mend what moto answers to Terraform, which names a trail by its ARN."""
    description = Trail.description
    delete_trail = CloudTrailBackend.delete_trail
    status = TrailStatus.description

    def full_description(self: Trail, include_region: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's
        selected = bool(self.event_selectors or self.advanced_event_selectors)
        return {**description(self, include_region), "HasCustomEventSelectors": selected}

    def delete_known_trail(self: CloudTrailBackend, name: str) -> None:
        delete_trail(self, self.get_trail(name).trail_name)

    def describe_named_trails(self: CloudTrailResponse) -> str:
        asked = set(self._get_param("trailNameList") or [])
        trails = self.cloudtrail_backend.describe_trails(
            self._get_bool_param("includeShadowTrails", if_none=True)
        )
        return json.dumps(
            {
                "trailList": [
                    trail.description(include_region=True)
                    for trail in trails
                    if not asked or asked & {trail.arn, trail.trail_name}
                ]
            }
        )

    def undelivered_status(self: TrailStatus) -> dict[str, Any]:
        return {name: value for name, value in status(self).items() if not name.startswith("LatestDelivery")}

    # The sandbox delivers no log files; moto says that it did so just now.
    TrailStatus.description = undelivered_status  # type: ignore[method-assign] # the point of it
    Trail.description = full_description  # type: ignore[method-assign] # the point of it
    CloudTrailBackend.delete_trail = delete_known_trail  # type: ignore[method-assign] # the point of it
    CloudTrailResponse.describe_trails = describe_named_trails  # type: ignore[method-assign] # the point of it
