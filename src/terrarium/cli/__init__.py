"""The `terrarium` command."""

from terrarium.cli.root import main

__all__ = ["main"]
