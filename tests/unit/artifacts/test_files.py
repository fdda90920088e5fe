"""Files and bytes, to the bucket and back."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terrarium import errors
from terrarium.artifacts import ArtifactRef, Artifacts
from terrarium.artifacts.errors import (
    ArtifactCorruptError,
    ArtifactNameError,
    ArtifactNotFoundError,
    ArtifactReferenceError,
    BucketNotVersionedError,
    DestinationOccupiedError,
    SourceNotFoundError,
)
from tests.unit.artifacts.conftest import BUCKET, PART

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

SIZES = [0, 1, PART, PART + 1, 2 * PART, 2 * PART + 17]


def file_of(size: int, folder: Path, name: str = "source.bin") -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


@pytest.mark.parametrize("size", SIZES)
def test_get_returns_the_content_of_put(size: int, artifacts: Artifacts, tmp_path: Path) -> None:
    source = file_of(size, tmp_path)
    ref = artifacts.put(source, "some/name.bin")
    got = artifacts.get(ref, tmp_path / "there" / "got.bin")
    assert got.read_bytes() == source.read_bytes()
    assert list(got.parent.iterdir()) == [got], "nothing is left beside it"
    assert (ref.size, ref.digest) == (size, f"sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}")
    assert ref.uri == f"s3://{BUCKET.bucket}/{BUCKET.artifacts_prefix}some/name.bin"


def test_a_reference_pins_its_version(artifacts: Artifacts, tmp_path: Path) -> None:
    first = artifacts.put_bytes(b"first", "name")
    second = artifacts.put_bytes(b"second", "name")
    assert artifacts.get_bytes(first) == b"first"
    assert artifacts.get(str(second), tmp_path / "got").read_bytes() == b"second"
    assert artifacts.latest("name") == second


@pytest.mark.parametrize("size", [1, 2 * PART])
def test_unchanged_content_is_not_uploaded_again(
    size: int, artifacts: Artifacts, calls: list[str], tmp_path: Path
) -> None:
    source = file_of(size, tmp_path)
    ref = artifacts.put(source)
    calls.clear()
    assert artifacts.put(source) == ref
    assert calls == ["HeadObject"]


def test_an_equal_local_file_is_not_downloaded_again(
    artifacts: Artifacts, calls: list[str], tmp_path: Path
) -> None:
    source = file_of(10, tmp_path)
    ref = artifacts.put(source)
    calls.clear()
    artifacts.get(ref, source)
    assert calls == []


def test_a_file_goes_into_a_folder_under_its_own_name(artifacts: Artifacts, tmp_path: Path) -> None:
    ref = artifacts.put_bytes(b"content", "models/churn.bin")
    assert artifacts.get(ref, tmp_path) == tmp_path / "churn.bin"


def test_replaces_an_existing_file_but_not_a_folder(artifacts: Artifacts, tmp_path: Path) -> None:
    ref = artifacts.put_bytes(b"new", "name")
    (tmp_path / "file").write_bytes(b"old")
    assert artifacts.get(ref, tmp_path / "file").read_bytes() == b"new"
    (tmp_path / "folder" / "name").mkdir(parents=True)
    with pytest.raises(DestinationOccupiedError, match="is a folder"):
        artifacts.get(ref, tmp_path / "folder")


def test_never_writes_content_with_another_digest(artifacts: Artifacts, tmp_path: Path) -> None:
    ref = artifacts.put_bytes(b"content", "name").model_copy(update={"digest": "sha256:" + "0" * 64})
    with pytest.raises(ArtifactCorruptError, match="sha256:0000"):
        artifacts.get(ref, tmp_path / "got")
    with pytest.raises(ArtifactCorruptError):
        artifacts.get_bytes(ref)
    assert list(tmp_path.iterdir()) == []


def test_names_the_missing_artifact(artifacts: Artifacts, s3: "S3Client", tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"no\.bin"):
        artifacts.put(tmp_path / "no.bin")
    with pytest.raises(ArtifactNotFoundError, match="'never-put'"):
        artifacts.latest("never-put")
    ref = artifacts.put_bytes(b"content", "name")
    s3.delete_object(Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id)
    with pytest.raises(ArtifactNotFoundError, match=ref.version_id):
        artifacts.get(ref, tmp_path / "got")


def test_refuses_a_name_as_reference(artifacts: Artifacts, tmp_path: Path) -> None:
    artifacts.put_bytes(b"content", "name")
    with pytest.raises(ArtifactReferenceError, match="`latest`"):
        artifacts.get("name", tmp_path / "got")


@pytest.mark.parametrize("name", ["", "/absolute", "a//b", "a/../b", "./a", "a\\b", "a\nb", "x" * 1100])
def test_names_that_cannot_be_keys_are_refused(name: str, artifacts: Artifacts) -> None:
    with pytest.raises(ArtifactNameError, match="cannot name an artifact"):
        artifacts.put_bytes(b"", name)


def test_a_bucket_without_versions_is_refused(artifacts: Artifacts, s3: "S3Client") -> None:
    s3.delete_bucket(Bucket=BUCKET.bucket)
    s3.create_bucket(Bucket=BUCKET.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with pytest.raises(BucketNotVersionedError, match=BUCKET.bucket):
        artifacts.put_bytes(b"content", "name")


def test_names_the_call_that_the_role_may_not_make(artifacts: Artifacts, s3: "S3Client") -> None:
    everything = f"arn:aws:s3:::{BUCKET.bucket}/*"
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything}
    s3.put_bucket_policy(
        Bucket=BUCKET.bucket,
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [denial]}),
    )
    with pytest.raises(errors.AccessDeniedError, match="PutObject"):
        artifacts.put_bytes(b"content", "name")


def test_sends_the_digest_of_all_content_to_s3(artifacts: Artifacts, s3: "S3Client", tmp_path: Path) -> None:
    checksums: list[str | None] = []
    for operation in ("PutObject", "UploadPart"):
        s3.meta.events.register(
            f"before-call.s3.{operation}",
            lambda params, **_: checksums.append(params["headers"].get("x-amz-checksum-sha256")),
        )
    artifacts.put(file_of(1, tmp_path))
    artifacts.put(file_of(2 * PART + 1, tmp_path))
    assert len(checksums) == 4
    assert all(checksums)


def test_another_lab_reads_the_text_of_a_reference(artifacts: Artifacts) -> None:
    text = str(artifacts.put_bytes(b"content", "a name/with ?&#%.bin"))
    assert artifacts.get_bytes(ArtifactRef.parse(text)) == b"content"
