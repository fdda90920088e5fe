"""`lab.artifacts` in an environment of the sandbox."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3

import terrarium
from terrarium.artifacts import Artifacts, TransferConfig
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

MEBIBYTE = 2**20

UPLOAD = """
import sys, terrarium
from terrarium.artifacts import Artifacts, TransferConfig
lab = terrarium.connect("sdk")
transfer = TransferConfig(part_size=5 * 2**20, workers=1)
print(Artifacts(lab.manifest.artifacts, session=lab.session, transfer=transfer).put(sys.argv[1]))
"""


def test_get_returns_the_put_content(lab: terrarium.Lab, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(os.urandom(40 * MEBIBYTE))
    ref = lab.artifacts.put(source, "models/churn.bin")
    assert lab.artifacts.get(str(ref), tmp_path / "got").read_bytes() == source.read_bytes()


def test_the_environments_key_encrypts_it(lab: terrarium.Lab) -> None:
    ref = lab.artifacts.put_bytes(b"content", "name")
    head = boto3.client("s3").head_object(Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id)
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == lab.manifest.encryption.key_arn


def test_puts_into_a_bucket_with_object_lock(lab: terrarium.Lab, tmp_path: Path) -> None:
    s3, bucket = lab.session.client("s3"), "locks-objects"
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": lab.manifest.region},
        ObjectLockEnabledForBucket=True,
    )
    kept = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": kept}
    )
    locking = lab.manifest.artifacts.model_copy(update={"bucket": bucket})
    artifacts = Artifacts(locking, session=lab.session, transfer=TransferConfig(part_size=5 * MEBIBYTE))
    for size in (10, 6 * MEBIBYTE):  # in one request, and in parts
        content = os.urandom(size)
        (tmp_path / "source").write_bytes(content)
        ref = artifacts.put(tmp_path / "source", f"{size}.bin")
        assert artifacts.get(str(ref), tmp_path / f"{size}").read_bytes() == content


def test_an_upload_killed_midway_is_gone_on_with_by_the_next_process(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(200 * MEBIBYTE))
    environment = account.environ() | {"XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
    command = [sys.executable, "-c", UPLOAD, str(source)]
    bucket = lab.manifest.artifacts.bucket
    s3 = boto3.client("s3")

    first = subprocess.Popen(command, env=environment)
    while not (uploads := s3.list_multipart_uploads(Bucket=bucket).get("Uploads")):
        time.sleep(0.05)
    (upload,) = uploads

    def arrived() -> int:
        answer = s3.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        return len(answer.get("Parts", []))

    while arrived() < 2:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert 2 <= arrived() < 40, "it was killed midway"

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket), "the one upload was completed"
    got = lab.artifacts.get(done.stdout.strip(), tmp_path / "got")
    assert got.read_bytes() == source.read_bytes()
