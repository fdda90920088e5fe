"""Optuna's own schema, beside MLflow's: both keep their revision in a table of the same name."""

from typing import TYPE_CHECKING

from terrarium.metadata.database import leave_to_parent
from terrarium.metadata.errors import SchemaMissingError, SchemaOutdatedError

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from sqlalchemy import Engine

__all__ = ["OPTUNA_SCHEMA", "make_optuna_schema", "open_optuna_storage"]

OPTUNA_SCHEMA = "optuna"
_REVISION = "alembic_version"  # Alembic's table, with one row


def make_optuna_schema(owner: "Engine") -> bool:
    """Make Optuna's tables, or complete those that a killed migration left, as the owner of the schema.

    Returns:
        Whether they had to be made.
    """
    if _is_made(owner):
        return False
    _storage(owner, make=True)
    return True


def open_optuna_storage(writer: "Engine", environment: str) -> "RDBStorage":
    """Optuna's storage on the metadata database, as whoever records; nothing is made.

    Raises:
        SchemaMissingError: The database was migrated without Optuna.
        SchemaOutdatedError: Its schema is that of another Optuna than the one installed here.
    """
    if not _is_made(writer):
        raise SchemaMissingError(
            f"the metadata database of {environment!r} has no schema for Optuna",
            remedy=f"its deployer has to run `terrarium migrate {environment}` where optuna is installed",
        )
    try:
        return _storage(writer, make=False)
    except RuntimeError as error:
        raise SchemaOutdatedError(
            f"the metadata database of {environment!r} does not go with this Optuna: {error}",
            remedy="install the version of Optuna that the deployer has",
        ) from error


def _is_made(engine: "Engine") -> bool:
    """Return whether the schema is complete: Optuna writes its revision last, in a transaction of its own.

    A migration that was killed before that has left tables without a revision; Optuna goes on from there.
    """
    from sqlalchemy import inspect

    if not inspect(engine).has_table(_REVISION, schema=OPTUNA_SCHEMA):
        return False
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT count(*) FROM {OPTUNA_SCHEMA}.{_REVISION}")  # noqa: S608 - constants
        return bool(found.scalar_one())


def _storage(engine: "Engine", *, make: bool) -> "RDBStorage":
    from optuna.storages import RDBStorage

    # Optuna makes its engine from a URL; with our pool, its connections are ours.
    storage = RDBStorage(
        engine.url.render_as_string(), engine_kwargs={"pool": engine.pool}, skip_table_creation=not make
    )
    leave_to_parent(storage.engine)
    return storage
