"""`Split`: the parts of a dataset, for reading and for the run record."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import PrivateAttr

from terrarium.arguments import checked_methods
from terrarium.datasets.errors import SplitError
from terrarium.datasets.rows import Membership, Rows
from terrarium.record import Part, Splits

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression

    from terrarium.datasets._dataset import Dataset
    from terrarium.datasets.splitting.assignment import Assignment
    from terrarium.datasets.splitting.leakage import LeakageReport
    from terrarium.datasets.splitting.part_statistics import PartStatistics

__all__ = ["Split", "SplitPart"]


class SplitPart:
    """One part of a dataset's version; its rows are read on demand.

    Args:
        dataset: The dataset at the version.
        assignment: Assignment of rows to parts.
        numbers: Numbers of the assignment's parts that form this one.
        recorded: The part in the run record.
    """

    def __init__(
        self, dataset: "Dataset", assignment: "Assignment", numbers: Sequence[int], recorded: Part
    ) -> None:
        self._dataset = dataset
        self._assignment = assignment
        self._numbers = tuple(numbers)
        self._recorded = recorded

    @property
    def name(self) -> str:
        """Name of the part, such as `train`."""
        return self._recorded.name

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._recorded.rows or 0

    @property
    def digest(self) -> str | None:
        """`sha256:...` of the content, independent of the order of rows."""
        return self._recorded.digest

    def read(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: "str | BooleanExpression | None" = None,
    ) -> Rows:
        """Return rows of this part. They are read by `to_arrow()`, `to_pandas()`, `to_polars()` or the like.

        Args:
            columns: Columns to read, in this order. Default: all.
            where: RowFilter on the rows of the part, such as `age >= 18`.

        Raises:
            SelectionError: A column does not exist, or the condition cannot be parsed.

        Example:
            >>> split.train.read(["age"]).to_pandas()
        """
        return Rows(
            self._dataset.table,
            self._dataset.snapshot_id,
            columns=columns,
            where=where,
            membership=Membership(self._assignment.columns, self._mask),
        )

    def _mask(self, rows: "pa.Table") -> "pa.Array[Any]":
        import numpy as np
        import pyarrow as pa

        return pa.array(np.isin(self._assignment.parts_of(rows), self._numbers))

    def __repr__(self) -> str:
        return f"<SplitPart {self.name} of {self._recorded.dataset}: {self.rows:,} rows>"


@checked_methods
class Split(Splits):
    """The parts of a dataset, pinned to its version; a run records it: `experiment.run(splits=split)`.

    Example:
        >>> split = lab.datasets.split("telco.customers", by="customer_id")
        >>> split.train.read().to_pandas()
    """

    _dataset: "Dataset" = PrivateAttr()
    _assignment: "Assignment" = PrivateAttr()
    _numbers: dict[str, tuple[int, ...]] = PrivateAttr()
    _key: tuple[str, ...] = PrivateAttr()
    _identical_rows: int | None = PrivateAttr()

    @classmethod
    def make(
        cls,
        dataset: "Dataset",
        assignment: "Assignment",
        statistics: "PartStatistics",
        *,
        parts: Mapping[str, Sequence[int]],
        key: tuple[str, ...],
        strategy: str,
        seed: int | None,
    ) -> Self:
        """Return a split whose parts consist of parts of an assignment.

        Args:
            dataset: The dataset at the version.
            assignment: Assignment of its rows.
            statistics: Statistics of the assignment's parts.
            parts: Name -> numbers of the assignment's parts.
            key: Columns that the split is by, if they identify rows.
            strategy: Description of the strategy.
            seed: The seed; None for a strategy without one.
        """
        recorded = tuple(
            Part(
                name=name,
                dataset=dataset.name,
                snapshot_id=dataset.snapshot_id,
                predicate=" or ".join(map(assignment.predicate, numbers)),
                rows=sum(statistics.rows[number] for number in numbers),
                digest=statistics.digest(numbers),
                source=dataset.location,
            )
            for name, numbers in parts.items()
        )
        made = cls(parts=recorded, strategy=strategy, seed=seed)
        made._dataset, made._assignment, made._key = dataset, assignment, key
        made._numbers = {name: tuple(numbers) for name, numbers in parts.items()}
        made._identical_rows = statistics.identical_rows
        return made

    @property
    def dataset(self) -> "Dataset":
        """The dataset at the version that is split."""
        return self._dataset

    @property
    def train(self) -> SplitPart:
        """The part to train models on."""
        return self.part("train")

    @property
    def validation(self) -> SplitPart:
        """The part to choose models by."""
        return self.part("validation")

    @property
    def test(self) -> SplitPart:
        """The part to evaluate the chosen model on."""
        return self.part("test")

    def part(self, name: str) -> SplitPart:
        """Return a part by name.

        Raises:
            SplitError: There is no part of this name.

        Example:
            >>> split.part("train").rows
        """
        for recorded in self.parts:
            if recorded.name == name:
                return SplitPart(self._dataset, self._assignment, self._numbers[name], recorded)
        names = ", ".join(part.name for part in self.parts)
        raise SplitError(f"there is no part {name!r}", remedy=f"the parts: {names}")

    def leakage(
        self,
        *,
        key: str | Sequence[str] = (),
        group: str | Sequence[str] = (),
        time: str | None = None,
    ) -> "LeakageReport":
        """Return the values that parts share; its `raise_for_leakage(dataset=...)` raises an error if there are any.

        Args:
            key: Columns whose values must be in one part only. Default: the columns that the split is by, unless it is
                by time.
            group: Columns of a group that must be in one part only, such as `household`.
            time: Column by which every part must be before the next.

        Example:
            >>> split.leakage(group="household").clean
        """
        from terrarium.datasets.splitting.leakage import find_leakage

        keys, groups = _several(key) or self._key, _several(group)
        columns = dict.fromkeys([*self._assignment.columns, *keys, *groups, *([time] if time else [])])
        return find_leakage(
            self._dataset.read(tuple(columns)).to_tables(),
            self._assignment,
            [part.name for part in self.parts],
            key=keys,
            group=groups,
            time=time,
            identical_rows=self._identical_rows,
        )


def _several(columns: str | Sequence[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)
