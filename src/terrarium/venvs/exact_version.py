"""Names and versions of packages that others wrote, checked before an installer reads them."""

import re
from typing import TYPE_CHECKING, Final

from terrarium.venvs.errors import PackageVersionError

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__all__ = ["check_exact_version", "check_python_version", "is_exact_version", "parse_exact_requirement"]

# Python Packaging User Guide, "Names and normalization": valid non-normalized names. A requirements file reads a line
# that begins with a dash as an option, so that a name with a line break could name another index.
_NAME: Final = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
# What `platform.python_version()` returns. uv also takes the path of a program for `--python`, and runs it.
_PYTHON: Final = re.compile(r"[0-9]+\.[0-9]+(\.[0-9]+)?((a|b|rc)[0-9]+)?\+?")


def is_exact_version(name: str, version: str) -> bool:
    """Return whether this is the name of a distribution with one version of it.

    Args:
        name: As in `scikit-learn`.
        version: As in `1.7.2` (PEP 440).
    """
    from packaging.version import InvalidVersion, Version

    try:
        Version(version)
    except InvalidVersion:
        return False
    return bool(_NAME.fullmatch(name)) and version == version.strip()


def check_exact_version(name: str, version: str) -> None:
    """Raise an error unless this is the name of a distribution with one version.

    Raises:
        PackageVersionError: The name or the version is not valid.
    """
    if not is_exact_version(name, version):
        raise PackageVersionError(
            f"{name!r} with version {version!r} is not a package on an index",
            remedy="record the run again where the package has a name (PEP 508) and a version (PEP 440)",
        )


def check_python_version(version: str) -> None:
    """Raise an error unless this is the version of an interpreter.

    Raises:
        PackageVersionError: It is not a version; for example, it is the path of a program.
    """
    if not _PYTHON.fullmatch(version):
        raise PackageVersionError(
            f"{version!r} is not a version of Python",
            remedy="record the run again with a released Python, e.g. 3.12.4",
        )


def parse_exact_requirement(text: str) -> "Requirement | None":
    """Return the requirement if it names one exact version, as in `numpy==2.4.6 ; python_version > '3.10'`.

    Args:
        text: A requirement (PEP 508) without hashes.

    Returns:
        None if it names a URL, a range, several versions or none, or has a line break in it.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    if not text.isprintable():
        return None
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    specifiers = list(requirement.specifier)
    if requirement.url or len(specifiers) != 1 or specifiers[0].operator != "==":
        return None
    return requirement if is_exact_version(requirement.name, specifiers[0].version) else None
