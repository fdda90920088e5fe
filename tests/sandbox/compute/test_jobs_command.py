"""The commands of `terrarium jobs`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import terrarium
from terrarium.cli.jobs import jobs
from terrarium.compute.errors import JobNotFoundError
from tests.support.training_project import make_project

pytest_plugins = ["tests.support.sdk_environment"]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lab: terrarium.Lab) -> None:
    monkeypatch.chdir(make_project(tmp_path / "project"))
    monkeypatch.setenv("TERRARIUM_ENVIRONMENT", lab.environment)


def typed(*words: str) -> Result:
    return CliRunner().invoke(jobs, list(words), env={"COLUMNS": "200"})


def test_a_job_is_submitted_followed_found_and_shown(lab: terrarium.Lab) -> None:
    submitted = typed("submit", "--name", "typed-1", "--follow", "--", "python", "greet.py", "--loud")
    assert submitted.exit_code == 0, submitted.output
    job, said = submitted.stdout.splitlines()
    assert said == "good day --loud"
    assert lab.compute.job(job).state().succeeded
    assert job in typed("list", "--name", "typed-*", "--status", "SUCCEEDED").stdout
    assert f"typed-1 ({job}): SUCCEEDED" in typed("show", job).stdout
    assert typed("logs", job).stdout == "good day --loud\n"


def test_a_failure_is_explained(lab: terrarium.Lab) -> None:
    job = typed("submit", "--array", "2", "--", "python", "odd.py").stdout.strip()
    lab.compute.job(job).wait()
    shown = typed("show", job).stdout
    assert "[1] its command ended with code 1" in shown
    assert "-> read its log" in shown


def test_a_job_is_cancelled(lab: terrarium.Lab) -> None:
    job = typed("submit", "--", "python", "hang.py").stdout.strip()
    assert typed("cancel", job, "--reason", "wrong branch").exit_code == 0
    failure = lab.compute.job(job).wait().failure
    assert failure is not None
    assert "wrong branch" in failure.problem


def test_a_job_is_named_by_the_first_characters_of_its_id(lab: terrarium.Lab) -> None:
    job = typed("submit", "--", "python", "greet.py", "you").stdout.strip()
    lab.compute.job(job).wait()
    assert f"({job}): SUCCEEDED" in typed("show", job[:13]).stdout
    assert typed("logs", job[:13]).stdout == "good day you\n"
    assert job in CliRunner().invoke(jobs, ["list"], env={"COLUMNS": "100"}).stdout
    with pytest.raises(JobNotFoundError, match="several jobs"):
        lab.compute.identify("")
    with pytest.raises(JobNotFoundError, match="no job"):
        lab.compute.identify("nothing")
