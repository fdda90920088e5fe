"""Trials of one study, fanned out over the jobs of an array."""

from pathlib import Path

import optuna
import pytest

import terrarium
from terrarium.trials.optuna_study import optuna_storage
from tests.support.training_project import make_project

pytest_plugins = ["tests.support.sdk_environment"]

_TRIAL = """
import sys
import terrarium


def objective(trial, run):
    return trial.suggest_float("x", -1.0, 1.0) ** 2


name = sys.argv[1]
with terrarium.connect().experiment(name).run() as run:
    run.optimize(objective, trials=1, metric="square", direction="minimize", study=name)
"""


@pytest.mark.parametrize("size", [4, pytest.param(200, marks=pytest.mark.slow)])
def test_every_job_of_an_array_adds_a_trial_to_the_study_and_none_twice(
    lab: terrarium.Lab, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path / "project")
    (project / "trial.py").write_text(_TRIAL)
    monkeypatch.chdir(project)
    name = f"fanned-out-{size}"
    # Else the first jobs would all make the study at once: Optuna lets one of them win, and the others wait.
    optuna.create_study(storage=optuna_storage(lab.metadata), study_name=name, direction="minimize")
    with lab.experiment(name).run() as run:
        job = lab.compute.submit(["python", "trial.py", name], array=size)
        states = job.results()
    assert [state.status for state in states] == ["SUCCEEDED"] * size, list(job.logs())
    study = optuna.load_study(storage=optuna_storage(lab.metadata), study_name=name)
    assert [trial.number for trial in study.trials] == list(range(size))
    assert {trial.state for trial in study.trials} == {optuna.trial.TrialState.COMPLETE}
    searching = lab.experiments.runs(name, where=f"tags.mlflow.parentRunId == '{run.id}'", limit=2 * size)
    assert len(searching) == size, "a run for every job, nested in the one that submitted them"
    trials = lab.experiments.runs(name, where="tags['terrarium.trial.number']", limit=2 * size)
    assert sorted(int(trial.tags["terrarium.trial.number"]) for trial in trials) == list(range(size))
    assert {trial.status for trial in trials} == {"FINISHED"}
