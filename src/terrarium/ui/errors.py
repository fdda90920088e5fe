"""What can go wrong with the UI."""

from terrarium.errors import Error

__all__ = ["UiNotStartedError"]


class UiNotStartedError(Error):
    """MLflow's server ended, or does not answer."""
