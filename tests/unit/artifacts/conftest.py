from typing import TYPE_CHECKING

import pytest

from terrarium.artifacts import Artifacts, TransferConfig
from terrarium.artifacts.transfer import MEBIBYTE
from terrarium.aws import Session
from tests.unit.example_manifest import example_manifest

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

BUCKET = example_manifest().artifacts
PART = 5 * MEBIBYTE  # the least that S3 takes


@pytest.fixture
def session(aws: str) -> Session:  # noqa: ARG001 - the account to be in
    return Session()


@pytest.fixture
def s3(session: Session) -> "S3Client":
    client: S3Client = session.client("s3")
    client.create_bucket(
        Bucket=BUCKET.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client.put_bucket_versioning(Bucket=BUCKET.bucket, VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture
def calls(s3: "S3Client") -> list[str]:
    """The S3 operations called from now on, in order."""
    made: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: made.append(model.name))
    return made


@pytest.fixture
def artifacts(session: Session, s3: "S3Client") -> Artifacts:  # noqa: ARG001 - the bucket must be there
    return Artifacts(BUCKET, session=session, transfer=TransferConfig(part_size=PART, workers=2))
