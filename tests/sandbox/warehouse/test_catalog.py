"""`lab.warehouse.catalog`: PyIceberg with the environment's catalog and bucket."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore.session
import pyarrow as pa
import pytest
from botocore.credentials import RefreshableCredentials

import terrarium
from terrarium.manifest import PlatformManifest

pytest_plugins = ["tests.support.sdk_environment"]

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


@pytest.fixture
def renewed(lab: terrarium.Lab) -> "Renewed":  # noqa: ARG001 - the account that this process is in
    """A session whose credentials were renewed once, as boto3 renews those of SSO and of containers."""
    return Renewed()


class Renewed:
    """Credentials of two access keys, one after the other."""

    def __init__(self) -> None:
        self._iam = boto3.client("iam")
        self._user = f"renewed-{uuid.uuid4().hex}"
        self._iam.create_user(UserName=self._user)
        self._key = self._new_key()
        source = botocore.session.Session()
        # botocore has a public setter for static credentials only.
        source._credentials = (  # type: ignore[attr-defined]
            RefreshableCredentials.create_from_metadata(
                self._metadata(), refresh_using=self._metadata, method="test"
            )
        )
        self.session = boto3.Session(botocore_session=source)

    def expire(self) -> None:
        """Make the present credentials invalid; from now on boto3 finds others."""
        old, self._key = self._key, self._new_key()
        self._iam.delete_access_key(UserName=self._user, AccessKeyId=old["AccessKeyId"])

    def _new_key(self) -> Any:
        return self._iam.create_access_key(UserName=self._user)["AccessKey"]

    def _metadata(self) -> dict[str, str | None]:
        soon = datetime.now(UTC) + timedelta(minutes=1)  # so near that botocore asks again each time
        return {
            "access_key": self._key["AccessKeyId"],
            "secret_key": self._key["SecretAccessKey"],
            "token": None,
            "expiry_time": soon.isoformat(),
        }


def test_a_table_that_is_kept_is_read_and_written_after_its_credentials_were_renewed(
    lab: terrarium.Lab, renewed: Renewed
) -> None:
    warehouse = terrarium.connect(lab.environment, session=renewed.session).warehouse
    catalog = warehouse.catalog
    table = catalog.create_table((warehouse.database, f"catalog__{uuid.uuid4().hex}"), _ROWS.schema)
    table.append(_ROWS)
    scan = table.scan()
    renewed.expire()
    assert scan.to_arrow().num_rows == 3
    table.append(_ROWS)
    assert table.scan().to_arrow().num_rows == 6
    bucket, _, prefix = table.location().removeprefix("s3://").partition("/")
    catalog.purge_table(table.name())
    left = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    assert [found["Key"] for found in left.get("Contents", ()) if found["Key"].endswith(".parquet")] == []


def test_a_dataset_that_is_kept_is_read_after_its_credentials_were_renewed(
    lab: terrarium.Lab, renewed: Renewed
) -> None:
    name = f"kept.d{uuid.uuid4().hex}"
    lab.datasets.create(name, _ROWS, description="rows that are read later")
    dataset = terrarium.connect(lab.environment, session=renewed.session).datasets.get(name)
    renewed.expire()
    assert dataset.read().to_arrow().num_rows == 3
