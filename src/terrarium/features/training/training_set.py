"""`TrainingSet`: entity rows with features, and all that it takes to make it again."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.record import Part, Splits

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["PinnedView", "TrainingSet", "table_digest"]


@dataclass(frozen=True)
class PinnedView:
    """What was read of a feature view.

    Args:
        view: Its name and version, e.g. `customer_usage@2`.
        dataset: Its source.
        snapshot_id: Of the source's table; None while it is empty.
        features: Those that were read.
    """

    view: str
    dataset: str
    snapshot_id: int | None
    features: tuple[str, ...]


@checked_methods
@dataclass(frozen=True)
class TrainingSet:
    """Entity rows in their order, with one more column for each feature.

    Args:
        table: Entity rows and features.
        views: What was read; give `snapshots` to another training set to read the same again.
    """

    table: "pa.Table"
    views: tuple[PinnedView, ...]

    @property
    def snapshots(self) -> dict[str, int | None]:
        """View with version -> snapshot of its source: what pins the training set."""
        return {pinned.view: pinned.snapshot_id for pinned in self.views}

    @cached_property
    def digest(self) -> str:
        """`sha256:...` of names, types and values."""
        return table_digest(self.table)

    def splits(self, name: str = "train") -> Splits:
        """What the run record keeps: `run.log_splits(training_set.splits())`.

        The table by its digest, and each view's source by its snapshot.

        Args:
            name: Of the part that this training set is.
        """
        features = ", ".join(f"{pinned.view}:{'+'.join(pinned.features)}" for pinned in self.views)
        whole = Part(name=name, dataset=f"features {features}", rows=self.table.num_rows, digest=self.digest)
        sources = (
            Part(name=f"{name}/{pinned.view}", dataset=pinned.dataset, snapshot_id=pinned.snapshot_id)
            for pinned in self.views
        )
        return Splits(parts=(whole, *sources), strategy="as of each event's time")

    def to_pandas(self) -> "pd.DataFrame":
        """As pandas' frame."""
        return self.table.to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """As Polars' frame."""
        import polars as pl

        return pl.DataFrame(self.table)


def table_digest(table: "pa.Table") -> str:
    """`sha256:...` of an Arrow table: equal for equal names, types and values, however they lie in memory."""
    import pyarrow as pa

    # Gathered anew, a table has no offsets, no chunks, and nothing where it has nulls.
    gathered = (
        table.replace_schema_metadata().take(pa.array(range(table.num_rows), pa.int64())).combine_chunks()
    )
    digest = hashlib.sha256()
    sink = pa.PythonFile(_Digesting(digest), mode="w")
    with pa.ipc.new_stream(sink, gathered.schema) as stream:
        stream.write_table(gathered)
    return f"sha256:{digest.hexdigest()}"


class _Digesting:
    """A file that keeps nothing but the digest of what is written to it."""

    closed = False

    def __init__(self, digest: "hashlib._Hash") -> None:
        self._digest = digest

    def write(self, content: bytes) -> int:
        self._digest.update(content)
        return len(content)

    def flush(self) -> None:
        """Nothing is kept back."""
