"""`lab.experiments`: find experiments, and rank, search and compare their runs."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from terrarium.arguments import Count, checked_methods
from terrarium.experiments._experiment import Experiment
from terrarium.experiments._joined_run import JoinedRun
from terrarium.experiments.errors import ExperimentNotFoundError
from terrarium.experiments.logged_values import check_experiment_name
from terrarium.record.run_summary import RunSummary

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient

    from terrarium.compare import Comparison
    from terrarium.connection import Connection
    from terrarium.experiments._redaction import Redaction
    from terrarium.record import UseCase
    from terrarium.search import Condition, Field, Order
    from terrarium.search.similar_use_cases import SimilarUseCase
    from terrarium.search.sql import ChosenRuns

__all__ = ["Experiments"]

_Ranking: TypeAlias = "str | Order | Field | Sequence[str | Order | Field]"


_ID_LENGTH = 32  # characters of MLflow's run ids


@checked_methods
class Experiments:
    """The experiments of one environment.

    Args:
        connection: The environment.
        check_recorded: Raises an error if a recorded version of a dataset does not exist any more.
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
        """Return the experiment of a use case, or with a name. Its first run creates it.

        When a run begins, the use case is stored with the experiment and replaces an earlier one. The record of each
        run keeps the use case that it began with.

        Raises:
            ValueRefusedError: No experiment can have this name.

        Example:
            >>> lab.experiments.experiment("churn").run()
        """
        name = use_case if isinstance(use_case, str) else getattr(use_case, "name", use_case)
        return Experiment(
            check_experiment_name(name),
            connection=self._connection,
            check_recorded=self._check_recorded,
            use_case=None if isinstance(use_case, str) else use_case,
        )

    def join(self, run_id: str) -> JoinedRun:
        """Return a run of another process, to log metrics to it, e.g. from another rank.

        Example:
            >>> with lab.experiments.join(run_id) as run:
            ...     run.log_metrics({"loss": 0.1}, step=1)
        """
        return JoinedRun(run_id, connection=self._connection)

    def names(self) -> list[str]:
        """Return the names of all experiments, the newest first."""
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
            limit: Maximum number of runs; None for all.

        Raises:
            ExperimentNotFoundError: There is no experiment of this name.
            SearchTextError: A text cannot be parsed.
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
        """Return the runs of all experiments that meet a condition, ranked.

        The query goes to the reader, which may be a replica: runs of the last moments can be missing.

        Args:
            where: Made of `terrarium.search`'s fields, e.g. `(metric("roc_auc") > 0.9) & ~tag("broken")`, or its text,
                e.g. `"metrics.roc_auc > 0.9 and not tags.broken"`. Omitted, all runs.
            order_by: One or several ranks: `metric("roc_auc").descending()`, or its text, `"metrics.roc_auc desc"`.
                Runs without the field come last.
            limit: Maximum number of runs; None for all.
            deleted: Whether to return deleted runs instead.

        Raises:
            SearchTextError: A text cannot be parsed.
            ComparisonError: A field is compared with a value of the wrong type.
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
        """Return the runs that `search` finds as a pandas data frame, one row per run.

        Returns:
            Columns as of `mlflow.search_runs`: `run_id`, `experiment_id`, `status`, `artifact_uri`, `start_time` and
            `end_time` (UTC), then `metrics.*` (NaN for missing ones), `params.*` and `tags.*` (None likewise).

        Raises:
            DataFramesNotInstalledError: pandas is not installed.
        """
        from terrarium.search.run_frame import frame_of_runs

        return frame_of_runs(
            self._connection.database.reader, _chosen(where, order_by, limit=limit, deleted=deleted)
        )

    def identify(self, text: str) -> str:
        """Return the id of the run whose id starts with `text`, whether it is deleted or not.

        Raises:
            RunNotFoundError: No run matches, or several do.

        Example:
            >>> lab.experiments.identify("5c35")
            '5c358192…'
        """
        from terrarium.experiments._run_lookup import identify

        return identify(self._connection.database.reader, text, environment=self._connection.environment)

    def delete(self, *runs: str) -> None:
        """Delete runs, by id or the first characters of it.

        `restore` reverts it until `terrarium gc` deletes their artifacts.

        Example:
            >>> lab.experiments.delete("5c35")
        """
        for run in map(self._known, runs):
            self.client.delete_run(run)

    def restore(self, *runs: str) -> None:
        """Restore deleted runs, by id or the first characters of it."""
        for run in map(self._known, runs):
            self.client.restore_run(run)

    def _known(self, run: str) -> str:
        """Return the id of a run that exists.

        Raises:
            RunNotFoundError: No run matches, or several do.
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
        """Remove secrets from a run's tags, hyperparameters, record, artifacts and logged models.

        Secrets are found as when a run begins, and replaced by `***`; from the patch, whole files are removed. Object
        versions with secrets are deleted if the role may. Code snapshots of jobs, packages of submitted models, and
        promoted copies are not searched.

        Args:
            run: Id of the run, or the first characters of it.
            texts: Additional secrets, which no pattern finds.

        Returns:
            The replaced secrets, and the places where secrets could not be replaced.

        Raises:
            RunNotFoundError: No run matches, or several do.
            AccessDeniedError: The role may not change runs.
        """
        from terrarium.experiments._redaction import redact_run

        return redact_run(self._connection, self.identify(run), texts)

    def similar(self, use_case: "UseCase", *, limit: Count = 10) -> "list[SimilarUseCase]":
        """Return earlier use cases that resemble this one, the most similar first, each with its score explained.

        Args:
            use_case: The use case, with or without runs.
            limit: Maximum number of use cases.
        """
        from terrarium.search.similar_use_cases import rank_by_likeness, read_use_cases

        return rank_by_likeness(use_case, read_use_cases(self._connection.database.reader), limit=limit)

    def compare(self, *runs: str, metric: str | None = None, maximize: bool | None = None) -> "Comparison":
        """Compare runs: values of params, metrics, data, code, packages, machine and platform that differ.

        Print the comparison, display it in a notebook, or `save` it as HTML and pictures.

        Args:
            *runs: At least two ids, or first characters of ids.
            metric: The metric to rank by. Default: the use case's evaluation metric.
            maximize: Whether a higher value is better. Default: as the use case states, otherwise true.

        Raises:
            RunNotFoundError: No run matches, or several do.
            NothingToCompareError: Only one run was given.

        Example:
            >>> lab.experiments.compare("5c35", "8e1f")
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
        """MLflow's client, for other operations."""
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
