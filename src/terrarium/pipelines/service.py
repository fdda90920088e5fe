"""`Pipelines`: the class behind `lab.pipelines`."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terrarium.arguments import Count, Seconds, checked_methods
from terrarium.aws import translate_errors
from terrarium.manifest import FOLDER_TAG, PIPELINE_TAG
from terrarium.pipelines.errors import (
    ExecutionNotFoundError,
    ExecutionNotResumableError,
    ExecutionPendingError,
    PipelineNotDeployedError,
)
from terrarium.pipelines.execution import Execution, StepState

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.compute.service import Compute
    from terrarium.connection import Connection
    from terrarium.pipelines.publication import Publication

__all__ = ["Pipelines"]

_POLL_SECONDS = 1.0


@checked_methods
class Pipelines:
    """The deployed pipelines of one environment, and their executions.

    Args:
        connection: The environment.
        artifacts: The outputs and failures of steps.
        compute: Returns the pools in which steps run.
    """

    def __init__(
        self, connection: "Connection", *, artifacts: "Artifacts", compute: "Callable[[], Compute]"
    ) -> None:
        self._connection = connection
        self._deployed = connection.manifest.pipelines
        self._artifacts = artifacts
        self._compute = compute

    def names(self) -> list[str]:
        """Return the names of the deployed pipelines, in alphabetical order.

        Example:
            >>> lab.pipelines.names()
            ['churn']
        """
        return sorted(self._deployed.names)

    def publish(self, defined: str, *, folder: str | Path = ".") -> "Publication":
        """Publish the code of this checkout as it is now: executions that begin later run it.

        The code is pinned by its digest, and belongs to the definition that it was published with. Deployments of
        other definitions keep their code.

        Args:
            defined: Import path of the pipeline: `package.module:attribute`.
            folder: The folder of the checkout from which the pipeline is imported.

        Raises:
            PipelineInvalidError: There is no such pipeline.
            CodeNotShippableError: The folder is not in a git repository.

        Example:
            >>> lab.pipelines.publish("churn.pipeline:PIPELINE")
        """
        from terrarium.compute.code.files import resolved_folder
        from terrarium.pipelines.publication import publish

        return publish(self._published, defined, folder=resolved_folder(folder))

    def publish_all(self, *, folder: str | Path = ".") -> "list[Publication]":
        """Publish every deployed pipeline of the environment from this checkout; raises the errors of `publish`.

        Pipelines that were deployed as state machine definitions have no code to publish.

        Args:
            folder: The root folder of the checkout that was deployed.

        Example:
            >>> lab.pipelines.publish_all(folder=".")
        """
        return [
            self.publish(tags[PIPELINE_TAG], folder=Path(folder, tags.get(FOLDER_TAG, ".")))
            for tags in map(self._tags, self.names())
            if PIPELINE_TAG in tags
        ]

    def start(self, name: str, /, **parameters: Any) -> Execution:
        """Start an execution of a pipeline now.

        Args:
            name: Name of the pipeline.
            **parameters: Parameters that replace the defaults.

        Raises:
            PipelineNotDeployedError: The environment has no such pipeline.
            PipelineNotPublishedError: No code was published for the deployed definition.
            PipelineInvalidError: The pipeline has no such parameter, or JSON cannot represent a value.

        Example:
            >>> execution = lab.pipelines.start("churn", minimum_roc_auc=0.85)
            >>> lab.pipelines.wait(execution).status
            'SUCCEEDED'
        """
        from terrarium.pipelines._deployed_definition import check_startable
        from terrarium.pipelines._parameters import json_parameters

        parameters = json_parameters(name, parameters)
        arn = self._arn(name)
        with translate_errors(f"start pipeline {name!r}"):
            definition = self._states.describe_state_machine(stateMachineArn=arn)["definition"]
        check_startable(
            self._published, name, definition, parameters, environment=self._connection.environment
        )
        given = {"trigger": {"kind": "hand"}, "parameters": parameters}
        execution = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        with translate_errors(f"start pipeline {name!r}"):
            self._states.start_execution(
                stateMachineArn=arn, name=execution, input=json.dumps(given, allow_nan=False)
            )
        return self.execution(name, execution)

    def executions(self, name: str, *, limit: Count = 20) -> list[Execution]:
        """Return the executions of a pipeline, the last one first.

        Raises:
            PipelineNotDeployedError: The environment has no such pipeline.

        Example:
            >>> lab.pipelines.executions("churn", limit=5)
        """
        with translate_errors(f"list the executions of pipeline {name!r}"):
            pages = self._states.get_paginator("list_executions").paginate(
                stateMachineArn=self._arn(name), PaginationConfig={"MaxItems": limit}
            )
            return [_execution(name, found) for page in pages for found in page["executions"]]

    def execution(self, name: str, execution: str) -> Execution:
        """Return an execution of a pipeline by name.

        Raises:
            PipelineNotDeployedError: The environment has no such pipeline.
            ExecutionNotFoundError: The pipeline has no such execution.

        Example:
            >>> lab.pipelines.execution("churn", "20261130T060000Z-5c358192")
        """
        return _execution(name, self._describe(name, execution))

    def status(self, execution: Execution) -> dict[str, StepState]:
        """Return the state of every step of an execution, by step, with the reasons of failures.

        This also ends the run of an execution that no step ended: it was stopped, or its last steps were skipped.

        Example:
            >>> lab.pipelines.status(execution)["train"].status
            'SUCCEEDED'
        """
        from terrarium.pipelines._deployed_definition import find_code_state
        from terrarium.pipelines.execution_history import (
            STOPPED,
            jobs_of_definition,
            lacked_code,
            step_states,
        )

        now = self.execution(execution.pipeline, execution.name)
        with translate_errors(f"read the history of execution {execution.name!r}"):
            definition = self._states.describe_state_machine(stateMachineArn=self._arn(now.pipeline))[
                "definition"
            ]
            history = list(self._history(now))
        states = step_states(jobs_of_definition(definition), history, execution=now)
        for name, state in states.items():
            if state.status == "FAILED" and state.job and state.reason != STOPPED:
                states[name] = state._replace(reason=self._failure_reason(now, state.job) or state.reason)
        code = find_code_state(json.loads(definition))
        if now.status == "FAILED" and states and code and lacked_code(history, code.name):
            first = next(iter(states))
            states[first] = states[first]._replace(status="FAILED", reason=self._unpublished(now))
        self._end_run(now)
        return states

    def _failure_reason(self, execution: Execution, job: str) -> str | None:
        from terrarium.pipelines.failure_reason import find_failure_reason

        return find_failure_reason(self._artifacts, execution, self._compute().job(job))

    def _unpublished(self, execution: Execution) -> str:
        environment = self._connection.environment
        return (
            f"no code was published for the definition that is deployed in {environment!r}; in the checkout that was "
            f"deployed, run: terrarium pipelines publish --all -e {environment}, then: "
            f"terrarium pipelines resume {execution.pipeline} -e {environment}"
        )

    def logs(self, execution: Execution, step: str) -> Iterator[str]:
        """Yield the logs of the last job of a step so far, line by line.

        Raises:
            ExecutionNotFoundError: The execution has no such step, or the step has no job yet.

        Example:
            >>> print(*lab.pipelines.logs(execution, "train"), sep=" ")
        """
        state = self.status(execution).get(step)
        if state is None or state.job is None:
            raise ExecutionNotFoundError(
                f"step {step!r} of execution {execution.name!r} has no job yet",
                remedy="its steps: " + ", ".join(self.status(execution)),
            )
        yield from self._compute().job(state.job).logs()

    def stop(self, execution: Execution, *, reason: str = "stopped by hand") -> Execution:
        """Stop an execution and the jobs that it waits for.

        Example:
            >>> lab.pipelines.stop(execution, reason="wrong parameters")
        """
        with translate_errors(f"stop execution {execution.name!r}"):
            self._states.stop_execution(executionArn=execution.arn, error="Stopped", cause=reason)
        self._end_run(stopped := self.execution(execution.pipeline, execution.name))
        return stopped

    def resume(self, execution: Execution) -> Execution:
        """Continue an execution from its failed steps, with the code and parameters that it began with.

        Raises:
            ExecutionNotResumableError: The execution is running, or has succeeded.

        Example:
            >>> lab.pipelines.wait(lab.pipelines.resume(execution))
        """
        try:
            with translate_errors(f"resume execution {execution.name!r}"):
                self._states.redrive_execution(executionArn=execution.arn)
        except self._states.exceptions.ExecutionNotRedrivable as error:
            raise ExecutionNotResumableError(
                f"execution {execution.name!r} cannot be resumed: {error.response['Error']['Message']}",
                remedy="start the pipeline again: an execution that succeeded, or ended over 14 days ago, cannot be "
                "resumed",
            ) from error
        return self.execution(execution.pipeline, execution.name)

    def wait(self, execution: Execution, *, seconds: Seconds = 3600) -> Execution:
        """Wait until an execution has ended, and return it.

        Raises:
            ExecutionPendingError: The execution has not ended within the time.

        Example:
            >>> lab.pipelines.wait(execution, seconds=600).status
            'SUCCEEDED'
        """
        deadline = time.monotonic() + seconds
        while not (now := self.execution(execution.pipeline, execution.name)).ended:
            if time.monotonic() > deadline:
                raise ExecutionPendingError(
                    f"execution {execution.name!r} has not ended within {seconds} s",
                    remedy="wait longer, or see the state of its steps: lab.pipelines.status(execution)",
                )
            time.sleep(_POLL_SECONDS)
        return now

    def _end_run(self, execution: Execution) -> None:
        from terrarium.pipelines._deployed_definition import end_run

        if execution.ended:
            end_run(self._connection.mlflow_client, execution)

    def _history(self, execution: Execution) -> Iterator[Any]:
        pages = self._states.get_paginator("get_execution_history").paginate(executionArn=execution.arn)
        for page in pages:
            yield from page["events"]

    def _describe(self, name: str, execution: str) -> Any:
        arn = f"{self._arn(name).replace(':stateMachine:', ':execution:')}:{execution}"
        try:
            with translate_errors(f"read execution {execution!r} of pipeline {name!r}"):
                return self._states.describe_execution(executionArn=arn)
        except self._states.exceptions.ExecutionDoesNotExist as error:
            raise ExecutionNotFoundError(
                f"pipeline {name!r} has no execution {execution!r}",
                remedy=f"list them: lab.pipelines.executions({name!r})",
            ) from error

    def _arn(self, name: str) -> str:
        if name not in self._deployed.names:
            raise PipelineNotDeployedError(
                f"environment {self._connection.environment!r} has no pipeline {name!r}",
                remedy=f"its pipelines: {', '.join(self.names()) or 'none'}. Add the pipeline to environments/"
                f"{self._connection.environment}.toml, and deploy",
            )
        return self._deployed.state_machine_arn(name)

    def _tags(self, name: str) -> dict[str, str]:
        with translate_errors(f"read the tags of pipeline {name!r}"):
            found = self._states.list_tags_for_resource(resourceArn=self._arn(name))["tags"]
        return {tag["key"]: tag["value"] for tag in found}

    @property
    def _published(self) -> "Artifacts":
        from terrarium.pipelines.publication import published_artifacts

        return published_artifacts(self._connection.manifest, session=self._connection.session)

    @property
    def _states(self) -> Any:
        return self._connection.session.client("stepfunctions")


def _execution(pipeline: str, found: Any) -> Execution:
    return Execution(
        name=found["name"],
        pipeline=pipeline,
        status=found["status"],
        started=found["startDate"],
        stopped=found.get("stopDate"),
        resumed=found.get("redriveCount", 0),
        arn=found["executionArn"],
    )
