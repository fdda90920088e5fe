"""The patch that a run keeps: how its code differed from its commit."""

import hashlib
from typing import TYPE_CHECKING

from terrarium.code.errors import PatchError
from terrarium.record.artifact_file import artifact_file
from terrarium.record.sections import Code
from terrarium.record.tags import PATCH_ARTIFACT

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["read_patch"]


def read_patch(client: "MlflowClient", artifact_uri: str, code: Code) -> bytes:
    """The patch among a run's artifacts; empty where the code was its commit.

    Raises:
        PatchError: It is not the one that was recorded.
    """
    if code.patch_digest is None:
        return b""
    with artifact_file(client, f"{artifact_uri}/{PATCH_ARTIFACT}") as file:
        patch = file.read_bytes()
    digest = f"sha256:{hashlib.sha256(patch).hexdigest()}"
    if digest != code.patch_digest:
        raise PatchError(
            f"{artifact_uri}/{PATCH_ARTIFACT} has digest {digest}, and the record says {code.patch_digest}",
            remedy="the artifact was altered: the bucket keeps its versions",
        )
    return patch
