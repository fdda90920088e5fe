"""Triggers: events that start a pipeline, besides its schedule."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from terrarium.errors import Error
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.step import named_function
from terrarium.public_model import PublicModel
from terrarium.schedules import parse_schedule

__all__ = ["DataArrival", "Drift", "ScheduleExpression"]


def _readable(expression: str) -> str:
    try:
        parse_schedule(expression)
    except Exception as error:
        raise ValueError(str(error)) from error
    return expression


ScheduleExpression = Annotated[str, AfterValidator(_readable)]
"""Schedule expression of EventBridge Scheduler, in UTC: `cron(0 6 * * ? *)`, `rate(1 day)`."""


def _no_template(prefix: str) -> str:
    # The prefix becomes part of Terraform's configuration, where templates would be evaluated.
    if "${" in prefix or "%{" in prefix:
        raise ValueError("a prefix cannot contain ${ or %{")
    return prefix


class _Trigger(PublicModel):
    refused_as: ClassVar[type[Error]] = PipelineInvalidError


class DataArrival(_Trigger):
    """Start the pipeline when an object arrives below a prefix of the artifact bucket.

    The key of the object is `context.trigger["key"]`.

    Example:
        >>> terrarium.DataArrival(prefix="incoming/churn/")
    """

    kind: Literal["data-arrival"] = "data-arrival"
    prefix: Annotated[str, Field(min_length=1), AfterValidator(_no_template)]
    """Prefix of the key below the bucket's `artifacts/`, that is, of the name of an artifact."""


class Drift(_Trigger):
    """Check regularly whether the training data has drifted.

    The check is a function like that of a step. It runs before all steps, and the pipeline continues only if it
    returns {"drifted": True}.

    Example:
        >>> terrarium.Drift(check="churn.steps:has_drifted", schedule="rate(1 day)")
    """

    kind: Literal["drift"] = "drift"
    check: Annotated[str, BeforeValidator(named_function), Field(pattern=r"^[\w.]+:\w+$")]
    """The function, or `package.module:function`."""

    schedule: ScheduleExpression
    """Schedule of the check."""
