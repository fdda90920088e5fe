"""Writes of datasets: atomic, checked, concurrent."""

import datetime as dt
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

import terrarium
from terrarium.datasets import NotNull, Range, References, RowCount, Unique
from terrarium.datasets.errors import (
    ConstraintsViolatedError,
    DataRefusedError,
    DatasetConflictError,
    DatasetExistsError,
    DatasetNotFoundError,
    SchemaDiffersError,
)

pytest_plugins = ["tests.support.sdk_environment"]

ROWS = pa.table({"id": [1, 2, 3], "name": ["a", "b", None]})


def rows(*ids: int) -> pa.Table:
    return pa.table({"id": list(ids), "name": [f"n{id_}" for id_ in ids]})


def ids(lab: terrarium.Lab, name: str) -> list[int]:
    found: list[int] = sorted(lab.datasets.get(name).read(["id"]).to_arrow()["id"].to_pylist())
    return found


def objects(lab: terrarium.Lab, name: str, folder: str = "data") -> list[str]:
    bucket, _, prefix = lab.manifest.features.warehouse.removeprefix("s3://").partition("/")
    below = f"{prefix.rstrip('/')}/{lab.warehouse.table_name(name)}/{folder}".lstrip("/")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=below)
    # Arrow leaves an empty object where it deleted a file of a folder.
    return [found["Key"] for found in listed.get("Contents", []) if not found["Key"].endswith("/")]


@pytest.mark.parametrize(
    ("kind", "convert"),
    [
        ("arrow", lambda table, _: table),
        ("reader", lambda table, _: pa.RecordBatchReader.from_batches(table.schema, table.to_batches())),
        ("pandas", lambda table, _: table.to_pandas()),
        ("polars", lambda table, _: pl.DataFrame(table)),
        ("parquet", lambda table, folder: written_parquet(table, folder)),
    ],
)
def test_creates_a_dataset_from_any_kind_of_data(
    kind: str, convert: Callable[[pa.Table, Path], Any], lab: terrarium.Lab, tmp_path: Path
) -> None:
    name = f"made.of_{kind}"
    made = lab.datasets.create(name, convert(ROWS, tmp_path))
    assert made.read().to_arrow().equals(ROWS)
    assert lab.datasets.append(name, convert(ROWS, tmp_path)).read().count() == 6


def written_parquet(table: pa.Table, folder: Path) -> Path:
    pyarrow.parquet.write_table(table, folder / "rows.parquet")
    return folder / "rows.parquet"


def test_refuses_the_name_of_an_existing_dataset(lab: terrarium.Lab) -> None:
    lab.datasets.create("taken.once", ROWS)
    with pytest.raises(DatasetExistsError, match=r"'taken\.once'"):
        lab.datasets.create("taken.once", ROWS)
    assert lab.datasets.get("taken.once").read().count() == 3


def test_suggests_similar_names(lab: terrarium.Lab) -> None:
    lab.datasets.create("nearly.customers", ROWS)
    with pytest.raises(DatasetNotFoundError, match=r"did you mean 'nearly\.customers'"):
        lab.datasets.get("nearly.customer")


def test_a_refused_creation_leaves_no_dataset_and_no_files(lab: terrarium.Lab) -> None:
    with pytest.raises(ConstraintsViolatedError, match="name is not null: violated by 1 row"):
        lab.datasets.create("refused.at_once", ROWS, constraints=[NotNull(column="name")])
    with pytest.raises(DatasetNotFoundError):
        lab.datasets.get("refused.at_once")
    assert objects(lab, "refused.at_once") == []


