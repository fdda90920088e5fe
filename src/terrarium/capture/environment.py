"""Capture of the environment: interpreter, packages, machine."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from functools import cache, lru_cache
from importlib.metadata import distributions
from pathlib import Path

from terrarium.env_vars import IMAGE, IMAGE_DIGEST
from terrarium.io.digest import digest_of
from terrarium.record.sections import Environment

__all__ = ["capture_environment"]

# The local AWS of a checkout, which no recorded code needs, and which package indexes may not have.
_NOT_RECORDED = frozenset({"terrarium-sandbox"})

_HEADER = re.compile(r"^(Name|Version):[ \t]*(\S+)", re.MULTILINE)


def capture_environment() -> Environment:
    """Capture the environment; properties that a process cannot change are read once."""
    packages = _packages(_installations())
    text = json.dumps(packages, sort_keys=True)
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        packages=packages,
        packages_digest=digest_of(text),
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        cpu=_cpu(),
        cpu_count=_cpu_count(),
        memory=_memory(),
        gpus=_gpus(),
        # A container cannot find these by itself.
        image=os.environ.get(IMAGE_DIGEST),
        image_name=os.environ.get(IMAGE),
    )


def _installations() -> tuple[tuple[str, int], ...]:
    """Return the folders of installed packages with their times; an installation changes the time of its folder."""
    folders = [Path(entry) for entry in sys.path if entry]
    return tuple((str(folder), folder.stat().st_mtime_ns) for folder in folders if folder.is_dir())


@lru_cache(maxsize=1)
def _packages(installations: tuple[tuple[str, int], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for distribution in distributions(path=[folder for folder, _ in installations]):
        # Name and version only: parsing all metadata takes ten times as long.
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
        headers = dict(_HEADER.findall(text.partition("\n\n")[0]))
        if "Name" in headers:  # a half-removed package has none
            name = re.sub(r"[-_.]+", "-", headers["Name"]).lower()
            if name not in _NOT_RECORDED:
                found.setdefault(name, headers.get("Version", ""))
    return dict(sorted(found.items()))


@cache
def _cpu() -> str | None:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or None
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return model[1] if model else platform.processor() or None


def _cpu_count() -> int | None:
    # Fewer than the machine has if a job may use only some.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


@cache
def _gpus() -> tuple[str, ...]:
    if shutil.which("nvidia-smi") is None:
        return ()
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, check=True, timeout=10)
    return tuple(done.stdout.split("\n")[:-1])
