"""Errors of artifacts."""

from terrarium.errors import ConflictError, IntegrityError, InvalidRequestError, NotFoundError

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
]


class SourceNotFoundError(NotFoundError):
    """A local file or folder does not exist."""


class SourceInvalidError(InvalidRequestError):
    """A local path cannot be an artifact."""


class SourceChangedError(ConflictError):
    """A file changed during its upload."""


class ArtifactNameError(InvalidRequestError):
    """A name is not valid as a key of the bucket."""


class ArtifactReferenceError(InvalidRequestError):
    """A text is not a reference, or a reference has the wrong kind."""


class ArtifactNotFoundError(NotFoundError):
    """An artifact, or a version of it, does not exist in the bucket."""


class ArtifactCorruptError(IntegrityError):
    """The content in the bucket does not match the reference."""


class BucketNotVersionedError(InvalidRequestError):
    """The bucket has no versioning, which references need."""


class DestinationOccupiedError(ConflictError):
    """The destination of a download has other content."""
