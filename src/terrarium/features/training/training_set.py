"""`TrainingSet`: entity rows with features, and the snapshots that pin it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.io.digest import digest_of_hash
from terrarium.record import Part, Splits

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["PinnedView", "TrainingSet", "table_digest"]


@dataclass(frozen=True)
class PinnedView:
    """The features that were read of one view, and the snapshot of its source.

    Args:
        view: Name and version of the view, such as `customer_usage@2`.
        dataset: The source of the view.
        snapshot_id: Snapshot of the source's table; None if the table was empty.
        features: The features that were read.
    """

    view: str
    dataset: str
    snapshot_id: int | None
    features: tuple[str, ...]


@checked_methods
@dataclass(frozen=True)
class TrainingSet:
    """Entity rows in their order, with one more column per feature.

    Args:
        table: Entity rows and features.
        views: The views that were read. Pass `snapshots` to another training set to read the same rows again.

    Example:
        >>> training = lab.features.training_set(events, ["customer_usage:minutes"])
        >>> frame = training.to_pandas()
    """

    table: "pa.Table"
    views: tuple[PinnedView, ...]

    @property
    def snapshots(self) -> dict[str, int | None]:
        """View with version -> snapshot of its source; pins the training set."""
        return {pinned.view: pinned.snapshot_id for pinned in self.views}

    @cached_property
    def digest(self) -> str:
        """`sha256:...` of column names, types and values."""
        return table_digest(self.table)

    def splits(self, name: str = "train") -> Splits:
        """Return the splits for the run record: `run.log_splits(training_set.splits())`.

        They hold the digest of the table, and the snapshot of each view's source.

        Args:
            name: Name of the part, such as `train`.

        Example:
            >>> run.log_splits(training.splits())
        """
        features = ", ".join(f"{pinned.view}:{'+'.join(pinned.features)}" for pinned in self.views)
        whole = Part(name=name, dataset=f"features {features}", rows=self.table.num_rows, digest=self.digest)
        sources = (
            Part(name=f"{name}/{pinned.view}", dataset=pinned.dataset, snapshot_id=pinned.snapshot_id)
            for pinned in self.views
        )
        return Splits(parts=(whole, *sources), strategy="as of each event's time")

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table as a pandas frame.

        Example:
            >>> training.to_pandas()
        """
        return self.table.to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """Return the table as a Polars frame.

        Example:
            >>> training.to_polars()
        """
        import polars as pl

        return pl.DataFrame(self.table)


def table_digest(table: "pa.Table") -> str:
    """Return `sha256:...` of a table: equal for equal names, types and values, whatever the memory layout."""
    import pyarrow as pa

    # `take` builds a table without offsets and chunks, with defined memory where values are null.
    gathered = (
        table.replace_schema_metadata().take(pa.array(range(table.num_rows), pa.int64())).combine_chunks()
    )
    digest = hashlib.sha256()
    sink = pa.PythonFile(_Digesting(digest), mode="w")
    with pa.ipc.new_stream(sink, gathered.schema) as stream:
        stream.write_table(gathered)
    return digest_of_hash(digest)


class _Digesting:
    """A file object that only computes the digest of what is written to it."""

    closed = False

    def __init__(self, digest: "hashlib._Hash") -> None:
        self._digest = digest

    def write(self, content: bytes) -> int:
        self._digest.update(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: writes are not buffered."""
