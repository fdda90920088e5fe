"""Programs that use bindings of a made-up provider, each in a process and with a cache of its own."""

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
    """The output of a program: its lines, and its warnings."""

    lines: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Bindings:
    """A folder of packages that programs import, and a cache folder."""

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

    def clear(self) -> None:
        """Run the command that removes the cache."""
        self.run(
            "import runpy, sys; sys.argv[1:] = ['clear']; runpy.run_module('cdktf_lean', run_name='__main__')"
        )

    @property
    def cached(self) -> list[Path]:
        """The files in the folder of rewritten assemblies."""
        return sorted((self.cache / "cdktf-lean" / "assemblies").iterdir())


def outcome(process: "subprocess.Popen[str]") -> Outcome:
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return Outcome(
        lines=output.splitlines(), warnings=[line for line in errors.splitlines() if "Warning: " in line]
    )


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bindings")
    write_miniature(folder / "site")
    Bindings(site=folder / "site", cache=folder / "cache").run(
        "import cdktf_lean; cdktf_lean.enable(); from cdktf_cdktf_provider_miniature.bucket import Bucket; Bucket()"
    )
    return folder


@pytest.fixture
def unused(tmp_path: Path) -> Bindings:
    """The bindings, with no cache yet."""
    write_miniature(tmp_path / "site")
    return Bindings(site=tmp_path / "site", cache=tmp_path / "cache")


@pytest.fixture
def bindings(_template: Path, tmp_path: Path) -> Bindings:
    """The bindings, with the cache of a first use."""
    shutil.copytree(_template, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Bindings(site=tmp_path / "site", cache=tmp_path / "cache")
