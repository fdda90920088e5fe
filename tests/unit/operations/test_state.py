"""A state as its bucket holds it: what Terraform can use, and which earlier version replaces it."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operations.recover.state import earlier_state, read_state
from terrarium.errors import Error


def document(serial: int, *resources: str, lineage: str = "a", **instance: Any) -> str:
    return json.dumps(
        {
            "version": 4,
            "serial": serial,
            "lineage": lineage,
            "resources": [
                {
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": name,
                    "instances": [{"attributes": {"bucket": name}, **instance}],
                }
                for name in resources
            ],
        }
    )


class Bucket:
    """The calls of S3 that reading a state makes, answered from texts: the current version first."""

    def __init__(self, *versions: str | None) -> None:
        self._versions = versions

    def get_object(self, *, VersionId: str = "0", **_: str) -> Mapping[str, Any]:  # noqa: N803 - S3's
        text = self._versions[int(VersionId)]
        if text is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(text.encode())}

    def get_paginator(self, _: str) -> "Bucket":
        return self

    def paginate(self, **_: Any) -> list[Mapping[str, Any]]:
        written = datetime(2026, 1, 1, tzinfo=UTC)
        return [
            {
                "Versions": [
                    {"Key": "terraform.tfstate", "VersionId": str(number), "LastModified": written}
                    for number, text in enumerate(self._versions)
                    if text is not None
                ]
            }
        ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "missing"),
        (document(2), "empty"),
        ("", "unreadable"),
        ('{"version": 4, "resour', "unreadable"),
        ("[]", "unreadable"),
        ('{"version": 3, "serial": 1, "lineage": "a", "modules": []}', "unreadable"),
        (document(2, "data"), None),
    ],
)
def test_problem(text: str | None, problem: str | None) -> None:
    assert read_state(Bucket(text), "state").problem == problem  # type: ignore[arg-type] # the calls that it makes


def test_resources_have_their_attributes() -> None:
    state = read_state(Bucket(document(2, "data")), "state")  # type: ignore[arg-type] # the calls that it makes
    assert state.resources == {"aws_s3_bucket.data": {"bucket": "data"}}


def test_tainted_and_deposed_objects_are_told_apart() -> None:
    tainted = read_state(Bucket(document(2, "data", status="tainted")), "state")  # type: ignore[arg-type]
    deposed = read_state(Bucket(document(2, "data", deposed="1")), "state")  # type: ignore[arg-type]
    assert (tainted.tainted, tainted.deposed) == (("aws_s3_bucket.data",), ())
    assert (deposed.tainted, deposed.deposed) == ((), ("aws_s3_bucket.data",))


def test_the_newest_earlier_version_with_resources_is_chosen() -> None:
    bucket = Bucket(None, "{", document(3), document(2, "data", "logs"), document(1, "data"))
    current = read_state(bucket, "state")  # type: ignore[arg-type] # the calls that it makes
    found = earlier_state(bucket, "state", current=current)  # type: ignore[arg-type]
    assert found is not None
    assert (found.version, len(found.state.resources)) == ("3", 2)


def test_without_an_earlier_version_none_is_chosen() -> None:
    bucket = Bucket(document(1, "data"))
    current = read_state(bucket, "state")  # type: ignore[arg-type] # the calls that it makes
    assert earlier_state(bucket, "state", current=current) is None  # type: ignore[arg-type]


def test_a_missing_bucket_is_created_by_bootstrap() -> None:
    class Missing(Bucket):
        def get_object(self, **_: Any) -> Mapping[str, Any]:
            raise ClientError({"Error": {"Code": "NoSuchBucket"}}, "GetObject")

    with pytest.raises(Error, match="terrarium bootstrap"):
        read_state(Missing(), "state")  # type: ignore[arg-type] # the calls that it makes
