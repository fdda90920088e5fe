"""Changes of Terrarium's own tables in the metadata database, in the order in which a migration applies them.

SDKs of the previous release use a database that this release migrated. A change therefore only expands the schema: it
adds what older SDKs neither read nor write. A later release contracts the schema: it removes what no SDK uses any more.
To replace a column takes three releases: one adds the new column and writes both, one uses only the new column, and one
removes the old column.

Every migration applies all changes. A statement must have no effect if it was applied before (`IF NOT EXISTS`), and the
statements of a release do not change after the release.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["SCHEMA_CHANGES", "SchemaChange", "apply_schema_changes"]


class SchemaChange(NamedTuple):
    """One change of the schema.

    Args:
        release: The first release with this change.
        statements: SQL statements for the owner of the schemas.
        unused_since: Only of changes that remove something: the first release that neither reads nor writes it.
    """

    release: str
    statements: tuple[str, ...]
    unused_since: str | None = None


SCHEMA_CHANGES: Final = (
    SchemaChange(
        "0.1.0",
        (
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
        ),
    ),
    SchemaChange(
        "0.1.0",
        (
            """
            CREATE TABLE IF NOT EXISTS registry.changes (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                at timestamptz NOT NULL DEFAULT clock_timestamp(),
                login text NOT NULL,
                client inet,
                relation text NOT NULL,
                operation text NOT NULL,
                before jsonb,
                after jsonb
            )
            """,
        ),
    ),
)


def apply_schema_changes(owner: "Connection") -> None:
    """Apply all changes, as the owner of the schemas, which exist."""
    for change in SCHEMA_CHANGES:
        for statement in change.statements:
            owner.exec_driver_sql(statement)
