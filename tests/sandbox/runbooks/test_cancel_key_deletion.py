"""The runbook for a key that is scheduled for deletion."""

import pytest
from botocore.exceptions import ClientError

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.runbook import Runbook


@pytest.mark.slow  # verifies every path
@pytest.mark.usefixtures("iam_enforced")
def test_the_key_is_kept_and_the_environment_works(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    """Data written before is readable afterwards."""
    kms, s3 = dev.sandbox.client("kms", dev.name), dev.sandbox.client("s3", dev.name)
    key = kms.describe_key(KeyId="alias/terrarium-dev-data")["KeyMetadata"]["KeyId"]
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    bucket = next(name for name in names if name.startswith("terrarium-dev-artifacts-"))
    s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with pytest.raises(ClientError, match="pending deletion"):
        s3.get_object(Bucket=bucket, Key="kept")

    printed = runbook.follow(
        operator.environment(dev.name), checkout=operator.checkout, values={"environment": dev.name}
    )

    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
    assert dev.shell["AWS_ACCESS_KEY_ID"] in printed, "it names who scheduled the deletion"
    s3.delete_object(Bucket=bucket, Key="kept")
