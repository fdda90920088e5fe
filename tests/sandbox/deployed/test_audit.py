"""Trails of a security account: its bucket and key for the environment's trail, and the organization's trail."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from operations.synthesized import Resource
from operations.verify.organization_trail import check_organization_trail
from terrarium.verification.check import CheckFailedError
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

_CHECKOUT = Path(__file__).parents[3]
_SECURITY, _DEV = "444444444444", "111111111111"  # the account of `prod` is that of the security team
_TRAIL = f"arn:aws:cloudtrail:eu-central-1:{_DEV}:trail/terrarium-dev-audit"
_BUCKETS = [
    Resource("aws_s3_bucket", "x/bucket", "aws_s3_bucket.x", {"bucket": "terrarium-dev-x"}),
]


def allowed(sid: str, actions: list[str], resource: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": actions,
        "Resource": resource,
        "Condition": condition,
    }


def own(sandbox: LocalSandbox, environment: str) -> boto3.Session:
    variables = sandbox.environment(environment)
    return boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables["AWS_REGION"],
    )


def log_bucket(sandbox: LocalSandbox, name: str, *, trail: str, account: str) -> None:
    """Create the bucket in the security account, with the policy that CloudTrail documents."""
    s3 = sandbox.client("s3", "prod")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    by = {"StringEquals": {"aws:SourceArn": trail}}
    statements = [
        allowed("Acl", ["s3:GetBucketAcl"], f"arn:aws:s3:::{name}", by),
        allowed("Write", ["s3:PutObject"], f"arn:aws:s3:::{name}/AWSLogs/{account}/*", by),
    ]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    environments = tmp_path_factory.mktemp("company") / "environments"
    shutil.copytree(_CHECKOUT / "tests" / "environments", environments)
    sandbox = LocalSandbox(
        home=tmp_path_factory.mktemp("sandbox"), checkout=_CHECKOUT, environments=environments
    )
    sandbox.command("up", "--port", "0")
    yield sandbox
    sandbox.command("down")


@pytest.mark.slow
def test_the_trail_writes_to_the_bucket_of_the_security_account_with_its_key(
    company: LocalSandbox, tmp_path: Path
) -> None:
    log_bucket(company, "acme-security-logs", trail=_TRAIL, account=_DEV)
    kms = company.client("kms", "prod")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{_SECURITY}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            allowed(
                "Trail",
                ["kms:DescribeKey", "kms:GenerateDataKey*"],
                "*",
                {"StringEquals": {"aws:SourceArn": _TRAIL}},
            ),
        ],
    }
    key = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    assert company.environments is not None
    file = company.environments / "dev.toml"
    file.write_text(
        f'{file.read_text()}\n[audit]\nlog_bucket = "acme-security-logs"\nlog_key_arn = "{key}"\n'
    )
    deployment = Deployment(company, "dev", tmp_path)
    deployment.terrarium("bootstrap", "dev")
    company.command("enforce-iam")
    deployment.deploy()
    trail = company.client("cloudtrail", "dev").get_trail(Name=_TRAIL)["Trail"]
    assert (trail["S3BucketName"], trail["KmsKeyId"]) == ("acme-security-logs", key)
    assert "terrarium-dev-audit" not in str(company.client("s3", "dev").list_buckets()["Buckets"])
    assert "all resources match the stack" in deployment.terrarium("drift", "dev").stdout
    company.command("enforce-iam", "--off")


def organization_trail(sandbox: LocalSandbox, *, selectors: list[dict[str, Any]]) -> None:
    arn = f"arn:aws:cloudtrail:eu-central-1:{_SECURITY}:trail/organization"
    log_bucket(sandbox, "acme-organization-logs", trail=arn, account=_SECURITY)
    cloudtrail = sandbox.client("cloudtrail", "prod")
    cloudtrail.create_trail(
        Name="organization",
        S3BucketName="acme-organization-logs",
        IsMultiRegionTrail=True,
        IsOrganizationTrail=True,
        EnableLogFileValidation=True,
    )
    cloudtrail.put_event_selectors(TrailName="organization", AdvancedEventSelectors=selectors)
    cloudtrail.start_logging(Name="organization")


def select(category: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"Name": category, "FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}, *more]}


def test_verify_finds_the_organization_s_trail_and_what_it_does_not_record(
    own_sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = own_sandbox
    sandbox.command("up", "--port", "0")
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.environment("dev")["AWS_ENDPOINT_URL"])
    session = own(sandbox, "dev")
    with pytest.raises(CheckFailedError, match="no trail of the organization records this account"):
        check_organization_trail(_BUCKETS, session)
    organization_trail(sandbox, selectors=[select("Management")])
    with pytest.raises(CheckFailedError, match="objects are not recorded in terrarium-dev-x"):
        check_organization_trail(_BUCKETS, session)
    objects = select("Data", {"Field": "resources.type", "Equals": ["AWS::S3::Object"]})
    sandbox.client("cloudtrail", "prod").put_event_selectors(
        TrailName="organization", AdvancedEventSelectors=[select("Management"), objects]
    )
    assert "records calls, and objects of 1 buckets" in check_organization_trail(_BUCKETS, session).detail
    sandbox.client("cloudtrail", "prod").stop_logging(Name="organization")
    with pytest.raises(CheckFailedError, match="it is switched off"):
        check_organization_trail(_BUCKETS, session)


def test_a_member_account_cannot_stop_the_organization_s_trail(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    organization_trail(own_sandbox, selectors=[select("Management")])
    cloudtrail = own_sandbox.client("cloudtrail", "dev")
    with pytest.raises(cloudtrail.exceptions.TrailNotFoundException):
        cloudtrail.stop_logging(Name=f"arn:aws:cloudtrail:eu-central-1:{_SECURITY}:trail/organization")


def test_cloudtrail_refuses_a_bucket_whose_policy_names_another_trail(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    log_bucket(own_sandbox, "acme-other-logs", trail=f"{_TRAIL}-2", account=_DEV)
    own_sandbox.command("enforce-iam")
    cloudtrail = own_sandbox.client("cloudtrail", "dev")
    with pytest.raises(cloudtrail.exceptions.InsufficientS3BucketPolicyException):
        cloudtrail.create_trail(Name="terrarium-dev-audit", S3BucketName="acme-other-logs")
