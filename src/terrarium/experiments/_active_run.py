"""State of a run between its begin and its end: MLflow's active run, the metric writer, the record."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Self

from terrarium.capture import Captured, capture
from terrarium.capture.seeds import capture_seeds
from terrarium.env_vars import RUN
from terrarium.experiments._metric_writer import MetricWriter
from terrarium.experiments._overlap import active_run_id, end_mlflow_run, runs_under_way
from terrarium.experiments._shared_tracking_uri import tracking_uri_of_runs
from terrarium.experiments.creation import ensure_experiment
from terrarium.experiments.record_builder import Draft
from terrarium.gc_tuning import gc_paused
from terrarium.journal.journaled_run import RunEnd
from terrarium.record.completion import complete_record
from terrarium.record.dataset_inputs import dataset_inputs
from terrarium.record.features_read import features_read
from terrarium.record.sections import Part, Splits
from terrarium.record.storage import write_record
from terrarium.record.tags import CELLS_ARTIFACT, PATCH_ARTIFACT, USE_CASE_NAME

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.connection import Connection
    from terrarium.record import UseCase

__all__ = ["ActiveRun"]

_log = logging.getLogger(__name__)


class ActiveRun:
    """A running run. It begins with the construction.

    Args:
        experiment: Name of the experiment.
        use_case: Use case of the experiment, if one is stated.
        connection: The environment.
        check_recorded: Raises an error if a recorded version of a dataset does not exist any more.
        name: Name of the run.
        tags: Tags of the run.
        parent: The run that this one is nested in. Default: MLflow's active run, if there is one, or in a job the
            run that submitted it.
    """

    _captured: Captured

    def __init__(
        self,
        experiment: str,
        use_case: "UseCase | None",
        connection: "Connection",
        *,
        check_recorded: "Callable[[Iterable[tuple[str, int | None]]], None]",
        name: str | None,
        tags: Mapping[str, str],
        parent: Self | None,
    ) -> None:
        with gc_paused():
            import mlflow

        runs_under_way.check()
        self._tracking_uri_holder = tracking_uri_of_runs.hold(connection.tracking_uri)
        try:
            self.client: MlflowClient = connection.mlflow_client
            outer = parent.id if parent else active_run_id() or os.environ.get(RUN)
            experiment_id, use_case = ensure_experiment(self.client, experiment, use_case)
            self.id: str = mlflow.start_run(
                experiment_id=experiment_id,
                run_name=name,
                tags={USE_CASE_NAME: experiment, **tags},
                nested=active_run_id() is not None,
                parent_run_id=outer,
            ).info.run_id
        except BaseException:
            tracking_uri_of_runs.release(self._tracking_uri_holder)
            raise
        runs_under_way.begin(self.id)
        self.metric_writer = MetricWriter(connection, self.id)
        # The parent's capture holds for its children, too, except for the state of random generators.
        self._captured = (
            parent._captured._replace(seeds=capture_seeds()) if parent else capture(connection.manifest)
        )
        self.draft = Draft.begin(
            self._captured,
            run=self.id,
            experiment=experiment,
            parent=outer,
            use_case=use_case,
            folder=self.metric_writer.folder,
        )
        self._check_recorded = check_recorded
        self._features = features_read(connection.environment)
        before = self._features.subscribe(self.id, self._read_features)
        if parent:
            self.draft.inherit(parent.draft.record)
        elif before:
            self._read_features(before)

    def _read_features(self, parts: tuple[Part, ...]) -> None:
        """Record the sources of training sets, also among the inputs that MLflow shows."""
        self.draft.add_features(parts)
        try:
            self.client.log_inputs(self.id, datasets=dataset_inputs(Splits(parts=parts)))
            self._check_recorded([(part.dataset, part.snapshot_id) for part in parts])
        except Exception as error:  # noqa: BLE001 - the record has them, and the training set exists
            _log.warning("run %s may not be reproducible from the features it read: %s", self.id, error)

    def keep_record(self) -> None:
        """Write the record so far to the run's artifacts and tags."""
        if self._captured.patch:
            self.client.log_text(self.id, _as_text(self._captured.patch), PATCH_ARTIFACT)
        if self._captured.cells is not None:
            self.client.log_text(self.id, self._captured.cells, CELLS_ARTIFACT)
        write_record(self.client, self.draft.record)

    def end(self, status: str) -> None:
        """End the run. Data that the database does not accept now stays in the journal, for `terrarium sync`."""
        end = RunEnd.now(status)
        self._features.unsubscribe(self.id)
        if self.metric_writer.folder is not None:
            try:
                end.write(self.metric_writer.folder)
            except OSError as full:  # the run ends in the database all the same
                _log.warning("the end of run %s could not be written to its journal: %s", self.id, full)
        problems = [self.metric_writer.finish()]
        try:
            problems += [self._complete(problems[0]), self._end_mlflow(status)]
        finally:
            runs_under_way.end(self.id)
            tracking_uri_of_runs.release(self._tracking_uri_holder)
        first = next((problem for problem in problems if problem is not None), None)
        if first is None:
            self.metric_writer.discard()
            return
        self.metric_writer.release()
        if self.metric_writer.folder is None:
            raise first
        _log.warning(
            "run %s ended, and not all of it is in the database yet: %s\n"
            "  -> it is safe in %s; the next connect moves it, or `terrarium sync` does",
            self.id,
            first,
            self.metric_writer.folder,
        )

    def _complete(self, problem: Exception | None) -> Exception | None:
        if problem is not None:
            return problem  # the record would lack metrics
        try:
            complete_record(self.client, self.draft.record)
        except Exception as error:  # noqa: BLE001 - the journal has it, and the caller reports it
            return error
        return None

    def _end_mlflow(self, status: str) -> Exception | None:
        try:
            end_mlflow_run(self.client, self.id, status)
        except Exception as error:  # noqa: BLE001 - MLflow does not know the run any more; the journal does
            return error
        return None


def _as_text(patch: bytes) -> str:
    # Bytes that are not UTF-8 must survive in patches of sources in other encodings.
    return patch.decode("utf-8", errors="surrogateescape")
