"""Rights to attest, with IAM enforced and the policies of the synthesized stacks: nobody attests in another's name."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from policies.aws.arns import name_of
from policies.stack import Stack
from terrarium.artifacts import ArtifactRef
from terrarium.aws import Session as AwsSession
from terrarium.connection import Connection
from terrarium.errors import AccessDeniedError
from terrarium.lab import Lab
from terrarium.manifest import ATTESTATIONS_PREFIX, PlatformManifest
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestation_storage import AttestationStorage
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_service, refused
from tests.support.stack_identities import StackIdentities
from tests.unit.example_manifest import example_manifest

TASKS = "ecs-tasks.amazonaws.com"
KINDS = ("aliases", "approvals", "promotions", "submissions")
# What each role of staging may attest; approvals of staging's models decide about prod.
MAY_ATTEST: Mapping[str, set[str]] = {
    "scientist": {"aliases", "submissions"},
    "job": {"aliases", "submissions"},
    "notebook": {"aliases", "submissions"},
    "promotion": {"aliases", "promotions", "submissions"},
    "approver": {"approvals"},
}
ACCOUNT = "333333333333"


@pytest.fixture(scope="module")
def staging(stacks: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The key, the roles and the registry's bucket of staging; IAM decides."""
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=Path(__file__).parents[2])
    sandbox.command("up", "--port", "0")
    paths = ("access/scientist", "access/job", "access/notebook", "approver/role", "promotion/role")
    identities = StackIdentities.create(stacks["staging"], sandbox, *paths)
    s3, bucket = identities.client("s3"), bucket_of(identities)
    s3.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    sandbox.command("enforce-iam")
    yield identities
    sandbox.command("down")
    sandbox.command("reset", "--yes")


def bucket_of(staging: StackIdentities) -> str:
    name = name_of(staging.resource("aws_s3_bucket", "registry/models"))
    assert name is not None
    return name


def session_of(staging: StackIdentities, role: str, name: str = "mallory") -> Session:
    """A session of a role of staging, of this name where people choose it."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/terrarium-staging-{role}"
    if role in ("job", "promotion"):
        return as_service(staging.sandbox, "staging", arn, TASKS)
    if role == "notebook":
        return as_service(staging.sandbox, "staging", arn, "sagemaker.amazonaws.com")
    given = staging.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
    return Session(
        staging.sandbox, "staging", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    )


def id_of(session: Session) -> str:
    return str(session.client("sts").get_caller_identity()["UserId"])


def put(session: Session, bucket: str, key: str) -> Any:
    return session.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}", ChecksumAlgorithm="SHA256")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", sorted(MAY_ATTEST))
def test_each_role_attests_its_decisions_in_its_own_name(
    staging: StackIdentities, role: str, kind: str
) -> None:
    session, bucket = session_of(staging, role), bucket_of(staging)
    folder = f"{ATTESTATIONS_PREFIX}{kind}/churn/1/prod/{'0' * 64}"
    if kind in MAY_ATTEST[role]:
        put(session, bucket, f"{folder}/{id_of(session)}")
    else:
        with refused("s3:PutObject"):
            put(session, bucket, f"{folder}/{id_of(session)}")


@pytest.mark.parametrize("role", ["scientist", "approver"])
def test_nobody_attests_in_the_name_of_another_session(staging: StackIdentities, role: str) -> None:
    bucket, kind = bucket_of(staging), "approvals" if role == "approver" else "submissions"
    mallory, carol = session_of(staging, role), session_of(staging, role, "carol")
    folder = f"{ATTESTATIONS_PREFIX}{kind}/churn/1/prod"
    for key in (
        f"{folder}/{'0' * 64}/{id_of(carol)}",
        # Her own id is in the key, and the key does not end with it.
        f"{folder}/{id_of(mallory)}/{id_of(carol)}",
        f"{folder}/{id_of(mallory)}/x",
        f"{folder}/{'0' * 64}/{id_of(mallory)}x",
        f"{folder}/{'0' * 64}/*",
    ):
        with refused("s3:PutObject"):
            put(mallory, bucket, key)


@pytest.mark.parametrize("role", sorted(MAY_ATTEST))
def test_nobody_deletes_attestations(staging: StackIdentities, role: str) -> None:
    bucket, key = bucket_of(staging), f"{ATTESTATIONS_PREFIX}approvals/churn/1/prod/{'1' * 64}/somebody"
    version = staging.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}", ChecksumAlgorithm="SHA256")[
        "VersionId"
    ]
    s3 = session_of(staging, role).client("s3")
    with refused("s3:DeleteObject"):
        s3.delete_object(Bucket=bucket, Key=key)
    with refused("s3:DeleteObjectVersion"):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)


def test_an_approver_approves_without_a_database_and_a_scientist_does_not(
    staging: StackIdentities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", staging.sandbox.environment("staging")["AWS_ENDPOINT_URL"])
    scientist, carol = (
        lab_of(staging, session_of(staging, role, "carol")) for role in ("scientist", "approver")
    )
    attest(scientist, "approved", 1)
    with pytest.raises(AccessDeniedError, match="s3:PutObject"):
        scientist.models.approve("approved/1", environment="prod", reason="mine")
    given = carol.models.approve("approved/1", environment="prod", reason="reviewed")
    assert given.approver == "carol"
    assert given.by.endswith("assumed-role/terrarium-staging-approver/carol")


def manifest_of(staging: StackIdentities) -> PlatformManifest:
    manifest = example_manifest("staging", account=ACCOUNT)
    registry = manifest.registry.model_copy(update={"bucket": bucket_of(staging)})
    return manifest.model_copy(update={"registry_or_none": registry})


def lab_of(staging: StackIdentities, session: Session) -> Lab:
    made = boto3.Session(
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
        region_name="eu-central-1",
    )
    return Lab(Connection(manifest_of(staging), AwsSession(made)))


def attest(lab: Lab, name: str, version: int) -> None:
    """Attest a version, as a submission does."""
    package = ArtifactRef(
        bucket=lab.manifest.registry.bucket,
        key=f"models/{name}/x/listing",
        version_id="v",
        digest=f"sha256:{'0' * 64}",
        size=1,
        kind="folder",
    )
    document = VersionAttestation(
        environment=lab.environment,
        account=lab.manifest.account,
        name=name,
        version=version,
        run="0" * 32,
        source="s3://source",
        package=package,
        release=package,
        tags={},
        by=lab.session.caller,
        at=datetime.now(UTC),
    )
    AttestationStorage(lab.manifest.registry, session=lab.session).put("submissions", document)


def test_the_statement_that_binds_keys_to_sessions_is_in_every_policy_that_attests(
    staging: StackIdentities,
) -> None:
    """Each resource below the prefix that a policy of the stack lets somebody write ends with the session's id."""
    statements = [
        statement
        for policy in staging.stack.resources("aws_iam_policy")
        for statement in staging.document(policy)["Statement"]
        if "s3:PutObject" in json.dumps(statement["Action"]) and statement["Effect"] == "Allow"
    ]
    resources = [
        resource
        for statement in statements
        for resource in (
            statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        )
        if f"{bucket_of(staging)}/{ATTESTATIONS_PREFIX}" in resource
    ]
    assert resources
    assert all(resource.endswith("/*/${aws:userid}") for resource in resources)
