"""MLflow's plugin for `terrarium://`."""

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from terrarium.tracking import plugin


def run(program: str) -> str:
    # A user's shell: MLflow is silent by itself where it takes itself to be tested.
    environment = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


@pytest.mark.parametrize(
    ("group", "store"),
    [
        ("mlflow.tracking_store", plugin.tracking_store),
        ("mlflow.model_registry_store", plugin.registry_store),
    ],
)
def test_mlflow_finds_the_stores(group: str, store: object) -> None:
    (found,) = (point for point in entry_points(group=group) if point.name == "terrarium")
    assert found.load() is store


def test_mlflow_sends_no_telemetry_where_terrarium_is_installed() -> None:
    telemetry = "import mlflow.telemetry; print(mlflow.telemetry.get_telemetry_client())"
    assert run(telemetry).strip() == "None"


def test_finding_the_stores_imports_nothing_heavy() -> None:
    modules = run("import sys, terrarium.tracking.plugin; print(*sys.modules)").split()
    assert not {"boto3", "botocore", "pydantic", "sqlalchemy", "mlflow"} & set(modules)
