"""Acknowledged changes survive `kill -9`; a full disk is reported at once and loses none of them."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.local_sandbox import LocalSandbox

_REGION = {"LocationConstraint": "eu-central-1"}
_LARGE = 100_000  # bytes: kept as a file of its own


def _kill(sandbox: LocalSandbox) -> None:
    record = sandbox.process()
    assert record is not None
    process = psutil.Process(record.process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)


def _killed_and_up_again(sandbox: LocalSandbox) -> None:
    _kill(sandbox)
    sandbox.command("up", "--port", "0")


@pytest.fixture
def running(own_sandbox: LocalSandbox) -> LocalSandbox:
    """A sandbox that may be killed."""
    own_sandbox.command("up", "--port", "0")
    return own_sandbox


def _objects(s3: Any, bucket: str) -> dict[str, bytes]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def test_no_acknowledged_object_is_lost_by_kill_9(running: LocalSandbox) -> None:
    """The fault: 101 of 1,513 objects were gone. Two writers put objects until the sandbox is killed under them."""
    running.client("s3").create_bucket(Bucket="killed", CreateBucketConfiguration=_REGION)
    acknowledged: dict[str, bytes] = {}
    enough = threading.Event()

    def put(writer: int) -> None:
        s3 = running.client("s3")
        number = 0
        while True:
            key, body = f"{writer}/{number}", os.urandom(_LARGE if number % 10 == 0 else 2000)
            try:
                s3.put_object(Bucket="killed", Key=key, Body=body)
            except (BotoCoreError, ClientError):
                return
            acknowledged[key] = body
            number += 1
            if number == 150:
                enough.set()

    writers = [threading.Thread(target=put, args=(writer,), daemon=True) for writer in range(2)]
    for writer in writers:
        writer.start()
    assert enough.wait(300)
    _kill(running)
    for writer in writers:
        writer.join(120)
    running.command("up", "--port", "0")
    found = _objects(running.client("s3"), "killed")
    assert {key for key, body in acknowledged.items() if found.get(key) != body} == set()


def _all_about_s3(sandbox: LocalSandbox) -> Callable[[], Any]:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="about", CreateBucketConfiguration=_REGION)
    s3.create_bucket(Bucket="gone", CreateBucketConfiguration=_REGION)
    s3.put_bucket_versioning(Bucket="about", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="about", Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    for body in (b"first", b"second"):
        s3.put_object(Bucket="about", Key="versioned", Body=body, Tagging="b=2")
    for key in ("deleted", "also", "copied from"):
        s3.put_object(Bucket="about", Key=key, Body=b"x")
    s3.delete_object(Bucket="about", Key="deleted")
    s3.delete_objects(Bucket="about", Delete={"Objects": [{"Key": "also"}]})
    s3.copy_object(Bucket="about", Key="copied", CopySource={"Bucket": "about", "Key": "copied from"})
    upload = s3.create_multipart_upload(Bucket="about", Key="multipart")["UploadId"]
    part = s3.upload_part(Bucket="about", Key="multipart", UploadId=upload, PartNumber=1, Body=b"y" * _LARGE)
    s3.complete_multipart_upload(
        Bucket="about",
        Key="multipart",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    begun = s3.create_multipart_upload(Bucket="about", Key="begun")["UploadId"]
    s3.upload_part(Bucket="about", Key="begun", UploadId=begun, PartNumber=1, Body=b"z")
    s3.delete_bucket(Bucket="gone")

    def look() -> Any:
        s3 = sandbox.client("s3")
        versions = s3.list_object_versions(Bucket="about")
        return (
            [one["Name"] for one in s3.list_buckets()["Buckets"]],
            s3.get_bucket_tagging(Bucket="about")["TagSet"],
            s3.get_object_tagging(Bucket="about", Key="versioned")["TagSet"],
            [(one["Key"], one["VersionId"]) for one in versions["Versions"]],
            [(one["Key"], one["VersionId"]) for one in versions["DeleteMarkers"]],
            _objects(s3, "about"),
            [one["ETag"] for one in s3.list_parts(Bucket="about", Key="begun", UploadId=begun)["Parts"]],
        )

    return look


def _dynamodb(sandbox: LocalSandbox) -> Callable[[], Any]:
    dynamodb = sandbox.client("dynamodb")
    for name, ranged in (("plain", False), ("ranged", True)):
        keys = [("id", "HASH"), ("at", "RANGE")] if ranged else [("id", "HASH")]
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
            BillingMode="PAY_PER_REQUEST",
        )

    def item(number: int) -> dict[str, Any]:
        return {"id": {"S": str(number)}, "at": {"S": str(number % 2)}, "v": {"N": str(number)}}

    for number in range(4):
        dynamodb.put_item(TableName="plain", Item=item(number))
    dynamodb.batch_write_item(
        RequestItems={"ranged": [{"PutRequest": {"Item": item(number)}} for number in range(10)]}
    )
    dynamodb.delete_item(TableName="plain", Key={"id": {"S": "0"}})
    dynamodb.update_item(
        TableName="ranged",
        Key={"id": {"S": "3"}, "at": {"S": "1"}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"N": "33"}},
    )

    def look() -> Any:
        client = sandbox.client("dynamodb")
        return [sorted(map(str, client.scan(TableName=name)["Items"])) for name in ("plain", "ranged")]

    return look


def _small_services(sandbox: LocalSandbox) -> Callable[[], Any]:
    ssm, sqs, batch, sts = (sandbox.client(name) for name in ("ssm", "sqs", "batch", "sts"))
    ssm.put_parameter(Name="/a", Value="1", Type="String")
    ssm.put_parameter(Name="/a", Value="2", Type="String", Overwrite=True)
    queue = sqs.create_queue(QueueName="q")["QueueUrl"].rpartition("/")[2]
    sqs.send_message(QueueUrl=f"{sqs.meta.endpoint_url}/{queue}", MessageBody="hello")
    batch.register_job_definition(
        jobDefinitionName="d",
        type="container",
        containerProperties={
            "image": "111111111111.dkr.ecr.eu-central-1.amazonaws.com/x:1",
            "command": ["true"],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
        },
    )
    secret = sandbox.client("secretsmanager").create_secret(Name="s", SecretString="x")["ARN"]
    session = sts.get_session_token()["Credentials"]
    sandbox.environment("--account", "555566667777")

    def look() -> Any:
        key = {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"],
        }
        endpoint = sandbox.environment()["AWS_ENDPOINT_URL"]
        holder = boto3.client("sts", region_name="eu-central-1", endpoint_url=endpoint, **key)
        return (
            sandbox.client("ssm").get_parameter(Name="/a")["Parameter"]["Value"],
            sandbox.client("sqs").get_queue_attributes(
                QueueUrl=f"{endpoint}/111111111111/q", AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"],
            [
                one["jobDefinitionArn"]
                for one in sandbox.client("batch").describe_job_definitions()["jobDefinitions"]
            ],
            sandbox.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"],
            holder.get_caller_identity()["Account"],
            sandbox.environment("--account", "555566667777")["AWS_ACCESS_KEY_ID"],
        )

    return look


@pytest.mark.parametrize(
    "make", [_all_about_s3, _dynamodb, _small_services], ids=["s3", "dynamodb", "others"]
)
def test_acknowledged_changes_of_services_survive_kill_9(
    running: LocalSandbox, make: Callable[[LocalSandbox], Callable[[], Any]]
) -> None:
    look = make(running)
    before = look()
    _killed_and_up_again(running)
    assert look() == before


def test_changes_after_a_save_are_applied_to_the_saved_state(running: LocalSandbox) -> None:
    s3 = running.client("s3")
    s3.create_bucket(Bucket="saved", CreateBucketConfiguration=_REGION)
    s3.put_object(Bucket="saved", Key="old", Body=b"old")
    running.command("down")
    running.command("up", "--port", "0")
    s3 = running.client("s3")
    s3.put_object(Bucket="saved", Key="old", Body=b"new")
    s3.put_object(Bucket="saved", Key="other", Body=b"other")
    for _ in range(2):  # what was recovered is as durable as what was written
        _killed_and_up_again(running)
        assert _objects(running.client("s3"), "saved") == {"old": b"new", "other": b"other"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and os.getuid() == 0
    if (
        not mounted
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_reported_at_once_and_loses_nothing_acknowledged(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault: 62 of 100 objects were acknowledged and gone after a restart, and `status` was silent."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    sandbox = LocalSandbox(home=small_disk / "home", checkout=Path(__file__).parents[3])
    sandbox.command("up", "--port", "0")
    try:
        variables = sandbox.environment()
        s3 = sandbox.client("s3")
        s3.create_bucket(Bucket="full", CreateBucketConfiguration=_REGION)
        acknowledged: dict[str, bytes] = {}
        refusals = []
        for number in range(100):
            key, body = f"{number}", os.urandom(_LARGE)
            try:
                s3.put_object(Bucket="full", Key=key, Body=body)
                acknowledged[key] = body
            except ClientError as error:
                refusals.append(error.response["Error"])
        assert acknowledged
        assert {one["Code"] for one in refusals} == {"ServiceUnavailable"}
        assert all("free space" in one["Message"] for one in refusals)
        assert "NOT SAVED" in sandbox.command("status").stdout
        _killed_and_up_again(sandbox)
        found = _objects(sandbox.client("s3"), "full")
        assert {key for key, body in acknowledged.items() if found.get(key) != body} == set()
        assert variables["AWS_ACCESS_KEY_ID"] == sandbox.environment()["AWS_ACCESS_KEY_ID"]
    finally:
        sandbox.command("down", check=False)
