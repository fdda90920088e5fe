"""A project of `terrarium init` in an environment: dataset, recorded run, pipeline, registry."""

import importlib
import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import terrarium
from terrarium.init import Project
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

_CHECKOUT = Path(__file__).parents[3]
_NAME = "parcel-returns"
_ROWS = 300


def rows() -> pd.DataFrame:
    random = np.random.default_rng(0)
    signal = random.normal(size=_ROWS)
    return pd.DataFrame(
        {
            "case_id": [f"case-{number}" for number in range(_ROWS)],
            "age_days": 100 / (1 + np.exp(-signal)),
            "amount": random.uniform(0, 100, size=_ROWS),
            "channel": random.choice(["branch", "phone", "web"], size=_ROWS),
            "outcome": (signal + random.normal(scale=0.5, size=_ROWS) > 0).astype(int),
        }
    )


@pytest.fixture
def project(tmp_path: Path, lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, committed, with its dataset in the environment."""
    folder = tmp_path / _NAME
    Project.of(_NAME, dataset=f"returns_{uuid.uuid4().hex}.cases").write(folder)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "Begin"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(folder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "parcel_returns"]:
        monkeypatch.delitem(sys.modules, name)
    constraints = importlib.import_module("parcel_returns.constraints").CONSTRAINTS
    dataset = importlib.import_module("parcel_returns.use_case").DATASET
    lab.datasets.create(dataset, rows(), constraints=constraints)
    return folder


def test_a_training_run_logs_a_model_that_can_be_submitted(
    lab: terrarium.Lab, account: Account, project: Path
) -> None:
    trained = subprocess.run(
        [sys.executable, "-m", "parcel_returns.training", "--environment", lab.environment],
        cwd=project,
        env=account.environ() | {"PYTHONPATH": f"{_CHECKOUT / 'src'}:{project}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr
    run = trained.stdout.split()[1].rstrip(":")
    version = lab.models.submit(run, _NAME)
    assert version.data_as_of is not None
    features = rows().drop(columns=["case_id", "outcome"])
    assert len(lab.models.load(version.reference).predict(features)) == _ROWS


def test_the_pipeline_submits_a_satisfactory_model(lab: terrarium.Lab, project: Path) -> None:  # noqa: ARG001 - on sys.path
    pipeline = importlib.import_module("parcel_returns.pipeline").PIPELINE
    taken = pipeline.run_local(lab)
    assert taken.skipped == ()
    submitted = taken.outputs["submit"]["version"]
    lineage = lab.models.lineage(f"{_NAME}/{submitted}")
    assert lineage.record.use_case is not None
    assert lineage.record.use_case.name == _NAME
    assert {part.name for part in lineage.record.splits.parts} == {"train", "validation", "test"}  # type: ignore[union-attr]
