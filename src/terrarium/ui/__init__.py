"""MLflow's UI for one environment, served on this machine for its user.

Composition: only the command line imports it.
"""

from terrarium.ui.server import UiServer

__all__ = ["UiServer"]
