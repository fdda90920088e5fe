"""The runbook for a deleted or overwritten dataset."""

import time
from datetime import UTC, datetime

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook

_DATASET, _TABLE = "runbook.customers", "runbook__customers"
_WAREHOUSE = "terrarium-dev-warehouse-111111111111"
_WRITE = f"""
import pyarrow, terrarium
datasets = terrarium.connect("dev").datasets
datasets.create("{_DATASET}", pyarrow.table({{"id": [1, 2]}}), owner="crm", description="Runbook")
print(datasets.append("{_DATASET}", pyarrow.table({{"id": [3]}})).version.snapshot_id)
"""
_SPOIL = f"""
import pyarrow, terrarium
terrarium.connect("dev").datasets.overwrite("{_DATASET}", pyarrow.table({{"id": [-1]}}))
"""
_READ = f"""
import terrarium
dataset = terrarium.connect("dev").datasets.get("{_DATASET}")
print(sorted(dataset.read().to_arrow()["id"].to_pylist()), len(dataset.versions()))
"""


@pytest.mark.slow  # starts Python with all libraries eight times
def test_an_overwritten_and_dropped_dataset_has_its_rows_and_versions_again(
    dev: Deployment, runbook: Runbook
) -> None:
    """Wrong rows replace all others, and then the dataset is dropped with its files."""
    snapshot = dev.python("-c", _WRITE).stdout.strip()
    glue = dev.sandbox.client("glue", dev.name)
    table = glue.get_table(DatabaseName="terrarium_dev_features", Name=_TABLE)["Table"]
    folder = table["StorageDescriptor"]["Location"].removeprefix(f"s3://{_WAREHOUSE}/") + "/"
    dev.python("-c", _SPOIL)
    time.sleep(1.1)  # times of S3 are in seconds
    before = datetime.now(UTC)
    dev.python("-c", f'import terrarium; terrarium.connect("dev").datasets.drop("{_DATASET}")')

    values = {
        "account": "111111111111",
        "dataset": _DATASET,
        "environment": dev.name,
        "folder": folder,
        "snapshot": snapshot,
        "table": _TABLE,
        "time": before.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values=values)

    assert dev.python("-c", _READ).stdout.split("]") == ["[1, 2, 3", " 4\n"], "right rows, and every version"
