"""Optuna's schema, separate from MLflow's, because both store their revision in a table with the same name."""

from typing import TYPE_CHECKING

from terrarium.metadata._database import leave_to_parent
from terrarium.metadata.errors import SchemaMissingError, SchemaOutdatedError

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from sqlalchemy import Engine

__all__ = ["OPTUNA_SCHEMA", "make_optuna_schema", "open_optuna_storage"]

OPTUNA_SCHEMA = "optuna"
_REVISION = "alembic_version"  # Alembic's table, with one row


def make_optuna_schema(owner: "Engine") -> bool:
    """Create Optuna's tables as the owner of the schema, or complete those of an interrupted migration.

    Returns:
        Whether tables were created.
    """
    if _is_made(owner):
        return False
    _storage(owner, make=True)
    return True


def open_optuna_storage(writer: "Engine", environment: str) -> "RDBStorage":
    """Return Optuna's storage on the metadata database, for the recording user. It creates no tables.

    Raises:
        SchemaMissingError: The database was migrated without Optuna.
        SchemaOutdatedError: Another version of Optuna created the schema.
    """
    if not _is_made(writer):
        raise SchemaMissingError(
            f"the metadata database of {environment!r} has no schema for Optuna",
            remedy=f"ask its deployer to run `terrarium migrate {environment}` with optuna installed",
        )
    try:
        return _storage(writer, make=False)
    except RuntimeError as error:
        raise SchemaOutdatedError(
            f"the metadata database of {environment!r} is not compatible with this Optuna: {error}",
            remedy="install the version of Optuna that the deployer uses",
        ) from error


def _is_made(engine: "Engine") -> bool:
    """Return whether the schema is complete: Optuna writes its revision last, in a separate transaction.

    An interrupted migration leaves tables without a revision. Optuna continues from there.
    """
    from sqlalchemy import inspect

    if not inspect(engine).has_table(_REVISION, schema=OPTUNA_SCHEMA):
        return False
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT count(*) FROM {OPTUNA_SCHEMA}.{_REVISION}")  # noqa: S608 - constants
        return bool(found.scalar_one())


def _storage(engine: "Engine", *, make: bool) -> "RDBStorage":
    from optuna.storages import RDBStorage

    # Optuna creates an engine from a URL. With this pool, it uses the connections of Terrarium's engine.
    storage = RDBStorage(
        engine.url.render_as_string(), engine_kwargs={"pool": engine.pool}, skip_table_creation=not make
    )
    leave_to_parent(storage.engine)
    return storage
