"""The runbook for a lost or damaged state."""

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook

BUCKET = "terrarium-dev-state-111111111111"


def managed(deployment: Deployment) -> set[str]:
    """The addresses of resources; a second deployment reads data sources that the first one does not."""
    return {address for address in deployment.state() if not address.startswith("data.")}


@pytest.mark.slow  # deploys once more
@pytest.mark.parametrize("versions", ["kept", "lost"])
def test_the_environment_is_in_a_state_again(dev: Deployment, runbook: Runbook, versions: str) -> None:
    """Restored from the version before, or imported if the bucket keeps none."""
    s3 = dev.sandbox.client("s3", dev.name)
    before = managed(dev)
    s3.delete_object(Bucket=BUCKET, Key="terraform.tfstate")
    if versions == "lost":
        for version in s3.list_object_versions(Bucket=BUCKET, Prefix="terraform.tfstate")["Versions"]:
            s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])

    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values={"environment": dev.name})

    assert managed(dev) == before
    planned = dev.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert planned.returncode == 0, planned.stdout
