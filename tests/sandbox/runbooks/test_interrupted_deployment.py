"""The runbook for an interrupted deployment."""

import json
import socket
from datetime import UTC, datetime

import pytest

from tests.support.deployment import Deployment
from tests.support.runbook import Runbook

BUCKET = "terrarium-dev-state-111111111111"


@pytest.mark.slow  # deploys once more
def test_the_lock_is_removed_and_the_missing_resources_are_imported(
    dev: Deployment, runbook: Runbook
) -> None:
    """As after `kill -9`: the lock of a process that ended, and resources that the state does not have."""
    s3 = dev.sandbox.client("s3", dev.name)
    state = json.loads(s3.get_object(Bucket=BUCKET, Key="terraform.tfstate")["Body"].read())
    kept = [
        entry for entry in state["resources"] if entry["type"] not in ("aws_iam_role", "aws_ecr_repository")
    ]
    assert len(kept) < len(state["resources"])
    interrupted = {**state, "serial": state["serial"] + 1, "resources": kept}
    s3.put_object(Bucket=BUCKET, Key="terraform.tfstate", Body=json.dumps(interrupted).encode())
    lock = {
        "ID": "1234",
        "Operation": "OperationTypeApply",
        "Who": f"operator@{socket.gethostname()}",
        "Created": datetime.now(UTC).isoformat(),
    }
    s3.put_object(Bucket=BUCKET, Key="terraform.tfstate.tflock", Body=json.dumps(lock).encode())

    runbook.follow(dev.shell, checkout=dev.sandbox.checkout, values={"environment": dev.name})

    planned = dev.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert planned.returncode == 0, planned.stdout
