"""MLflow's schema: the only module that uses the private functions behind `mlflow db upgrade`.

They return the revision of a database and the revision that this MLflow requires, and create or upgrade the schema.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terrarium.metadata.errors import SchemaMissingError, SchemaOutdatedError, SchemaTooNewError
from terrarium.sdk_source import INSTALL_SDK

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["MLFLOW_SCHEMA", "check_schema", "migrate_schema", "schema_revision"]

MLFLOW_SCHEMA = "mlflow"


def schema_revision(engine: "Engine") -> str | None:
    """Return the revision of the database's schema; None if there is no schema."""
    from mlflow.store.db.utils import _get_schema_version

    revision: str | None = _get_schema_version(engine)
    return revision


def check_schema(engine: "Engine", environment: str) -> None:
    """Check that the schema has the revision that this MLflow requires.

    Raises:
        SchemaMissingError: The database was never migrated.
        SchemaOutdatedError: An earlier version of Terrarium migrated it.
        SchemaTooNewError: A later version migrated it.
    """
    revision, wanted = schema_revision(engine), _wanted_revision()
    migrate = f"ask its deployer to run: terrarium migrate {environment}"
    if revision is None:
        raise SchemaMissingError(f"the metadata database of {environment!r} has no schema", remedy=migrate)
    if revision == wanted:
        return
    differs = (
        f"the metadata database of {environment!r} has schema {revision}, and this MLflow requires {wanted}"
    )
    if revision in _known_revisions():
        raise SchemaOutdatedError(f"{differs}, which is later", remedy=migrate)
    raise SchemaTooNewError(
        f"{differs}; this MLflow does not know {revision}",
        remedy=INSTALL_SDK,
    )


def migrate_schema(engine: "Engine") -> None:
    """Create or upgrade MLflow's tables in the engine's default schema."""
    from mlflow.store.db.utils import _initialize_tables, _upgrade_db

    with _quiet("alembic.runtime.migration"), _quiet("mlflow.store.db.utils"):
        if schema_revision(engine) is None:
            _initialize_tables(engine)
        else:
            _upgrade_db(engine)


def _wanted_revision() -> str:
    from mlflow.store.db.utils import _get_latest_schema_revision

    revision: str = _get_latest_schema_revision()
    return revision


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory
    from mlflow.store.db.utils import _get_alembic_config

    scripts = ScriptDirectory.from_config(_get_alembic_config(db_url=""))
    return {script.revision for script in scripts.walk_revisions()}


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    # MLflow logs one line for each of some sixty revisions, which deployers do not need.
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
