"""The tree of Terrarium's errors.

Every error is a `terrarium.Error`. Between it and the concrete errors stand the kinds below, so that a caller can catch
by kind:

    try:
        lab.datasets.get("telco.customers")
    except terrarium.errors.NotFoundError:
        ...
"""

from collections.abc import Callable

from terrarium.plain_text import plain_text, shortened

__all__ = [
    "AccessDeniedError",
    "ArgumentError",
    "CapabilityDisabledError",
    "ConflictError",
    "ConnectionNotFoundError",
    "CredentialsError",
    "CredentialsExpiredError",
    "CredentialsInvalidError",
    "CredentialsNotFoundError",
    "EndpointUnreachableError",
    "EnvironmentNotDeployedError",
    "EnvironmentNotNamedError",
    "Error",
    "FailedError",
    "IncompatibleVersionError",
    "IntegrityError",
    "InvalidRequestError",
    "ManifestMalformedError",
    "ManifestTooNewError",
    "NotFoundError",
    "NotInstalledError",
    "RegionNotFoundError",
    "RequestRefusedError",
    "UnavailableError",
]

_LONGEST = 10_000  # characters of a problem and of a remedy


class Error(Exception):
    """The root of the tree: a problem and its remedy.

    Args:
        problem: What failed, where, and with which value.
        remedy: What is allowed, or what to do next.
    """

    def __init__(self, problem: str, *, remedy: str) -> None:
        # Messages quote what others named: an escape sequence must not reach the terminal, nor a novel.
        self.problem = shortened(plain_text(problem), _LONGEST)
        self.remedy = shortened(plain_text(remedy), _LONGEST)
        super().__init__(self.problem, self.remedy)

    def __str__(self) -> str:
        return f"{self.problem}\n  -> {self.remedy}"

    def __reduce__(self) -> tuple[Callable[..., "Error"], tuple[object, ...]]:
        # Exceptions are pickled by positional arguments; ours must cross from worker processes, too.
        return _rebuild, (type(self), self.problem, self.remedy)


def _rebuild(kind: type[Error], problem: str, remedy: str) -> Error:
    return kind(problem, remedy=remedy)


class NotFoundError(Error):
    """The thing that was named does not exist."""


class ConflictError(Error):
    """The thing exists already, is in use, or changed meanwhile; a retry from its present state can succeed."""


class InvalidRequestError(Error):
    """An argument, a definition, a file or a configuration is not valid; the same request always fails."""


class ArgumentError(InvalidRequestError):
    """An argument is of another type than the function takes, out of range, or text that nothing can store."""


class AccessDeniedError(Error):
    """The caller is known, and is not allowed to do this."""


class CredentialsError(Error):
    """The AWS credentials are missing, expired or unknown."""


class UnavailableError(Error):
    """A service, the database or the disk does not answer now; a retry later can succeed."""


class FailedError(Error):
    """A job, a query, a step or another program ran and did not succeed."""


class IntegrityError(Error):
    """Stored data differs from its digest, its lock or its record."""


class IncompatibleVersionError(Error):
    """Data of the environment was written by a version that this one does not work with."""


class NotInstalledError(Error):
    """An optional dependency or a program is not installed."""


class CredentialsNotFoundError(CredentialsError):
    """There are no AWS credentials, or they are incomplete."""


class CredentialsExpiredError(CredentialsError):
    """The AWS credentials were good once."""


class CredentialsInvalidError(CredentialsError):
    """AWS does not know these credentials, or their signature is wrong."""


class RegionNotFoundError(InvalidRequestError):
    """No AWS region is configured."""


class EndpointUnreachableError(UnavailableError):
    """Nothing answers at the address of an AWS service or of the database."""


class EnvironmentNotNamedError(InvalidRequestError):
    """`connect` was given no environment, and `TERRARIUM_ENVIRONMENT` is not set."""


class EnvironmentNotDeployedError(NotFoundError):
    """The account and region that the credentials lead to hold no such environment."""


class CapabilityDisabledError(NotFoundError):
    """The environment's file switches the capability off."""


class ConnectionNotFoundError(NotFoundError):
    """A `terrarium://` URI names a connection that another process opened with a session of its own."""


class ManifestMalformedError(IntegrityError):
    """The environment's manifest does not have the format of its version."""


class ManifestTooNewError(IncompatibleVersionError):
    """The environment's manifest was written by a newer Terrarium than this one."""


class RequestRefusedError(InvalidRequestError):
    """An AWS service does not accept a value of a request, for any caller."""
