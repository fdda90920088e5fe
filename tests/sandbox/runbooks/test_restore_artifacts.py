"""The runbook for deleted or overwritten artifacts."""

import time
from datetime import UTC, datetime

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook

_BUCKET = "terrarium-dev-artifacts-111111111111"
_PREFIX = "artifacts/runbook/"


def test_deleted_and_overwritten_objects_are_as_before(dev: Deployment, runbook: Runbook) -> None:
    """Everything is deleted, one object twice, after one of them was overwritten; what was deleted before stays so."""
    s3 = dev.sandbox.client("s3", dev.name)

    def put(name: str, text: str) -> str:
        version: str = s3.put_object(Bucket=_BUCKET, Key=_PREFIX + name, Body=text.encode())["VersionId"]
        return version

    put("old", "old")
    s3.delete_object(Bucket=_BUCKET, Key=f"{_PREFIX}old")
    kept = put("kept", "kept")
    put("overwritten", "right")
    put("overwritten and deleted", "right")
    time.sleep(1.1)  # times of S3 are in seconds
    before = datetime.now(UTC)
    put("overwritten", "wrong")
    put("overwritten and deleted", "wrong")
    for name in ("kept", "kept", "overwritten and deleted"):
        s3.delete_object(Bucket=_BUCKET, Key=_PREFIX + name)

    values = {
        "bucket": _BUCKET,
        "prefix": _PREFIX,
        "time": before.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values=values)

    found = s3.list_objects_v2(Bucket=_BUCKET, Prefix=_PREFIX)["Contents"]
    texts = {one["Key"]: s3.get_object(Bucket=_BUCKET, Key=one["Key"])["Body"].read() for one in found}
    assert texts == {
        f"{_PREFIX}kept": b"kept",
        f"{_PREFIX}overwritten": b"right",
        f"{_PREFIX}overwritten and deleted": b"right",
    }
    assert s3.head_object(Bucket=_BUCKET, Key=f"{_PREFIX}kept")["VersionId"] == kept, "references stay valid"


@pytest.mark.parametrize("location", ["terrarium-dev", "https://bucket/key", "s3://"])
def test_undelete_refuses_what_is_no_location(dev: Deployment, location: str) -> None:
    done = dev.terrarium("undelete", location, "--since", "2026-11-30T21:00:00Z", check=False)
    assert (done.returncode, "write s3://bucket/prefix" in done.stderr) == (1, True)
