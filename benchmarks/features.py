"""Training sets and online reads: Terrarium, Feast, and the plain engines and clients."""

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

import polars as pl
from rich.table import Table

import terrarium
from benchmarks.feast_environment import feast_python
from benchmarks.feature_data import ENTITY_ROWS, VIEWS, Shape, features_in, generate, view
from benchmarks.replayed import replayed
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side

__all__ = ["compare"]

_LIMIT = 1024**3  # bytes
_ENTITIES, _READS = 50, 40
# With many rows per customer, an engine that first joins all pairs (Feast) has many more rows.
_BESIDE_FEAST = (
    Shape(rows=1_000_000, rows_per_customer=20),
    Shape(rows=1_000_000, rows_per_customer=20, features=10),
    Shape(rows=1_000_000, rows_per_customer=100),
    Shape(rows=1_000_000, rows_per_customer=160),
)
_WANTED = {"duckdb": 15, "file": 100}  # times as fast as Feast's stores
_BESIDE_ENGINES = Shape(rows=10_000_000, rows_per_customer=20)


def compare() -> Iterator[Table | Comparison]:
    """Compare point-in-time joins with 1 M and 10 M rows, then online reads."""
    feast = feast_python()
    for shape in _BESIDE_FEAST:
        with TemporaryDirectory() as folder:
            yield _beside_feast(Path(folder), shape, feast)
    with TemporaryDirectory() as folder:
        yield _beside_engines(Path(folder), _BESIDE_ENGINES)
    yield from _online(feast)


def _beside_feast(folder: Path, shape: Shape, feast: Path | None) -> Table:
    generate(folder, shape)
    right = _joined("duckdb", folder)
    ours, theirs = [_joined("terrarium", folder, str(_LIMIT))], {}
    for store in _WANTED if feast else ():
        out = folder / f"feast-{store}"
        out.mkdir()
        theirs[store] = _json_output([feast, "benchmarks/feast_side.py", "historical", store, folder, out])
        ours.append(_joined("terrarium", folder, str(_LIMIT)))
    assert _differences(folder, "terrarium", "duckdb") == 0
    headings = ("", "s", "of the processor", "peak MiB", "times ours", "at least", "values that differ")
    table = Table(*headings, title=str(shape))
    seconds = median(one["seconds"] for one in ours)
    table.add_row("terrarium, from Iceberg", *_figures(ours), "1.0", "", "0")
    slower = f"{right['seconds'] / seconds:.1f}"
    table.add_row("DuckDB's own ASOF, from Parquet", *_figures([right]), slower, "", "the oracle")
    for store, found in theirs.items():
        differing = _feast_differences(folder, folder / f"feast-{store}" / "joined.parquet")
        ratio, wanted = found["seconds"] / seconds, _WANTED[store]
        table.add_row(
            f"Feast, {store} store",
            *_figures([found]),
            f"{ratio:.1f}",
            str(wanted),
            differing,
            style="bold red" if ratio < wanted else None,
        )
    return table


def _beside_engines(folder: Path, shape: Shape) -> Table:
    generate(folder, shape)
    contenders = {
        "Polars' join_asof, from Parquet": ("polars",),
        "DuckDB's ASOF, from Parquet": ("duckdb",),
        "terrarium, from Iceberg, 1 GiB": ("terrarium", str(_LIMIT)),
        "terrarium, from Iceberg, 256 MiB": ("terrarium", str(_LIMIT // 4)),
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(3):
        for name, (contender, *arguments) in contenders.items():
            found[name].append(_joined(contender, folder, *arguments))
    assert _differences(folder, "terrarium", "duckdb") == 0
    table = Table("", "s", "of the processor", "peak MiB", "ratio", "at most", title=str(shape))
    bare = next(iter(found.values()))
    for name, ours in found.items():
        ratio = median(one["seconds"] / stock["seconds"] for one, stock in zip(ours, bare, strict=True))
        wanted = 1.5 if name.endswith("1 GiB") else None
        style = "bold red" if wanted and ratio > wanted else None
        table.add_row(name, *_figures(ours), f"{ratio:.2f}", str(wanted or ""), style=style)
    return table


def _figures(runs: list[dict[str, float]]) -> tuple[str, str, str]:
    seconds, processor, peak = (
        median(one[figure] for one in runs) for figure in ("seconds", "processor", "peak")
    )
    return f"{seconds:.2f}", f"{processor:.2f}", f"{peak:,.0f}"


def _online(feast: Path | None) -> Iterator[Comparison | Table]:
    with sandboxed_lab("bench") as lab, TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        for number in range(2):
            lab.features.apply(view(number, (f"f{number}",)))
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
        assert _json_output([feast, "benchmarks/feast_side.py", "exported", export]) == {
            "view0": ["f0"],
            "view1": ["f1"],
        }
        theirs = _json_output(
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


def _joined(contender: str, folder: Path, *arguments: str) -> dict[str, float]:
    out = folder / f"{contender}.joined"
    result: dict[str, float] = _json_output(
        [sys.executable, "-m", "benchmarks.joins", contender, folder, *arguments, out]
    )
    return result


def _json_output(command: list[Any]) -> Any:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _features(folder: Path) -> list[str]:
    return [name for number in range(VIEWS) for name in features_in(folder, number)]


def _differences(folder: Path, one: str, other: str) -> int:
    frames = [pl.read_parquet(folder / f"{name}.joined").select(_features(folder)) for name in (one, other)]
    assert frames[0].height == ENTITY_ROWS
    return sum(int((frames[0][column].ne_missing(frames[1][column])).sum()) for column in frames[0].columns)


def _feast_differences(folder: Path, path: Path) -> str:
    """Return the differences, by key and time, which are unique: Feast returns rows in another order."""
    right, found = pl.read_parquet(folder / "duckdb.joined"), pl.read_parquet(path)
    both = right.join(
        found.with_columns(pl.col("event_time").cast(right.schema["event_time"])),
        on=["customer_id", "event_time"],
        how="left",
        suffix="_theirs",
    )
    wrong = sum(
        int(both[name].ne_missing(both[f"{name}_theirs"].fill_nan(None)).sum()) for name in _features(folder)
    )
    return f"{wrong:,}, {ENTITY_ROWS - found.height:,} rows dropped"
