"""Rules of Choice states that moto evaluates differently from Amazon States Language.

Source: Amazon States Language specification, "Choice State" and "Timestamps"; AWS Step Functions Developer Guide,
"Choice workflow state"; aws-cdk and asl-validator guard variables by IsPresent for the same reason.
"""

import datetime
import re
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import (
    ComparisonOperatorType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import (
    ComparisonVariable,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations.is_operator import (
    IsTimestamp,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations.string_operators import (
    StringMatches,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.variable import NoSuchVariable
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils import json_path

from terrarium_sandbox.patches import patch

__all__ = ["install_choices"]

# RFC 3339, with an upper-case T, and an upper-case Z where there is no offset.
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_PIECE = re.compile(r"\\(?P<escaped>.)|(?P<any>\*)|(?P<other>.)", re.DOTALL)


def install_choices() -> None:
    """Correct how moto evaluates rules and paths with an index from the end."""
    patch(
        ComparisonVariable,
        "_eval_body",
        _compare,
        reason="moto lets rules compare variables that do not exist; AWS fails the execution.",
    )
    patch(
        IsTimestamp,
        "string_to_timestamp",
        staticmethod(_timestamp),
        reason="moto knows only one form of the timestamps of RFC 3339.",
    )
    patch(
        StringMatches,
        "_compare",
        staticmethod(_matches),
        reason="moto compares with shell patterns: an escaped asterisk matches anything.",
    )
    patch(
        json_path,
        "_PATTERN_SINGLETON_ARRAY_ACCESS_OUTPUT",
        r"\[-?\d+\]$",
        reason="moto returns a list for an index from the end, such as `$.a[-1]`; one index selects one value.",
    )


def _compare(self: ComparisonVariable, env: Environment) -> None:
    self.variable.eval(env)
    function = self.comparison_function
    missing = isinstance(env.stack[-1], NoSuchVariable)
    if missing and function.operator_type is not ComparisonOperatorType.IsPresent:
        path = self.variable.string_sampler.literal_value
        raise _runtime_error(
            env,
            f"Invalid path '{path}': The choice state's condition path references an invalid value.",
        )
    function.eval(env)


def _runtime_error(env: Environment, cause: str) -> FailureEventException:
    kind = StatesErrorNameType.StatesRuntime
    only_some: Any = EventDetails  # to the type checker, all of its fields are required
    details = only_some(taskFailedEventDetails=TaskFailedEventDetails(error=kind.to_name(), cause=cause))
    return FailureEventException(
        failure_event=FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=kind),
            event_type=HistoryEventType.TaskFailed,
            event_details=details,
        )
    )


def _timestamp(text: str) -> datetime.datetime | None:
    if not isinstance(text, str) or not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:  # a date or an hour that does not exist
        return None


def _matches(variable: Any, pattern: str) -> bool:
    """Return whether a value matches a pattern, in which an asterisk without a backslash matches any characters."""
    if not isinstance(variable, str):
        return False

    def piece(match: re.Match[str]) -> str:
        return ".*" if match["any"] else re.escape(match["escaped"] or match["other"])

    return re.fullmatch(_PIECE.sub(piece, pattern), variable, re.DOTALL) is not None
