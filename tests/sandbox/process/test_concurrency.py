"""Concurrent clients: no request fails, and no acknowledged change is lost."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox

_THREADS = 8


def _at_once(times: int, call: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(call, range(times)))


def test_objects_can_be_read_while_they_are_overwritten(sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="contended", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    bodies = [bytes([number]) * 1000 for number in range(100)]

    def write_and_read(number: int) -> bytes:
        s3.put_object(Bucket="contended", Key="one", Body=bodies[number])
        read: bytes = s3.get_object(Bucket="contended", Key="one")["Body"].read()
        return read

    assert set(_at_once(len(bodies), write_and_read)) <= set(bodies)


def test_of_conditional_writes_of_one_key_one_succeeds(sandbox: LocalSandbox) -> None:
    """Terraform's state lock is such a write."""
    s3 = sandbox.client("s3")
    s3.create_bucket(
        Bucket="conditional-writes", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )

    def lock(number: int) -> bool:
        try:
            s3.put_object(Bucket="conditional-writes", Key="lock", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    assert sum(_at_once(_THREADS, lock)) == 1


def test_no_addition_to_a_counter_is_lost(sandbox: LocalSandbox) -> None:
    dynamodb = sandbox.client("dynamodb")
    dynamodb.create_table(
        TableName="counters",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"id": {"S": "one"}}

    def add(_: int) -> None:
        dynamodb.update_item(
            TableName="counters",
            Key=key,
            UpdateExpression="ADD hits :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    _at_once(200, add)
    assert dynamodb.get_item(TableName="counters", Key=key)["Item"]["hits"] == {"N": "200"}


def test_a_table_is_not_updated_from_a_version_that_is_not_the_present_one(sandbox: LocalSandbox) -> None:
    """Iceberg's commits rely on it."""
    glue = sandbox.client("glue")
    glue.create_database(DatabaseInput={"Name": "lake"})
    glue.create_table(DatabaseName="lake", TableInput={"Name": "events", "Parameters": {}})
    seen = glue.get_table(DatabaseName="lake", Name="events")["Table"]["VersionId"]

    def update(number: int) -> bool:
        table = {"Name": "events", "Parameters": {"snapshot": str(number)}}
        try:
            glue.update_table(DatabaseName="lake", TableInput=table, VersionId=seen)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConcurrentModificationException":
                raise
            return False
        return True

    assert sum(_at_once(_THREADS, update)) == 1


def test_an_answer_arrives_in_one_piece(sandbox: LocalSandbox) -> None:
    """Go's HTTP client may give up between head and body, and have done twice what was done."""
    url = urlsplit(sandbox.environment()["AWS_ENDPOINT_URL"])
    for _ in range(20):
        with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
            connection.sendall(f"GET /no-bucket HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
            head, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 ")
        assert body.endswith(b">")


def test_answers_expect_100_continue_before_the_body(sandbox: LocalSandbox) -> None:
    """As boto3 does with each object it puts; unanswered, it waits a second."""
    url = urlsplit(sandbox.environment()["AWS_ENDPOINT_URL"])
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=60) as connection:
        head = (
            f"PUT /no-bucket/key HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 3\r\nExpect: 100-continue"
        )
        connection.sendall(f"{head}\r\n\r\n".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
