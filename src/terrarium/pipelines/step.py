"""One step of a pipeline."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from terrarium.compute.resources import Resources
from terrarium.errors import Error
from terrarium.pipelines.artifact_keys import LONGEST_NAME, NAME
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.step_condition import StepCondition
from terrarium.public_model import PublicModel

__all__ = ["Step", "named_function"]

_MOST_CHILDREN = 10_000  # of an array job


def named_function(entry: str | Callable[..., Any]) -> Any:
    """Return the module and the name by which other processes import a function.

    Raises:
        ValueError: It has no such name: a lambda, a nested function, a method, a `functools.partial`.
    """
    if isinstance(entry, str) or not callable(entry):
        return entry
    name = getattr(entry, "__qualname__", "")
    if not name.isidentifier():
        raise ValueError(
            f"{name or repr(entry)} cannot be imported by a job: name a function that is defined at the top of a "
            "module (no lambda, nested function, method or partial)"
        )
    return f"{entry.__module__}:{name}"


def _listed(conditions: Any) -> Any:
    return (conditions,) if isinstance(conditions, StepCondition) else conditions


class Step(PublicModel):
    """A function that a job runs.

    The function takes a `StepContext`, and returns its outputs: a small mapping that JSON can hold, or None. Files
    go through `context.folder`.
    """

    refused_as: ClassVar[type[Error]] = PipelineInvalidError

    name: Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME)]
    """Unique in the pipeline."""

    run: Annotated[str, BeforeValidator(named_function), Field(pattern=r"^[\w.]+:\w+$")]
    """The function, or `package.module:function`: then the pipeline can be read without importing what it needs."""

    after: tuple[str, ...] = ()
    """The steps that must be done before, and whose outputs and files it may read."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    """What this step is told besides the pipeline's parameters."""

    resources: Resources = Resources()
    """What its job is given, on one node. Omitted: 1 vCPU and 2 GiB."""

    pool: Annotated[str, Field(pattern=NAME)] | None = None
    """The pool to run in. Omitted: the environment's first, or the first with GPUs where there are to be any."""

    retries: Annotated[int, Field(ge=0, le=9)] = 0
    """How often it is tried again when it fails; a gate that refuses is not asked again."""

    deadline_minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)] = 60
    """Minutes that an attempt may take before it is ended."""

    when: Annotated[tuple[StepCondition, ...], BeforeValidator(_listed)] = ()
    """What must hold; else it is left out, and with it all that comes after it."""

    over: Annotated[tuple[Any, ...], Field(max_length=_MOST_CHILDREN)] = ()
    """The values to run it over, each in a job of its own, as `context.value`; its outputs are then a list."""

    @model_validator(mode="after")
    def _can_be_a_job(self) -> Self:
        if self.resources.nodes != 1:
            raise ValueError("a step runs on one node: submit a multi-node job from within it")
        if len(self.over) == 1:
            raise ValueError("`over` needs two values at least: an array job of one does not exist")
        return self
