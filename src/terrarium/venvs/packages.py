"""Where the recorded packages are to be had: from the package index, from the code itself, or from a folder here."""

import json
import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from terrarium.directories import cache_directory
from terrarium.venvs.exact_version import check_exact_version
from terrarium.venvs.own_wheel import pack_wheel

__all__ = ["DISTRIBUTION", "Packages", "local_folder", "own_package", "sort_packages"]

DISTRIBUTION = "terrarium-ml"


class Packages(NamedTuple):
    """Exact packages, by where they come from.

    Attributes:
        pinned: Requirements, such as `numpy==2.4.6`.
        folders: Folders that hold projects; they are installed as they are.
    """

    pinned: tuple[str, ...]
    folders: tuple[Path, ...]


def sort_packages(packages: Mapping[str, str], *, code: Path) -> Packages:
    """Tell recorded packages by where they are to be had.

    Args:
        packages: Normalized name -> exact version.
        code: The checkout of the recorded code. A package of which it is the project comes from there: at that
            commit, whatever its version says. Terrarium is always this one, where it is not the recorded code: no
            package index has it.

    Raises:
        PackageVersionError: A name or a version is something else, e.g. an installer's option.
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
    """This SDK: its checkout if it runs from one, else a wheel of its installed files. No package index has it."""
    checkout = Path(__file__).parents[3]  # <checkout>/src/terrarium/venvs/packages.py
    if _project_name(checkout) == DISTRIBUTION:
        return Packages((), (checkout,))
    wheel = pack_wheel(distribution(DISTRIBUTION), cache_directory() / "wheels")
    return Packages((f"{DISTRIBUTION} @ {wheel.as_uri()}",), ())


def local_folder(name: str, version: str) -> Path | None:
    """The folder that this version is installed from in this interpreter (PEP 610), if from one."""
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
