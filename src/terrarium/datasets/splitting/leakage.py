"""Detection of leakage: values that the parts of a split share."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.errors import LeakageError
from terrarium.datasets.row_hash import row_hashes
from terrarium.datasets.splitting.part_statistics import count_crossing

if TYPE_CHECKING:
    import pyarrow as pa

    from terrarium.datasets.splitting.assignment import Assignment

__all__ = ["LeakageReport", "find_leakage"]


class LeakageReport(BaseModel):
    """Values that the parts of a split share. A field is None if its check was not requested.

    Attributes:
        keys: Number of keys with rows in several parts.
        groups: Number of groups with rows in several parts.
        identical_rows: Number of contents, all columns but the key's, in several parts. In a dataset of few columns
            they occur by chance.
        time_overlap: Pairs of parts, of which the earlier has rows that are not before all rows of the later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: int | None = None
    groups: int | None = None
    identical_rows: int | None = None
    time_overlap: tuple[tuple[str, str], ...] | None = None

    @property
    def clean(self) -> bool:
        """True if no leakage was found."""
        return not (self.keys or self.groups or self.identical_rows or self.time_overlap)

    def raise_for_leakage(self, *, dataset: str) -> None:
        """Raise an error if there is leakage.

        Raises:
            LeakageError: The parts share values; the error names them.
        """
        if not self.clean:
            raise LeakageError(
                f"the parts of dataset {dataset!r} share {self}",
                remedy="split by what must not be shared (strategy='grouped' by the group, strategy='time' by the "
                "time), or remove duplicates from the dataset",
            )

    def __str__(self) -> str:
        counts = {"keys": self.keys, "groups": self.groups, "identical rows": self.identical_rows}
        found = [f"{count:,} {what}" for what, count in counts.items() if count]
        found += [f"time ({earlier} is not all before {later})" for earlier, later in self.time_overlap or ()]
        return ", ".join(found) or "nothing"


def find_leakage(
    rows: "Iterable[pa.Table]",
    assignment: "Assignment",
    names: Sequence[str],
    *,
    key: Sequence[str],
    group: Sequence[str],
    time: str | None,
    identical_rows: int | None,
) -> LeakageReport:
    """Read the rows once, and return the values that parts share.

    Args:
        rows: All rows, with the columns to check.
        assignment: Assignment of rows to parts.
        names: Names of the parts, in the order of time.
        key: Columns of the key; empty to skip the check.
        group: Columns of the group; empty to skip the check.
        time: Column with the time; None to skip the check.
        identical_rows: Number of identical rows, which was counted before.
    """
    keys: list[Any] = []
    groups: list[Any] = []
    belongings: list[Any] = []
    spans: dict[int, tuple[Any, Any]] = {}
    for table in rows:
        parts = assignment.parts_of(table)
        belongings.append(parts)
        if key:
            keys.append(row_hashes([table[column] for column in key], seed=0))
        if group:
            groups.append(row_hashes([table[column] for column in group], seed=0))
        if time:
            _widen(spans, table[time], parts)
    return LeakageReport(
        keys=count_crossing(keys, belongings) if key else None,
        groups=count_crossing(groups, belongings) if group else None,
        identical_rows=identical_rows,
        time_overlap=_overlaps(spans, names) if time else None,
    )


def _widen(spans: dict[int, tuple[Any, Any]], times: Any, parts: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    for part in set(parts.tolist()):
        bounds = pc.min_max(times.filter(pa.array(parts == part))).as_py()
        if bounds["min"] is not None:
            earliest, latest = spans.get(part, (bounds["min"], bounds["max"]))
            spans[part] = (min(earliest, bounds["min"]), max(latest, bounds["max"]))


def _overlaps(spans: dict[int, tuple[Any, Any]], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = sorted(spans)
    return tuple(
        (names[earlier], names[later])
        for position, earlier in enumerate(found)
        for later in found[position + 1 :]
        if spans[earlier][1] >= spans[later][0]
    )
