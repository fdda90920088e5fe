"""Programs that use bindings, each in a process and with a cache of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.cdktf_lean.miniature import write_miniature

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Outcome:
    """What a program said: its lines, and its warnings."""

    lines: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Bench:
    """Where programs run: packages to import, and a cache folder."""

    site: Path
    cache: Path

    def start(self, program: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", program],
            env={
                **{
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("JSII_", "CDKTF_"))
                },
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "true",
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{self.site}",
                "XDG_CACHE_HOME": str(self.cache),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, program: str, **environment: str) -> Outcome:
        return outcome(self.start(program, **environment))

    @property
    def kept(self) -> list[Path]:
        """The rewritten assemblies in the cache, and whatever lies beside them."""
        return sorted((self.cache / "cdktf-lean" / "assemblies").iterdir())


def outcome(process: "subprocess.Popen[str]") -> Outcome:
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return Outcome(
        lines=output.splitlines(), warnings=[line for line in errors.splitlines() if "Warning: " in line]
    )


@pytest.fixture(scope="session")
def _used_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    write_miniature(folder / "site")
    bench = Bench(site=folder / "site", cache=folder / "cache")
    bench.run(
        "import cdktf_lean; cdktf_lean.enable(); from cdktf_cdktf_provider_miniature.bucket import Bucket; Bucket()"
    )
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Bench:
    """The miniature's bindings, never used before."""
    write_miniature(tmp_path / "site")
    return Bench(site=tmp_path / "site", cache=tmp_path / "cache")


@pytest.fixture
def bench(_used_before: Path, tmp_path: Path) -> Bench:
    """The miniature's bindings, with what using them has left in the cache."""
    shutil.copytree(_used_before, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Bench(site=tmp_path / "site", cache=tmp_path / "cache")
