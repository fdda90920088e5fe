"""Artifacts: an object in the environment's bucket, written and read again."""

from terrarium.aws import translate_errors
from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.workspace import Workspace

__all__ = ["LIST_ARTIFACTS", "WRITE_ARTIFACTS"]


def _write(workspace: Workspace) -> Observation:
    lab = workspace.lab
    name = f"verification/{workspace.token}/artifact.txt"
    content = workspace.token.encode()
    workspace.leave(lab.manifest.artifacts.bucket, f"{lab.manifest.artifacts.artifacts_prefix}{name}")
    reference = lab.artifacts.put_bytes(content, name)
    if lab.artifacts.get_bytes(reference) != content:
        raise CheckFailedError(f"{reference} has other content than was written")
    return Observation(f"wrote and read {reference.key}")


def _list(workspace: Workspace) -> Observation:
    artifacts = workspace.lab.manifest.artifacts
    with translate_errors("list artifacts"):
        workspace.lab.session.client("s3").list_objects_v2(
            Bucket=artifacts.bucket, Prefix=artifacts.artifacts_prefix, MaxKeys=1
        )
    return Observation(f"listed s3://{artifacts.bucket}/{artifacts.artifacts_prefix}")


WRITE_ARTIFACTS = Check(
    name="artifacts",
    run=_write,
    cause="the role lacks s3:PutObject or s3:GetObject on the prefix, or kms:GenerateDataKey and kms:Decrypt of the "
    "environment's key through s3",
    needs=("connect",),
)
LIST_ARTIFACTS = Check(
    name="artifacts",
    run=_list,
    cause="the role lacks s3:ListBucket on the prefix",
    needs=("connect",),
)
