"""Checks of constraints on all rows of a dataset together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from terrarium.datasets.constraints.constraint_types import Fresh, References, RowCount, Unique
from terrarium.datasets.constraints.example_rows import examples_of
from terrarium.datasets.constraints.validation_report import Violation

if TYPE_CHECKING:
    import pyarrow as pa

    from terrarium.datasets.rows import Rows

__all__ = ["DatasetCheck", "ExistingRows", "FreshCheck", "ReferencesCheck", "RowCountCheck", "UniqueCheck"]

_ROWS = "__rows"


@dataclass(frozen=True, kw_only=True)
class ExistingRows:
    """The rows that stay in the dataset beside those that are checked.

    Attributes:
        rows: Number of rows.
        chunks: Returns chunks of the given columns, each of which fits into memory.
    """

    rows: int
    chunks: "Callable[[Sequence[str]], Iterator[pa.Table]]"

    @classmethod
    def none(cls) -> "ExistingRows":
        """Return an object without rows."""
        return cls(rows=0, chunks=lambda _: iter(()))

    @classmethod
    def of(cls, rows: "Rows") -> "ExistingRows":
        """Return an object for the chosen rows of a snapshot."""
        return cls(rows=rows.count(), chunks=lambda columns: rows.choose(columns).to_tables())


class DatasetCheck(ABC):
    """Collects data of the rows, and judges at the end; again, if others wrote in the meantime."""

    @abstractmethod
    def add(self, chunk: "pa.Table") -> None:
        """Collect the data of one chunk of rows."""

    @abstractmethod
    def violation(self, existing: ExistingRows) -> Violation | None:
        """Return the violation by the checked rows together with the existing ones; None if there is none."""


class _Keys:
    """Counts of the distinct values of some columns; rows with a null are left out."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._seen: list[pa.Table] = []

    def add(self, chunk: "pa.Table") -> None:
        import pyarrow.compute as pc

        keys = chunk.select(self._columns)
        for column in self._columns:
            keys = keys.filter(pc.is_valid(keys[column]))
        self._seen.append(_counted(keys, self._columns))

    def counted(self) -> "pa.Table | None":
        import pyarrow as pa

        if not self._seen:
            return None
        merged = pa.concat_tables(self._seen)
        grouped = merged.group_by(self._columns).aggregate([(_ROWS, "sum")])
        table = grouped.rename_columns([*self._columns, _ROWS])
        self._seen = [table]
        return table


class UniqueCheck(DatasetCheck):
    """Checks uniqueness; holds only the values of the constraint's columns in memory."""

    def __init__(self, constraint: Unique) -> None:
        self._constraint = constraint
        self._keys = _Keys(constraint.columns)

    def add(self, chunk: "pa.Table") -> None:
        """Collect the keys of one chunk."""
        self._keys.add(chunk)

    def violation(self, existing: ExistingRows) -> Violation | None:
        """Return the violation by repeated keys, and keys that exist already."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = self._keys.counted()
        if keys is None:
            return None
        columns = list(self._constraint.columns)
        repeated = [keys.filter(pc.greater(keys[_ROWS], 1))]
        repeated += [_joined(keys, chunk, columns, "left semi") for chunk in existing.chunks(columns)]
        offending = pa.concat_tables(repeated).group_by(columns).aggregate([(_ROWS, "max")])
        return _violation(self._constraint, columns, offending.rename_columns([*columns, _ROWS]))


class ReferencesCheck(DatasetCheck):
    """Checks references; holds the values of its columns in memory, and reads the other dataset once."""

    def __init__(self, constraint: References, target: "Callable[[References], Iterator[pa.Table]]") -> None:
        self._constraint = constraint
        self._target = target
        self._keys = _Keys(constraint.columns)

    def add(self, chunk: "pa.Table") -> None:
        """Collect the keys of one chunk."""
        self._keys.add(chunk)

    def violation(self, existing: ExistingRows) -> Violation | None:  # noqa: ARG002 - existing rows do not matter
        """Return the violation by keys that the other dataset does not have."""
        missing = self._keys.counted()
        if missing is None:
            return None
        columns = list(self._constraint.columns)
        for chunk in self._target(self._constraint):
            missing = _joined(missing, chunk.rename_columns(columns), columns, "left anti")
            if not missing.num_rows:
                return None
        return _violation(self._constraint, columns, missing)


class RowCountCheck(DatasetCheck):
    """Checks the number of rows."""

    def __init__(self, constraint: RowCount) -> None:
        self._constraint = constraint
        self._rows = 0

    def add(self, chunk: "pa.Table") -> None:
        """Count the rows of one chunk."""
        self._rows += chunk.num_rows

    def violation(self, existing: ExistingRows) -> Violation | None:
        """Return the violation by too few or too many rows."""
        rows = existing.rows + self._rows
        maximum = self._constraint.maximum
        if rows >= self._constraint.minimum and (maximum is None or rows <= maximum):
            return None
        return Violation(constraint=str(self._constraint), count=rows)


class FreshCheck(DatasetCheck):
    """Checks the latest time."""

    def __init__(self, constraint: Fresh, *, now: datetime) -> None:
        self._constraint = constraint
        self._now = now
        self._latest: datetime | None = None
        self._rows = 0

    def add(self, chunk: "pa.Table") -> None:
        """Collect the latest time of one chunk."""
        self._rows += chunk.num_rows
        self._latest = _later(self._latest, chunk[self._constraint.column])

    def violation(self, existing: ExistingRows) -> Violation | None:
        """Return the violation by a latest time that is too old, or by a column without times."""
        latest, column = self._latest, self._constraint.column
        oldest = self._now - self._constraint.within
        if latest is None or latest < oldest:
            for chunk in existing.chunks([column]):
                latest = _later(latest, chunk[column])
        if latest is not None and latest >= oldest:
            return None
        example = {column: None if latest is None else latest.isoformat()}
        return Violation(
            constraint=str(self._constraint),
            columns=(column,),
            count=self._rows + existing.rows,
            examples=(example,),
        )


def _later(latest: datetime | None, column: Any) -> datetime | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    value = pc.max(column.cast(pa.timestamp("us", getattr(column.type, "tz", None)))).as_py()
    if value is None:
        return latest
    moment: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
    return moment if latest is None else max(latest, moment)


def _counted(keys: "pa.Table", columns: list[str]) -> "pa.Table":
    counted = keys.group_by(columns).aggregate([([], "count_all")])
    return counted.rename_columns([*columns, _ROWS])


def _joined(keys: "pa.Table", chunk: "pa.Table", columns: list[str], how: str) -> "pa.Table":
    import pyarrow as pa

    # The columns of the other dataset may have narrower types, or wider offsets.
    kinds = pa.schema([keys.schema.field(column).remove_metadata() for column in columns])
    return keys.join(chunk.cast(kinds.with_metadata(None), safe=False), keys=columns, join_type=how)


def _violation(
    constraint: Unique | References, columns: list[str], offending: "pa.Table"
) -> Violation | None:
    import pyarrow.compute as pc

    if not offending.num_rows:
        return None
    ranked = offending.sort_by([(column, "ascending") for column in columns])
    return Violation(
        constraint=str(constraint),
        columns=tuple(columns),
        count=pc.sum(offending[_ROWS]).as_py(),
        examples=examples_of(ranked.select(columns)),
    )
