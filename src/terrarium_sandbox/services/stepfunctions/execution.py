"""Executions that can be redriven, and that stay after a restart of the sandbox once they have ended."""

import datetime
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType, StateMachineType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import EvaluationDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import (
    EventHistoryContext,
    EventIdGenerator,
    EventManager,
)
from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.stepfunctions.history import ResumePoint, find_resume_point, task_key

__all__ = ["Listener", "RedrivableExecution", "remember_results"]

_ENDED = (
    ExecutionStatus.SUCCEEDED,
    ExecutionStatus.FAILED,
    ExecutionStatus.ABORTED,
    ExecutionStatus.TIMED_OUT,
)

Listener = Callable[["RedrivableExecution"], None]


class _EventIds(EventIdGenerator):
    """Ids that continue after those of an existing history."""

    def __init__(self, history: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # moto's has no types
        if history:
            self._next_id = history[-1]["id"] + 1


class _History(EventManager):
    """A history that continues an existing one.

    Args:
        events: The events so far.
    """

    def __init__(self, events: Sequence[Any]) -> None:
        super().__init__()
        self._event_id_gen = _EventIds(events)
        self._history_event_list.extend(events)


class _Communication(BaseExecutionWorkerCommunication):
    """Notifies the execution of the end of its program."""

    execution: "RedrivableExecution"

    def terminated(self) -> None:
        """Set the status of the execution; the thread of the program calls this."""
        if self.execution.exec_status is ExecutionStatus.RUNNING:  # not if it was stopped
            super().terminated()
            self.execution.notify()


class _Worker(ExecutionWorker):
    """The program of an execution: running, or its final state.

    Args:
        variables: Variables of an earlier run of the same execution.
        history: Events of earlier runs.
        rest: As moto's worker takes it.
    """

    env: Environment

    def __init__(self, *, variables: Any = None, history: Sequence[Any] = (), **rest: Any) -> None:
        super().__init__(**rest)
        self.results: dict[str, list[Any]] = {}
        self.results_lock = threading.Lock()
        self.env = self._continued_environment(variables, history)

    def begin(self, event: HistoryEventType, details: Any, *, at: ResumePoint | None) -> None:
        """Run the program in a thread, from its first state or from `at`."""
        program: Any = self._get_evaluation_entrypoint()
        self.env.event_manager.add_event(
            context=self.env.event_history_context,
            event_type=event,
            event_details=details,
            update_source_event_id=at is not None,
        )
        if at is not None:
            program.start_at.start_at_name = at.state
            self.env.states.reset(input_value=at.input)
            self.results = {key: list(results) for key, results in at.results.items()}
        self.env.next_state_name = program.start_at.start_at_name  # now it is running, and can be stopped
        threading.Thread(target=self._run, args=(program,), name="execution", daemon=True).start()

    def outermost_states(self) -> list[str]:
        """Return the names of the states that are in no other state."""
        program: Any = self._get_evaluation_entrypoint()
        return list(program.states.states)

    def _run(self, program: Any) -> None:
        program.eval(self.env)
        self._execution_communication.terminated()

    def _continued_environment(self, variables: Any, history: Sequence[Any]) -> Environment:
        """Return an environment as moto's worker makes it, with variables and a history."""
        details = self._evaluation_details
        execution, machine = details.execution_details, details.state_machine_details
        only_some: Any = ContextObjectData  # to the type checker, all of its fields are required
        env = Environment(
            aws_execution_details=details.aws_execution_details,
            execution_type=machine.typ,
            context=only_some(
                Execution=ExecutionData(
                    Id=execution.arn,
                    Input=execution.inpt,
                    Name=execution.name,
                    RoleArn=execution.role_arn,
                    StartTime=execution.start_time,
                ),
                StateMachine=StateMachineData(Id=machine.arn, Name=machine.name),
            ),
            event_history_context=EventHistoryContext(previous_event_id=history[-1]["id"] if history else 0),
            cloud_watch_logging_session=None,
            activity_store=self._activity_store,
            variable_store=variables,
        )
        env.event_manager = _History(history)
        return env


class RedrivableExecution(Execution):
    """An execution of moto's, with `RedriveExecution`.

    Args:
        on_change: Called when it starts, is redriven, or has ended.
        rest: As moto's execution takes it.
    """

    exec_worker: Any  # a _Worker

    def __init__(self, *, on_change: Listener, **rest: Any) -> None:
        super().__init__(
            sm_type=StateMachineType.STANDARD, cloud_watch_logging_session=None, activity_store={}, **rest
        )
        self.on_change = on_change
        self.redrive_count = 0
        self.redrive_date: datetime.datetime | None = None
        self.logged = 0

    def start(self) -> None:
        """Run it from its first state."""
        self.exec_worker = self._new_worker()
        self.exec_status = ExecutionStatus.RUNNING
        details: Any = {
            "input": self.execution_input,
            "inputDetails": {"truncated": False},
            "roleArn": self.role_arn,
        }
        self.notify()
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
        self.notify()

    def abandon(self, *, cause: str) -> None:
        """Mark it as aborted, because the process that ran it has ended."""
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
        """Continue from the outermost state that did not succeed, with the results of the tasks within it."""
        before: _Worker = self.exec_worker
        history = before.env.event_manager.get_event_history()
        point = find_resume_point(history, before.outermost_states())
        self.exec_worker = self._new_worker(variables=before.env.variable_store, history=history)
        self.redrive_count += 1
        self.redrive_date = datetime.datetime.now(tz=datetime.UTC)
        self.exec_status, self.stop_date, self.error, self.cause = ExecutionStatus.RUNNING, None, None, None
        self.notify()
        details: Any = {"executionRedrivenEventDetails": {"redriveCount": self.redrive_count}}
        self.exec_worker.begin(HistoryEventType.ExecutionRedriven, details, at=point)

    def notify(self) -> None:
        """Notify the listener of a change of status."""
        self.on_change(self)

    @property
    def has_ended(self) -> bool:
        """True if the status is final, unless the execution is redriven."""
        return self.exec_status in _ENDED

    def __getstate__(self) -> dict[str, Any]:
        env = self.exec_worker.env
        kept = {"_history": env.event_manager.get_event_history(), "_variables": env.variable_store}
        attributes = {k: v for k, v in vars(self).items() if k not in {"exec_worker", "on_change"}}
        return {**attributes, **kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.logged = 0  # states that older versions saved have none
        history, variables = state.pop("_history"), state.pop("_variables")
        vars(self).update(state)
        self.on_change = lambda _execution: None
        self.exec_worker = self._new_worker(variables=variables, history=history)

    def _new_worker(self, **kept: Any) -> _Worker:
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


def remember_results(find: Callable[[str], RedrivableExecution | None]) -> None:
    """Let tasks of a redriven execution return the results that they had before.

    Args:
        find: Finds an execution by its ARN.
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
                    _record_success(self, env)  # the next redrive reads it from the history
                    return
        evaluate(self, env)

    patch(
        StateTaskService,
        "_eval_execution",
        evaluate_unless_done,
        reason="moto has no RedriveExecution; tasks that succeeded before must not run again.",
    )


def _record_success(task: StateTaskService, env: Environment) -> None:
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
