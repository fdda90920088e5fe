"""`terrarium reproduce`: a match, or the first difference."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import terrarium
from terrarium.manifest import PlatformManifest
from terrarium.record.run_summary import RunSummary
from terrarium.search import experiment, metric, name, tag
from tests.support.provisioning.environment import Account
from tests.support.reproducible_project import Project, commit_all

pytest_plugins = ["tests.support.sdk_environment"]

_CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def recorded_project(
    administrator: Account, provisioned: PlatformManifest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, str]:
    """A project as it was run, and the id of the run called `half`, the first of two that its one script makes."""
    made = Project(tmp_path_factory.mktemp("recorded"), administrator)
    made.make()
    done = made.type("train.py")
    assert done.returncode == 0, done.stderr
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        lab = terrarium.connect(provisioned.environment)
        (run, *_) = lab.experiments.search((experiment == "reproduced") & (name == "half"), limit=1)
    return made, run.id


@pytest.fixture
def project(recorded_project: tuple[Project, str], account: Account, tmp_path: Path) -> Project:  # noqa: ARG001 - as whom `lab` is
    """The project as it was run, to be changed."""
    return recorded_project[0].copy(tmp_path / "project")


@pytest.fixture
def recorded(recorded_project: tuple[Project, str]) -> str:
    """The id of the run to make again."""
    return recorded_project[1]


def reproductions(lab: terrarium.Lab, recorded: str) -> list[RunSummary]:
    return lab.experiments.search(tag("terrarium.reproduces") == recorded, order_by="name")


def test_a_run_made_again_with_everything_as_it_was_matches(
    lab: terrarium.Lab, project: Project, recorded: str
) -> None:
    before = reproductions(lab, recorded)
    done = project.reproduce(recorded, "--here", "--verify")
    assert "0 differences from the record" in done.stdout, done.stderr
    assert "match: 1 metrics" in done.stdout
    assert done.returncode == 0
    (half, whole) = [run for run in reproductions(lab, recorded) if run not in before]
    assert half.metrics == lab.experiments.search(f"run_id == '{recorded}'")[0].metrics
    assert half.id[:8] in done.stdout, "of the two runs that the script made again, the one in question"
    assert whole.id[:8] not in done.stdout


def _change_code(project: Project) -> None:
    script = project.code / "train.py"
    script.write_text(script.read_text().replace("* sum(drawn)", "* max(drawn)"))


def _commit_changed_code(project: Project) -> None:
    _change_code(project)
    commit_all(project.code)


def _change_data(project: Project) -> None:
    project.write_rows([10, 20, 30, 40, 50, 60, 70, 80])


def _change_dependency(project: Project) -> None:
    project.install_dependency("1.1", factor=3)


@pytest.mark.parametrize(
    ("change", "seed", "named"),
    [
        (_change_code, 7, "code: train.py"),
        pytest.param(_commit_changed_code, 7, "code: train.py", marks=pytest.mark.slow),  # as not committed
        (_change_dependency, 7, "dependency: dependency: 1.0 -> 1.1"),
        (lambda _: None, 8, "seed: run: 7 -> 8"),
        (_change_data, 7, "data: train of rows: rows 7, digest sha256:"),
    ],
    ids=["code", "committed code", "dependency", "seed", "data"],
)
def test_the_first_difference_is_named(
    change: Callable[[Project], None], seed: int, named: str, project: Project, recorded: str
) -> None:
    change(project)
    done = project.reproduce(recorded, "--here", "--verify", seed=seed)
    assert f"no match: the first difference is {named}" in done.stdout, done.stderr
    assert "also metric: value" in done.stdout
    assert done.returncode == 2


def test_without_verify_differences_are_listed_and_nothing_runs(
    lab: terrarium.Lab, project: Project, recorded: str
) -> None:
    before = reproductions(lab, recorded)
    _change_code(project)
    _change_dependency(project)
    done = project.reproduce(recorded[:10], "--here")
    assert "2 differences" in done.stdout, done.stderr
    assert "code: train.py" in done.stdout
    assert "dependency: dependency" in done.stdout
    assert reproductions(lab, recorded) == before


def test_a_package_that_no_index_has_is_named(project: Project, recorded: str) -> None:
    done = project.reproduce(recorded, "--verify")
    assert done.returncode == 1
    assert "the recorded packages cannot be installed" in done.stderr
    assert "dependency" in done.stderr
    assert "--here" in done.stderr


def test_the_error_states_why_a_run_cannot_be_reproduced(lab: terrarium.Lab, project: Project) -> None:
    from mlflow import MlflowClient

    plain = MlflowClient(f"terrarium://{lab.environment}").create_run("0")
    done = project.reproduce(plain.info.run_id)
    assert done.returncode == 1
    assert "has no record" in done.stderr


@pytest.mark.slow  # every package is installed and compiled; the test above shows the error
def test_the_examples_best_run_matches_from_a_fresh_clone(
    account: Account, lab: terrarium.Lab, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    cloned = subprocess.run(
        ["git", "clone", "--quiet", str(_CHECKOUT), str(clone)], capture_output=True, text=True, check=False
    )
    if cloned.returncode:
        pytest.skip(f"the checkout is no git repository: {cloned.stderr}")
    environment = account.environ() | {
        "PYTHONPATH": f"{clone / 'src'}:{clone}",
        "TERRARIUM_ENVIRONMENT": lab.environment,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv")),
    }

    def typed(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    typed("-m", "examples.breast_cancer")
    (best, *_) = lab.experiments.search(
        experiment == "breast-cancer", order_by=metric("roc_auc").descending()
    )
    answer = typed(
        "-c", "from terrarium.cli import main; main()", "reproduce", best.id[:8], "--verify", "--yes"
    )
    assert "match: 3 metrics" in answer
    assert json.dumps(best.metrics["roc_auc"]) in answer
