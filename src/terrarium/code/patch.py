"""Patch of a run: the difference between its code and its commit."""

from typing import TYPE_CHECKING

from terrarium.code.errors import PatchError
from terrarium.io.digest import digest_of
from terrarium.record.artifact_file import artifact_file
from terrarium.record.sections import Code
from terrarium.record.tags import PATCH_ARTIFACT

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["read_patch"]


def read_patch(client: "MlflowClient", artifact_uri: str, code: Code) -> bytes:
    """Return the patch in a run's artifacts; empty if the code was equal to its commit.

    Raises:
        PatchError: The patch differs from the recorded digest.
    """
    if code.patch_digest is None:
        return b""
    with artifact_file(client, f"{artifact_uri}/{PATCH_ARTIFACT}") as file:
        patch = file.read_bytes()
    digest = digest_of(patch)
    if digest != code.patch_digest:
        raise PatchError(
            f"{artifact_uri}/{PATCH_ARTIFACT} has digest {digest}, but the record states {code.patch_digest}",
            remedy="the artifact was altered: the bucket keeps its versions",
        )
    return patch
