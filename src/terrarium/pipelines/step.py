"""`Step`: a function of a pipeline that runs as a job."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from terrarium.compute.resources import Resources
from terrarium.errors import Error
from terrarium.pipelines.artifact_keys import LONGEST_NAME, NAME
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.step_condition import StepCondition
from terrarium.public_model import PublicModel

__all__ = ["DRIFT_CHECK", "Step", "named_function"]

DRIFT_CHECK = "drift-check"
"""Name of the step that runs the check of a drift trigger."""

_MOST_CHILDREN = 10_000  # of an array job in Batch


def named_function(entry: str | Callable[..., Any]) -> Any:
    """Return the import path of a function: `package.module:name`.

    Raises:
        ValueError: The function has none: it is a lambda, a nested function, a method or a `functools.partial`.
    """
    if isinstance(entry, str) or not callable(entry):
        return entry
    name = getattr(entry, "__qualname__", "")
    if not name.isidentifier():
        raise ValueError(
            f"{name or repr(entry)} cannot be imported by a job: name a function that is defined at the top level of a "
            "module (not a lambda, nested function, method or partial)"
        )
    return f"{entry.__module__}:{name}"


def _listed(conditions: Any) -> Any:
    return (conditions,) if isinstance(conditions, StepCondition) else conditions


class Step(PublicModel):
    """A function that runs as a job of a pipeline.

    The function takes a `StepContext`, and returns its outputs: a small mapping of JSON values, or None. Files are
    stored in `context.folder`.

    Example:
        >>> terrarium.Step(name="train", run="churn.steps:train", after=("prepare",), retries=2)
    """

    refused_as: ClassVar[type[Error]] = PipelineInvalidError

    name: Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME)]
    """Name of the step, unique in the pipeline."""

    run: Annotated[str, BeforeValidator(named_function), Field(pattern=r"^[\w.]+:\w+$")]
    """The function, or `package.module:function`, with which the pipeline's module need not import the function."""

    after: tuple[str, ...] = ()
    """Steps that must have succeeded before, and whose outputs and files this step may read."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    """Parameters of this step, besides those of the pipeline."""

    resources: Resources = Resources()
    """Resources of its job, on one node. Default: 1 vCPU and 2 GiB."""

    pool: Annotated[str, Field(pattern=NAME)] | None = None
    """The pool to run in. Default: the environment's first; for a step with GPUs, the first pool that has them."""

    retries: Annotated[int, Field(ge=0, le=9)] = 0
    """Number of retries of a failed job. A step that refuses to continue is not retried."""

    deadline_minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)] = 60
    """Minutes after which an attempt times out."""

    when: Annotated[tuple[StepCondition, ...], BeforeValidator(_listed)] = ()
    """Conditions; if one does not hold, the step and all steps that come after it are skipped."""

    over: Annotated[tuple[Any, ...], Field(max_length=_MOST_CHILDREN)] = ()
    """Values to run over, each in a job of its own as `context.value`; the step's outputs are a list then."""

    @model_validator(mode="after")
    def _can_be_a_job(self) -> Self:
        if self.resources.nodes != 1:
            raise ValueError("a step runs on one node: submit a multi-node job from a step")
        if len(self.over) == 1:
            raise ValueError("`over` needs at least two values: an array job has at least two children")
        return self
