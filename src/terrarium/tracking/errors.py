"""What can be wrong with plain MLflow on an environment."""

from terrarium.errors import InvalidRequestError

__all__ = ["ArtifactLocationRefusedError"]


class ArtifactLocationRefusedError(InvalidRequestError):
    """An experiment was to keep its artifacts outside the environment's bucket."""
