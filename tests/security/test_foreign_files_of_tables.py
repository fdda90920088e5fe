"""Expiring and dropping datasets delete only files in the dataset's own folder."""

from datetime import timedelta
from pathlib import Path

import boto3
import pyarrow as pa
import pytest

import terrarium
from terrarium.warehouse import ForeignFilesError
from terrarium.warehouse.table_files import check_own_files

pytest_plugins = ["tests.support.sdk_environment"]

_FOLDER = "s3://warehouse/telco__customers/"


def commit_file(lab: terrarium.Lab, name: str, path: str) -> None:
    """Do what every writer of the table can do: add a file as its data, and remove it again."""
    from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
    from pyiceberg.typedef import Record

    table = lab.warehouse.catalog.load_table((lab.warehouse.database, lab.warehouse.table_name(name)))
    empty: dict[int, int] = {}
    file = DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=Record(),
        record_count=1,
        file_size_in_bytes=10,
        column_sizes=empty,
        value_counts=empty,
        null_value_counts=empty,
        nan_value_counts=empty,
        lower_bounds={},
        upper_bounds={},
    )
    file.spec_id = 0
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
        append.append_data_file(file)
    table = table.refresh()
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as overwrite:
        overwrite.delete_data_file(file)


def test_neither_expires_nor_drops_a_dataset_that_names_a_local_file(
    lab: terrarium.Lab, tmp_path: Path
) -> None:
    victim = tmp_path / "thesis.tex"
    victim.write_text("two years of work")
    lab.datasets.create("trap.local", pa.table({"a": [1, 2]}))
    commit_file(lab, "trap.local", f"file://{victim}")
    versions = len(lab.datasets.get("trap.local").versions())
    with pytest.raises(ForeignFilesError, match=r"thesis\.tex"):
        lab.datasets.expire("trap.local", older_than=timedelta(0))
    with pytest.raises(ForeignFilesError, match=r"thesis\.tex"):
        lab.datasets.drop("trap.local", force=True)
    assert victim.read_text() == "two years of work"
    assert len(lab.datasets.get("trap.local").versions()) == versions, "nothing was removed"
    assert lab.datasets.get("trap.local").read().count() == 2


def test_neither_expires_nor_drops_a_dataset_that_names_the_file_of_another(lab: terrarium.Lab) -> None:
    other = lab.datasets.create("trap.victim", pa.table({"a": [7]}))
    (task,) = other.table.scan().plan_files()
    lab.datasets.create("trap.thief", pa.table({"a": [1, 2]}))
    commit_file(lab, "trap.thief", task.file.file_path)
    with pytest.raises(ForeignFilesError, match="trap__victim"):
        lab.datasets.expire("trap.thief", older_than=timedelta(0))
    with pytest.raises(ForeignFilesError, match="trap__victim"):
        lab.datasets.drop("trap.thief", force=True)
    assert lab.datasets.get("trap.victim").read().to_arrow()["a"].to_pylist() == [7]


def test_a_table_cannot_write_files_to_this_machine(lab: terrarium.Lab, tmp_path: Path) -> None:
    lab.datasets.create("trap.path", pa.table({"a": [1]}))
    table = lab.warehouse.catalog.load_table((lab.warehouse.database, "trap__path"))
    table.transaction().set_properties({"write.data.path": f"file://{tmp_path}/spool"}).commit_transaction()
    with pytest.raises(ForeignFilesError, match="in S3 only"):
        lab.datasets.append("trap.path", pa.table({"a": [2]}))
    assert not list(tmp_path.rglob("*.parquet"))


def test_drops_a_dataset_with_all_its_files(lab: terrarium.Lab) -> None:
    lab.datasets.create("trap.none", pa.table({"a": [1]}))
    lab.datasets.overwrite("trap.none", pa.table({"a": [2]}))
    lab.datasets.drop("trap.none")
    bucket, _, prefix = lab.manifest.features.warehouse.removeprefix("s3://").rstrip("/").partition("/")
    below = f"{prefix}/trap__none/".lstrip("/")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=below).get("Contents", [])
    assert [found["Key"] for found in listed if not found["Key"].endswith("/")] == []


@pytest.mark.parametrize(
    "path",
    [
        "file:///home/me/thesis.tex",
        "/home/me/thesis.tex",
        "s3://warehouse/telco__customers_2/data/a.parquet",
        "s3://warehouse/telco__customers",
        "s3://warehouse/telco__customers/",
        "s3://warehouse/telco__customers/../other/a.parquet",
        "s3://artifacts/a.parquet",
        "s3a://warehouse/telco__customers/a.parquet",
    ],
)
def test_refuses_paths_outside_of_the_folder(path: str) -> None:
    check_own_files("telco__customers", [f"{_FOLDER}data/a=%2F/b.parquet"], folder=_FOLDER)
    with pytest.raises(ForeignFilesError, match="nothing was deleted"):
        check_own_files("telco__customers", [path], folder=_FOLDER)
