"""The runbook for a key that is scheduled for deletion."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook


@pytest.fixture
def iam_enforced(dev: Deployment) -> Iterator[None]:
    """IAM enforced: else services of the sandbox use keys without asking KMS."""
    dev.sandbox.command("enforce-iam")
    yield
    dev.sandbox.command("enforce-iam", "--off")


@pytest.mark.slow  # deploys once more, and verifies every path
@pytest.mark.usefixtures("iam_enforced")
def test_the_key_is_kept_and_the_environment_works(dev: Deployment, runbook: Runbook) -> None:
    """Data written before is readable afterwards."""
    kms, s3 = dev.sandbox.client("kms", dev.name), dev.sandbox.client("s3", dev.name)
    key = kms.describe_key(KeyId="alias/terrarium-dev-data")["KeyMetadata"]["KeyId"]
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    bucket = next(name for name in names if name.startswith("terrarium-dev-artifacts-"))
    s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with pytest.raises(ClientError, match="pending deletion"):
        s3.get_object(Bucket=bucket, Key="kept")

    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values={"environment": dev.name})

    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
    s3.delete_object(Bucket=bucket, Key="kept")
