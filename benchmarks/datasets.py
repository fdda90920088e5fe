"""Writes and scans of a dataset, and of plain PyIceberg with the same catalog and bucket."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

import terrarium
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side
from terrarium.datasets import NotNull, Range, Unique

__all__ = ["compare"]

_ROWS = 500_000
_ROUNDS = 5


def compare() -> Iterator[Comparison]:
    """Compare writes with versions, checks and one commit with PyIceberg's append and scan."""
    rows = _rows()
    with sandboxed_lab() as lab:
        catalog, name = lab.warehouse.catalog, (lab.warehouse.database, "theirs")
        theirs = catalog.create_table(name, rows.schema)
        lab.datasets.create("ours.plain", rows.schema)
        lab.datasets.create("ours.checked", rows.schema, constraints=_promises())
        yield side_by_side(
            f"append of {_ROWS:,} rows, {rows.nbytes / 1024**2:.0f} MiB",
            {
                "pyiceberg's append": lambda: catalog.load_table(name).append(rows),
                "lab.datasets.append": lambda: lab.datasets.append("ours.plain", rows),
            },
            rounds=_ROUNDS,
            at_most=1.3,
        )
        yield side_by_side(
            "the same, as three constraints are checked, one of them against all rows there are",
            {
                "pyiceberg's append, nothing checked": lambda: catalog.load_table(name).append(rows),
                "lab.datasets.append": _distinct_appends(lab, rows),
            },
            rounds=_ROUNDS,
            at_most=3.5,
        )
        theirs.refresh()
        ours = lab.datasets.get("ours.plain")
        assert theirs.scan().count() == 2 * ours.read().count() == 2 * _ROUNDS * _ROWS
        half = theirs.snapshots()[_ROUNDS - 1].snapshot_id
        yield side_by_side(
            f"scan of {_ROUNDS * _ROWS:,} rows to Arrow",
            {
                "pyiceberg's scan": lambda: theirs.scan(snapshot_id=half).to_arrow(),
                "lab.datasets' read": lambda: ours.read().to_arrow(),
            },
            rounds=_ROUNDS,
            at_most=1.1,
        )


def _rows() -> pa.Table:
    random = np.random.default_rng(7)
    return pa.table(
        {
            "id": np.arange(_ROWS),
            "amount": random.normal(size=_ROWS),
            "plan": pa.array(random.choice(["s", "m", "l"], _ROWS)),
            "at": pa.array(random.integers(0, 10**15, _ROWS), pa.timestamp("us")),
        }
    )


def _promises() -> tuple[Unique, NotNull, Range]:
    return Unique(columns=("id",)), NotNull(column="plan"), Range(column="amount", minimum=-100)


def _distinct_appends(lab: terrarium.Lab, rows: pa.Table) -> Callable[[], object]:
    """Yield rows with new keys each time."""
    numbers = iter(range(_ROUNDS))

    def append() -> object:
        ids = pa.array(np.arange(_ROWS) + next(numbers) * _ROWS)
        return lab.datasets.append("ours.checked", rows.set_column(0, "id", ids))

    return append
