"""`terrarium reproduce` runs recorded code only after confirmation, and without credentials of its user."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import terrarium
from terrarium.reproduce.passed_variables import build_variables, run_variables
from terrarium.search import experiment, name
from terrarium.venvs import Packages, VirtualEnvironment
from tests.support.provisioning.environment import Account
from tests.support.reproducible_project import Project, commit_all

pytest_plugins = ["tests.support.sdk_environment"]

_PROJECT = """
[project]
name = "shared"
version = "1"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture
def project(account: Account, tmp_path: Path) -> Project:
    made = Project(tmp_path / "project", account)
    made.folder.mkdir()
    made.make()
    (made.code / "pyproject.toml").write_text(_PROJECT)
    (made.code / "backend.py").write_text("")
    commit_all(made.code)
    return made


@pytest.fixture
def attack(lab: terrarium.Lab, project: Project, tmp_path: Path) -> tuple[str, Path]:
    """A run whose recorded patch changes the build backend, and the file that the payload would write."""
    trace = tmp_path / "payload-ran"
    (project.code / "backend.py").write_text(f"open({str(trace)!r}, 'w').write('ran')\n")
    done = project.type("train.py")
    assert done.returncode == 0, done.stderr
    (run, *_) = lab.experiments.search((experiment == "reproduced") & (name == "half"), limit=1)
    subprocess.run(["git", "checkout", "--quiet", "backend.py"], cwd=project.code, check=True)
    return run.id, trace


def test_refuses_without_a_terminal_and_without_yes(project: Project, attack: tuple[str, Path]) -> None:
    run, trace = attack
    done = project.terrarium("reproduce", run)
    assert done.returncode == 1
    assert "there is no terminal to confirm" in done.stderr
    assert "--show" in done.stderr
    assert "--yes" in done.stderr
    assert not trace.exists()
    assert not (project.folder / "cache" / "terrarium" / "reproductions" / run).exists()


def test_shows_author_commit_patch_packages_and_command_first(
    project: Project, attack: tuple[str, Path]
) -> None:
    run, _ = attack
    shown = project.terrarium("reproduce", run).stdout
    assert "recorded by: " in shown
    assert "by A <a@example.com>" in shown, "the commit's author"
    assert "backend.py" in shown, "the patch, by file"
    assert "packages: " in shown
    assert "command: python train.py" in shown


def test_shows_the_whole_patch_and_all_packages_on_demand(project: Project, attack: tuple[str, Path]) -> None:
    run, trace = attack
    done = project.terrarium("reproduce", run, "--show")
    assert done.returncode == 0, done.stderr
    assert "+open(" in done.stdout
    assert "    dependency==1.0" in done.stdout
    assert not trace.exists()


def test_refuses_to_run_a_recorded_command_without_confirmation(
    project: Project, attack: tuple[str, Path]
) -> None:
    done = project.terrarium("reproduce", attack[0], "--here", "--verify")
    assert done.returncode == 1
    assert "there is no terminal to confirm" in done.stderr


def test_builds_get_no_credentials_and_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen.json"
    code = tmp_path / "code"
    code.mkdir()
    (code / "pyproject.toml").write_text(_PROJECT)
    (code / "backend.py").write_text(
        f"import json, os\nopen({str(seen)!r}, 'w').write(json.dumps(dict(os.environ)))\n"
    )
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    environment = VirtualEnvironment(tmp_path / "environment")
    with pytest.raises(terrarium.Error, match="requirements"):
        environment.make(
            Packages((), (code,)),
            python=".".join(map(str, sys.version_info[:3])),
            environment=build_variables(),
        )
    variables = json.loads(seen.read_text())
    assert "hunter2" not in variables.values()
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_runs_get_variables_of_the_platform_and_named_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "dev")
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    monkeypatch.setenv("MLFLOW_RUN_ID", "0")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "hunter2")
    monkeypatch.setenv("ROWS", "rows.json")
    variables = run_variables(["ROWS"])
    assert variables["AWS_PROFILE"] == "dev"
    assert variables["ROWS"] == "rows.json"
    assert not {"OPENAI_API_KEY", "MLFLOW_RUN_ID", "MLFLOW_TRACKING_TOKEN"} & variables.keys()
