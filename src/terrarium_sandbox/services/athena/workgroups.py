"""UpdateWorkGroup, which moto lacks."""

import json
from typing import Any

from moto.athena.responses import AthenaResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.athena.exceptions import InvalidRequestError

__all__ = ["install_workgroups"]

_PLAIN = (
    "BytesScannedCutoffPerQuery",
    "EnforceWorkGroupConfiguration",
    "EngineVersion",
    "PublishCloudWatchMetricsEnabled",
    "RequesterPaysEnabled",
)


def install_workgroups() -> None:
    """Add UpdateWorkGroup."""
    patch(
        AthenaResponse,
        "update_work_group",
        _update_work_group,
        reason="moto has no UpdateWorkGroup.",
        adds=True,
    )


def _update_work_group(self: AthenaResponse) -> str:
    request: dict[str, Any] = json.loads(self.body)
    workgroup = self.athena_backend.work_groups.get(request["WorkGroup"])
    if workgroup is None:
        raise InvalidRequestError(f"WorkGroup {request['WorkGroup']} is not found.")
    workgroup.description = request.get("Description", workgroup.description)
    workgroup.state = request.get("State", workgroup.state)
    updates = request.get("ConfigurationUpdates", {})
    changed = {**workgroup.configuration, **{name: updates[name] for name in _PLAIN if name in updates}}
    if updates.get("RemoveBytesScannedCutoffPerQuery"):
        changed.pop("BytesScannedCutoffPerQuery", None)
    changed["ResultConfiguration"] = _updated(
        changed.get("ResultConfiguration") or {}, updates.get("ResultConfigurationUpdates", {})
    )
    workgroup.configuration = changed
    return "{}"


def _updated(present: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    """Return the updated settings: `OutputLocation` sets one, `RemoveOutputLocation` removes it, for example."""
    removed = {
        name.removeprefix("Remove")
        for name, wanted in updates.items()
        if name.startswith("Remove") and wanted
    }
    given = {name: value for name, value in updates.items() if not name.startswith("Remove")}
    return {name: value for name, value in {**present, **given}.items() if name not in removed}
