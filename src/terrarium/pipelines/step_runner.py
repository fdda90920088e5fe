"""Taking one step, wherever that is."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from terrarium.gc_tuning import gc_paused
from terrarium.pipelines.errors import StepFailedError

if TYPE_CHECKING:
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_context import StepContext

__all__ = ["StepExitedError", "run_step"]


class StepExitedError(RuntimeError):
    """The function of a step ended its process, as scripts do: `sys.exit(3)`, `sys.exit("no data")`."""


def run_step(step: "Step", context: "StepContext") -> Mapping[str, Any]:
    """Call the function of a step; what it returns.

    Raises:
        StepFailedError: There is no such function, or it returned something else than a mapping.
        StepExitedError: It called `sys.exit` with a code other than 0 and None, which mean that it returned nothing.
    """
    module, _, name = step.run.partition(":")
    try:
        with gc_paused():
            function = getattr(import_module(module), name)
    except (ImportError, AttributeError, SystemExit) as error:
        raise StepFailedError(
            f"{step.name} is to run {step.run}, and that cannot be imported: {_reason(error)}",
            remedy="name a function of a module that the pipeline's code, or the image, holds",
        ) from error
    try:
        outputs = function(context)
    except SystemExit as exit_:
        if exit_.code is not None and exit_.code != 0:
            raise StepExitedError(f"{step.run} ended with {_reason(exit_)}") from exit_
        outputs = None
    if outputs is None:
        return {}
    if not isinstance(outputs, Mapping):
        raise StepFailedError(
            f"{step.run} returned {type(outputs).__name__}", remedy="return a mapping of outputs, or nothing"
        )
    return outputs


def _reason(error: BaseException) -> str:
    return f"sys.exit({error.code!r})" if isinstance(error, SystemExit) else str(error)
