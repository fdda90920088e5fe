"""End of an execution while its states are running: the states report nothing more."""

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut

from terrarium_sandbox.patches import patch

__all__ = ["EndedElsewhereError", "install_stopping"]


class EndedElsewhereError(Exception):
    """The execution, branch or attempt ended while a state was waiting."""


def install_stopping() -> None:
    """Correct how moto stops executions."""
    _keep_first_error()
    _report_nothing_after_the_end()


def _keep_first_error() -> None:
    set_error = Environment.set_error

    def set_first_error(self: Environment, error: ExecutionFailedEventDetails) -> None:
        if not isinstance(self._program_state, ProgramStopped | ProgramTimedOut):
            set_error(self, error)

    patch(
        Environment,
        "set_error",
        set_first_error,
        reason="moto replaces the reason for which an execution was stopped by an error that stopping caused.",
    )


def _report_nothing_after_the_end() -> None:
    evaluate = ExecutionState._evaluate_with_timeout

    def evaluate_until_the_end(self: ExecutionState, env: Environment) -> None:
        try:
            evaluate(self, env)
        except EndedElsewhereError:
            if env.is_running():  # then this attempt has timed out
                raise EvalTimeoutError from None
            env.stack.append(None)
        except Exception:
            if env.is_running():
                raise
            env.stack.append(None)

    patch(
        ExecutionState,
        "_evaluate_with_timeout",
        evaluate_until_the_end,
        reason="moto reports errors of states whose execution has ended.",
    )
