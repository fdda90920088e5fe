"""What can be wrong with models."""

from terrarium.errors import (
    AccessDeniedError,
    FailedError,
    IntegrityError,
    InvalidRequestError,
    NotFoundError,
)

__all__ = [
    "ApprovalMissingError",
    "AttestationMissingError",
    "GatesFailedError",
    "ModelCodeError",
    "ModelNameError",
    "ModelNotFoundError",
    "ModelTamperedError",
    "NotSubmittableError",
    "PromotionFailedError",
    "PromotionRefusedError",
]


class ModelNameError(InvalidRequestError):
    """A name or reference that no model can have."""


class ModelNotFoundError(NotFoundError):
    """The registry has no such model, version or alias."""


class NotSubmittableError(InvalidRequestError):
    """The run is not over, its record is incomplete, or it holds no model."""


class GatesFailedError(AccessDeniedError):
    """The model does not pass what the environment asks for."""


class ModelTamperedError(IntegrityError):
    """What the bucket holds is not what was submitted."""


class ApprovalMissingError(AccessDeniedError):
    """The environment wants models approved, and nobody approved this one."""


class PromotionRefusedError(AccessDeniedError):
    """Models do not go from this environment to that one."""


class PromotionFailedError(FailedError):
    """The job that promotes a version failed."""


class AttestationMissingError(NotFoundError):
    """The registry's bucket has no attestation of the version, or of the move of its alias."""


class ModelCodeError(AccessDeniedError):
    """Loading the model would execute code of the model, and the caller did not allow that."""
