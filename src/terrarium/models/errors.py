"""Errors of the model registry."""

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
    """The name, alias or reference is invalid."""


class ModelNotFoundError(NotFoundError):
    """The registry does not contain the model, version or alias."""


class NotSubmittableError(InvalidRequestError):
    """The run has not finished, its record is incomplete, or it logged no model."""


class GatesFailedError(AccessDeniedError):
    """The model does not pass the gates of the environment."""


class ModelTamperedError(IntegrityError):
    """The package or the row of a version differs from what was submitted and attested."""


class ApprovalMissingError(AccessDeniedError):
    """The environment requires an approval, and nobody approved the model."""


class PromotionRefusedError(AccessDeniedError):
    """The target environment does not accept models from the source environment."""


class PromotionFailedError(FailedError):
    """The job that promotes a version failed."""


class AttestationMissingError(NotFoundError):
    """The registry's bucket has no attestation of the version, or of the change of its alias."""


class ModelCodeError(AccessDeniedError):
    """Loading the model can execute code of the model, and the caller did not allow that."""
