"""Errors of the UI."""

from terrarium.errors import UnavailableError

__all__ = ["UiNotStartedError"]


class UiNotStartedError(UnavailableError):
    """MLflow's server ended, or does not answer."""
