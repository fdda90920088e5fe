"""Results of awswrangler, PyAthena and SQLAlchemy from the sandbox's Athena equal those from AWS."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import terrarium
from tests.support.athena_client import Athena
from tests.support.athena_clients_environment import clients_python
from tests.support.provisioning.features import query_results_bucket

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("athena-clients")]

_PROGRAM = Path(__file__).parents[2] / "support" / "athena_clients_program.py"
_ROWS, _SUM = 2000, 2001000


@pytest.fixture(scope="module")
def python() -> Path:
    return clients_python()


@pytest.fixture
def staging(lab: terrarium.Lab, table: str) -> str:
    return f"s3://{query_results_bucket(lab.manifest)}/{table}/"


def _answers(client: str, python: Path, athena: Athena, location: str, staging: str = "") -> Any:
    command: list[str | Path] = [python, _PROGRAM, client, athena.database, athena.workgroup, location]
    environment = os.environ | {"STAGING": staging}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_awswrangler_reads_all_rows_in_each_of_its_ways(
    python: Path, athena: Athena, location: str, staging: str
) -> None:
    """By CREATE TABLE AS SELECT, which is its default, by UNLOAD, and from the CSV of a result."""
    everything = [_ROWS, _SUM, "row 1"]
    assert _answers("awswrangler", python, athena, location, staging) == {
        "default": everything,
        "unload": everything,
        "neither": everything,
        "repair": [6, 10],
        "empty": 0,
        "chunks": _ROWS,
    }


def test_pyathena_s_cursors_return_rows_frames_and_tables(
    python: Path, athena: Athena, location: str
) -> None:
    assert _answers("pyathena", python, athena, location) == {
        "names": ["x", "y"],
        "plain": [[1, "row 1"], [2, "row 2"]],
        "pandas": [_ROWS, _SUM],
        "arrow": [_ROWS, _SUM],
        "unloaded": [_ROWS, _SUM],
    }


def test_sqlalchemy_makes_reflects_and_reads_tables(python: Path, athena: Athena, location: str) -> None:
    assert _answers("sqlalchemy", python, athena, location) == {
        "columns": ["x", "y"],
        "total": _SUM,
        "listed": True,
        "some": [[1, "row 1"], [2, "row 2"]],
    }
