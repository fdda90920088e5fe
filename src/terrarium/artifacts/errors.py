"""What can go wrong between a file and the bucket."""

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
    """There is no such local file or folder."""


class SourceInvalidError(InvalidRequestError):
    """The local path is there, but cannot be an artifact."""


class SourceChangedError(ConflictError):
    """A file was written to while it was uploaded."""


class ArtifactNameError(InvalidRequestError):
    """A name that cannot be a key of the bucket."""


class ArtifactReferenceError(InvalidRequestError):
    """A text that is no reference, or a reference to the wrong kind of thing."""


class ArtifactNotFoundError(NotFoundError):
    """The bucket holds no such artifact, or no longer this version of it."""


class ArtifactCorruptError(IntegrityError):
    """What the bucket holds is not what the reference promises."""


class BucketNotVersionedError(InvalidRequestError):
    """The bucket keeps no versions, so that no reference could pin one."""


class DestinationOccupiedError(ConflictError):
    """Something else is where the artifact was to go."""
