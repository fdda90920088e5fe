"""Checkout of the infrastructure around the working directory, if any."""

from pathlib import Path

__all__ = ["find_checkout"]


def find_checkout(start: Path | None = None) -> Path | None:
    """Return the nearest folder at or above `start` (or the working directory) with cdktf.json and environments/."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "cdktf.json").is_file() and (folder / "environments").is_dir():
            return folder
    return None
