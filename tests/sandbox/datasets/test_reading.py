"""Reading of datasets: versions, rows, descriptions, search."""

import datetime as dt
import io
import json
import math

import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner

import terrarium
from terrarium.cli.datasets import datasets
from terrarium.datasets import Dataset, Range
from terrarium.datasets.errors import (
    DataRefusedError,
    DatasetConflictError,
    SelectionError,
    VersionNotFoundError,
)

pytest_plugins = ["tests.support.sdk_environment"]


def rows(*ids: int) -> pa.Table:
    return pa.table({"id": list(ids), "name": [f"n{id_}" for id_ in ids]})


def content(dataset: Dataset) -> bytes:
    """All of it as one stream of Arrow's, byte for byte."""
    stream = io.BytesIO()
    table = dataset.read().to_arrow()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def test_later_writes_do_not_change_a_pinned_version(lab: terrarium.Lab) -> None:
    lab.datasets.create("pinned.rows", rows(3, 1))
    lab.datasets.append("pinned.rows", rows(2))
    pinned = lab.datasets.get("pinned.rows")
    before = content(pinned)
    lab.datasets.append("pinned.rows", rows(9))
    lab.datasets.upsert("pinned.rows", rows(1), on="id")
    lab.datasets.append("pinned.rows", pa.table({"id": [5], "city": ["Ulm"]}), evolve=True)
    lab.datasets.overwrite("pinned.rows", pa.table({"id": [7], "name": ["x"], "city": ["Ulm"]}))
    assert content(lab.datasets.get("pinned.rows").at(snapshot=pinned.snapshot_id)) == before
    assert content(pinned) == before


def test_finds_versions_by_snapshot_tag_and_time(lab: terrarium.Lab) -> None:
    first = lab.datasets.create("versioned.rows", rows(1)).tag("first")
    second = lab.datasets.append("versioned.rows", rows(2))
    assert [version.rows for version in second.versions()] == [2, 1]
    (latest, earliest) = second.versions()
    assert (latest.parent_id, earliest.tags) == (earliest.snapshot_id, ("first",))
    assert second.at(tag="first").snapshot_id == first.snapshot_id
    assert second.at(time=latest.committed).snapshot_id == latest.snapshot_id
    just_before = latest.committed - dt.timedelta(milliseconds=1)
    assert second.at(time=max(just_before, earliest.committed)).snapshot_id == earliest.snapshot_id


