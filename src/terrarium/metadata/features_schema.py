"""The schema of features: definitions of views, and how far each is materialized."""

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
    # What is done (snapshot, until), and what is under way (the same with target_ before, so many items written).
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
    """Make the tables, as the owner of the schema.

    Returns:
        Whether they had to be made.
    """
    if _is_made(owner):
        return False
    with owner.begin() as connection:
        for statement in _TABLES:
            connection.exec_driver_sql(statement)
    return True


def check_features_schema(engine: "Engine", environment: str) -> None:
    """Make sure that the tables are there.

    Raises:
        SchemaMissingError: The database was migrated by a Terrarium without features.
    """
    if not _is_made(engine):
        raise SchemaMissingError(
            f"the metadata database of {environment!r} has no schema for features",
            remedy=f"its deployer has to run `terrarium migrate {environment}`",
        )


def _is_made(engine: "Engine") -> bool:
    from sqlalchemy import inspect

    return inspect(engine).has_table("materializations", schema=FEATURES_SCHEMA)
