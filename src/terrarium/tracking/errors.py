"""What can be wrong with plain MLflow on an environment."""

from terrarium.errors import Error

__all__ = ["ArtifactLocationRefusedError"]


class ArtifactLocationRefusedError(Error):
    """An experiment was to keep its artifacts outside the environment's bucket."""
