"""What a step failed of, in words, kept where whoever asks for its status finds it."""

import json
from typing import TYPE_CHECKING

from terrarium.errors import Error
from terrarium.pipelines.names import execution_folder, step_folder

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts

__all__ = ["find_failure", "leave_failure"]


def leave_failure(
    artifacts: "Artifacts",
    error: BaseException,
    *,
    pipeline: str,
    execution: str,
    step: str,
    index: int | None,
) -> None:
    """Keep what a step failed of."""
    ours = isinstance(error, Error)
    said = str(error) if ours else f"{type(error).__name__}: {error}"
    name = f"{execution_folder(pipeline, execution)}/{step_folder(step, index)}/failure.json"
    artifacts.put_bytes(json.dumps({"reason": said}).encode(), name)


def find_failure(
    artifacts: "Artifacts", *, pipeline: str, execution: str, step: str, index: int | None = None
) -> str | None:
    """What a step failed of; None if it did not say."""
    from terrarium.artifacts.errors import ArtifactNotFoundError

    name = f"{execution_folder(pipeline, execution)}/{step_folder(step, index)}/failure.json"
    try:
        said: str = json.loads(artifacts.get_bytes(artifacts.latest(name)))["reason"]
    except ArtifactNotFoundError:
        return None
    return said
