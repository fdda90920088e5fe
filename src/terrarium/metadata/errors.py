"""Errors of the metadata database."""

from terrarium.errors import AccessDeniedError, Error, IncompatibleVersionError, NotFoundError

__all__ = [
    "DatabaseLoginError",
    "MasterSecretError",
    "SchemaError",
    "SchemaMissingError",
    "SchemaOutdatedError",
    "SchemaTooNewError",
]


class DatabaseLoginError(AccessDeniedError):
    """The database refuses the login of this user."""


class MasterSecretError(AccessDeniedError):
    """The managed secret of the master user contains no user name and password."""


class SchemaError(Error):
    """The schema of the database is not the one that this version of Terrarium requires."""


class SchemaMissingError(SchemaError, NotFoundError):
    """The schema does not exist yet."""


class SchemaOutdatedError(SchemaError, IncompatibleVersionError):
    """An earlier version of Terrarium created the schema."""


class SchemaTooNewError(SchemaError, IncompatibleVersionError):
    """A later version of Terrarium created the schema."""
