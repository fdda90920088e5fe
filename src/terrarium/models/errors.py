"""What can be wrong with models."""

from terrarium.errors import Error

__all__ = [
    "ApprovalMissingError",
    "GatesFailedError",
    "ModelNameError",
    "ModelNotFoundError",
    "ModelTamperedError",
    "NotSubmittableError",
    "PromotionFailedError",
    "PromotionRefusedError",
    "ReleaseMissingError",
]


class ModelNameError(Error):
    """A name or reference that no model can have."""


class ModelNotFoundError(Error):
    """The registry has no such model, version or alias."""


class NotSubmittableError(Error):
    """The run is not over, its record is incomplete, or it holds no model."""


class GatesFailedError(Error):
    """The model does not pass what the environment asks for."""


class ModelTamperedError(Error):
    """What the bucket holds is not what was submitted."""


class ApprovalMissingError(Error):
    """The environment wants models approved, and nobody approved this one."""


class PromotionRefusedError(Error):
    """Models do not go from this environment to that one."""


class PromotionFailedError(Error):
    """The job that promotes a version failed."""


class ReleaseMissingError(Error):
    """The version has no release in the registry's bucket of its environment."""
