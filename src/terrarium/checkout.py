"""Where the infrastructure's checkout is, if we are inside one."""

from pathlib import Path

__all__ = ["find_checkout"]


def find_checkout(start: Path | None = None) -> Path | None:
    """The nearest folder, from `start` (or the working directory) upwards, that holds cdktf.json and environments/."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "cdktf.json").is_file() and (folder / "environments").is_dir():
            return folder
    return None
