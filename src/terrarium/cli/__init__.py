"""The `terrarium` command.

Face: services and lower layers never import it.
"""

from terrarium.cli.root import main

__all__ = ["main"]
