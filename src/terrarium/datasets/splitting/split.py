"""`Split`: what the record holds of the parts of a dataset, and the parts themselves."""

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

    from terrarium.datasets.dataset import Dataset
    from terrarium.datasets.splitting.assignment import Assignment
    from terrarium.datasets.splitting.examination import Examined
    from terrarium.datasets.splitting.leakage import LeakageReport

__all__ = ["Split", "SplitPart"]


class SplitPart:
    """One part of a dataset's version; its rows are read when they are asked for.

    Args:
        dataset: At the version.
        assignment: Of rows to parts.
        numbers: Of the parts that this one consists of.
        recorded: What the record holds of it.
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
        """E.g. `train`."""
        return self._recorded.name

    @property
    def rows(self) -> int:
        """How many."""
        return self._recorded.rows or 0

    @property
    def digest(self) -> str | None:
        """`sha256:...` of the content, whatever the order of rows."""
        return self._recorded.digest

    def read(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: "str | BooleanExpression | None" = None,
    ) -> Rows:
        """Rows of this part; none is read before `to_arrow()`, `to_pandas()`, `to_polars()` or the like.

        Args:
            columns: Which, in this order; omitted, all.
            where: Which rows of the part, e.g. `age >= 18`.

        Raises:
            SelectionError: There is no such column.
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
    """The parts of a dataset, pinned to its version: `split.train.read().to_pandas()`.

    It is what a run's record holds of its data as well: `experiment.run(splits=split)`.
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
        examined: "Examined",
        *,
        parts: Mapping[str, Sequence[int]],
        key: tuple[str, ...],
        strategy: str,
        seed: int | None,
    ) -> Self:
        """A split whose parts are made of those of an assignment.

        Args:
            dataset: At the version.
            assignment: Of its rows.
            examined: What is known of the assignment's parts.
            parts: Name -> numbers of the assignment's parts.
            key: The columns that it is by, where they tell rows apart.
            strategy: In words.
            seed: Where it draws.
        """
        recorded = tuple(
            Part(
                name=name,
                dataset=dataset.name,
                snapshot_id=dataset.snapshot_id,
                predicate=" or ".join(map(assignment.predicate, numbers)),
                rows=sum(examined.rows[number] for number in numbers),
                digest=examined.digest(numbers),
                source=dataset.location,
            )
            for name, numbers in parts.items()
        )
        made = cls(parts=recorded, strategy=strategy, seed=seed)
        made._dataset, made._assignment, made._key = dataset, assignment, key
        made._numbers = {name: tuple(numbers) for name, numbers in parts.items()}
        made._identical_rows = examined.identical_rows
        return made

    @property
    def dataset(self) -> "Dataset":
        """At the version that is split."""
        return self._dataset

    @property
    def train(self) -> SplitPart:
        """What models are trained on."""
        return self.part("train")

    @property
    def validation(self) -> SplitPart:
        """What models are chosen by."""
        return self.part("validation")

    @property
    def test(self) -> SplitPart:
        """What the chosen model is judged by."""
        return self.part("test")

    def part(self, name: str) -> SplitPart:
        """A part by its name.

        Raises:
            SplitError: There is none.
        """
        for recorded in self.parts:
            if recorded.name == name:
                return SplitPart(self._dataset, self._assignment, self._numbers[name], recorded)
        names = ", ".join(part.name for part in self.parts)
        raise SplitError(f"there is no part {name!r}", remedy=f"the parts are {names}")

    def leakage(
        self,
        *,
        key: str | Sequence[str] = (),
        group: str | Sequence[str] = (),
        time: str | None = None,
    ) -> "LeakageReport":
        """What the parts share; `.raise_for_leakage(dataset=...)` refuses it.

        Args:
            key: Columns of which no value may be in two parts; omitted, those that the split is by, unless that is
                time.
            group: The same of groups, e.g. `household`.
            time: The column by which every part has to be before the next.
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
