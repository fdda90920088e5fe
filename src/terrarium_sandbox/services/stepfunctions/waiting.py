"""What `.sync` waits for: looked at until it has ended, tried again, and ended itself when nobody waits any more."""

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
from moto.stepfunctions.parser.asl.eval.environment import Environment

from terrarium_sandbox.services.stepfunctions.stopping import EndedElsewhereError

__all__ = ["install_waiting"]

_LOOK_EVERY_SECONDS = 0.2
_REASON = "the execution that waited for it was stopped, or has failed"

# (client of the service, what the task had submitted) -> None
_Ending = Callable[[Any, Mapping[str, Any]], None]


def install_waiting() -> None:
    """Correct how moto waits."""
    _forget_the_last_attempt()
    _wait_in_earnest()
    _end_what_nobody_waits_for(
        StateTaskServiceBatch,
        "batch",
        lambda batch, job: batch.terminate_job(jobId=job["JobId"], reason=_REASON),
    )
    _end_what_nobody_waits_for(
        StateTaskServiceSfn,
        "stepfunctions",
        lambda states, execution: states.stop_execution(
            executionArn=execution["ExecutionArn"], cause=_REASON
        ),
    )


def _forget_the_last_attempt() -> None:
    """An attempt leaves its callback interrupted, so that moto's next one timed out at once."""
    evaluate = StateTaskServiceCallback._eval_integration_pattern

    def evaluate_anew(self: StateTaskServiceCallback, env: Environment, **rest: Any) -> None:
        token = env.states.context_object.context_object_data["Task"]["Token"]  # type: ignore[index] # made before
        endpoint = env.callback_pool_manager.get(token)
        if endpoint is not None and endpoint.get_outcome() is None:
            endpoint._notify_event.clear()
        evaluate(self, env=env, **rest)

    StateTaskServiceCallback._eval_integration_pattern = evaluate_anew  # type: ignore[assignment,method-assign] # the point of it


def _wait_in_earnest() -> None:
    """Moto took what was ended by others for a success without a result."""

    def wait(self: StateTaskServiceCallback, env: Environment, sync_resolver: Any, **rest: Any) -> Any:  # noqa: ARG001 - moto's signature
        while True:
            result = _look(sync_resolver)
            if result:
                return result
            if not env.is_running():
                raise EndedElsewhereError
            time.sleep(_LOOK_EVERY_SECONDS)

    StateTaskServiceCallback._eval_sync = wait  # type: ignore[assignment,method-assign] # the point of it


def _look(resolve: Callable[[], Any]) -> Any:
    """What has become of it; nothing yet while the service does not answer: the sandbox may be on its way down."""
    try:
        return resolve()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
    except HTTPClientError:
        pass
    return None


def _end_what_nobody_waits_for(
    integration: type[StateTaskServiceCallback], service: str, end: _Ending
) -> None:
    """AWS ends the job or execution behind a `.sync` task that was stopped; moto leaves it running."""
    build = integration._build_sync_resolver
    module = build.__globals__

    def build_ending(self: StateTaskServiceCallback, env: Environment, **rest: Any) -> Callable[[], Any]:
        submitted = env.stack[-1]
        look = build(self, env=env, **rest)
        assert look is not None  # noqa: S101 - for the type checker: these integrations have one

        def look_or_end() -> Any:
            result = look()
            if result or env.is_running():
                return result
            with suppress(ClientError, HTTPClientError):  # it has ended meanwhile, or the role may not
                client = module["boto_client_for"](
                    service=service,
                    region=rest["resource_runtime_part"].region,
                    state_credentials=rest["state_credentials"],
                )
                end(client, submitted)
            return None

        return look_or_end

    integration._build_sync_resolver = build_ending  # type: ignore[assignment,method-assign] # the point of it
