"""Download of the locked dependencies as wheels for the platform of jobs and notebooks, on any machine."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from packaging.requirements import Requirement

from terrarium.errors import Error
from terrarium.manifest import Architecture

__all__ = ["PYTHON", "download_dependencies", "lines_for_the_platform"]

PYTHON: Final = "3.11"
"""The Python of the base image and of notebooks."""

# The oldest C library that must run them: Amazon Linux 2023, the system of notebooks, has glibc 2.34.
_NEWEST_GLIBC: Final = 34
# The names of architectures in platform tags and markers (PEP 600, PEP 508), with the first glibc that has tags, and
# the older tags.
_MACHINES: Final[Mapping[Architecture, tuple[str, int, tuple[str, ...]]]] = {
    "x86_64": ("x86_64", 5, ("manylinux2014", "manylinux2010", "manylinux1", "linux")),
    "arm64": ("aarch64", 17, ("manylinux2014", "linux")),
}
# The values of the environment markers of PEP 508 on that platform.
_MARKERS: Final = {
    "implementation_name": "cpython",
    "implementation_version": f"{PYTHON}.0",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "linux",
}


def download_dependencies(lock: Path, folder: Path, *, architecture: Architecture = "x86_64") -> None:
    """Download a wheel for every package of `lock` and an architecture into `folder`, and verify its hash.

    The package index is that in the settings of pip on this machine.

    Raises:
        Error: A package is not available as a wheel for the platform, or its hash differs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(lines_for_the_platform(lock.read_text(encoding="utf-8"), architecture))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--only-binary=:all:",
        "--require-hashes",
        "--implementation=cp",
        f"--python-version={PYTHON}",
    ]
    command += [f"--abi={abi}" for abi in (f"cp{PYTHON.replace('.', '')}", "abi3", "none")]
    command += [f"--platform={platform}" for platform in _platforms(architecture)]
    with TemporaryDirectory() as temporary:
        requirements = Path(temporary) / "requirements.txt"
        requirements.write_text(f"{lines}\n", encoding="utf-8")
        done = subprocess.run(
            [*command, "--dest", str(folder), "-r", str(requirements)],
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise Error(
            f"the SDK's dependencies cannot be downloaded: {done.stderr.strip()[-2000:]}",
            remedy="check that the package index of this machine has these wheels (pip config list, PIP_INDEX_URL)",
        )


def _platforms(architecture: Architecture) -> Iterator[str]:
    machine, first, older = _MACHINES[architecture]
    yield from (f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, first - 1, -1))
    yield from (f"{name}_{machine}" for name in older)


def lines_for_the_platform(lock: str, architecture: Architecture = "x86_64") -> Iterator[str]:
    """Yield the requirements of a universal lock file that apply to the platform, without their markers."""
    markers = {**_MARKERS, "platform_machine": _MACHINES[architecture][0]}
    for line in lock.replace("\\\n", " ").splitlines():
        text, *hashes = line.split(" --hash=")
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        requirement = Requirement(text.strip())
        if requirement.marker is None or requirement.marker.evaluate(markers):
            requirement.marker = None
            yield " ".join([str(requirement), *(f"--hash={value.strip()}" for value in hashes)])
