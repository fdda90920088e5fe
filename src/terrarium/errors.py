"""The one family of errors that Terrarium raises on purpose."""

from collections.abc import Callable

__all__ = [
    "AccessDeniedError",
    "CredentialsExpiredError",
    "CredentialsInvalidError",
    "CredentialsNotFoundError",
    "EndpointUnreachableError",
    "EnvironmentNotDeployedError",
    "EnvironmentNotNamedError",
    "Error",
    "ManifestMalformedError",
    "ManifestTooNewError",
    "OtherSessionError",
    "RegionNotFoundError",
]


class Error(Exception):
    """Something that the user can mend.

    Args:
        problem: What was wrong, and where.
        remedy: What was expected, or what to do next.
    """

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n  -> {self.remedy}"

    def __reduce__(self) -> tuple[Callable[..., "Error"], tuple[object, ...]]:
        # Exceptions are pickled by positional arguments; ours must cross from worker processes, too.
        return _rebuild, (type(self), self.problem, self.remedy)


def _rebuild(kind: type[Error], problem: str, remedy: str) -> Error:
    return kind(problem, remedy=remedy)


class CredentialsNotFoundError(Error):
    """There are no AWS credentials, or only half of them."""


class CredentialsExpiredError(Error):
    """The AWS credentials were good once."""


class CredentialsInvalidError(Error):
    """AWS does not know these credentials, or their signature is wrong."""


class RegionNotFoundError(Error):
    """No AWS region is configured."""


class AccessDeniedError(Error):
    """AWS knows who is asking, and does not allow it."""


class EndpointUnreachableError(Error):
    """Nothing answers at the address of an AWS service or of the database."""


class EnvironmentNotNamedError(Error):
    """`connect` was given no environment, and `TERRARIUM_ENVIRONMENT` is not set."""


class EnvironmentNotDeployedError(Error):
    """The account and region that the credentials lead to hold no such environment."""


class ManifestMalformedError(Error):
    """The environment's manifest is not what its version promises."""


class ManifestTooNewError(Error):
    """The environment's manifest was written by a newer Terrarium than this one."""


class OtherSessionError(Error):
    """Only boto3's default session can do this, and the lab was connected with another."""
