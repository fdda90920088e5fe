"""`lab.warehouse.catalog`: PyIceberg on the environment's own catalog and bucket."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import pyarrow as pa
import pytest

import terrarium
from terrarium.manifest import PlatformManifest

pytest_plugins = ["tests.sandbox.provisioned"]

_ROWS = pa.table({"customer": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", None]})


def test_a_table_is_written_and_read_back(lab: terrarium.Lab) -> None:
    warehouse = lab.warehouse
    table = warehouse.catalog.create_table((warehouse.database, "catalog__written"), _ROWS.schema)
    table.append(_ROWS)
    again = warehouse.catalog.load_table((warehouse.database, "catalog__written"))
    assert again.scan().to_arrow().to_pylist() == _ROWS.to_pylist()


def test_its_files_are_in_the_environment_s_bucket_under_its_key(
    lab: terrarium.Lab, provisioned: PlatformManifest
) -> None:
    warehouse = lab.warehouse
    table = warehouse.catalog.create_table((warehouse.database, "catalog__encrypted"), _ROWS.schema)
    table.append(_ROWS)
    assert table.location() == f"{provisioned.features.warehouse}/catalog__encrypted"
    s3 = boto3.client("s3")
    bucket = provisioned.features.warehouse.removeprefix("s3://")
    (file,) = table.inspect.files()["file_path"].to_pylist()
    head = s3.head_object(Bucket=bucket, Key=file.removeprefix(f"s3://{bucket}/"))
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == provisioned.encryption.key_arn


def test_the_catalog_is_opened_once_however_many_threads_ask(lab: terrarium.Lab) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: lab.warehouse.catalog, range(8)))
    assert all(catalog is opened[0] for catalog in opened)


def test_the_catalog_is_opened_anew_when_credentials_were_renewed(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lab.warehouse.catalog
    session = boto3.client("sts").get_session_token()["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", session["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", session["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", session["SessionToken"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    after = lab.warehouse.catalog
    assert after is not before
    assert after.properties["s3.session-token"] == session["SessionToken"]
