"""Queries by awswrangler, PyAthena and SQLAlchemy, each as its documentation says: prints what they return, as JSON.

`STAGING=s3://... python athena_clients_program.py CLIENT DATABASE WORKGROUP FOLDER`, in an environment that has them;
`STAGING` is a folder beside the workgroup's results.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

_ROWS = "SELECT n AS x, 'row ' || CAST(n AS varchar) AS y FROM UNNEST(sequence(1, 2000)) AS t(n)"


def awswrangler(database: str, workgroup: str, folder: str) -> Mapping[str, Any]:
    import awswrangler as wr
    import pandas as pd

    def rows(**options: Any) -> list[Any]:
        frame = wr.athena.read_sql_query(_ROWS, database=database, workgroup=workgroup, **options)
        return [len(frame), int(frame["x"].sum()), sorted(frame["y"])[0]]

    frame = pd.DataFrame({"x": [1, 2, 3], "part": ["a", "b", "b"]})
    wr.s3.to_parquet(
        frame,
        path=f"{folder}written/",
        dataset=True,
        database=database,
        table="wr_written",
        partition_cols=["part"],
    )
    more = pd.DataFrame({"x": [4]})
    wr.s3.to_parquet(more, path=f"{folder}written/part=c/more.parquet")
    before = wr.athena.read_sql_query(
        "SELECT sum(x) s FROM wr_written", database=database, workgroup=workgroup
    )
    wr.athena.repair_table("wr_written", database=database, workgroup=workgroup)
    after = wr.athena.read_sql_query(
        "SELECT sum(x) s FROM wr_written", database=database, workgroup=workgroup
    )
    empty = wr.athena.read_sql_query(
        f"SELECT * FROM ({_ROWS}) WHERE x < 0", database=database, workgroup=workgroup
    )
    staging = os.environ["STAGING"]  # awswrangler reads no manifest of another bucket than its `s3_output`
    return {
        "default": rows(),
        "unload": rows(ctas_approach=False, unload_approach=True, s3_output=staging),
        "neither": rows(ctas_approach=False),
        "repair": [int(before["s"][0]), int(after["s"][0])],
        "empty": len(empty),
        "chunks": sum(
            len(chunk)
            for chunk in wr.athena.read_sql_query(
                _ROWS, database=database, workgroup=workgroup, chunksize=500
            )
        ),
    }


def pyathena(database: str, workgroup: str, folder: str) -> Mapping[str, Any]:
    from pyathena import connect
    from pyathena.arrow.cursor import ArrowCursor
    from pyathena.pandas.cursor import PandasCursor

    _use_the_endpoint()
    connection = connect(schema_name=database, work_group=workgroup, poll_interval=0.05)
    plain = connection.cursor().execute(
        f"SELECT * FROM ({_ROWS}) WHERE x <= %(most)s ORDER BY x", {"most": 2}
    )
    names = [column[0] for column in plain.description or ()]
    frame = connection.cursor(PandasCursor).execute(_ROWS).as_pandas()
    table = connection.cursor(ArrowCursor).execute(_ROWS).as_arrow()
    staged = connect(schema_name=database, work_group=workgroup, s3_staging_dir=folder, poll_interval=0.05)
    unloaded = staged.cursor(ArrowCursor, unload=True).execute(_ROWS).as_arrow()
    return {
        "names": names,
        "plain": [list(row) for row in plain.fetchall()],
        "pandas": [len(frame), int(frame["x"].sum())],
        "arrow": [table.num_rows, sum(table["x"].to_pylist())],
        "unloaded": [unloaded.num_rows, sum(unloaded["x"].to_pylist())],
    }


def _use_the_endpoint() -> None:
    """Arrow's S3 client, which the Arrow cursor makes, does not read AWS_ENDPOINT_URL by itself."""
    import functools

    from pyarrow import fs

    endpoint = os.environ["AWS_ENDPOINT_URL"]
    fs.S3FileSystem = functools.partial(fs.S3FileSystem, endpoint_override=endpoint)


def sqlalchemy(database: str, workgroup: str, folder: str) -> Mapping[str, Any]:  # noqa: ARG001 - one signature
    from urllib.parse import quote

    from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text

    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    address = f"awsathena+rest://@athena.{region}.amazonaws.com:443/{database}"
    engine = create_engine(f"{address}?work_group={quote(workgroup)}&poll_interval=0.05")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE TABLE sa_written WITH (format = 'PARQUET') AS {_ROWS}"))
        table = Table("sa_written", MetaData(), autoload_with=connection)
        total = connection.execute(select(func.sum(table.c.x))).scalar()
        names = inspect(engine).get_table_names()
        some = connection.execute(select(table).where(table.c.x < 3).order_by(table.c.x)).fetchall()
    return {
        "columns": [column.name for column in table.columns],
        "total": total,
        "listed": "sa_written" in names,
        "some": [list(row) for row in some],
    }


_CLIENTS: Mapping[str, Callable[[str, str, str], Mapping[str, Any]]] = {
    "awswrangler": awswrangler,
    "pyathena": pyathena,
    "sqlalchemy": sqlalchemy,
}

if __name__ == "__main__":
    client, *place = sys.argv[1:]
    print(json.dumps(_CLIENTS[client](*place)))
