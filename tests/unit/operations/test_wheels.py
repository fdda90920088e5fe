"""`make wheels`: the files that a release uploads to a package index."""

import subprocess
import zipfile
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
    assert set(wheels) == {"terrarium_ml"}


def test_an_index_accepts_their_versions(wheels: dict[str, zipfile.ZipFile]) -> None:
    """Indexes refuse local versions such as 0.1.0+r5d0afde040566e68, which wheels in buckets have."""
    for wheel in wheels.values():
        (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        headers = Parser().parsestr(wheel.read(metadata).decode())
        assert headers["Version"] == project_version()
        assert headers["Metadata-Version"] == "2.4"


def test_they_hold_their_package_and_nothing_else(wheels: dict[str, zipfile.ZipFile]) -> None:
    for name, wheel in wheels.items():
        tops = {path.partition("/")[0] for path in wheel.namelist()}
        assert tops == {name.removesuffix("_ml"), f"{name}-{project_version()}.dist-info"}
        assert [path for path in wheel.namelist() if "__pycache__" in path] == []
