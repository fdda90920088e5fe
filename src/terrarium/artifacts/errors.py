"""What can go wrong between a file and the bucket."""

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
]


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
