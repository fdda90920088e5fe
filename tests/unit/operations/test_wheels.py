"""`make wheels`: the files that a release uploads to a package index."""

import subprocess
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from operations.release_tag import project_version

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("dist") / "wheels"
    made = subprocess.run(
        ["make", "wheels", f"DIST={folder}"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return {path.name.partition("-")[0]: zipfile.ZipFile(path) for path in folder.iterdir()}


def test_a_release_has_a_wheel_for_each_distribution(wheels: dict[str, zipfile.ZipFile]) -> None:
    assert set(wheels) == {"terrarium_ml", "terrarium_sandbox"}


def test_the_sandbox_requires_the_sdk_of_its_version(wheels: dict[str, zipfile.ZipFile]) -> None:
    requirements = _headers(wheels["terrarium_sandbox"]).get_all("Requires-Dist", [])
    assert f"terrarium-ml=={project_version()}" in requirements
    assert [one for one in requirements if one.startswith("moto[server]==")]


def test_the_sandbox_adds_its_command(wheels: dict[str, zipfile.ZipFile]) -> None:
    wheel = wheels["terrarium_sandbox"]
    found = wheel.read(f"terrarium_sandbox-{project_version()}.dist-info/entry_points.txt").decode()
    assert found == "[terrarium.commands]\nsandbox = terrarium_sandbox.commands:sandbox\n"


def test_the_sandbox_is_complete(wheels: dict[str, zipfile.ZipFile]) -> None:
    package = ROOT / "src" / "terrarium_sandbox"
    there = {str(path.relative_to(package.parent)) for path in package.rglob("*.py")}
    held = {name for name in wheels["terrarium_sandbox"].namelist() if name.endswith(".py")}
    assert held == there - {"terrarium_sandbox/hatch_build.py"}


def _headers(wheel: zipfile.ZipFile) -> Message:
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(metadata).decode())


def test_an_index_accepts_their_versions(wheels: dict[str, zipfile.ZipFile]) -> None:
    """Indexes refuse local versions such as 0.1.0+r5d0afde040566e68, which wheels in buckets have."""
    for wheel in wheels.values():
        headers = _headers(wheel)
        assert headers["Version"] == project_version()
        assert headers["Metadata-Version"] == "2.4"


def test_they_hold_their_package_and_nothing_else(wheels: dict[str, zipfile.ZipFile]) -> None:
    for name, wheel in wheels.items():
        tops = {path.partition("/")[0] for path in wheel.namelist()}
        assert tops == {name.removesuffix("_ml"), f"{name}-{project_version()}.dist-info"}
        assert [path for path in wheel.namelist() if "__pycache__" in path] == []
