"""Recorded and locked names and versions of packages are validated before they reach an installer."""

from pathlib import Path

import pytest

import terrarium
from terrarium.code.repository import Repository
from terrarium.compute.errors import LockInvalidError
from terrarium.compute.packages.lock import PackageLock
from terrarium.venvs import Packages, VirtualEnvironment, sort_packages
from terrarium.venvs.errors import PackageVersionError
from tests.support.reproducible_project import commit_all

_INDEX = "--index-url http://evil.example/simple"
_WRONG = {
    "an option after the version": ("numpy", f"2.4.6\n{_INDEX}"),
    "an option after a marker": ("numpy", f"2.4.6 ; python_version > '3'\n{_INDEX}"),
    "a folder as name": ("x\n-e /tmp/evil-project", "1"),
    "an option as name": ("-e", "/tmp/evil"),
    "a line break at the end": ("numpy", "2.4.6\n"),
    "a line break after the name": ("numpy\n", "2.4.6"),
    "an address": ("numpy @ http://evil.example/numpy.whl #", "1"),
    "a range": ("numpy", "2.*"),
    "nothing": ("numpy", ""),
}


@pytest.mark.parametrize(("name", "version"), _WRONG.values(), ids=_WRONG)
def test_refuses_to_reproduce_with_invalid_package_names(tmp_path: Path, name: str, version: str) -> None:
    with pytest.raises(PackageVersionError, match="not a package on an index"):
        sort_packages({name: version}, code=tmp_path)


@pytest.mark.parametrize(("name", "version"), _WRONG.values(), ids=_WRONG)
def test_refuses_to_lock_invalid_package_names(name: str, version: str) -> None:
    with pytest.raises(LockInvalidError, match="no exact version"):
        PackageLock.of([f"{name}=={version}"], source="run 1")


@pytest.mark.parametrize("text", [f"numpy==2.4.6\n{_INDEX}", "evil==1", "numpy==2.4.6 --hash=md5:x y"])
def test_refuses_a_lock_whose_text_was_changed_in_the_bucket(text: str) -> None:
    lock = PackageLock.of(["numpy==2.4.6"], source="a test")
    pins = [pin.model_dump() | {"text": text} for pin in lock.pins]
    with pytest.raises(ValueError, match="is not numpy==2"):
        PackageLock.model_validate({"python": None, "pins": pins})


@pytest.mark.parametrize("python", ["/tmp/evil", "3.11\n", "--help", "3.11 ; evil"])
def test_refuses_an_interpreter_that_is_no_version(tmp_path: Path, python: str) -> None:
    with pytest.raises(PackageVersionError, match="not a version of Python"):
        VirtualEnvironment(tmp_path / "environment").make(Packages((), ()), python=python)


@pytest.mark.parametrize("version", ["2.4.6", "1.0rc1", "2.7.0+cu126", "1!2.0.post1", "2024.1", "1.0.dev3"])
def test_takes_versions_as_indexes_have_them(tmp_path: Path, version: str) -> None:
    assert sort_packages({"no-such-package": version}, code=tmp_path).pinned == (
        f"no-such-package=={version}",
    )


@pytest.mark.parametrize("remote", ["ext::touch marker", "--upload-pack=touch marker"])
def test_clones_no_remote_that_is_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(terrarium.Error, match="neither in"):
        Repository.holding("0" * 40, start=tmp_path, remote=remote)
    assert not list(tmp_path.rglob("marker"))


def test_takes_no_option_for_a_commit(tmp_path: Path) -> None:
    import subprocess

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "file").write_text("")
    commit_all(tmp_path)
    repository = Repository(tmp_path)
    assert not repository.holds("HEAD")
    assert not repository.holds("--help")
