"""`lab.experiments`: find experiments, and rank, search and compare their runs."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from terrarium.arguments import Count, checked_methods
from terrarium.experiments.errors import ExperimentNotFoundError
from terrarium.experiments.experiment import Experiment
from terrarium.experiments.joined_run import JoinedRun
from terrarium.experiments.logged_values import check_experiment_name
from terrarium.record.run_summary import RunSummary

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient

    from terrarium.compare import Comparison
    from terrarium.connection import Connection
    from terrarium.experiments.redaction import Redaction
    from terrarium.record import UseCase
    from terrarium.search import Condition, Field, Order
    from terrarium.search.similar_use_cases import SimilarUseCase
    from terrarium.search.sql import ChosenRuns

__all__ = ["Experiments"]

_Ranking: TypeAlias = "str | Order | Field | Sequence[str | Order | Field]"


_ID_LENGTH = 32  # of an id of MLflow's


@checked_methods
class Experiments:
    """The experiments of one environment.

    Args:
        connection: The environment.
        check_recorded: Raises an error if a version of a dataset that a run has put on record is gone.
    """

    def __init__(
        self,
        connection: "Connection",
        *,
        check_recorded: "Callable[[Iterable[tuple[str, int | None]]], None]",
    ) -> None:
        self._connection = connection
        self._check_recorded = check_recorded

    def experiment(self, use_case: "UseCase | str") -> Experiment:
        """The experiment of a use case, or the one of a name; it is created with its first run.

        The use case is kept with the experiment when a run begins. Stated anew, the latest counts; the record of
        every run keeps the one it began with.

        Raises:
            ValueRefusedError: No experiment can have this name.
        """
        name = use_case if isinstance(use_case, str) else getattr(use_case, "name", use_case)
        return Experiment(
            check_experiment_name(name),
            connection=self._connection,
            check_recorded=self._check_recorded,
            use_case=None if isinstance(use_case, str) else use_case,
        )

    def join(self, run_id: str) -> JoinedRun:
        """A run that another process began, for one more that logs metrics to it, e.g. a rank."""
        return JoinedRun(run_id, connection=self._connection)

    def names(self) -> list[str]:
        """The names of all experiments, those created last first."""
        names: list[str] = []
        token = None
        while True:
            page = self.client.search_experiments(page_token=token)
            names.extend(experiment.name for experiment in page)
            token = page.token
            if not token:
                return names

    def runs(
        self,
        name: str,
        *,
        where: "Condition | str | None" = None,
        order_by: _Ranking = "started desc",
        limit: Count | None = 100,
    ) -> list[RunSummary]:
        """Return the runs of an experiment, ranked.

        Args:
            name: Name of the experiment.
            where: A condition as in `search`, e.g. `"params.model == 'forest' and metrics.roc_auc > 0.9"`.
            order_by: As in `search`, e.g. `"metrics.roc_auc desc"`. Runs without the metric come last.
            limit: How many at most; None for all of them.

        Raises:
            ExperimentNotFoundError: There is no experiment of this name.
            SearchTextError: A text is not understood.
        """
        from terrarium.search import experiment, parse_condition

        condition = experiment == name
        if where:
            condition &= parse_condition(where) if isinstance(where, str) else where
        found = self.search(condition, order_by=order_by, limit=limit)
        if not found and name not in self.names():
            raise ExperimentNotFoundError(
                f"environment {self._connection.environment!r} has no experiment {name!r}",
                remedy="lab.experiments.names() lists those it has; an experiment is created with its first run",
            )
        return found

    def search(
        self,
        where: "Condition | str | None" = None,
        *,
        order_by: _Ranking = "started desc",
        limit: Count | None = 100,
        deleted: bool = False,
    ) -> list[RunSummary]:
        """The runs of all experiments for which a condition holds, ranked.

        The reader is asked, on a replica where there is one: what was recorded this very moment may be missing.

        Args:
            where: Made of `terrarium.search`'s fields, e.g. `(metric("roc_auc") > 0.9) & ~tag("broken")`, or its text,
                e.g. `"metrics.roc_auc > 0.9 and not tags.broken"`. Omitted, all runs.
            order_by: One or several of: `metric("roc_auc").descending()`, or its text, `"metrics.roc_auc desc"`. Runs
                without the field come last.
            limit: How many at most; None for all of them.
            deleted: Whether to look among deleted runs, instead of those that are not.

        Raises:
            SearchTextError: A text is not understood.
            ComparisonError: A field is compared to what it cannot be.
        """
        from terrarium.search.run_summaries import list_runs

        return list_runs(
            self._connection.database.reader, _chosen(where, order_by, limit=limit, deleted=deleted)
        )

    def count(self, where: "Condition | str | None" = None, *, deleted: bool = False) -> int:
        """Return the number of runs that `search` finds without a limit."""
        from terrarium.search.run_summaries import count_runs

        return count_runs(self._connection.database.reader, _chosen(where, (), limit=None, deleted=deleted))

    def frame(
        self,
        where: "Condition | str | None" = None,
        *,
        order_by: _Ranking = "started desc",
        limit: Count | None = None,
        deleted: bool = False,
    ) -> "pd.DataFrame":
        """As `search`, but as a pandas data frame, one row per run.

        Returns:
            Columns as of `mlflow.search_runs`: `run_id`, `experiment_id`, `status`, `artifact_uri`, `start_time` and
            `end_time` (UTC), then `metrics.*` (NaN where a run has none), `params.*` and `tags.*` (None likewise).

        Raises:
            DataFramesNotInstalledError: pandas is not there.
        """
        from terrarium.search.run_frame import frame_of_runs

        return frame_of_runs(
            self._connection.database.reader, _chosen(where, order_by, limit=limit, deleted=deleted)
        )

    def identify(self, text: str) -> str:
        """The id of the one run, deleted or not, whose id begins with `text`.

        Raises:
            RunNotFoundError: There is none, or several.
        """
        from terrarium.experiments.run_lookup import identify

        return identify(self._connection.database.reader, text, environment=self._connection.environment)

    def delete(self, *runs: str) -> None:
        """Delete runs, by id or its first characters.

        Until `terrarium gc` frees their artifacts, `restore` brings them back.
        """
        for run in map(self._known, runs):
            self.client.delete_run(run)

    def restore(self, *runs: str) -> None:
        """Bring deleted runs back, by id or its first characters, with all they had."""
        for run in map(self._known, runs):
            self.client.restore_run(run)

    def _known(self, run: str) -> str:
        """Return the id of a run that exists.

        Raises:
            RunNotFoundError: There is none, or several whose ids begin so.
        """
        from mlflow.exceptions import MlflowException

        if len(run) != _ID_LENGTH:
            return self.identify(run)
        try:  # at the writer: a replica may not have it yet
            self.client.get_run(run)
        except MlflowException:
            return self.identify(run)
        return run

    def redact(self, run: str, *, texts: "Sequence[str]" = ()) -> "Redaction":
        """Remove secrets that got into what is kept of a run: tags, hyperparameters, record, artifacts, logged models.

        Secrets are found as when a run begins, and replaced by `***`; in the patch, whole files are left out.
        Versions of objects that held them are deleted where the role may.

        Args:
            run: Its id, or the beginning of it.
            texts: Further secrets, which no pattern finds.

        Returns:
            What was replaced, and what could not be: snapshots of code for jobs, packages of submitted models and
            promoted copies are not looked through.

        Raises:
            RunNotFoundError: There is no such run, or several.
            AccessDeniedError: The role may not change runs.
        """
        from terrarium.experiments.redaction import redact_run

        return redact_run(self._connection, self.identify(run), texts)

    def similar(self, use_case: "UseCase", *, limit: Count = 10) -> "list[SimilarUseCase]":
        """Earlier use cases that are like this one, the most similar first; each explains its score.

        Args:
            use_case: What to compare with; whether it has runs or not.
            limit: How many at most.
        """
        from terrarium.search.similar_use_cases import rank_by_likeness, read_use_cases

        return rank_by_likeness(use_case, read_use_cases(self._connection.database.reader), limit=limit)

    def compare(self, *runs: str, metric: str | None = None, maximize: bool | None = None) -> "Comparison":
        """What made the difference: params, metrics, data, code, packages, machine, platform, where they differ.

        Print it, make it the last expression of a notebook's cell, or `save` it as HTML and pictures.

        Args:
            *runs: Ids, or beginnings of ids that no other run has; two at least.
            metric: To rank by; omitted, what the use case says decides.
            maximize: Whether more of it is better; omitted, as the use case says, else it is.

        Raises:
            RunNotFoundError: There is no such run, or several.
            NothingToCompareError: It is but one run.
        """
        from pathlib import Path

        from terrarium.compare import Comparison
        from terrarium.compare.code_differences import code_differences
        from terrarium.compare.compared_run import ComparedRun
        from terrarium.compare.learning_curves import read_curves
        from terrarium.search import run_id

        reader, start = self._connection.database.reader, Path.cwd()
        ids = list(dict.fromkeys(map(self.identify, runs)))
        found = {run.id: run for run in self.search(run_id.is_in(ids), limit=None)}
        found |= {run.id: run for run in self.search(run_id.is_in(ids), limit=None, deleted=True)}
        return Comparison(
            [ComparedRun.read(self.client, found[id_]) for id_ in ids],
            metric=metric,
            maximize=maximize,
            code=lambda compared: code_differences(self.client, compared, start=start),
            curves=lambda: read_curves(reader, ids),
        )

    @property
    def client(self) -> "MlflowClient":
        """MLflow's own client, for all that is not here."""
        return self._connection.mlflow_client


def _chosen(
    where: "Condition | str | None", order_by: _Ranking, *, limit: Count | None, deleted: bool
) -> "ChosenRuns":
    from terrarium.search import Field, Order, parse_condition, parse_order
    from terrarium.search.sql import ChosenRuns

    ranks = [order_by] if isinstance(order_by, str | Order | Field) else order_by
    return ChosenRuns(
        where=parse_condition(where) if isinstance(where, str) else where,
        order_by=tuple(
            parse_order(rank)
            if isinstance(rank, str)
            else rank.ascending()
            if isinstance(rank, Field)
            else rank
            for rank in ranks
        ),
        limit=limit,
        deleted=deleted,
    )
