"""A finished run with a complete record and a logged model, created quickly."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import terrarium
from tests.unit.record.examples import USE_CASE

__all__ = ["commit_project", "committed", "trained"]

FEATURES = np.arange(12.0).reshape(6, 2)
TARGET = np.array([0, 0, 0, 1, 1, 1])


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process works in a git repository that has a commit."""
    folder = commit_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


def commit_project(folder: Path) -> Path:
    """Create a git repository that has a commit, and return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "train.py").write_text("# trains\n")
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "Begin"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def trained(
    lab: terrarium.Lab, name: str, *, roc_auc: float = 0.9, example: bool = True, seed: int = 7
) -> terrarium.Run:
    """Record a run of a use case with the name `name`."""
    splits = terrarium.Splits.of(
        {"train": (FEATURES, TARGET), "validation": (FEATURES, TARGET)}, dataset="numbers", seed=seed
    )
    with lab.experiment(USE_CASE.model_copy(update={"name": name})).run(
        params={"C": 1.0}, splits=splits, validation=terrarium.HoldOut(), seed=seed
    ) as run:
        model = LogisticRegression().fit(FEATURES, TARGET)
        run.log_metrics({"roc_auc": roc_auc})
        run.log_model(model, input_example=FEATURES[:2] if example else None)
    return run
