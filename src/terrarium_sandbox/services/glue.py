"""Glue: updates of a table need its current version, on which commits of Iceberg depend."""

from moto.core.responses import ActionResult
from moto.glue.exceptions import GlueClientError
from moto.glue.responses import GlueResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's Glue."""
    update_table = GlueResponse.update_table

    def update_seen_table(self: GlueResponse) -> ActionResult:
        seen = self.parameters.get("VersionId")
        table = self.glue_backend.get_table(
            self.parameters["DatabaseName"], self.parameters["TableInput"]["Name"]
        )
        present = table.as_dict()["VersionId"]
        if seen is not None and seen != present:
            raise GlueClientError(
                "ConcurrentModificationException",
                f"Table {table.name} is at version {present}, and the update was made from version {seen}",
            )
        return update_table(self)

    patch(
        GlueResponse,
        "update_table",
        update_seen_table,
        reason="moto ignores VersionId, by which Iceberg detects concurrent commits.",
    )
