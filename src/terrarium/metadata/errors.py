"""What can be wrong with the metadata database."""

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
    """The database answers, and does not let this user in."""


class MasterSecretError(AccessDeniedError):
    """The managed secret of the master user is not what Secrets Manager makes of one."""


class SchemaError(Error):
    """The database's schema is not the one that this Terrarium works with."""


class SchemaMissingError(SchemaError, NotFoundError):
    """There is no schema yet."""


class SchemaOutdatedError(SchemaError, IncompatibleVersionError):
    """The schema is that of an earlier Terrarium."""


class SchemaTooNewError(SchemaError, IncompatibleVersionError):
    """The schema is that of a later Terrarium."""
