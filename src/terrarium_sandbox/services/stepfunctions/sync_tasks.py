"""Tasks with `.sync`: polling of the job or execution, retries, and its end when the task is stopped."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_batch import (
    StateTaskServiceBatch,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.eval.callback import callback
from moto.stepfunctions.parser.asl.eval.environment import Environment

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.stepfunctions.calls import TaskClient
from terrarium_sandbox.services.stepfunctions.stopping import EndedElsewhereError

__all__ = ["install_sync_tasks"]

_POLL_SECONDS = 0.2
_REASON = "the execution that waited for it was stopped, or has failed"

# (client of the service, what the task has submitted) -> None
_Ending = Callable[[Any, Mapping[str, Any]], None]


class _RetriedEndpoint(callback.CallbackEndpoint):
    """A callback that several attempts of a task wait for, one after the other."""

    def begin_attempt(self) -> None:
        """Forget the interruption by the attempt before, unless the callback was answered."""
        if self.get_outcome() is None:
            self._notify_event.clear()


def install_sync_tasks(client_for: TaskClient) -> None:
    """Correct how moto waits."""
    _forget_the_last_attempt()
    _poll_until_the_end()
    _end_abandoned_work(
        StateTaskServiceBatch,
        "batch",
        lambda batch, job: batch.terminate_job(jobId=job["JobId"], reason=_REASON),
        client_for,
    )
    _end_abandoned_work(
        StateTaskServiceSfn,
        "stepfunctions",
        lambda states, execution: states.stop_execution(
            executionArn=execution["ExecutionArn"], cause=_REASON
        ),
        client_for,
    )


def _forget_the_last_attempt() -> None:
    evaluate = StateTaskServiceCallback._eval_integration_pattern

    def evaluate_attempt(self: StateTaskServiceCallback, env: Environment, **rest: Any) -> None:
        token = env.states.context_object.context_object_data["Task"]["Token"]  # type: ignore[index] # exists here
        endpoint = env.callback_pool_manager.get(token)
        if isinstance(endpoint, _RetriedEndpoint):
            endpoint.begin_attempt()
        evaluate(self, env=env, **rest)

    reason = "moto leaves the callback of an attempt interrupted, so the next attempt times out at once."
    patch(callback, "CallbackEndpoint", _RetriedEndpoint, reason=reason)
    patch(StateTaskServiceCallback, "_eval_integration_pattern", evaluate_attempt, reason=reason)


def _poll_until_the_end() -> None:
    def wait(self: StateTaskServiceCallback, env: Environment, sync_resolver: Any, **rest: Any) -> Any:  # noqa: ARG001 - moto's signature
        while True:
            result = _resolve(sync_resolver)
            if result:
                return result
            if not env.is_running():
                raise EndedElsewhereError
            time.sleep(_POLL_SECONDS)

    patch(
        StateTaskServiceCallback,
        "_eval_sync",
        wait,
        reason="moto takes a job that another caller ended for a success without a result.",
    )


def _resolve(resolver: Callable[[], Any]) -> Any:
    """Return the result; None while there is none, or the service does not answer: the sandbox may be stopping."""
    try:
        return resolver()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
    except HTTPClientError:
        pass
    return None


def _end_abandoned_work(
    integration: type[StateTaskServiceCallback], service: str, end: _Ending, client_for: TaskClient
) -> None:
    """End the job or execution of a `.sync` task that was stopped."""
    build = integration._build_sync_resolver

    def build_ending(self: StateTaskServiceCallback, env: Environment, **rest: Any) -> Callable[[], Any]:
        submitted = env.stack[-1]
        resolver = build(self, env=env, **rest)
        assert resolver is not None  # noqa: S101 - for the type checker: these integrations have one

        def resolve_or_end() -> Any:
            result = resolver()
            if result or env.is_running():
                return result
            with suppress(ClientError, HTTPClientError):  # it has ended meanwhile, or the role may not end it
                client = client_for(
                    service=service,
                    region=rest["resource_runtime_part"].region,
                    state_credentials=rest["state_credentials"],
                )
                end(client, submitted)
            return None

        return resolve_or_end

    patch(
        integration,
        "_build_sync_resolver",
        build_ending,
        reason="moto leaves the job or execution of a stopped `.sync` task running; AWS ends it.",
    )
