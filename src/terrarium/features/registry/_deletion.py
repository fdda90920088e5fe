"""Deletion of a feature view. The version numbers of a deleted view are never used again."""

from typing import TYPE_CHECKING

from terrarium.features.errors import FeatureNotFoundError, FeatureViewHeldError
from terrarium.record.features_read import PREFIX

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["delete_view", "latest_deleted_version"]

_SHOWN = 5
_VERSIONS = "SELECT max(version) FROM features.views WHERE name = %(name)s"
# Runs name the views that they read in the context of an input, such as features/usage@2.
_READERS = """
    SELECT DISTINCT inputs.destination_id FROM inputs
    JOIN input_tags ON input_tags.input_uuid = inputs.input_uuid
    WHERE input_tags.name = 'mlflow.data.context' AND starts_with(input_tags.value, %(context)s)
    ORDER BY 1
"""
# The row of the last version stays, without a snapshot: items of the view may still be online under its versions.
_KEEP_VERSION = """
    INSERT INTO features.materializations (view) VALUES (%(view)s) ON CONFLICT (view) DO NOTHING
"""
_RELEASE = """
    UPDATE features.materializations
    SET snapshot_id = NULL, until = NULL, newest_event = NULL, target_snapshot_id = NULL, target_until = NULL,
        target_full = false, written = 0
    WHERE starts_with(view, %(prefix)s)
"""
_DELETED = """
    SELECT max(split_part(view, '@', 2)::integer) FROM features.materializations WHERE starts_with(view, %(prefix)s)
"""


def delete_view(connection: "Connection", name: str, *, force: bool) -> None:
    """Delete all versions of a view, within the transaction of the connection.

    Raises:
        FeatureNotFoundError: The view does not exist.
        FeatureViewHeldError: Runs have the view on record, and `force` is false.
    """
    latest = connection.exec_driver_sql(_VERSIONS, {"name": name}).scalar()
    if latest is None:
        raise FeatureNotFoundError(
            f"there is no feature view {name!r}",
            remedy="`terrarium features list` lists the registered views",
        )
    found = connection.exec_driver_sql(_READERS, {"context": f"{PREFIX}{name}@"})
    runs = [str(run) for run in found.scalars()]
    if runs and not force:
        more = f" and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
        raise FeatureViewHeldError(
            f"feature view {name!r} is on record of runs {', '.join(run[:8] for run in runs[:_SHOWN])}{more}",
            remedy="keep it. Or delete it anyway, after which these runs cannot be reproduced: "
            f"lab.features.drop({name!r}, force=True), or `terrarium features drop {name} --force`",
        )
    connection.exec_driver_sql(_KEEP_VERSION, {"view": f"{name}@{latest}"})
    connection.exec_driver_sql(_RELEASE, {"prefix": f"{name}@"})
    connection.exec_driver_sql("DELETE FROM features.views WHERE name = %(name)s", {"name": name})


def latest_deleted_version(connection: "Connection", name: str) -> int:
    """Return the last version of a deleted view of this name; 0 if there was none."""
    return int(connection.exec_driver_sql(_DELETED, {"prefix": f"{name}@"}).scalar() or 0)
