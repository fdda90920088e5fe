"""MLflow's own UI on an environment, for one user on one machine.

Composition: only the command line imports it.
"""

from terrarium.ui.server import UiServer

__all__ = ["UiServer"]
