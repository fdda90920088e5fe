"""The runbook for a lost or damaged state."""

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook

BUCKET = "terrarium-dev-state-111111111111"


@pytest.mark.slow  # deploys once more
@pytest.mark.parametrize("versions", ["kept", "lost"])
def test_the_environment_is_in_a_state_again(dev: Deployment, runbook: Runbook, versions: str) -> None:
    """Restored from the version before, or imported if the bucket keeps none."""
    s3 = dev.sandbox.client("s3", dev.name)
    before = dev.state().keys()
    s3.delete_object(Bucket=BUCKET, Key="terraform.tfstate")
    if versions == "lost":
        for version in s3.list_object_versions(Bucket=BUCKET, Prefix="terraform.tfstate")["Versions"]:
            s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])

    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values={"environment": dev.name})

    assert dev.state().keys() == before
    planned = dev.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert planned.returncode == 0, planned.stdout
