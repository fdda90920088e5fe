"""Translation of errors of Arrow's file systems, where S3 refuses a request, to errors of Terrarium."""

from collections.abc import Iterator
from contextlib import contextmanager

from terrarium.datasets.errors import VersionNotFoundError
from terrarium.errors import AccessDeniedError, CredentialsExpiredError

__all__ = ["translate_file_errors"]


@contextmanager
def translate_file_errors(doing: str) -> Iterator[None]:
    """Translate errors that users can resolve; all others pass.

    Args:
        doing: The operation, as in "cannot <doing>".
    """
    try:
        yield
    except FileNotFoundError as error:
        raise VersionNotFoundError(
            f"cannot {doing}: a file of the version no longer exists ({error}); the version has expired, or the "
            "dataset was dropped",
            remedy="look the dataset up again with lab.datasets.get; a tag, or `run.use`, keeps a version",
        ) from error
    except OSError as error:
        message = str(error)
        if "ACCESS_DENIED" in message:
            raise AccessDeniedError(
                f"cannot {doing}: {message}",
                remedy="ask for a role that may, or assume the right one (`aws sts get-caller-identity` shows your "
                "identity)",
            ) from error
        if "ExpiredToken" in message or "EXPIRED_TOKEN" in message:
            raise CredentialsExpiredError(
                f"cannot {doing}: the AWS credentials have expired",
                remedy="renew them (`aws sso login`, or a new session token) and retry",
            ) from error
        raise
