"""The sections `pipelines` and `training_pipelines`."""

from pathlib import PurePosixPath
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.section import Section
from terrarium.errors import Error
from terrarium.pipelines.artifact_keys import LONGEST_NAME, NAME
from terrarium.schedules import parse_schedule

__all__ = ["VERIFICATION", "Pipeline", "TrainingPipelines"]

VERIFICATION: Final = "verification"
"""The name of the pipeline that every environment has for `terrarium verify`."""


def _within_the_checkout(path: PurePosixPath) -> PurePosixPath:
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("must be a path below the root of the checkout")
    return path


def _json_file(path: PurePosixPath) -> PurePosixPath:
    if path.suffix != ".json":
        raise ValueError("must be a .json file")
    return path


def _not_reserved(name: str) -> str:
    if name == VERIFICATION:
        raise ValueError(
            f"must not be {VERIFICATION!r}: every environment already has a pipeline of that name"
        )
    return name


def _valid_schedule(expression: str) -> str:
    try:
        parse_schedule(expression)
    except Error as error:
        raise ValueError(f"{error.problem}: {error.remedy}") from error
    return expression


_WithinTheCheckout = Annotated[PurePosixPath, AfterValidator(_within_the_checkout)]


_EXECUTIONS_CONTINUE = Change(
    effect="in place", how="Running executions continue with the previous definition."
)


class Pipeline(Section):
    """A training pipeline, which is deployed with the environment."""

    name: Annotated[
        str,
        Field(pattern=NAME, max_length=LONGEST_NAME),
        AfterValidator(_not_reserved),
        Change(
            effect="deleted",
            how="It would be another pipeline: this one is deleted with the history of its executions.",
        ),
    ]
    """The name of the `terrarium.Pipeline`: up to 40 lower-case letters, digits and single dashes. Required."""

    pipeline: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")] | None,
        _EXECUTIONS_CONTINUE,
    ] = None
    """The `terrarium.Pipeline` in this checkout, as `package.module:attribute`. Required without `definition`."""

    folder: Annotated[
        _WithinTheCheckout,
        _EXECUTIONS_CONTINUE,
    ] = PurePosixPath()
    """The folder that contains the package of `pipeline`, as a path below the checkout's root. Defaults to the root."""

    definition: Annotated[
        Annotated[_WithinTheCheckout, AfterValidator(_json_file)] | None,
        _EXECUTIONS_CONTINUE,
    ] = None
    """A state machine in Amazon States Language, as a path below the checkout's root. Required without `pipeline`."""

    schedule: Annotated[Annotated[str, AfterValidator(_valid_schedule)] | None, IN_PLACE] = None
    """The schedule, as an expression of EventBridge Scheduler in UTC: `cron(0 6 * * ? *)`. Defaults to the schedule of
    the `pipeline`, else to none."""

    enabled: Annotated[bool, IN_PLACE] = True
    """Whether its schedule and its triggers start it. Defaults to true."""

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if (self.pipeline is None) == (self.definition is None):
            raise ValueError("must name either a pipeline or a definition")
        return self


class TrainingPipelines(Section):
    """The state machines, schedules and triggers that run the pipelines of the environment."""

    enabled: Annotated[
        bool,
        Change(
            effect="deleted",
            how="Every pipeline is deleted with the history of its executions.",
            case="switched off",
        ),
        IN_PLACE,
    ] = True
    """Whether the environment has training pipelines. Without them, `lab.pipelines` raises an error, and the file lists
    no `[[pipelines]]`. Defaults to true."""
