"""Publication of the code that a deployed pipeline runs.

The code, and the pointer with its digest, are stored below `PUBLISHED_PREFIX`. The bucket policy allows only the
platform's role `ci-deploy` to write there. Jobs verify the digest before they unpack the code.
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
    """Published code of a pipeline.

    Attributes:
        pipeline: Name of the pipeline.
        definition: Digest of the definition. Executions of this definition run the code.
        code: The snapshot of the code, pinned by its digest.
    """

    pipeline: str
    definition: str
    code: str


def published_artifacts(manifest: "PlatformManifest", *, session: "Session") -> "Artifacts":
    """Return the artifacts below `PUBLISHED_PREFIX` of an environment, which jobs and scientists can only read."""
    from terrarium.artifacts import Artifacts
    from terrarium.manifest import PUBLISHED_PREFIX

    bucket = manifest.artifacts.model_copy(update={"artifacts_prefix": PUBLISHED_PREFIX})
    return Artifacts(bucket, session=session)


def publish(published: "Artifacts", defined: str, *, folder: Path) -> Publication:
    """Publish the code of a checkout as it is now: executions that begin later run it.

    Args:
        published: The artifacts of `published_artifacts`.
        defined: Import path of the pipeline: `package.module:attribute`.
        folder: The folder of the checkout from which the pipeline is imported.

    Raises:
        PipelineInvalidError: There is no such pipeline.
        CodeNotShippableError: The folder is not in a git repository.
        AccessDeniedError: The role may not publish.
    """
    from terrarium.compute.code.upload import Shipping

    pipeline = load_pipeline(defined, folder=folder)
    digest = definition_digest(pipeline)
    try:
        shipped = Shipping(published).ship(folder)
        pointer = {"code": str(shipped.code), "folder": shipped.folder, "pipeline": defined}
        published.put_bytes(
            json.dumps(pointer, sort_keys=True).encode(), published_name(pipeline.name, digest)
        )
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"pipeline {pipeline.name!r} was not published: {error.problem}",
            remedy="the role ci-deploy publishes, in the deploy workflow, and so can administrators: merge the change, "
            "or ask one of them. To test the code first: `PIPELINE.run_local(lab)`, or one step with "
            "`lab.compute.submit`",
        ) from error
    return Publication(pipeline.name, digest, str(shipped.code))


def is_published(published: "Artifacts", pipeline: str, definition: str) -> bool:
    """Return whether code was published for a definition."""
    from terrarium.artifacts.errors import ArtifactNotFoundError

    try:
        published.latest(published_name(pipeline, definition))
    except ArtifactNotFoundError:
        return False
    return True
