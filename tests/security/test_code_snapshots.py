"""Jobs run exactly the submitted code: its reference has its digest."""

import gzip
import io
import tarfile
from pathlib import Path

import boto3
import pytest

import terrarium
from terrarium import env_vars as variables
from terrarium.artifacts import ArtifactRef
from terrarium.compute.code.archive import pack
from terrarium.compute.code.files import CodeFiles
from terrarium.compute.errors import JobFailedError
from terrarium.io.digest import digest_of

pytest_plugins = ["tests.support.sdk_environment", "tests.support.training_project"]

_COMMAND = ["python", "greet.py"]


def _archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{name}.py")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue())


@pytest.fixture
def foreign() -> bytes:
    """Code of somebody else."""
    return _archive(greet="print('code of mallory')\n")


@pytest.mark.usefixtures("project")
def test_code_that_somebody_put_under_the_name_of_other_code_is_not_used(
    lab: terrarium.Lab, foreign: bytes
) -> None:
    """The name, the digest of what Bob is about to send, can be computed from a shared repository."""
    digest = digest_of(pack(CodeFiles.of(Path.cwd())))
    bucket = lab.manifest.artifacts
    key = f"{bucket.artifacts_prefix}code/{digest.removeprefix('sha256:')}.tar.gz"
    boto3.client("s3").put_object(Bucket=bucket.bucket, Key=key, Body=foreign, Metadata={"digest": digest})
    job = lab.compute.submit(_COMMAND)
    job.wait()
    assert list(job.logs()) == ["good day"]


def test_refuses_code_with_another_digest_than_the_reference(lab: terrarium.Lab, foreign: bytes) -> None:
    put = lab.artifacts.put_bytes(foreign, "code/of-mallory.tar.gz")
    forged = ArtifactRef.model_validate({**put.model_dump(), "digest": digest_of(b"what was published")})
    job = lab.compute.submit(_COMMAND, code=None, variables={variables.CODE: str(forged)}, retries=0)
    with pytest.raises(JobFailedError, match=r"its code or its packages could not be provided"):
        job.result()
    said = "\n".join(job.logs())
    assert "terrarium: " in said
    assert f"the reference has {forged.digest}" in said
    assert "code of mallory" not in said
