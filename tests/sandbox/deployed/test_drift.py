"""Drift is described in words, and resources without changes are not mentioned."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

BUCKET = "terrarium-dev-artifacts-111111111111"


@pytest.fixture
def suspended(dev: Deployment, sandbox: LocalSandbox) -> Iterator[Deployment]:
    """`dev`, where somebody has switched off the versions of the artifact bucket, by hand."""
    s3 = sandbox.client("s3", "dev")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    yield dev
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


@pytest.mark.slow
def test_a_fresh_deployment_matches_its_stack(dev: Deployment) -> None:
    done = dev.terrarium("drift", "dev", check=False)
    assert (done.returncode, done.stdout) == (0, "dev: all resources match the stack\n"), done.stderr


@pytest.mark.slow
def test_drift_names_construct_attribute_and_both_values(suspended: Deployment) -> None:
    done = suspended.terrarium("drift", "dev", check=False)
    assert done.returncode == 2, done.stderr
    assert "artifacts/versioning (aws_s3_bucket_versioning) differs from the stack" in done.stdout
    assert 'status is "Suspended" in the account and "Enabled" in the stack' in done.stdout
    assert (
        "dev: 1 resource does not match the stack\n  -> revert the resources: cdktf deploy dev" in done.stdout
    )


@pytest.mark.slow
def test_a_plan_is_summarized_for_reviews(suspended: Deployment, tmp_path: Path) -> None:
    done = suspended.terrarium("plan", "dev", "--summary", str(tmp_path / "plan.md"), check=False)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "plan.md").read_text()
    assert text.startswith("### dev: 1 to change\n")
    assert "| change | `artifacts/versioning` | `aws_s3_bucket_versioning` |" in text


@pytest.mark.slow
def test_a_saved_plan_of_handed_over_stacks_is_applied(suspended: Deployment, tmp_path: Path) -> None:
    """As the workflow deploys: `python -m stacks`, `terrarium plan --synthesized`, `terraform apply plan`."""
    synthesized = tmp_path / "synthesized"
    here = Deployment(suspended.sandbox, "dev", synthesized)
    here.shell["CDKTF_OUTDIR"] = str(synthesized)
    here.python("-m", "stacks")
    planned = here.terrarium("plan", "dev", "--synthesized", str(synthesized), check=False)
    assert "1 to change" in planned.stdout, planned.stderr
    here.terraform("init", "-input=false")
    here.terraform("apply", "-input=false", "plan")
    s3 = suspended.sandbox.client("s3", "dev")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert here.terrarium("drift", "dev", "--synthesized", str(synthesized)).stdout == (
        "dev: all resources match the stack\n"
    )


def test_drift_in_another_account_is_refused(sandbox: LocalSandbox, tmp_path: Path) -> None:
    stranger = Deployment(sandbox, "dev", tmp_path, credentials_of="test")
    refused = stranger.terrarium("drift", "dev", check=False)
    assert refused.returncode == 1
    assert "belong to account 222222222222, but dev is in account 111111111111" in refused.stderr