def test_a_refused_write_leaves_the_dataset_unchanged(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("refused.later", rows(1, 2), constraints=[Unique(columns="id")])
    before = objects(lab, "refused.later")
    for write in (lab.datasets.append, lab.datasets.overwrite):
        with pytest.raises(ConstraintsViolatedError, match="id is unique"):
            write("refused.later", rows(3, 3))
    with pytest.raises(ConstraintsViolatedError, match="id=2"):
        lab.datasets.append("refused.later", rows(2, 3))
    assert lab.datasets.get("refused.later").snapshot_id == made.snapshot_id
    assert objects(lab, "refused.later") == before


def test_a_reader_that_fails_writes_nothing(lab: terrarium.Lab) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows(1).to_batches()
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="the line is cut"):
        lab.datasets.create("broken.off", pa.RecordBatchReader.from_batches(ROWS.schema, batches()))
    assert objects(lab, "broken.off") == []


def test_evolves_the_schema_only_on_request(lab: terrarium.Lab) -> None:
    lab.datasets.create("evolving.rows", pa.table({"id": pa.array([1], pa.int32()), "name": ["a"]}))
    wider = pa.table({"id": pa.array([2**40]), "city": ["Ulm"]})
    with pytest.raises(SchemaDiffersError) as refused:
        lab.datasets.append("evolving.rows", wider)
    assert "'name' is missing; column 'id' is int64, not int32; column 'city' (string) is new" in str(
        refused.value
    )
    evolved = lab.datasets.append("evolving.rows", wider, evolve=True)
    assert sorted(evolved.read().to_arrow().to_pylist(), key=lambda row: row["id"]) == [
        {"id": 1, "name": "a", "city": None},
        {"id": 2**40, "name": None, "city": "Ulm"},
    ]
    first = evolved.at(snapshot=evolved.versions()[-1].snapshot_id)
    assert first.schema == pa.schema({"id": pa.int32(), "name": pa.string()})


def test_an_overwrite_is_one_version_and_earlier_ones_stay(lab: terrarium.Lab) -> None:
    first = lab.datasets.create("overwritten.rows", rows(1, 2))
    second = lab.datasets.overwrite("overwritten.rows", rows(3))
    assert [(version.operation, version.rows) for version in second.versions()] == [
        ("overwrite", 1),
        ("append", 2),
    ]
    assert ids(lab, "overwritten.rows") == [3]
    assert first.read().to_arrow().equals(rows(1, 2))


def test_an_upsert_replaces_by_key_and_adds_the_rest(lab: terrarium.Lab) -> None:
    lab.datasets.create("upserted.rows", rows(1, 2, 3), constraints=[Unique(columns="id")])
    lab.datasets.append("upserted.rows", rows(10, 11))
    files = set(objects(lab, "upserted.rows"))
    done = lab.datasets.upsert("upserted.rows", pl.DataFrame({"id": [2, 4], "name": ["new", "new"]}), on="id")
    found = {row["id"]: row["name"] for row in done.read().to_arrow().to_pylist()}
    assert found == {1: "n1", 2: "new", 3: "n3", 4: "new", 10: "n10", 11: "n11"}
    assert done.version is not None
    assert (done.version.rows, len(done.versions())) == (6, 3)
    assert len(set(objects(lab, "upserted.rows")) - files) == 2, (
        "of the files, only the one with the key is rewritten"
    )


def test_repeating_an_upsert_changes_nothing(lab: terrarium.Lab) -> None:
    lab.datasets.create("upserted.twice", rows(1, 2))
    for _ in range(2):
        done = lab.datasets.upsert("upserted.twice", rows(2, 3), on=["id"])
    assert sorted(done.read().to_arrow().to_pylist(), key=lambda row: row["id"]) == rows(1, 2, 3).to_pylist()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (rows(1, 1), "1 keys occur more than once"),
        (pa.table({"id": pa.array([None], pa.int64()), "name": ["a"]}), "no value in their key"),
        (pa.table({"name": ["a"]}), "no such column"),
    ],
)
def test_refuses_keys_that_do_not_identify_rows(data: pa.Table, said: str, lab: terrarium.Lab) -> None:
    name = f"keys.refused_{data.num_rows}{data.num_columns}"
    lab.datasets.create(name, rows(1))
    with pytest.raises(DataRefusedError, match=said):
        lab.datasets.upsert(name, data, on="id")


