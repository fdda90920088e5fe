"""MLflow's own UI on an environment, for one user on one machine."""

from terrarium.ui.server import UiServer

__all__ = ["UiServer"]
