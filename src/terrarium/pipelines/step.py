"""One step of a pipeline."""

from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from terrarium.pipelines.condition import Condition

__all__ = ["NAME", "Step", "StepResources", "named_function"]

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_MOST_CHILDREN = 10_000  # of an array job


def named_function(entry: str | Callable[..., Any]) -> Any:
    """A function by module and name, as which other processes find it."""
    return entry if isinstance(entry, str) else f"{entry.__module__}:{entry.__qualname__}"


def _listed(conditions: Any) -> Any:
    return (conditions,) if isinstance(conditions, Condition) else conditions


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepResources(_Part):
    """What the job of a step is given."""

    vcpus: Annotated[int, Field(ge=1, le=256)] = 1
    """vCPUs."""

    memory_mib: Annotated[int, Field(ge=128, le=4 * 1024 * 1024)] = 2048
    """MiB of memory; a job that takes more is killed."""

    gpus: Annotated[int, Field(ge=0, le=16)] = 0
    """NVIDIA GPUs; with any, the step runs in a pool that has them."""

    pool: Annotated[str, Field(pattern=NAME)] | None = None
    """The pool to run in. Omitted: the environment's first without GPUs, or with them where there are to be any."""


class Step(_Part):
    """A function that a job runs.

    The function takes a `StepContext`, and returns its outputs: a small mapping that JSON can hold, or None. Files
    go through `context.folder`.
    """

    name: Annotated[str, Field(pattern=NAME, max_length=40)]
    """Unique in the pipeline."""

    run: Annotated[str, BeforeValidator(named_function), Field(pattern=r"^[\w.]+:\w+$")]
    """The function, or `package.module:function`: then the pipeline can be read without importing what it needs."""

    after: tuple[str, ...] = ()
    """The steps that must be done before, and whose outputs and files it may read."""

    parameters: dict[str, Any] = {}
    """What this step is told besides the pipeline's parameters."""

    resources: StepResources = StepResources()
    """What its job is given."""

    retries: Annotated[int, Field(ge=0, le=9)] = 0
    """How often it is tried again when it fails; a gate that refuses is not asked again."""

    deadline_minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)] = 60
    """Minutes that an attempt may take before it is ended."""

    when: Annotated[tuple[Condition, ...], BeforeValidator(_listed)] = ()
    """What must hold; else it is left out, and with it all that comes after it."""

    over: Annotated[tuple[Any, ...], Field(max_length=_MOST_CHILDREN)] = ()
    """The values to run it over, each in a job of its own, as `context.value`; its outputs are then a list."""

    @model_validator(mode="after")
    def _is_an_array(self) -> Self:
        if len(self.over) == 1:
            raise ValueError("`over` needs two values at least: an array job of one does not exist")
        return self
