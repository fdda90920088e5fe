"""Where the user's cache lies."""

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]

_NAME = "cdktf-lean"


def cache_folder() -> Path:
    """The folder of this package in the user's cache: `$XDG_CACHE_HOME`, or where the platform keeps caches."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if Path(chosen).is_absolute():  # the XDG specification has relative ones ignored
        return Path(chosen) / _NAME
    match sys.platform:
        case "darwin":
            return Path.home() / "Library" / "Caches" / _NAME
        case "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / _NAME
    return Path.home() / ".cache" / _NAME
