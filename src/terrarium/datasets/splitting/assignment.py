"""Assignment of rows to the parts of a split, by the values of the row alone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.datasets.row_hash import row_hashes

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["Assignment", "ByCuts", "ByHash", "ByStratum"]

_UNIT = 2.0**-53


class Assignment(ABC):
    """A rule, with the same result in every process and for every order of rows.

    Attributes:
        columns: The columns that it reads.
    """

    columns: tuple[str, ...]

    @abstractmethod
    def parts_of(self, rows: "pa.Table") -> "np.ndarray[Any, Any]":
        """Return the number of the part of each row."""

    @abstractmethod
    def predicate(self, part: int) -> str:
        """Return a description of the rows of a part."""


@dataclass(frozen=True, kw_only=True)
class ByHash(Assignment):
    """Assignment by the hash of a key: each part is an interval between 0 and 1. Added rows move no other row.

    Attributes:
        columns: Columns of the key; rows with the same key are in the same part.
        seed: A different seed produces a different split.
        bounds: Upper bound of each part.
    """

    columns: tuple[str, ...]
    seed: int
    bounds: Sequence[float]

    def parts_of(self, rows: "pa.Table") -> "np.ndarray[Any, Any]":
        """Return the number of the part of each row."""
        import numpy as np

        hashes = row_hashes([rows[column] for column in self.columns], seed=self.seed)
        unit = (hashes >> np.uint64(11)).astype(np.float64) * _UNIT
        return np.searchsorted(np.asarray(self.bounds[:-1]), unit, side="right").astype(np.int8)

    def predicate(self, part: int) -> str:
        """Return a description of the rows of a part."""
        lower = self.bounds[part - 1] if part else 0.0
        return f"hash({', '.join(self.columns)}; {self.seed}) in [{lower:g}, {self.bounds[part]:g})"


@dataclass(frozen=True, kw_only=True)
class ByStratum(Assignment):
    """Assignment by the hash of a key, with cuts for each stratum that give its parts their shares.

    Attributes:
        columns: Columns of the key, followed by those of the stratum.
        key: Number of columns of the key.
        seed: A different seed produces a different split.
        cuts: Hash of the stratum -> the hashes at which each part but the last ends.
        shares: Shares of the parts.
    """

    columns: tuple[str, ...]
    key: int
    seed: int
    cuts: "Mapping[int, np.ndarray[Any, Any]]"
    shares: Sequence[float]

    def parts_of(self, rows: "pa.Table") -> "np.ndarray[Any, Any]":
        """Return the number of the part of each row."""
        import numpy as np

        hashes, strata = self.hashes_of(rows)
        parts = np.zeros(len(hashes), dtype=np.int8)
        for stratum in np.unique(strata):
            of_it = strata == stratum
            parts[of_it] = np.searchsorted(self.cuts[int(stratum)], hashes[of_it], side="right")
        return parts

    def hashes_of(self, rows: "pa.Table") -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
        """Return the hash of each row's key, in 63 bits, and the hash of its stratum."""
        import numpy as np

        columns = [rows[column] for column in self.columns]
        keys = row_hashes(columns[: self.key], seed=self.seed) >> np.uint64(1)
        return keys, row_hashes(columns[self.key :], seed=0)

    def predicate(self, part: int) -> str:
        """Return a description of the rows of a part."""
        lower = sum(self.shares[:part])
        key, stratum = ", ".join(self.columns[: self.key]), ", ".join(self.columns[self.key :])
        upper = lower + self.shares[part]
        return f"rank of hash({key}; {self.seed}) within {stratum} in [{lower:g}, {upper:g})"


@dataclass(frozen=True, kw_only=True)
class ByCuts(Assignment):
    """Assignment by time: each part ends where the next one begins.

    Attributes:
        columns: The column with the time.
        cuts: The first time of each part but the first, as Arrow scalars of the column's type.
    """

    columns: tuple[str, ...]
    cuts: "Sequence[pa.Scalar[Any]]"

    def parts_of(self, rows: "pa.Table") -> "np.ndarray[Any, Any]":
        """Return the number of the part of each row."""
        import numpy as np
        import pyarrow.compute as pc

        times = rows[self.columns[0]]
        parts = np.zeros(len(times), dtype=np.int8)
        for cut in self.cuts:
            parts += pc.greater_equal(times, cut).to_numpy().astype(np.int8)
        return parts

    def predicate(self, part: int) -> str:
        """Return a description of the rows of a part, as SQL."""
        name = self.columns[0]
        bounds = []
        if part:
            bounds.append(f"{name} >= {_literal(self.cuts[part - 1])}")
        if part < len(self.cuts):
            bounds.append(f"{name} < {_literal(self.cuts[part])}")
        return " and ".join(bounds)


def _literal(cut: "pa.Scalar[Any]") -> str:
    value = cut.as_py()
    return f"'{value.isoformat()}'" if hasattr(value, "isoformat") else repr(value)
