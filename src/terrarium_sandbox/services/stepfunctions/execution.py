"""Executions that can be resumed, and that outlive the sandbox's process once they have ended."""

import datetime
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType, StateMachineType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.utils import TMP_THREADS

from terrarium_sandbox.services.stepfunctions.history import ResumePoint, find_resume_point, task_key

__all__ = ["ResumableExecution", "remember_results"]

_ENDED = (
    ExecutionStatus.SUCCEEDED,
    ExecutionStatus.FAILED,
    ExecutionStatus.ABORTED,
    ExecutionStatus.TIMED_OUT,
)

Told = Callable[["ResumableExecution"], None]


class _Communication(BaseExecutionWorkerCommunication):
    """Tells the execution that its program has come to an end."""

    execution: "ResumableExecution"

    def terminated(self) -> None:
        """Called by the program's thread."""
        if self.execution.exec_status is ExecutionStatus.RUNNING:  # not if it was stopped
            super().terminated()
            self.execution.ended()


class _Worker(ExecutionWorker):
    """An execution's program at work, or what is left of it."""

    def __init__(
        self, *, variables: Any = None, history: list[dict[str, Any]] | None = None, **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.results: dict[str, list[Any]] = {}
        self.results_lock = threading.Lock()
        self.env = self._get_evaluation_environment()
        if variables is not None:
            vars(self.env)["variable_store"] = variables
        if history:
            events: Any = self.env.event_manager
            events._history_event_list.extend(history)
            events._event_id_gen._next_id = history[-1]["id"] + 1
            context = self.env.event_history_context
            context.source_event_id = context.last_published_event_id = history[-1]["id"]

    def begin(self, event: HistoryEventType, details: Any, *, at: ResumePoint | None) -> None:
        assert self.env is not None  # noqa: S101 - for the type checker: set above
        program: Any = self._get_evaluation_entrypoint()
        self.env.event_manager.add_event(
            context=self.env.event_history_context, event_type=event, event_details=details,
            update_source_event_id=at is not None,
        )  # fmt: skip
        if at is not None:
            program.start_at.start_at_name = at.state
            self.env.states.reset(input_value=at.input)
            self.results = {key: list(results) for key, results in at.results.items()}
        self.env.next_state_name = program.start_at.start_at_name  # it runs from now on, and can be stopped
        TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.is_alive()]  # moto keeps them for ever
        threading.Thread(target=self._run, args=(program,), name="execution", daemon=True).start()

    def _run(self, program: Any) -> None:
        program.eval(self.env)
        self._execution_communication.terminated()


