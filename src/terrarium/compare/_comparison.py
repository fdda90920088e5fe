"""`Comparison`: the differences between runs, for a terminal, a notebook or files."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.compare._differences import DifferingSection, differing_sections
from terrarium.compare.compared_run import ComparedRun
from terrarium.compare.errors import NothingToCompareError, PlotsNotInstalledError
from terrarium.compare.learning_curves import Curve
from terrarium.compare.ranking import Ranking, rank
from terrarium.file_errors import explained_paths
from terrarium.record.run_summary import RunSummary

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from terrarium.compare.plots import Format

__all__ = ["Comparison"]

_MOST_AXES = 11  # hyperparameters in one plot


@checked_methods
class Comparison:
    """The differences between runs, as `lab.experiments.compare` returns them.

    rich and notebooks show only the values that differ. `save` writes the comparison to files.

    Example:
        >>> comparison = lab.experiments.compare("5c35", "77aa", metric="roc_auc")
        >>> comparison.save("comparison")
    """

    def __init__(
        self,
        runs: Sequence[ComparedRun],
        *,
        metric: str | None,
        maximize: bool | None,
        code: Callable[[Sequence[ComparedRun]], Mapping[str, str]],
        curves: Callable[[], list[Curve]],
    ) -> None:
        if len(runs) < 2:
            raise NothingToCompareError("a comparison needs at least two runs", remedy="name another run")
        self._ranking = rank(runs, metric=metric, maximize=maximize)
        order = self._ranking.runs if self._ranking else tuple(run.summary.id for run in runs)
        self._runs = sorted(runs, key=lambda run: order.index(run.summary.id))
        self._read_code = code
        self._read_curves = curves

    @property
    def runs(self) -> list[RunSummary]:
        """The runs, the best first."""
        return [run.summary for run in self._runs]

    @property
    def ranking(self) -> Ranking | None:
        """The ranking, or None if the runs have no common metric. They then stay in the given order."""
        return self._ranking

    @property
    def labels(self) -> dict[str, str]:
        """Run id -> name and first 8 characters of the id, in the order of `runs`."""
        return {run.summary.id: run.label for run in self._runs}

    @cached_property
    def sections(self) -> list[DifferingSection]:
        """The values that differ, by section, in the order of `runs`."""
        return differing_sections(self._runs)

    @cached_property
    def code(self) -> dict[str, str]:
        """Run id -> `git diff` from the first run's code, for each run with other code."""
        return dict(self._read_code(self._runs))

    @cached_property
    def curves(self) -> list[Curve]:
        """The learning curves: metrics that were logged at several steps."""
        return self._read_curves()

    def pictures(self) -> "dict[str, Figure]":
        """Return matplotlib figures: `learning_curves` and `parallel_coordinates`, each only if there is data for it.

        Raises:
            PlotsNotInstalledError: matplotlib is not installed.
        """
        from terrarium.compare.plots import draw_curves, draw_parallel_coordinates

        found = {}
        if self.curves:
            found["learning_curves"] = draw_curves(self.curves, self.labels)
        params = next((section.rows for section in self.sections if section.name == "params"), {})
        if params and self._ranking:
            metric = self._ranking.metric
            results = [run.metrics.get(metric) for run in self.runs]
            chosen = dict(list(params.items())[:_MOST_AXES])
            found["parallel_coordinates"] = draw_parallel_coordinates(chosen, metric, results)
        return found

    def save(self, folder: str | PathLike[str], *, form: "Format" = "svg") -> list[Path]:
        """Write the comparison as `comparison.html`, and each figure as a file of its own.

        Args:
            folder: The target folder. It is created if it is missing.
            form: The format of the figures: `svg` or `png`.

        Returns:
            The paths of the files.

        Raises:
            PlotsNotInstalledError: matplotlib is not installed.
        """
        from terrarium.compare._html_page import page
        from terrarium.compare.plots import rendered

        target = Path(folder)
        pictures = self.pictures()
        contents = {f"{name}.{form}": rendered(figure, form) for name, figure in pictures.items()}
        contents["comparison.html"] = page(self, pictures).encode()
        with explained_paths(f"save the comparison to {target}"):
            target.mkdir(parents=True, exist_ok=True)
            for name, content in contents.items():
                (target / name).write_bytes(content)
        return [target / name for name in contents]

    def __rich__(self) -> "RenderableType":
        from terrarium.compare._terminal_table import tables

        return tables(self)

    def _repr_html_(self) -> str:
        from terrarium.compare._html_page import page

        try:
            return page(self, self.pictures())
        except PlotsNotInstalledError:
            return page(self, {})

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.labels.values())}>"
