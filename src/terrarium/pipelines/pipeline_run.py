"""The run of an execution. The first step creates it, in any process, and the last step ends it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mlflow.entities import Run

    from terrarium.connection import Connection
    from terrarium.experiments import Experiment
    from terrarium.pipelines._pipeline_definition import PipelineDefinition

from terrarium.metadata.advisory_lock import advisory_lock

__all__ = ["EXECUTION_TAG", "PIPELINE_TAG", "STEP_TAG", "PipelineRun"]

PIPELINE_TAG: Final = "terrarium.pipeline"
EXECUTION_TAG: Final = "terrarium.pipeline.execution"
STEP_TAG: Final = "terrarium.pipeline.step"
_PARENT = "mlflow.parentRunId"


class PipelineRun:
    """The run that contains the runs of all steps of one execution.

    Args:
        connection: The environment.
        experiment: The experiment of the pipeline's use case.
        pipeline: The pipeline.
        execution: Name of the execution.
    """

    def __init__(
        self,
        connection: "Connection",
        experiment: "Experiment",
        pipeline: "PipelineDefinition",
        execution: str,
    ) -> None:
        self._connection = connection
        self._experiment = experiment
        self._pipeline = pipeline
        self._execution = execution

    def begin(self, parameters: Mapping[str, Any], *, trigger: Mapping[str, Any]) -> str:
        """Create the run unless a step has created it, set its status to running, and return its id.

        Args:
            parameters: Parameters of the execution.
            trigger: The trigger of the execution.
        """
        # Steps of one stage begin at the same time.
        with advisory_lock(self._connection.database.writer, f"pipeline.execution.{self._execution}"):
            found = self.find()
            run_id = found.info.run_id if found else self._create(parameters, trigger)
            self._connection.mlflow_client.update_run(run_id, status="RUNNING")
        return run_id

    def end(self, status: str) -> None:
        """Set the final status of the run, if it exists."""
        found = self.find()
        if found is not None:
            self._connection.mlflow_client.set_terminated(found.info.run_id, status=status)

    def find(self) -> "Run | None":
        """Return the run; None before the first step has begun."""
        return next(iter(self._search(f"tags.`{STEP_TAG}` = ''")), None)

    def steps(self) -> "list[Run]":
        """Return the runs of steps, the last one first."""
        return self._search(f"tags.`{STEP_TAG}` != ''")

    def step_tags(self, parent: str, step: str, index: int | None) -> dict[str, str]:
        """Return the tags of the run of a step."""
        return {
            **self._tags(step if index is None else f"{step}/{index}"),
            _PARENT: parent,
        }

    def _search(self, condition: str) -> "list[Run]":
        client = self._connection.mlflow_client
        experiment = client.get_experiment_by_name(self._pipeline.experiment)
        if experiment is None:
            return []
        return list(
            client.search_runs(
                [experiment.experiment_id],
                f"tags.`{EXECUTION_TAG}` = '{self._execution}' and {condition}",
                max_results=1000,
            )
        )

    def _create(self, parameters: Mapping[str, Any], trigger: Mapping[str, Any]) -> str:
        tags = {**self._tags(""), f"{PIPELINE_TAG}.trigger": str(trigger.get("kind", "unknown"))}
        with self._experiment.run(
            f"{self._pipeline.name} {self._execution}", params=parameters, tags=tags
        ) as run:
            return run.id

    def _tags(self, step: str) -> dict[str, str]:
        return {PIPELINE_TAG: self._pipeline.name, EXECUTION_TAG: self._execution, STEP_TAG: step}
