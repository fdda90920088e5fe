"""Sources of recorded packages: the package index, the recorded code, or a folder on this machine."""

import json
import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from terrarium.directories import cache_directory
from terrarium.venvs._own_wheel import pack_wheel
from terrarium.venvs.exact_version import check_exact_version

__all__ = ["DISTRIBUTION", "Packages", "local_folder", "own_package", "sort_packages"]

DISTRIBUTION = "terrarium-ml"


class Packages(NamedTuple):
    """Exact packages, by source.

    Attributes:
        pinned: Requirements, such as `numpy==2.4.6`.
        folders: Folders that hold projects; they are installed as they are.
    """

    pinned: tuple[str, ...]
    folders: tuple[Path, ...]


def sort_packages(packages: Mapping[str, str], *, code: Path) -> Packages:
    """Sort recorded packages by source.

    Args:
        packages: Normalized name -> exact version.
        code: The checkout of the recorded code. Its own package is installed from there, for any recorded version.
            Terrarium is always the running one, unless it is the recorded code: no package index has it.

    Raises:
        PackageVersionError: A name or a version is not valid; for example, it is an option of the installer.
    """
    own = _project_name(code)
    index: list[str] = []
    folders: list[Path] = []
    for name, version in packages.items():
        check_exact_version(name, version)
        folder = code if name == own else local_folder(name, version)
        if folder:
            folders.append(folder)
        elif name == DISTRIBUTION:
            this = own_package()
            index += this.pinned
            folders += this.folders
        else:
            index.append(f"{name}=={version}")
    return Packages(tuple(index), tuple(folders))


def own_package() -> Packages:
    """Return the running SDK: its checkout, or else a wheel of its installed files. No package index has it."""
    checkout = Path(__file__).parents[3]  # <checkout>/src/terrarium/venvs/packages.py
    if _project_name(checkout) == DISTRIBUTION:
        return Packages((), (checkout,))
    wheel = pack_wheel(distribution(DISTRIBUTION), cache_directory() / "wheels")
    return Packages((f"{DISTRIBUTION} @ {wheel.as_uri()}",), ())


def local_folder(name: str, version: str) -> Path | None:
    """Return the folder from which this version is installed in this interpreter (PEP 610), if any."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    if "dir_info" not in origin or found.version != version:
        return None
    folder = Path(unquote(urlsplit(origin["url"]).path))
    return folder if folder.is_dir() else None


def _project_name(code: Path) -> str | None:
    file = code / "pyproject.toml"
    if not file.is_file():
        return None
    name = tomllib.loads(file.read_text()).get("project", {}).get("name")
    return re.sub(r"[-_.]+", "-", name).lower() if name else None
