"""Shared wheels are installed by the hashes of the lock, by uv and by pip alike."""

import hashlib
from pathlib import Path

import pytest

from terrarium.compute.errors import PackagesNotProvidedError
from terrarium.compute.packages.installation import download_packages, install_packages
from terrarium.venvs import installer
from tests.support.wheels import OFFLINE, write_wheel

_WHEEL = "tiny_words-1.0-py3-none-any.whl"


@pytest.fixture(params=["uv", "pip"], autouse=True)
def _installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer of the checkout's environment, or the one of images without uv."""
    if request.param == "pip":
        monkeypatch.setattr(installer, "find_uv", lambda: None)
    else:
        assert installer.find_uv()


@pytest.fixture
def requirements(tmp_path: Path) -> list[str]:
    """A lock of one package, which the folder `index` offers."""
    write_wheel(tmp_path / "index", name="tiny-words", version="1.0", source="WORDS = 'good day'\n")
    digest = hashlib.sha256((tmp_path / "index" / _WHEEL).read_bytes()).hexdigest()
    return [f"tiny-words==1.0 --hash=sha256:{digest}"]


def _install(requirements: list[str], wheels: Path, folder: Path) -> None:
    options = ("--no-index", "--find-links", str(wheels), "--require-hashes")
    install_packages(requirements, folder, *options, variables=OFFLINE)


def test_installs_the_wheel_of_the_lock(requirements: list[str], tmp_path: Path) -> None:
    _install(requirements, tmp_path / "index", tmp_path / "installed")
    assert (tmp_path / "installed" / "tiny_words.py").read_text() == "WORDS = 'good day'\n"


def test_refuses_a_wheel_with_another_hash(requirements: list[str], tmp_path: Path) -> None:
    write_wheel(tmp_path / "shared", name="tiny-words", version="1.0", source="WORDS = 'code of mallory'\n")
    with pytest.raises(PackagesNotProvidedError, match=r"(?i)hash"):
        _install(requirements, tmp_path / "shared", tmp_path / "installed")
    assert not list((tmp_path / "installed").glob("*.py"))


def test_a_wheel_whose_hash_the_lock_does_not_state_is_not_downloaded(
    requirements: list[str], tmp_path: Path
) -> None:
    variables = OFFLINE | {"PIP_FIND_LINKS": str(tmp_path / "index")}
    assert download_packages(requirements, tmp_path / "wheels", variables=variables)
    assert (tmp_path / "wheels" / _WHEEL).exists()
    other = [f"tiny-words==1.0 --hash=sha256:{'0' * 64}"]
    assert not download_packages(other, tmp_path / "others", variables=variables)
    assert not list((tmp_path / "others").glob("*.whl"))
