"""Call of a step's function, in a job or a local run."""

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
    """Raised when a step's function ends its process, as scripts do: `sys.exit(3)`, `sys.exit("no data")`."""


def run_step(step: "Step", context: "StepContext") -> Mapping[str, Any]:
    """Call the function of a step, and return its outputs.

    Raises:
        StepFailedError: The function cannot be imported, or did not return a mapping or None.
        StepExitedError: It called `sys.exit` with a code other than 0 and None. Those two return no outputs.
    """
    module, _, name = step.run.partition(":")
    try:
        with gc_paused():
            function = getattr(import_module(module), name)
    except (ImportError, AttributeError, SystemExit) as error:
        raise StepFailedError(
            f"the function of step {step.name}, {step.run}, cannot be imported: {_reason(error)}",
            remedy="name a function of a module in the pipeline's code or in the image",
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
