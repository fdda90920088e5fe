"""Migration of the metadata database: users, grants and schemas."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from terrarium.aws import Session, translate_errors
from terrarium.manifest import PlatformManifest
from terrarium.metadata._database import Database
from terrarium.metadata._registry_schema import REGISTRY_SCHEMA, guard_registry
from terrarium.metadata._statistics import create_statistics
from terrarium.metadata._users import create_users, grant_schema, protect_revision
from terrarium.metadata.advisory_lock import take_advisory_lock
from terrarium.metadata.errors import MasterSecretError, SchemaMissingError, SchemaOutdatedError
from terrarium.metadata.features_schema import FEATURES_SCHEMA, has_features_schema
from terrarium.metadata.mlflow_schema import MLFLOW_SCHEMA, check_schema, migrate_schema, schema_revision
from terrarium.metadata.optuna_schema import OPTUNA_SCHEMA, make_optuna_schema
from terrarium.metadata.schema_changes import apply_schema_changes
from terrarium.sdk_source import INSTALL_SDK

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["migrate"]

_LOCK = "migration"


def migrate(manifest: PlatformManifest, *, session: Session, say: Callable[[str], None]) -> None:
    """Create missing users, grants and schemas, and upgrade schemas.

    The migration can be repeated, and can run concurrently: one process works, the others wait.

    Args:
        manifest: The manifest of the environment.
        session: The session of the deployer, who may read the master secret and log in as the database's owner.
        say: Called with one line per change.

    Raises:
        AccessDeniedError: The role may not read the master secret.
        MasterSecretError: The secret contains no user name and password.
        DatabaseLoginError: The database refuses the login of the master or the owner.
        SchemaTooNewError: A later version of Terrarium migrated this database.
    """
    database = Database(manifest, session=session)
    master = _master(database, session)
    try:
        with _alone(master, say=say):
            with master.begin() as connection:
                for user in create_users(connection, manifest.metadata):
                    say(f"made database user {user}")
            with database.owner.begin() as connection:
                grant_schema(connection, manifest.metadata, MLFLOW_SCHEMA)
                grant_schema(connection, manifest.metadata, OPTUNA_SCHEMA)
                grant_schema(connection, manifest.metadata, FEATURES_SCHEMA)
                connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {REGISTRY_SCHEMA}")
            _make_optuna_schema(database, say=say)
            _change_schemas(database, say=say)
            _migrate_schema(database, say=say)
            with database.owner.begin() as connection:
                protect_revision(connection, manifest.metadata, MLFLOW_SCHEMA)
                create_statistics(connection)
                guard_registry(connection, manifest.metadata)
    finally:
        master.dispose()
        database.owner.dispose()


def _migrate_schema(database: Database, *, say: Callable[[str], None]) -> None:
    owner = database.owner
    before = schema_revision(owner)
    try:
        check_schema(owner, database.environment)
    except (SchemaMissingError, SchemaOutdatedError):
        migrate_schema(owner)
        say(f"migrated schema {MLFLOW_SCHEMA} from {before or 'nothing'} to {schema_revision(owner)}")
    else:
        say(f"schema {MLFLOW_SCHEMA} is at {before}: nothing to migrate")


def _change_schemas(database: Database, *, say: Callable[[str], None]) -> None:
    made = not has_features_schema(database.owner)
    with database.owner.begin() as connection:
        apply_schema_changes(connection)
    if made:
        say(f"made schema {FEATURES_SCHEMA}")


def _make_optuna_schema(database: Database, *, say: Callable[[str], None]) -> None:
    if find_spec("optuna") is None:
        say(f"optuna is not installed here, so that it gets no schema: {INSTALL_SDK}")
        return
    owner = database.owner_of(OPTUNA_SCHEMA)
    try:
        if make_optuna_schema(owner):
            say(f"made schema {OPTUNA_SCHEMA}")
        with database.owner.begin() as connection:
            protect_revision(connection, database.description, OPTUNA_SCHEMA)
    finally:
        owner.dispose()


@contextmanager
def _alone(engine: "Engine", *, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock of the database until the transaction ends, if only because this process died."""
    with engine.begin() as connection:
        if not take_advisory_lock(connection, _LOCK, wait=False):
            say("another migration is running; waiting for it to end")
            take_advisory_lock(connection, _LOCK)
        yield


def _master(database: Database, session: Session) -> "Engine":
    arn = database.description.master_secret_arn
    with translate_errors(f"read the master secret of the metadata database of {database.environment!r}"):
        answer = session.client("secretsmanager").get_secret_value(SecretId=arn)
    try:
        secret = json.loads(answer["SecretString"])
        user, password = str(secret["username"]), str(secret["password"])
    except (KeyError, TypeError, ValueError) as error:
        raise MasterSecretError(
            f"the secret {arn} holds no user name and password",
            remedy="RDS manages it: rotate it, or deploy the environment again",
        ) from error
    return database.engine(user, lambda: password)
