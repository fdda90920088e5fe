"""Training sets and online reads: beside Feast, and beside the bare engines and clients."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

import terrarium
from benchmarks.feast_environment import feast_python
from benchmarks.joins import VIEWS, view
from benchmarks.replayed import replayed
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side
from terrarium.features.offline.write import write_rows
from tests.unit.features.local_warehouse import LocalWarehouse

__all__ = ["compare"]

_ENTITY_ROWS = 200_000
_ROWS_PER_CUSTOMER = 20
_START = 1_700_000_000_000_000  # us
_SPAN = 100 * 86_400 * 1_000_000  # us
_LIMIT = 1024**3  # bytes
_ENTITIES, _READS = 50, 40


def compare() -> Iterator[Table | Comparison]:
    """Point-in-time joins against 1 M and 10 M rows, then online reads."""
    feast = feast_python()
    with TemporaryDirectory() as folder:
        yield _beside_feast(Path(folder), 1_000_000, feast)
    with TemporaryDirectory() as folder:
        yield _beside_engines(Path(folder), 10_000_000)
    yield from _online(feast)


def _beside_feast(folder: Path, rows: int, feast: Path | None) -> Table:
    _generate(folder, rows)
    ours = [_joined("terrarium", folder, str(_LIMIT)) for _ in range(3)]
    right = _joined("duckdb", folder)
    assert _differences(folder, "terrarium", "duckdb") == 0
    table = Table(
        "",
        "s",
        "peak MiB",
        "times ours",
        "at least",
        "rows that differ",
        title=f"{_ENTITY_ROWS:,} rows as of {VIEWS} views of {rows:,} rows",
    )
    seconds = median(one["seconds"] for one in ours)
    table.add_row("terrarium, from Iceberg", f"{seconds:.2f}", f"{ours[-1]['peak']:,.0f}", "1.0", "", "0")
    table.add_row(
        "DuckDB's own ASOF",
        f"{right['seconds']:.2f}",
        f"{right['peak']:,.0f}",
        f"{right['seconds'] / seconds:.1f}",
        "",
        "the oracle",
    )
    for store, wanted in (("duckdb", 15), ("file", 100)) if feast else ():
        out = folder / f"feast-{store}"
        out.mkdir()
        found = _told([feast, "benchmarks/feast_side.py", "historical", store, folder, out])
        differing = _feast_differences(folder, out / "joined.parquet")
        slower = found["seconds"] / seconds
        table.add_row(
            f"Feast, {store} store",
            f"{found['seconds']:.2f}",
            f"{found['peak']:,.0f}",
            f"{slower:.1f}",
            str(wanted),
            differing,
            style="bold red" if slower < wanted else None,
        )
    return table


def _beside_engines(folder: Path, rows: int) -> Table:
    _generate(folder, rows)
    contenders = {
        "Polars' join_asof over Parquet": ("polars",),
        "DuckDB's ASOF over Parquet": ("duckdb",),
        "terrarium, from Iceberg, 1 GiB": ("terrarium", str(_LIMIT)),
        "terrarium, from Iceberg, 256 MiB": ("terrarium", str(_LIMIT // 4)),
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(3):
        for name, (contender, *arguments) in contenders.items():
            found[name].append(_joined(contender, folder, *arguments))
    assert _differences(folder, "terrarium", "duckdb") == 0
    table = Table(
        "",
        "s",
        "peak MiB",
        "ratio",
        "at most",
        title=f"{_ENTITY_ROWS:,} rows as of {VIEWS} views of {rows:,} rows",
    )
    bare = next(iter(found.values()))
    for name, ours in found.items():
        ratio = median(one["seconds"] / stock["seconds"] for one, stock in zip(ours, bare, strict=True))
        wanted = 1.5 if name.endswith("1 GiB") else None
        table.add_row(
            name,
            f"{median(one['seconds'] for one in ours):.2f}",
            f"{median(one['peak'] for one in ours):,.0f}",
            f"{ratio:.2f}",
            "" if wanted is None else str(wanted),
            style="bold red" if wanted and ratio > wanted else None,
        )
    return table


def _online(feast: Path | None) -> Iterator[Comparison | Table]:
    with sandboxed_lab("bench") as lab, TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        for number in range(2):
            lab.features.apply(view(number))
            rows = [
                {"customer_id": n, "event_time": now, "created_at": now, f"f{number}": float(n)}
                for n in range(_ENTITIES)
            ]
            lab.features.write(f"view{number}", rows)
            lab.features.materialize(f"view{number}")
        client, table = lab.session.client("dynamodb"), lab.manifest.features.online_table
        keys = [
            {"entity": {"S": f"customer={n}"}, "feature_view": {"S": f"view{number}@1"}}
            for n in range(_ENTITIES)
            for number in range(2)
        ]

        def bare() -> None:
            assert len(
                client.batch_get_item(RequestItems={table: {"Keys": keys}})["Responses"][table]
            ) == len(keys)

        bare()
        _read(lab)
        title = f"{_ENTITIES} entities of two views, online, from the emulator"
        alternatives = {"boto3's BatchGetItem": bare, "terrarium": lambda: _read(lab)}
        yield side_by_side(title, alternatives, rounds=_READS, at_most=1.1)
        with replayed():
            bare()
            _read(lab)
            client_side = side_by_side("", alternatives, rounds=10 * _READS, at_most=1.0)
        export = lab.features.export_feast(Path(folder) / "exported")
        if feast is None:
            return
        assert _told([feast, "benchmarks/feast_side.py", "exported", export]) == {
            "view0": ["f0"],
            "view1": ["f1"],
        }
        theirs = _told(
            [feast, "benchmarks/feast_side.py", "online", folder, os.environ["AWS_ENDPOINT_URL"], str(_READS)]
        )
        result = Table(
            "",
            "median ms",
            "ratio",
            "at most",
            title="The same: what of it is the client's, with canned answers",
        )
        stock = median(theirs["replayed"])
        ours = {name: median(seconds) for name, seconds in client_side.seconds.items()}
        for name, seconds in {"Feast": stock, **ours}.items():
            wanted = 0.5 if name == "terrarium" else None
            ratio = seconds / stock
            style = "bold red" if wanted and ratio > wanted else None
            result.add_row(name, f"{seconds * 1e3:.2f}", f"{ratio:.2f}", str(wanted or ""), style=style)
        emulated = median(theirs["emulated"])
        result.add_row("Feast, from the emulator", f"{emulated * 1e3:.2f}", "", "")
        yield result


def _read(lab: terrarium.Lab) -> None:
    rows = [{"customer_id": n} for n in range(_ENTITIES)]
    found = lab.features.online(rows, ["view0:f0", "view1:f1"])
    assert found.columns["f1"] == [float(n) for n in range(_ENTITIES)]


def _generate(folder: Path, rows: int) -> None:
    """The same rows as Parquet files and as Iceberg tables; a hundredth of the customers nobody has seen."""
    generator = np.random.default_rng(7)
    customers = rows // _ROWS_PER_CUSTOMER
    warehouse = LocalWarehouse(folder / "warehouse")
    entities = {
        "customer_id": generator.integers(0, customers * 101 // 100, _ENTITY_ROWS),
        "event_time": _times_drawn(generator, _ENTITY_ROWS),
    }
    pq.write_table(pa.table(entities), folder / "entities.parquet")
    for number in range(VIEWS):
        times = _times_drawn(generator, rows)
        table = pa.table(
            {
                "customer_id": generator.integers(0, customers, rows),
                "event_time": times,
                "created_at": times,
                f"f{number}": generator.random(rows),
            }
        )
        write_rows(warehouse, view(number), table)
        pq.write_table(table, folder / f"view{number}.parquet", row_group_size=262_144)


def _times_drawn(generator: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(_START + generator.integers(0, _SPAN, rows)).cast(pa.timestamp("us", "UTC"))


def _joined(contender: str, folder: Path, *arguments: str) -> dict[str, float]:
    out = folder / f"{contender}.joined"
    told: dict[str, float] = _told(
        [sys.executable, "-m", "benchmarks.joins", contender, folder, *arguments, out]
    )
    return told


def _told(command: list[Any]) -> Any:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _differences(folder: Path, one: str, other: str) -> int:
    frames = [
        pl.read_parquet(folder / f"{name}.joined").select(f"f{n}" for n in range(VIEWS))
        for name in (one, other)
    ]
    assert frames[0].height == _ENTITY_ROWS
    return sum(int((frames[0][column].ne_missing(frames[1][column])).sum()) for column in frames[0].columns)


def _feast_differences(folder: Path, path: Path) -> str:
    """Feast returns rows in another order: looked up by key and time, of which none is drawn twice."""
    right, found = pl.read_parquet(folder / "duckdb.joined"), pl.read_parquet(path)
    columns = [f"f{n}" for n in range(VIEWS)]
    both = right.join(
        found.with_columns(pl.col("event_time").cast(right.schema["event_time"])),
        on=["customer_id", "event_time"],
        how="left",
        suffix="_theirs",
    )
    wrong = sum(int(both[name].ne_missing(both[f"{name}_theirs"].fill_nan(None)).sum()) for name in columns)
    return f"{wrong:,}, {_ENTITY_ROWS - found.height:,} dropped"
