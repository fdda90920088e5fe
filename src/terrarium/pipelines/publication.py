"""Publishing the code that a deployed pipeline runs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from terrarium.pipelines.compilation import definition_digest
from terrarium.pipelines.loading import load_pipeline
from terrarium.pipelines.names import published_name

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts

__all__ = ["Publication", "is_published", "publish"]


class Publication(NamedTuple):
    """What was published.

    Attributes:
        pipeline: The pipeline's name.
        definition: The digest of its definition: executions of that very definition run the code.
        code: The snapshot, pinned by its digest.
    """

    pipeline: str
    definition: str
    code: str


def publish(artifacts: "Artifacts", defined: str, *, folder: Path) -> Publication:
    """Let executions that begin from now on run the code of a checkout, as it is now.

    Args:
        artifacts: Of the environment.
        defined: Where the pipeline is: `package.module:attribute`.
        folder: The folder of the checkout from which that is imported.

    Raises:
        PipelineInvalidError: There is no such pipeline.
        CodeNotShippableError: The folder lies in no git repository.
    """
    from terrarium.compute.shipping import Shipping

    pipeline = load_pipeline(defined, folder=folder)
    shipped = Shipping(artifacts).ship(folder)
    digest = definition_digest(pipeline)
    said = {"code": str(shipped.code), "folder": shipped.folder, "pipeline": defined}
    artifacts.put_bytes(json.dumps(said, sort_keys=True).encode(), published_name(pipeline.name, digest))
    return Publication(pipeline.name, digest, str(shipped.code))


def is_published(artifacts: "Artifacts", pipeline: str, definition: str) -> bool:
    """Whether there is code for a definition."""
    from terrarium.artifacts.errors import ArtifactNotFoundError

    try:
        artifacts.latest(published_name(pipeline, definition))
    except ArtifactNotFoundError:
        return False
    return True
