"""Queries of datasets in SQL, by their names."""

import datetime as dt

import pyarrow as pa
import pytest

import terrarium
from terrarium.warehouse import DatasetNameError

pytest_plugins = ["tests.support.sdk_environment"]


def test_queries_a_dataset_by_name_and_at_a_version(lab: terrarium.Lab) -> None:
    plans = pa.table({"plan": ["s", "m", "s"], "joined": [dt.datetime(2026, 1, day) for day in (1, 2, 3)]})
    first = lab.datasets.create("asked.customers", plans)
    lab.datasets.append("asked.customers", plans)
    counted = 'SELECT plan, count(*) AS n FROM "asked.customers" GROUP BY plan ORDER BY plan'
    assert lab.datasets.query(counted).to_pylist() == [{"plan": "m", "n": 2}, {"plan": "s", "n": 4}]
    earlier = (
        f'SELECT count(*) AS n FROM "asked.customers" FOR VERSION AS OF {first.snapshot_id} WHERE plan = ?'
    )
    assert lab.datasets.query(earlier, parameters=["s"]).to_pylist() == [{"n": 2}]


def test_a_name_that_no_dataset_can_have_is_refused(lab: terrarium.Lab) -> None:
    with pytest.raises(DatasetNameError, match="asked__customers"):
        lab.datasets.query('SELECT * FROM "telco.asked__customers"')
