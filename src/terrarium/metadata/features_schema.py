"""The schema of features: definitions of views, and the progress of materializations."""

from typing import TYPE_CHECKING

from terrarium.metadata.errors import SchemaMissingError

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["FEATURES_SCHEMA", "check_features_schema", "make_features_schema"]

FEATURES_SCHEMA = "features"

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS features.views (
        name text NOT NULL,
        version integer NOT NULL,
        revision integer NOT NULL,
        definition jsonb NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (name, version, revision)
    )
    """,
    # The completed materialization (snapshot_id, until) and the running one (target_snapshot_id, target_until,
    # written).
    """
    CREATE TABLE IF NOT EXISTS features.materializations (
        view text PRIMARY KEY,
        snapshot_id bigint,
        until timestamptz,
        newest_event timestamptz,
        target_snapshot_id bigint,
        target_until timestamptz,
        target_full boolean NOT NULL DEFAULT false,
        written bigint NOT NULL DEFAULT 0,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
)


def make_features_schema(owner: "Engine") -> bool:
    """Create the tables, as the owner of the schema.

    Returns:
        Whether they were created.
    """
    if _is_made(owner):
        return False
    with owner.begin() as connection:
        for statement in _TABLES:
            connection.exec_driver_sql(statement)
    return True


def check_features_schema(engine: "Engine", environment: str) -> None:
    """Check that the tables exist.

    Raises:
        SchemaMissingError: A version of Terrarium without features migrated the database.
    """
    if not _is_made(engine):
        raise SchemaMissingError(
            f"the metadata database of {environment!r} has no schema for features",
            remedy=f"ask its deployer to run: terrarium migrate {environment}",
        )


def _is_made(engine: "Engine") -> bool:
    from sqlalchemy import inspect

    return inspect(engine).has_table("materializations", schema=FEATURES_SCHEMA)
