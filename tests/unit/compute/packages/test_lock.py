"""Packages that a job requests, and their installation."""

from pathlib import Path

import pytest

from terrarium.compute.errors import LockInvalidError, PackagesNotProvidedError
from terrarium.compute.local.packages import provide_local_packages
from terrarium.compute.packages.installation import packages_digest
from terrarium.compute.packages.lock import PackageLock
from tests.support.wheels import OFFLINE, write_wheel

_WHEELS = {"PIP_FIND_LINKS", "UV_FIND_LINKS"}


def lock(*requirements: str, python: str | None = None) -> PackageLock:
    return PackageLock.of(requirements, source="a test", python=python)


def offering(folder: Path) -> dict[str, str]:
    return OFFLINE | dict.fromkeys(_WHEELS, str(folder))


def test_reads_the_exact_versions_of_a_requirements_file(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# made by a tool\nB.c==2.0 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n"
        "a==1.0  # via b\nd[more]==3 ; python_version < '4'\n\nterrarium-ml==0.1\n"
    )
    assert [(pin.name, pin.version, pin.bare) for pin in PackageLock.of_file(file).pins] == [
        ("b-c", "2.0", False),
        ("a", "1.0", True),
        ("d", "3", False),
    ], "in a fixed order, and without Terrarium, which is the image's"
    assert PackageLock.of_file(file).pins[0].text == "B.c==2.0 --hash=sha256:11 --hash=sha256:22"


@pytest.mark.parametrize("line", ["a", "a>=1", "a==1.*", "-e .", "--index-url here", "a @ file:///a.whl"])
def test_refuses_a_requirement_that_is_not_exact(tmp_path: Path, line: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"b==1\n{line}\n")
    with pytest.raises(LockInvalidError, match="no exact version") as caught:
        PackageLock.of_file(file)
    assert line in caught.value.problem
    assert str(file) in caught.value.problem


def test_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LockInvalidError, match=r"none\.txt cannot be read: No such file"):
        PackageLock.of_file(tmp_path / "none.txt")


def test_the_digest_does_not_depend_on_the_order() -> None:
    assert packages_digest(["a==1", "b==2"]) == packages_digest(["b==2", "a==1"])
    assert packages_digest(["a==1", "b==2"]) != packages_digest(["a==1", "b==3"])


def test_does_not_install_packages_of_the_interpreter(tmp_path: Path) -> None:
    have = f"pytest=={pytest.__version__}"
    assert provide_local_packages(lock(have), folder=tmp_path / "job", kept=tmp_path) is None


def test_refuses_packages_of_another_python(tmp_path: Path) -> None:
    with pytest.raises(PackagesNotProvidedError, match=r"recorded with Python 2\.7\.18"):
        provide_local_packages(lock(python="2.7.18"), folder=tmp_path / "job", kept=tmp_path)


def test_packages_are_installed_once_and_then_unpacked(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    write_wheel(tmp_path / "wheels", name="tiny-words", version="1.0", source="WORDS = 'good day'\n")
    wanted = lock("tiny-words==1.0")
    first = provide_local_packages(
        wanted, folder=tmp_path / "first", kept=kept, variables=offering(tmp_path / "wheels")
    )
    second = provide_local_packages(
        wanted, folder=tmp_path / "second", kept=kept, variables=offering(tmp_path)
    )
    assert first is not None
    assert second is not None
    assert (second / "tiny_words.py").read_text() == (first / "tiny_words.py").read_text()


def test_fails_if_a_hash_does_not_match(tmp_path: Path) -> None:
    write_wheel(tmp_path, name="tiny-words", version="1.0", source="")
    with pytest.raises(PackagesNotProvidedError, match="cannot install"):
        provide_local_packages(
            lock(f"tiny-words==1.0 --hash=sha256:{'0' * 64}"),
            folder=tmp_path / "job",
            kept=tmp_path / "kept",
            variables=offering(tmp_path),
        )
    assert not (tmp_path / "kept").exists()


def test_two_installations_make_the_same_archive(tmp_path: Path) -> None:
    write_wheel(tmp_path, name="tiny-words", version="1.0", source="")
    made = []
    for name in ("one", "two"):
        provide_local_packages(
            lock("tiny-words==1.0"),
            folder=tmp_path / "jobs" / name,
            kept=tmp_path / name,
            variables=offering(tmp_path),
        )
        (archive,) = (tmp_path / name).iterdir()
        made.append((archive.name, archive.read_bytes()))
    assert made[0] == made[1]
