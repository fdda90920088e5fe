"""Checkout of the infrastructure around the working directory, if any, and the folder of its environments' files."""

import os
from pathlib import Path
from typing import Final

__all__ = ["ENVIRONMENTS", "environments_folder", "find_checkout"]

ENVIRONMENTS: Final = "TERRARIUM_ENVIRONMENTS"
"""Environment variable: the folder of the environments' files. Defaults to `environments/` of the checkout."""


def find_checkout(start: Path | None = None) -> Path | None:
    """Return the nearest folder at or above `start` (or the working directory) with cdktf.json and environments/."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "cdktf.json").is_file() and (folder / "environments").is_dir():
            return folder
    return None


def environments_folder(checkout: Path) -> Path:
    """Return the folder of the environments' files. A relative path in the variable is relative to `checkout`."""
    return checkout / (os.environ.get(ENVIRONMENTS) or "environments")