def test_refuses_versions_that_do_not_exist(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("versioned.once", rows(1))
    with pytest.raises(VersionNotFoundError, match="no snapshot 1"):
        made.at(snapshot=1)
    with pytest.raises(VersionNotFoundError, match="no tag 'gold'; it has none"):
        made.at(tag="gold")
    with pytest.raises(VersionNotFoundError, match="had no version at"):
        made.at(time=dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(VersionNotFoundError, match="no time zone"):
        made.at(time=dt.datetime(2001, 1, 1))
    with pytest.raises(VersionNotFoundError, match="its snapshot, a tag or a time"):
        made.at()


def test_moves_a_tag_only_on_request(lab: terrarium.Lab) -> None:
    first = lab.datasets.create("tagged.rows", rows(1)).tag("gold").tag("gold")
    second = lab.datasets.append("tagged.rows", rows(2))
    with pytest.raises(DatasetConflictError, match=f"names snapshot {first.snapshot_id}"):
        second.tag("gold")
    moved = second.tag("gold", move=True)
    assert moved.at(tag="gold").snapshot_id == second.snapshot_id


def test_reads_chosen_rows_and_columns(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("chosen.rows", rows(1, 2, 3))
    chosen = made.read(["name"], where="id >= 2 and name != 'n3'")
    assert chosen.to_arrow().to_pydict() == {"name": ["n2"]}
    assert chosen.to_pandas()["name"].tolist() == ["n2"]
    assert chosen.to_polars().equals(pl.DataFrame({"name": ["n2"]}))
    assert pl.DataFrame(chosen).equals(pl.DataFrame({"name": ["n2"]})), "it is an Arrow stream itself"
    assert (chosen.count(), made.read().count()) == (1, 3)
    assert made.read(["name", "id"]).to_arrow().column_names == ["name", "id"]


@pytest.mark.parametrize("where", ["age > 3", "id >", "id = 'x'"])
def test_refuses_invalid_columns_and_conditions(where: str, lab: terrarium.Lab) -> None:
    name = f"chosen.badly_{len(where)}"
    made = lab.datasets.create(name, rows(1))
    with pytest.raises(SelectionError, match="cannot be used"):
        made.read(where=where)
    with pytest.raises(SelectionError, match="no column 'age'"):
        made.read(["age"])


def test_computes_statistics_of_columns(lab: terrarium.Lab) -> None:
    data = pa.table(
        {
            "age": pa.array([*range(1, 100), None]),
            "score": [0.5, math.nan] * 50,
            "plan": ["s"] * 60 + ["m"] * 40,
            "at": [dt.datetime(2026, 1, 1) + dt.timedelta(days=day) for day in range(100)],
            "calls": [[1, 2]] * 100,
        }
    )
    age, score, plan, at, calls = lab.datasets.create("measured.rows", data).statistics()
    assert (age.rows, age.nulls, age.minimum, age.maximum, age.mean) == (100, 1, 1, 99, 50.0)
    assert age.quantiles[0.5] == 50.0
    assert age.distinct == 99
    assert (score.minimum, score.maximum, score.mean) == (0.5, 0.5, 0.5)
    assert (plan.top, plan.distinct, plan.quantiles) == ((("s", 60), ("m", 40)), 2, {})
    assert (at.minimum, at.type) == ("2026-01-01T00:00:00", "timestamp[us]")
    assert (calls.nulls, calls.distinct) == (0, None)


def test_searches_datasets_by_description(lab: terrarium.Lab) -> None:
    lab.datasets.create(
        "found.customers",
        pa.table({"msisdn": ["1"], "age": [1]}),
        owner="crm",
        description="Everybody with a contract",
        tags=["pii", "found-gold"],
        columns={"msisdn": "Telephone number"},
    )
    lab.datasets.create("found.plans", pa.table({"code": ["s"]}), owner="products", tags=["found-gold"])

    def names(**asked: str) -> list[str]:
        return [found.name for found in lab.datasets.search(**asked) if found.name.startswith("found.")]

    assert names(tag="FOUND-gold") == ["found.customers", "found.plans"]
    assert names(owner="CRM") == names(column="SISD") == names(name="customer") == ["found.customers"]
    assert names(text="telephone contract") == ["found.customers"]
    assert names(text="contract", owner="products") == []
    (listed,) = [found for found in lab.datasets.list() if found.name == "found.customers"]
    assert listed.columns[0].description == "Telephone number"
    assert listed.changed is not None


def test_changes_parts_of_a_description(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("described.rows", rows(1), owner="a", tags=["x"], columns={"id": "Key"})
    lab.datasets.describe("described.rows", tags=["y", "z"], columns={"name": "Name"})
    described = lab.datasets.describe("described.rows", description="Rows", owner="b")
    said = described.description
    assert (said.owner, said.description, said.tags) == ("b", "Rows", ("y", "z"))
    assert said.columns == {"id": "Key", "name": "Name"}
    assert described.snapshot_id == made.snapshot_id, "which is no new version"
    with pytest.raises(DataRefusedError, match="no column 'nam' to describe"):
        lab.datasets.describe("described.rows", columns={"nam": "Name"})


def test_does_not_list_columns_of_earlier_schemas(lab: terrarium.Lab) -> None:
    made = lab.datasets.create("shrunk.rows", rows(1))
    with made.table.update_schema() as update:
        update.delete_column("name")
    (found,) = lab.datasets.search(name="shrunk.rows")
    assert [column.name for column in found.columns] == ["id"]


def test_the_command_line_lists_and_shows(lab: terrarium.Lab) -> None:
    lab.datasets.create(
        "typed.rows",
        rows(1, 2),
        owner="crm",
        description="Rows to type for",
        columns={"id": "Key"},
        constraints=[Range(column="id", minimum=0)],
    ).tag("typed-tag")

    def typed(*arguments: str) -> str:
        environ = {"TERRARIUM_ENVIRONMENT": lab.environment, "COLUMNS": "200"}
        done = CliRunner().invoke(datasets, arguments, env=environ, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    listed = typed("list", "type for", "--owner", "crm")
    assert "typed.rows" in listed
    assert "typed.rows" not in typed("list", "--owner", "nobody")
    shown = typed("show", "typed.rows")
    for said in ("Rows to type for", "2 rows", "Key", "constraint: id is at least 0"):
        assert said in shown
    assert "n1 (1), n2 (1)" in typed("show", "typed.rows", "--statistics")
    assert "typed-tag" in typed("versions", "typed.rows")
    assert "written by no run" in typed("lineage", "typed.rows")
    assert json.loads(lab.datasets.search(name="typed.rows")[0].model_dump_json())["owner"] == "crm"
