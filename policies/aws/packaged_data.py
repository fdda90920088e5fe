"""Data files of installed packages, read without importing the packages, which would take seconds."""

from importlib.util import find_spec
from pathlib import Path

from terrarium.errors import Error

__all__ = ["packaged_data"]


def packaged_data(package: str, *parts: str) -> bytes:
    """Return the content of a file inside an installed package.

    Args:
        package: A top-level package.
        parts: The path below its folder.

    Raises:
        Error: The package is not installed, or its version has no such file.
    """
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    for folder in folders:
        file = Path(folder).joinpath(*parts)
        if file.is_file():
            return file.read_bytes()
    raise Error(
        f"the package {package} has no file {'/'.join(parts)}" if folders else f"{package} is not installed",
        remedy="install the pinned packages: make setup",
    )
