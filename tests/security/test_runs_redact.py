"""`terrarium runs redact` removes secrets from all stored parts of a run, including earlier versions of objects."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from click.testing import CliRunner, Result
from mlflow.entities import Param, RunTag

import terrarium
from terrarium.cli.runs import runs
from terrarium.code.patch import read_patch
from terrarium.experiments.object_versions import ObjectVersions
from terrarium.record.storage import read_record
from terrarium.record.tags import CODE_PATCH_DIGEST, PATCH_ARTIFACT, RECORD_ARTIFACT

pytest_plugins = ["tests.support.sdk_environment"]

_TOKEN = "ghp_" + "q7ZpR2mX9tLw4VbN8sKdJ3fHcY6gT1aE5uQo"
_NAMED = "correct horse battery staple"
_PATCH = (
    "diff --git a/a.py b/a.py\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/a.py\n"
    "@@ -0,0 +1 @@\n+x = 1\n"
    "diff --git a/.env b/.env\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/.env\n"
    f"@@ -0,0 +1 @@\n+TOKEN={_TOKEN}\n"
)


@pytest.fixture
def run(lab: terrarium.Lab) -> str:
    """A run as an earlier release recorded it: with secrets wherever they can be."""
    with lab.experiment("leaked").run(params={"depth": 3}) as made:
        pass
    client = lab.experiments.client
    client.log_text(made.id, _PATCH, PATCH_ARTIFACT)
    client.log_text(made.id, f"token: {_TOKEN}\nkeep me\n", "notes/log.txt")
    client.log_text(made.id, "keep me, too\n", "notes/other.txt")
    record = json.loads(read_record(client, made.id).model_dump_json())
    digest = f"sha256:{hashlib.sha256(_PATCH.encode()).hexdigest()}"
    record["code"] = {"commit": "0" * 40, "arguments": ["--api-key", _TOKEN], "patch_digest": digest}
    record["hyperparameters"] = {"params": {"api_key": _TOKEN, "depth": "3"}}
    client.log_text(made.id, json.dumps(record), RECORD_ARTIFACT)
    tags = [RunTag("note", f"{_TOKEN} {_NAMED}"), RunTag(CODE_PATCH_DIGEST, digest)]
    client.log_batch(made.id, params=[Param("api_key", _TOKEN)], tags=tags)
    return made.id


def everything(lab: terrarium.Lab, run: str) -> dict[str, str]:
    """Whatever is kept of a run, all versions of its objects included."""
    s3, bucket = boto3.client("s3"), lab.manifest.artifacts.bucket
    listed = s3.list_object_versions(Bucket=bucket, Prefix=lab.manifest.artifacts.experiments_prefix)
    found = {}
    for version in listed["Versions"]:
        if run in version["Key"]:
            content = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
            found[f"{version['Key']} {version['VersionId']}"] = content["Body"].read().decode()
    with lab.metadata.writer.connect() as connection:
        for table in ("tags", "params"):
            rows = connection.exec_driver_sql(f"SELECT key, value FROM {table} WHERE run_uuid = '{run}'")
            found |= {f"{table} {key}": value for key, value in rows}
    return found


def redact(lab: terrarium.Lab, run: str, *options: str, typed: str = "") -> Result:
    return CliRunner().invoke(runs, ["redact", run, "-e", lab.environment, *options], input=typed)


def test_removes_secrets_for_good_and_leaves_the_rest(lab: terrarium.Lab, run: str) -> None:
    done = redact(lab, run[:12], "--texts", "-", typed=f"{_NAMED}\n")
    assert done.exit_code == 0, done.output
    kept = everything(lab, run)
    assert not [where for where, text in kept.items() if _TOKEN in text or _NAMED in text]
    assert kept["tags note"] == "*** ***"
    assert kept["params api_key"] == "***"
    assert "tag note" in done.output
    assert "notes/log.txt" in done.output
    texts = kept.values()
    assert "token: ***\nkeep me\n" in texts
    assert "keep me, too\n" in texts
    record = read_record(lab.experiments.client, run)
    assert record.code is not None
    assert record.code.arguments == ("--api-key", "***")
    (summary,) = lab.experiments.search(f"run_id == '{run}'")
    assert read_patch(lab.experiments.client, summary.artifact_uri, record.code).endswith(b"+x = 1\n"), (
        "it is the recorded one"
    )
    assert kept[f"tags {CODE_PATCH_DIGEST}"] == record.code.patch_digest
    assert "redacted" not in redact(lab, run).output.replace("0 redacted", ""), "nothing is left to be done"


def test_reports_objects_that_it_could_not_delete(lab: terrarium.Lab) -> None:
    s3, bucket = boto3.client("s3"), "terrarium-redaction-locked"
    s3.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    until = datetime.now(UTC) + timedelta(days=1)
    s3.put_object(
        Bucket=bucket, Key="a/locked", Body=b"", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )
    s3.put_object(Bucket=bucket, Key="a/open", Body=b"")
    objects = ObjectVersions(bucket, session=lab.session)
    whys = {version.key: objects.delete(version) for version in objects.all_below("a/")}
    assert whys["a/open"] is None
    assert "AccessDenied" in str(whys["a/locked"])
    assert "administrator" in str(whys["a/locked"])
    assert [version.key for version in objects.all_below("a/")] == ["a/locked"]
