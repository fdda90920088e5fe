"""Plain Terraform with the real AWS provider, its state locked in the sandbox's S3."""

import json
from typing import Any

import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

_ACCOUNT = "888899990000"
_BUCKET = "terraform-state-of-the-test"
_PROVIDER = {"region": "eu-central-1", "allowed_account_ids": [_ACCOUNT]}


def _configuration(provider: dict[str, Any]) -> dict[str, Any]:
    """Resources that the stacks of the platform do not have, and that Terraform does not wait for."""
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws"}},
            "backend": {
                "s3": {"bucket": _BUCKET, "key": "test", "region": "eu-central-1", "use_lockfile": True}
            },
        },
        "provider": {"aws": provider},
        "resource": {
            "aws_ssm_parameter": {
                "secret": {"name": "/test", "type": "SecureString", "tier": "Advanced", "value": "x"}
            },
            "aws_cloudwatch_log_group": {"logs": {"name": "/test", "retention_in_days": 7}},
            "aws_secretsmanager_secret": {"secret": {"name": "test", "recovery_window_in_days": 0}},
            "aws_iam_user": {"user": {"name": "test", "tags": {"team": "a"}}},
        },
    }


@pytest.fixture(scope="module")
def terraform(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    sandbox.client("s3", "--account", _ACCOUNT).create_bucket(
        Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    folder = tmp_path_factory.mktemp("terraform")
    terraform = Terraform(folder, sandbox.environment("--account", _ACCOUNT))
    terraform.write(_configuration(_PROVIDER))
    initialized = terraform.run("init")
    assert initialized.returncode == 0, initialized.stderr
    return terraform


def test_apply_plan_and_destroy_leave_no_difference_and_nothing_behind(
    terraform: Terraform, sandbox: LocalSandbox
) -> None:
    applied = terraform.run("apply", "-auto-approve")
    assert applied.returncode == 0, applied.stderr
    planned = terraform.run("plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout
    destroyed = terraform.run("destroy", "-auto-approve")
    assert destroyed.returncode == 0, destroyed.stderr
    held = [line.split()[1:] for line in sandbox.command("status").stdout.splitlines() if _ACCOUNT in line]
    assert held == [["s3", "1", "Bucket"]]


def test_a_locked_state_is_not_changed(terraform: Terraform, sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3", "--account", _ACCOUNT)
    lock = {"ID": "somebody", "Operation": "apply", "Who": "somebody", "Path": "", "Version": "", "Info": ""}
    s3.put_object(
        Bucket=_BUCKET,
        Key="test.tflock",
        Body=json.dumps({**lock, "Created": "2026-01-01T00:00:00Z"}).encode(),
    )
    refused = terraform.run("apply", "-auto-approve")
    s3.delete_object(Bucket=_BUCKET, Key="test.tflock")
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr


def test_credentials_of_another_account_are_refused(terraform: Terraform) -> None:
    terraform.write(_configuration({**_PROVIDER, "allowed_account_ids": ["000011112222"]}))
    refused = terraform.run("plan")
    terraform.write(_configuration(_PROVIDER))
    assert refused.returncode == 1
    assert "AWS account ID not allowed" in refused.stderr
