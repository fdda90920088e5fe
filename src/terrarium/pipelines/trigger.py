"""What starts a pipeline besides its schedule."""

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
"""As EventBridge Scheduler writes it, in UTC: `cron(0 6 * * ? *)`, `rate(1 day)`."""


def _no_template(prefix: str) -> str:
    # The prefix becomes part of Terraform's configuration, which would evaluate it.
    if "${" in prefix or "%{" in prefix:
        raise ValueError("a prefix cannot have ${ or %{")
    return prefix


class _Trigger(PublicModel):
    refused_as: ClassVar[type[Error]] = PipelineInvalidError


class DataArrival(_Trigger):
    """Objects that arrive below a prefix of the artifact bucket; the key is `context.trigger["key"]`."""

    kind: Literal["data-arrival"] = "data-arrival"
    prefix: Annotated[str, Field(min_length=1), AfterValidator(_no_template)]
    """Of the keys, below the bucket's `artifacts/`: of artifacts by name."""


class Drift(_Trigger):
    """A look, now and then, at whether what the model was trained on still holds.

    The check is a function like a step's. It runs before all steps, and the pipeline goes on only if it returns
    {"drifted": True}.
    """

    kind: Literal["drift"] = "drift"
    check: Annotated[str, BeforeValidator(named_function), Field(pattern=r"^[\w.]+:\w+$")]
    """The function, or `package.module:function`."""

    schedule: ScheduleExpression
    """When it looks."""