class ResumableExecution(Execution):
    """What moto calls an execution, with `RedriveExecution`.

    Args:
        told: Called when it begins, goes on, or has ended.
        rest: As moto's takes it.
    """

    exec_worker: Any  # a _Worker

    def __init__(self, *, told: Told, **rest: Any) -> None:
        super().__init__(
            sm_type=StateMachineType.STANDARD, cloud_watch_logging_session=None, activity_store={}, **rest
        )
        self.told = told
        self.redrive_count = 0
        self.redrive_date: datetime.datetime | None = None
        self.logged = 0

    def start(self) -> None:
        """Run it from its beginning."""
        self.exec_worker = self._new_worker()
        self.exec_status = ExecutionStatus.RUNNING
        details: Any = {
            "input": self.execution_input,
            "inputDetails": {"truncated": False},
            "roleArn": self.role_arn,
        }
        self.told(self)
        self.exec_worker.begin(
            HistoryEventType.ExecutionStarted, {"executionStartedEventDetails": details}, at=None
        )

    def stop(self, stop_date: datetime.datetime, error: str | None, cause: str | None) -> None:
        """Abort it, unless it has ended."""
        if self.exec_status is not ExecutionStatus.RUNNING:
            return
        self.exec_status, self.stop_date = ExecutionStatus.ABORTED, stop_date
        self.error, self.cause = error or None, cause or None
        self.exec_worker.stop(stop_date=stop_date, error=error, cause=cause)
        self.ended()

    def abandon(self, *, cause: str) -> None:
        """Say that whoever ran it has gone."""
        now = datetime.datetime.now(tz=datetime.UTC)
        self.exec_status, self.stop_date = ExecutionStatus.ABORTED, now
        self.error, self.cause = "Sandbox.Stopped", cause
        env: Environment = self.exec_worker.env
        details: Any = {"executionAbortedEventDetails": {"error": self.error, "cause": cause}}
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionAborted,
            event_details=details,
        )

    def redrive(self) -> None:
        """Go on from the outermost state that did not succeed; what tasks within it have yielded is kept."""
        before = self.exec_worker
        history = before.env.event_manager.get_event_history()
        outermost = before._get_evaluation_entrypoint().states.states
        point = find_resume_point(history, outermost)
        self.exec_worker = self._new_worker(variables=before.env.variable_store, history=history)
        self.redrive_count += 1
        self.redrive_date = datetime.datetime.now(tz=datetime.UTC)
        self.exec_status, self.stop_date, self.error, self.cause = ExecutionStatus.RUNNING, None, None, None
        self.told(self)
        details: Any = {"executionRedrivenEventDetails": {"redriveCount": self.redrive_count}}
        self.exec_worker.begin(HistoryEventType.ExecutionRedriven, details, at=point)

    def ended(self) -> None:
        """Tell that it has."""
        self.told(self)

    @property
    def has_ended(self) -> bool:
        """Whether it will change no more by itself."""
        return self.exec_status in _ENDED

    def __getstate__(self) -> dict[str, Any]:
        env = self.exec_worker.env
        kept = {"_history": env.event_manager.get_event_history(), "_variables": env.variable_store}
        return {**{k: v for k, v in vars(self).items() if k not in {"exec_worker", "told"}}, **kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.logged = 0  # states that were saved before have none
        history, variables = state.pop("_history"), state.pop("_variables")
        vars(self).update(state)
        self.told = lambda _execution: None
        self.exec_worker = self._new_worker(variables=variables, history=history)

    def _new_worker(self, **kept: Any) -> Any:
        from moto.stepfunctions.parser.asl.eval.evaluation_details import EvaluationDetails

        return _Worker(
            evaluation_details=EvaluationDetails(
                aws_execution_details=self._get_start_aws_execution_details(),
                execution_details=self.get_start_execution_details(),
                state_machine_details=self.get_start_state_machine_details(),
            ),
            exec_comm=_Communication(self),
            cloud_watch_logging_session=None,
            activity_store={},
            **kept,
        )


def remember_results(find: Callable[[str], ResumableExecution | None]) -> None:
    """Let tasks of a resumed execution answer with what they have yielded before.

    Args:
        find: The execution of an ARN.
    """
    evaluate = StateTaskService._eval_execution

    def evaluate_unless_done(self: StateTaskService, env: Environment) -> None:
        data: Mapping[str, Any] = env.states.context_object.context_object_data["Execution"]
        execution = find(data["Id"])
        worker = execution and execution.exec_worker
        if worker and worker.results:
            key = task_key(self.name, env.states.get_input())
            with worker.results_lock:
                results = worker.results.get(key)
                if results:
                    env.stack.append(results.pop(0))
                    _note_success(self, env)  # where the next resumption looks for it
                    return
        evaluate(self, env)

    StateTaskService._eval_execution = evaluate_unless_done  # type: ignore[method-assign] # the point of it


def _note_success(task: StateTaskService, env: Environment) -> None:
    details = {
        "resource": task._get_sfn_resource(),
        "resourceType": task._get_sfn_resource_type(),
        "output": json.dumps(env.stack[-1]),
        "outputDetails": {"truncated": False},
    }
    event_details: Any = {"taskSucceededEventDetails": details}
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.TaskSucceeded,
        event_details=event_details,
    )
