"""Only publishers change the code of deployed pipelines, and the SDK that notebooks and jobs install."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import terrarium
from environments import load_environment
from examples.breast_cancer.pipeline import PIPELINE
from terrarium.aws import Session
from terrarium.errors import AccessDeniedError
from terrarium.pipelines.compilation import LOAD_CODE
from terrarium.pipelines.publication import publish, published_artifacts
from tests.stacks.synthesized import synthesize
from tests.support.artifact_bucket import ArtifactBucket
from tests.support.role_sessions import refused
from tests.support.staging_environment import enter
from tests.unit.example_manifest import example_manifest

pytest_plugins = ["tests.support.artifact_buckets"]

_OTHERS = ["scientist", "job", "notebook", "executor"]


def _pointer(pipeline: terrarium.Pipeline) -> str:
    """Return the key that an execution of a pipeline reads at its start, to learn which code to run."""
    key: str = json.loads(pipeline.compile())["States"][LOAD_CODE]["Parameters"]["Key"]
    return key.replace("${artifacts_prefix}", ArtifactBucket.artifacts_prefix)


EXECUTED = [
    _pointer(PIPELINE),
    "published/code/0123456789abcdef.tar.gz",
    "sdk/releases/1/requirements.txt",
    "sdk/dependencies/1/numpy-2.4.6-py3-none-any.whl",
]


@pytest.mark.parametrize("role", _OTHERS)
def test_only_the_publisher_replaces_or_deletes_published_code(bucket: ArtifactBucket, role: str) -> None:
    publisher, s3 = bucket.session("deploy").client("s3"), bucket.session(role).client("s3")
    because = "explicit deny in a resource-based policy"
    for key in EXECUTED:
        version = publisher.put_object(Bucket=bucket.name, Key=key, Body=b"published")["VersionId"]
        with refused("s3:PutObject", because=because):
            s3.put_object(Bucket=bucket.name, Key=key, Body=b"of mallory")
        with refused("s3:DeleteObject", because=because):
            s3.delete_object(Bucket=bucket.name, Key=key)
        with refused("s3:DeleteObjectVersion", because=because):
            s3.delete_object(Bucket=bucket.name, Key=key, VersionId=version)
        assert publisher.get_object(Bucket=bucket.name, Key=key)["Body"].read() == b"published"


@pytest.mark.parametrize("role", _OTHERS)
def test_their_own_policies_allow_it_neither(bucket: ArtifactBucket, role: str) -> None:
    s3 = bucket.session(role).client("s3")
    with bucket.without_policy(), refused("s3:PutObject", because="no identity-based policy allows"):
        s3.put_object(Bucket=bucket.name, Key=EXECUTED[0], Body=b"of mallory")


@pytest.mark.parametrize("role", ["job", "executor", "scientist", "notebook"])
def test_users_of_published_code_may_read_it(bucket: ArtifactBucket, role: str) -> None:
    publisher, s3 = bucket.session("deploy").client("s3"), bucket.session(role).client("s3")
    publisher.put_object(Bucket=bucket.name, Key=EXECUTED[0], Body=b"published")
    assert s3.get_object(Bucket=bucket.name, Key=EXECUTED[0])["Body"].read() == b"published"


def test_an_administrator_publishes_unless_publishers_are_named(
    buckets: Mapping[str, ArtifactBucket], tmp_path: Path
) -> None:
    dev = buckets["dev"]
    administrator = dev.identities.client("s3")
    administrator.put_object(Bucket=dev.name, Key=EXECUTED[0], Body=b"of the first deployment")
    config = load_environment("dev")
    named = config.artifacts.model_copy(update={"publishers": ("arn:aws:iam::111111111111:role/Releasers",)})
    stack = synthesize([config.model_copy(update={"artifacts": named})], tmp_path)["dev"]
    with dev.other_policy(stack.resource("aws_s3_bucket_policy", "artifacts/policy")["policy"]):
        with refused("s3:PutObject", because="explicit deny in a resource-based policy"):
            administrator.put_object(Bucket=dev.name, Key=EXECUTED[0], Body=b"of an administrator")
        dev.session("deploy").client("s3").put_object(Bucket=dev.name, Key=EXECUTED[0], Body=b"of CI")


def test_a_scientist_who_publishes_learns_who_may(
    buckets: Mapping[str, ArtifactBucket], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dev = buckets["dev"]
    enter(dev.session("scientist").variables, monkeypatch, state=tmp_path)
    manifest = example_manifest("dev", account="111111111111")
    bucket = manifest.artifacts.model_copy(update={"bucket": dev.name})
    published = published_artifacts(manifest.model_copy(update={"artifacts": bucket}), session=Session())
    with pytest.raises(AccessDeniedError, match="'breast-cancer' was not published") as caught:
        publish(published, "examples.breast_cancer.pipeline:PIPELINE", folder=Path(__file__).parents[2])
    assert "the role ci-deploy publishes" in caught.value.remedy
