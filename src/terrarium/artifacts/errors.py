"""What can go wrong between a file and the bucket."""

from collections.abc import Iterator
from contextlib import contextmanager

from terrarium.aws import explained
from terrarium.errors import Error

__all__ = [
    "ArtifactCorruptError",
    "ArtifactNameError",
    "ArtifactNotFoundError",
    "ArtifactReferenceError",
    "BucketNotVersionedError",
    "DestinationOccupiedError",
    "SourceChangedError",
    "SourceInvalidError",
    "SourceNotFoundError",
    "found",
]

_MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket", "InvalidArgument", "MethodNotAllowed"}


class SourceNotFoundError(Error):
    """There is no such local file or folder."""


class SourceInvalidError(Error):
    """The local path is there, but cannot be an artifact."""


class SourceChangedError(Error):
    """A file was written to while it was uploaded."""


class ArtifactNameError(Error):
    """A name that cannot be a key of the bucket."""


class ArtifactReferenceError(Error):
    """A text that is no reference, or a reference to the wrong kind of thing."""


class ArtifactNotFoundError(Error):
    """The bucket holds no such artifact, or no longer this version of it."""


class ArtifactCorruptError(Error):
    """What the bucket holds is not what the reference promises."""


class BucketNotVersionedError(Error):
    """The bucket keeps no versions, so that no reference could pin one."""


class DestinationOccupiedError(Error):
    """Something else is where the artifact was to go."""


@contextmanager
def found(what: object) -> Iterator[None]:
    """Say that `what` is missing where S3 says so; other refusals in plain words, too."""
    from botocore.exceptions import ClientError

    with explained(f"read {what}"):
        try:
            yield
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            raise ArtifactNotFoundError(
                f"there is no {what}",
                remedy="check the name and the environment; versions may have been deleted since",
            ) from error
