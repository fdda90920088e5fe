"""The runbook for leaving Terrarium: Terraform, MLflow and Iceberg alone go on with what is there."""

from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook
from tests.support.without_terrarium import environment_without_terrarium

WRITTEN = """
import pathlib, tempfile
import pyarrow, terrarium
lab = terrarium.connect("dev")
with lab.experiment("left").run(name="last") as run:
    run.log_metrics({"auc": 0.75})
    file = pathlib.Path(tempfile.mkdtemp()) / "notes.txt"
    file.write_text("seen")
    run.log_artifact(file)
lab.datasets.create("left.rows", pyarrow.table({"id": [1, 2, 3]}))
"""


@pytest.mark.slow  # a plan, and a query
def test_every_tool_goes_on_without_terrarium(dev: Deployment, runbook: Runbook, tmp_path: Path) -> None:
    dev.python("-c", WRITTEN)
    # PyIceberg, unlike boto3, does not read AWS_ENDPOINT_URL.
    shell = {**dev.shell, "PYICEBERG_CATALOG__GLUE__S3__ENDPOINT": dev.shell["AWS_ENDPOINT_URL"]}
    printed = runbook.follow(
        shell,
        checkout=dev.sandbox.checkout,
        values={
            "environment": "dev",
            "plain": str(environment_without_terrarium(tmp_path / "plain")),
            "experiment": "left",
            "table": "left__rows",
        },
    )
    assert "last FINISHED {'auc': 0.75}\nnotes.txt" in printed
    assert "3 rows" in printed
    assert printed.rstrip().endswith("3")