def test_writes_rows_by_partition_and_in_order(lab: terrarium.Lab) -> None:
    days = [dt.datetime(2026, month, day) for month in (1, 2) for day in (3, 1, 2)]
    data = pa.table({"id": [1, 2, 3, 4, 5, 6], "at": days, "country": ["DE", "FR"] * 3})
    made = lab.datasets.create(
        "arranged.rows", data, partition_by=["month(at)", "bucket(2, id)"], sort_by=["-at"]
    )
    folders = {key.rpartition("data/")[2].partition("/")[0] for key in objects(lab, "arranged.rows")}
    assert folders == {"at_month=2026-01", "at_month=2026-02"}
    one = [task for task in made.table.scan().plan_files() if "2026-01" in task.file.file_path]
    for task in one:
        times = made.read().of_files([task])["at"].to_pylist()
        assert times == sorted(times, reverse=True)
    only_january = made.read(["id"], where="at < '2026-02-01T00:00:00'").to_arrow()
    assert sorted(only_january["id"].to_pylist()) == [1, 2, 3]


def test_refuses_invalid_partitioning_before_creating_the_table(lab: terrarium.Lab) -> None:
    for partition_by, said in (
        ("month(id)", "is long"),
        ("week(id)", "not a partition transform"),
        ("month(no)", "no column 'no'"),
    ):
        with pytest.raises(DataRefusedError, match=said):
            lab.datasets.create("arranged.wrongly", ROWS, partition_by=[partition_by])
    with pytest.raises(DatasetNotFoundError):
        lab.datasets.get("arranged.wrongly")


def test_concurrent_appends_of_threads_all_succeed(lab: terrarium.Lab) -> None:
    lab.datasets.create("appended.by_threads", rows(0))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda id_: lab.datasets.append("appended.by_threads", rows(id_)), range(1, 9)))
    assert ids(lab, "appended.by_threads") == list(range(9))
    assert len(lab.datasets.get("appended.by_threads").versions()) == 9


