"""An interrupted transfer goes on where it ended, in another process too."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from terrarium.artifacts import Artifacts, TransferConfig
from terrarium.artifacts.download import partial_path
from terrarium.artifacts.errors import ArtifactCorruptError, SourceChangedError
from terrarium.aws import Session
from tests.unit.artifacts.conftest import BUCKET, PART

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class InterruptionError(Exception):
    """Exception with which a test interrupts a transfer."""


class Interruptible:
    """One process' artifacts, that count their calls, and break off before one of them.

    Of one worker, to count by; shares nothing with another one but the disk.
    """

    def __init__(self) -> None:
        session = Session()
        self.artifacts = Artifacts(
            BUCKET, session=session, transfer=TransferConfig(part_size=PART, workers=1)
        )
        self.calls: list[str] = []
        self._break_before = ("", 0)
        session.client("s3").meta.events.register("before-call.s3", self._count)

    def break_before(self, operation: str, number: int) -> None:
        self._break_before = (operation, number)

    def _count(self, model: Any, **_: Any) -> None:
        if (model.name, self.calls.count(model.name) + 1) == self._break_before:
            raise InterruptionError
        self.calls.append(model.name)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(4 * PART + 3))
    return path


@pytest.mark.usefixtures("s3")
def test_continues_an_upload_with_the_missing_parts(source: Path, tmp_path: Path) -> None:
    first, second = Interruptible(), Interruptible()
    first.break_before("UploadPart", 4)
    with pytest.raises(InterruptionError):
        first.artifacts.put(source)
    ref = second.artifacts.put(source)
    assert second.calls.count("UploadPart") == 2
    assert "CreateMultipartUpload" not in second.calls
    assert second.artifacts.get(ref, tmp_path / "got").read_bytes() == source.read_bytes()


@pytest.mark.usefixtures("s3")
def test_completes_an_upload_whose_parts_have_all_arrived(source: Path) -> None:
    first, second = Interruptible(), Interruptible()
    first.break_before("CompleteMultipartUpload", 1)
    with pytest.raises(InterruptionError):
        first.artifacts.put(source)
    second.artifacts.put(source)
    assert second.calls == ["HeadObject", "ListParts", "CompleteMultipartUpload"]


def lose_first_answer(process: Interruptible, then: Callable[[], object] = lambda: None) -> None:
    """Have botocore send the first completion a second time, as after a timeout; S3 then knows no such upload."""
    sent: list[str] = []

    def again(attempts: int, **_: Any) -> int | None:
        if attempts > 1:
            return None
        then()
        return 0  # seconds until it is sent again

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        sent.append(request.url)
        body: Any = HTTPResponse(
            io.BytesIO(b"<Error><Code>NoSuchUpload</Code></Error>"), preload_content=False
        )
        headers: Any = {"x-amz-request-id": "1"}
        return AWSResponse(request.url, 404, headers, body) if len(sent) > 1 else None

    events: Any = process.artifacts._s3.meta.events  # its types know handlers without a result only
    events.register_first("needs-retry.s3.CompleteMultipartUpload", again)
    events.register_first("before-send.s3.CompleteMultipartUpload", answer)


@pytest.mark.usefixtures("s3")
def test_a_completion_that_is_sent_twice_succeeds(source: Path, tmp_path: Path) -> None:
    process = Interruptible()
    lose_first_answer(process)
    ref = process.artifacts.put(source)
    assert process.artifacts.get(ref, tmp_path / "got").read_bytes() == source.read_bytes()


def test_a_completion_that_is_sent_twice_does_not_take_another_object(source: Path, s3: "S3Client") -> None:
    def replace() -> None:
        (stored,) = s3.list_objects_v2(Bucket=BUCKET.bucket)["Contents"]
        s3.put_object(Bucket=BUCKET.bucket, Key=stored["Key"], Body=b"other")

    process = Interruptible()
    lose_first_answer(process, replace)
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchUpload"):
        process.artifacts.put(source)


def test_restarts_an_upload_that_s3_has_forgotten(source: Path, s3: "S3Client") -> None:
    first, second = Interruptible(), Interruptible()
    first.break_before("UploadPart", 3)
    with pytest.raises(InterruptionError):
        first.artifacts.put(source)
    (upload,) = s3.list_multipart_uploads(Bucket=BUCKET.bucket)["Uploads"]
    s3.abort_multipart_upload(Bucket=BUCKET.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    second.artifacts.put(source)
    assert second.calls.count("UploadPart") == 5


@pytest.mark.usefixtures("s3")
def test_does_not_continue_an_upload_of_other_content(source: Path, tmp_path: Path) -> None:
    first, second = Interruptible(), Interruptible()
    first.break_before("UploadPart", 4)
    with pytest.raises(InterruptionError):
        first.artifacts.put(source)
    source.write_bytes(os.urandom(4 * PART + 3))
    ref = second.artifacts.put(source)
    assert second.calls.count("UploadPart") == 5
    assert second.artifacts.get(ref, tmp_path / "got").read_bytes() == source.read_bytes()


def test_refuses_a_file_that_changes_during_the_upload(source: Path, s3: "S3Client") -> None:
    process = Interruptible()

    def write(**_: Any) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    process.artifacts._s3.meta.events.register("before-call.s3.CreateMultipartUpload", write)
    with pytest.raises(SourceChangedError, match=r"large\.bin"):
        process.artifacts.put(source)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET.bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET.bucket), "its parts cost no storage"


@pytest.mark.usefixtures("s3")
def test_continues_a_download_with_the_missing_bytes(source: Path, tmp_path: Path) -> None:
    first, second = Interruptible(), Interruptible()
    ref = first.artifacts.put(source)
    first.break_before("GetObject", 3)
    destination = tmp_path / "got"
    with pytest.raises(InterruptionError):
        first.artifacts.get(ref, destination)
    assert not destination.exists()
    second.artifacts.get(ref, destination)
    assert second.calls.count("GetObject") == 3
    assert destination.read_bytes() == source.read_bytes()


@pytest.mark.usefixtures("s3")
def test_detects_damaged_bytes_of_a_partial_download(source: Path, tmp_path: Path) -> None:
    first, second = Interruptible(), Interruptible()
    ref = first.artifacts.put(source)
    first.break_before("GetObject", 3)
    destination = tmp_path / "got"
    with pytest.raises(InterruptionError):
        first.artifacts.get(ref, destination)
    partial_path(ref, destination).write_bytes(bytes(PART))
    with pytest.raises(ArtifactCorruptError):
        second.artifacts.get(ref, destination)
    assert second.artifacts.get(ref, destination).read_bytes() == source.read_bytes(), (
        "the next one starts clean"
    )
