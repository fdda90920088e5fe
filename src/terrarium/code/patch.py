"""The patch that a run keeps: how its code differed from its commit."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from terrarium.code.errors import PatchError
from terrarium.record.sections import Code
from terrarium.record.tags import PATCH_ARTIFACT

__all__ = ["read_patch"]


def read_patch(artifact_uri: str, code: Code) -> bytes:
    """The patch among a run's artifacts; empty where the code was its commit.

    Raises:
        PatchError: It is not the one that was recorded.
    """
    if code.patch_digest is None:
        return b""
    from mlflow.artifacts import download_artifacts

    with TemporaryDirectory() as folder:
        patch = Path(download_artifacts(f"{artifact_uri}/{PATCH_ARTIFACT}", dst_path=folder)).read_bytes()
    digest = f"sha256:{hashlib.sha256(patch).hexdigest()}"
    if digest != code.patch_digest:
        raise PatchError(
            f"{artifact_uri}/{PATCH_ARTIFACT} has digest {digest}, and the record says {code.patch_digest}",
            remedy="the artifact was altered: the bucket keeps its versions",
        )
    return patch
