"""Import of a pipeline by module and attribute."""

import sys
from importlib import import_module
from pathlib import Path

from terrarium.gc_tuning import gc_paused
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.pipeline import Pipeline

__all__ = ["load_pipeline"]


def load_pipeline(defined: str, *, folder: Path | None = None) -> Pipeline:
    """Return the pipeline at `package.module:attribute`.

    Args:
        defined: Import path of the pipeline.
        folder: Folder to add to the import path.

    Raises:
        PipelineInvalidError: There is no such pipeline, or its module cannot be imported.
    """
    module, _, attribute = defined.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), attribute]):
        raise PipelineInvalidError(
            f"{defined!r} is not the path of a pipeline",
            remedy="write package.module:attribute, such as churn.pipeline:PIPELINE",
        )
    if folder is not None and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        with gc_paused():
            found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError, SystemExit) as error:
        reason = f"its module calls sys.exit({error.code!r})" if isinstance(error, SystemExit) else error
        raise PipelineInvalidError(
            f"there is no pipeline at {defined!r}: {reason}",
            remedy="write package.module:attribute, and run in the folder that contains the package",
        ) from error
    if not isinstance(found, Pipeline):
        raise PipelineInvalidError(
            f"{defined} is a {type(found).__name__}, not a pipeline", remedy="name a terrarium.Pipeline"
        )
    return found
