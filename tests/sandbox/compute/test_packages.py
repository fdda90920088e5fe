"""Packages of jobs: downloaded by the first job, and reused by later ones."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

import terrarium
from terrarium.compute.errors import JobFailedError, LockInvalidError
from terrarium.compute.service import Compute
from tests.support.wheels import OFFLINE, write_wheel

pytest_plugins = ["tests.support.sdk_environment", "tests.support.training_project"]
pytestmark = pytest.mark.usefixtures("project")

Executor: TypeAlias = Compute | terrarium.LocalCompute


@pytest.fixture(params=["batch", "local"])
def compute(
    request: pytest.FixtureRequest, lab: terrarium.Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Executor:
    """The environment's pools, or this machine, which has nothing from before."""
    if request.param == "batch":
        return lab.compute
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return terrarium.LocalCompute(environment=lab.environment, vcpus=4)


def index(folder: Path) -> Mapping[str, str]:
    """Return settings that make uv and pip use only a folder."""
    return OFFLINE | {"PIP_FIND_LINKS": str(folder), "UV_FIND_LINKS": str(folder)}


def hashed(wheels: Path, *, name: str) -> str:
    """The requirement for the wheel of that name in a folder, with its hash."""
    (wheel,) = wheels.glob(f"{name.replace('-', '_')}-*.whl")
    return (
        f"{name}=={wheel.name.split('-')[1]} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    )


def locked(folder: Path, *requirements: str) -> Path:
    file = folder / "requirements.txt"
    file.write_text("\n".join(requirements))
    return file


def test_a_second_job_of_the_same_lock_needs_no_index(compute: Executor, tmp_path: Path) -> None:
    name = f"job-words-{type(compute).__name__.lower()}"  # each executor's first is the first
    module = name.replace("-", "_")
    write_wheel(tmp_path / "wheels", name=name, version="1.0", source="WORDS = 'good day'\n")
    (tmp_path / "nothing").mkdir()
    lock = locked(tmp_path, hashed(tmp_path / "wheels", name=name))
    command = ["python", "-c", f"import {module}, terrarium.connection; print({module}.WORDS)"]
    for offered in ("wheels", "nothing"):  # where only the first could install it
        job = compute.submit(command, packages=lock, variables=index(tmp_path / offered))
        job.wait()
        assert list(job.logs()) == ["good day"]
        job.result()


def test_packages_that_cannot_be_had_are_said_in_words(compute: Executor, tmp_path: Path) -> None:
    job = compute.submit(
        ["python", "greet.py"],
        packages=locked(tmp_path, "no-such-words==1.0"),
        variables=index(tmp_path),
        retries=0,
    )
    with pytest.raises(JobFailedError, match="packages could not be provided") as caught:
        job.result()
    assert "log" in caught.value.remedy
    said = "\n".join(job.logs())
    assert "terrarium: cannot install the packages in the job's lock" in said
    assert "no-such-words" in said
    assert "egress" in said
    assert "good day" not in said, "the command is not begun"


def test_jobs_without_hashes_install_from_the_index_each(lab: terrarium.Lab, tmp_path: Path) -> None:
    """Nothing that jobs share could be verified."""
    write_wheel(tmp_path / "wheels", name="bare-words", version="1.0", source="WORDS = 'good day'\n")
    (tmp_path / "nothing").mkdir()
    lock = locked(tmp_path, "bare-words==1.0")
    command = ["python", "-c", "import bare_words; print(bare_words.WORDS)"]
    first = lab.compute.submit(command, packages=lock, variables=index(tmp_path / "wheels"))
    first.wait()
    assert list(first.logs()) == ["good day"]
    second = lab.compute.submit(command, packages=lock, variables=index(tmp_path / "nothing"), retries=0)
    with pytest.raises(JobFailedError, match="packages could not be provided"):
        second.result()


def test_jobs_of_an_array_share_one_download(lab: terrarium.Lab, tmp_path: Path) -> None:
    write_wheel(tmp_path, name="array-words", version="1.0", source="WORDS = 'many'\n")
    job = lab.compute.submit(
        ["python", "-c", "import array_words; print(array_words.WORDS)"],
        packages=locked(tmp_path, hashed(tmp_path, name="array-words")),
        variables=index(tmp_path),
        array=3,
    )
    job.wait()
    assert sorted(job.logs()) == ["[0] many", "[1] many", "[2] many"]


def test_a_job_takes_the_packages_on_record_of_a_run(compute: Executor, lab: terrarium.Lab) -> None:
    with lab.experiment("jobs with packages").run() as run:
        run.log_metrics({"value": 1.0})
    for named in (run, run.id):
        job = compute.submit(["python", "greet.py"], packages=named)
        job.wait()
        assert list(job.logs()) == ["good day"], "what was recorded here is what the image has"


def test_refuses_an_invalid_lock_before_submission(compute: Executor, tmp_path: Path) -> None:
    with pytest.raises(LockInvalidError, match=r"'numpy>=2', which is no exact version"):
        compute.submit(["python", "greet.py"], packages=locked(tmp_path, "numpy>=2"))
