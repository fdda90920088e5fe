"""Where Terrarium keeps what must outlive a process, by the XDG base directory specification."""

import os
from pathlib import Path

__all__ = ["cache_directory", "state_directory"]


def cache_directory() -> Path:
    """`$XDG_CACHE_HOME/terrarium`, by default `~/.cache/terrarium`; may be deleted at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "terrarium"


def state_directory() -> Path:
    """`$XDG_STATE_HOME/terrarium`, by default `~/.local/state/terrarium`; must not be deleted."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "terrarium"
