"""Publishing the code that a deployed pipeline runs.

The code, and the pointer that names it with its digest, lie below `PUBLISHED_PREFIX`, where the bucket's policy lets no
role of the platform but `ci-deploy` write. Jobs verify the digest before they unpack anything.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from terrarium.errors import AccessDeniedError
from terrarium.pipelines.artifact_keys import published_name
from terrarium.pipelines.compilation import definition_digest
from terrarium.pipelines.pipeline_loader import load_pipeline

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.aws import Session
    from terrarium.manifest import PlatformManifest

__all__ = ["Publication", "is_published", "publish", "published_artifacts"]


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


def published_artifacts(manifest: "PlatformManifest", *, session: "Session") -> "Artifacts":
    """Return what was published in an environment: a part of its bucket where jobs and scientists only read."""
    from terrarium.artifacts import Artifacts
    from terrarium.manifest import PUBLISHED_PREFIX

    bucket = manifest.artifacts.model_copy(update={"artifacts_prefix": PUBLISHED_PREFIX})
    return Artifacts(bucket, session=session)


def publish(published: "Artifacts", defined: str, *, folder: Path) -> Publication:
    """Let executions that begin from now on run the code of a checkout, as it is now.

    Args:
        published: As `published_artifacts` returns them.
        defined: Where the pipeline is: `package.module:attribute`.
        folder: The folder of the checkout from which that is imported.

    Raises:
        PipelineInvalidError: There is no such pipeline.
        CodeNotShippableError: The folder lies in no git repository.
        AccessDeniedError: The role may not publish.
    """
    from terrarium.compute.code_upload import Shipping

    pipeline = load_pipeline(defined, folder=folder)
    digest = definition_digest(pipeline)
    try:
        shipped = Shipping(published).ship(folder)
        said = {"code": str(shipped.code), "folder": shipped.folder, "pipeline": defined}
        published.put_bytes(json.dumps(said, sort_keys=True).encode(), published_name(pipeline.name, digest))
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"pipeline {pipeline.name!r} was not published: {error.problem}",
            remedy="the role ci-deploy publishes, in the deploy workflow, and administrators do: merge the change, or "
            "ask one of them. To try the code before: `PIPELINE.run_local(lab)`, or a step by `lab.compute.submit`",
        ) from error
    return Publication(pipeline.name, digest, str(shipped.code))


def is_published(published: "Artifacts", pipeline: str, definition: str) -> bool:
    """Whether there is code for a definition."""
    from terrarium.artifacts.errors import ArtifactNotFoundError

    try:
        published.latest(published_name(pipeline, definition))
    except ArtifactNotFoundError:
        return False
    return True