def test_concurrent_appends_of_processes_all_succeed(lab: terrarium.Lab) -> None:
    lab.datasets.create("appended.by_processes", rows(0))
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=append_each, args=(lab.environment, "appended.by_processes", [start, start + 1]))
        for start in (1, 3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert ids(lab, "appended.by_processes") == [0, 1, 2, 3, 4]


def append_each(environment: str, name: str, numbers: list[int]) -> None:
    lab = terrarium.connect(environment)
    for number in numbers:
        lab.datasets.append(name, rows(number))


def test_one_of_two_concurrent_overwrites_raises_a_conflict(lab: terrarium.Lab) -> None:
    """The second has written its files and is about to commit when the first lands: certain, not likely."""
    lab.datasets.create("overwritten.twice", rows(0))

    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows(1).to_batches()
        lab.datasets.overwrite("overwritten.twice", rows(2))  # while the outer one is under way

    with pytest.raises(DatasetConflictError, match="another write changed it in the meantime"):
        lab.datasets.overwrite("overwritten.twice", pa.RecordBatchReader.from_batches(ROWS.schema, batches()))
    assert ids(lab, "overwritten.twice") == [2]
    assert len(objects(lab, "overwritten.twice")) == 2, "the file of the one that was refused is gone"


def test_an_overwrite_with_an_outdated_base_is_a_conflict(lab: terrarium.Lab) -> None:
    read = lab.datasets.create("overwritten.since", rows(1))
    lab.datasets.append("overwritten.since", rows(2))
    with pytest.raises(DatasetConflictError, match=f"no longer {read.snapshot_id}"):
        lab.datasets.overwrite("overwritten.since", rows(3), base=read.snapshot_id)
    assert ids(lab, "overwritten.since") == [1, 2]


def test_refuses_a_key_that_was_appended_concurrently(lab: terrarium.Lab) -> None:
    lab.datasets.create("unique.meanwhile", rows(0), constraints=[Unique(columns="id")])

    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows(1).to_batches()
        lab.datasets.append("unique.meanwhile", rows(1, 2))

    reader = pa.RecordBatchReader.from_batches(ROWS.schema, batches())
    with pytest.raises(ConstraintsViolatedError, match="id is unique: violated by 1 row"):
        lab.datasets.append("unique.meanwhile", reader)
    assert ids(lab, "unique.meanwhile") == [0, 1, 2]


def test_one_of_two_concurrent_schema_changes_raises_a_conflict(lab: terrarium.Lab) -> None:
    lab.datasets.create("evolving.twice", rows(0))
    wider = rows(1).append_column("one", pa.array([1]))

    def batches() -> Iterator[pa.RecordBatch]:
        yield from wider.to_batches()
        lab.datasets.append("evolving.twice", rows(2).append_column("other", pa.array([2])), evolve=True)

    reader = pa.RecordBatchReader.from_batches(wider.schema, batches())
    with pytest.raises(DatasetConflictError, match="schema"):
        lab.datasets.append("evolving.twice", reader, evolve=True)
    assert lab.datasets.get("evolving.twice").schema.names == ["id", "name", "other"]


def test_one_of_two_concurrent_creations_succeeds(lab: terrarium.Lab) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows(1).to_batches()
        lab.datasets.create("created.twice", rows(2))

    with pytest.raises(DatasetExistsError):
        lab.datasets.create("created.twice", pa.RecordBatchReader.from_batches(ROWS.schema, batches()))
    assert ids(lab, "created.twice") == [2]


def test_references_are_to_a_version_of_another_dataset(lab: terrarium.Lab) -> None:
    plans = lab.datasets.create("referred.plans", pa.table({"code": ["s", "m"]}))
    assert plans.snapshot_id is not None
    lab.datasets.append("referred.plans", pa.table({"code": ["l"]}))
    pinned = References(
        columns="plan", dataset="referred.plans", to_columns="code", snapshot=plans.snapshot_id
    )
    lab.datasets.create("referring.customers", pa.table({"plan": ["s"]}), constraints=[pinned])
    with pytest.raises(
        ConstraintsViolatedError, match=f"plan is in code of referred.plans at snapshot {plans.snapshot_id}"
    ):
        lab.datasets.append("referring.customers", pa.table({"plan": ["l"]}))


def test_checks_current_rows_before_changing_constraints(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("promised.later", rows(1, 2))
    with pytest.raises(ConstraintsViolatedError, match="cannot set these constraints of"):
        lab.datasets.describe("promised.later", constraints=[Range(column="id", minimum=2)])
    lab.datasets.describe("promised.later", constraints=[Range(column="id", minimum=1), RowCount(maximum=2)])
    with pytest.raises(ConstraintsViolatedError, match="at most 2 rows: violated by 3 rows"):
        lab.datasets.append("promised.later", rows(3))
    assert lab.datasets.get("promised.later").validate().valid
    assert made.constraints == ()


def test_checks_rows_with_a_pandera_schema(lab: terrarium.Lab) -> None:
    class FailedError(Exception):
        failure_cases = pd.DataFrame(
            {"column": ["id"], "check": ["greater_than(1)"], "failure_case": [1], "index": [0]}
        )

    class Schema:
        def validate(self, check_obj: pd.DataFrame, *, lazy: bool = False) -> pd.DataFrame:
            assert lazy
            if (check_obj["id"] <= 1).any():
                raise FailedError
            return check_obj

    lab.datasets.create("checked.by_schema", rows(2), checked_by=Schema())
    with pytest.raises(
        ConstraintsViolatedError, match=r"id: greater_than\(1\): violated by 1 row\n    id=1, name='n1'"
    ):
        lab.datasets.append("checked.by_schema", rows(1), checked_by=Schema())
