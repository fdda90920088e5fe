"""`ComparisonContent`: the part of a comparison that a page or a table shows."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from terrarium.compare._differences import DifferingSection
from terrarium.compare.ranking import Ranking
from terrarium.record.run_summary import RunSummary

__all__ = ["ComparisonContent"]


class ComparisonContent(Protocol):
    """The part of a `Comparison` that a page or a table shows."""

    @property
    def runs(self) -> Sequence[RunSummary]:
        """The runs, the best first."""
        ...

    @property
    def ranking(self) -> Ranking | None:
        """The ranking, or None if the runs have no common metric."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """Run id -> label, in the order of `runs`."""
        ...

    @property
    def sections(self) -> Sequence[DifferingSection]:
        """The values that differ, by section, in the order of `runs`."""
        ...

    @property
    def code(self) -> Mapping[str, str]:
        """Run id -> `git diff` from the first run's code, for each run with other code."""
        ...
