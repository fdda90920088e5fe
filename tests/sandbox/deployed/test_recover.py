"""`terrarium recover` on a deployed environment whose state is lost."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployment import Deployment

BUCKET = "terrarium-dev-state-111111111111"
KEY = "terraform.tfstate"
# The API does not return arguments such as `force_destroy` in a form that Terraform imports.
ONLY_IN_THE_STATE = {
    "aws_athena_workgroup",
    "aws_batch_job_queue",
    "aws_kms_key",
}


@pytest.fixture
def lost(dev: Deployment) -> Iterator[Deployment]:
    """`dev` without its state and without earlier versions of it. The state is put back afterwards."""
    s3 = dev.sandbox.client("s3", "dev")
    state = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    for version in s3.list_object_versions(Bucket=BUCKET, Prefix=KEY)["Versions"]:
        s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    yield dev
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=state, ContentType="application/json")


def changes(deployment: Deployment) -> dict[str, list[str]]:
    """The planned actions by address."""
    deployment.terraform("plan", "-input=false", "-lock=false", "-out=after-recovery")
    plan: dict[str, Any] = json.loads(deployment.terraform("show", "-json", "after-recovery").stdout)
    return {
        change["address"]: change["change"]["actions"]
        for change in plan["resource_changes"]
        if change["change"]["actions"] != ["no-op"]
    }


def test_everything_is_imported_into_a_new_state(lost: Deployment) -> None:
    """Every row of the import table finds its object, nothing is changed, and nothing would be created again."""
    recovered = lost.terrarium("recover", "dev", "--yes")
    assert recovered.stdout.startswith("the state is missing, and resources of dev exist\n")
    assert recovered.stdout.endswith("dev: the state has all resources of the stack that exist\n")
    planned = changes(lost)
    assert {action for actions in planned.values() for action in actions} <= {"update"}
    assert {address.partition(".")[0] for address in planned} <= ONLY_IN_THE_STATE


@pytest.mark.slow
def test_a_second_copy_is_refused_before_anything_is_created(lost: Deployment) -> None:
    refused = lost.cdktf("deploy", "--auto-approve", check=False)
    assert refused.returncode != 0
    # cdktf draws spinners and begins each line with the stack's name; Terraform frames and wraps the message.
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", refused.stdout + refused.stderr)
    lines = [re.sub(r"^\s*dev\s+", "", line).strip(" │╷╵") for line in text.splitlines()]
    printed = " ".join(" ".join(lines).split())
    assert (
        "dev is deployed already, but the state in terrarium-dev-state-111111111111 does not contain it"
        in printed
    )
    assert "terrarium recover dev" in printed
    assert "Creating..." not in printed
    assert KEY not in objects(lost)


@pytest.mark.slow
def test_a_plan_of_a_second_copy_names_the_remedy(lost: Deployment) -> None:
    refused = lost.terrarium("plan", "dev", check=False)
    assert refused.returncode == 1
    assert refused.stderr.rstrip().endswith("terrarium recover dev --dry-run")


@pytest.mark.slow
def test_a_damaged_state_is_replaced_by_the_version_before(dev: Deployment) -> None:
    s3 = dev.sandbox.client("s3", "dev")
    state = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=state[: len(state) // 2])
    shown = dev.terrarium("recover", "dev", "--dry-run", check=False)
    assert (shown.returncode, shown.stdout.count("can be restored")) == (2, 1)
    dev.terrarium("recover", "dev", "--yes")
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == state


def test_a_young_lock_of_another_machine_is_not_removed(dev: Deployment) -> None:
    s3 = dev.sandbox.client("s3", "dev")
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=lock("2126-01-01T00:00:00.123456789Z"))
    refused = dev.terrarium("recover", "dev", "--yes", check=False)
    locked = f"{KEY}.tflock" in objects(dev)
    s3.delete_object(Bucket=BUCKET, Key=f"{KEY}.tflock")
    assert (refused.returncode, locked) == (1, True)
    assert "locked by runner@elsewhere for apply since 2126-01-01 00:00 UTC" in refused.stderr


@pytest.mark.slow
def test_an_old_lock_is_removed_and_a_state_that_agrees_stays_as_it_is(dev: Deployment) -> None:
    s3 = dev.sandbox.client("s3", "dev")
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=lock("2026-01-01T00:00:00Z"))
    before = s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"]
    recovered = dev.terrarium("recover", "dev", "--yes")
    assert recovered.stdout.endswith(
        "removed the lock\ndev: the state has all resources of the stack that exist\n"
    )
    assert f"{KEY}.tflock" not in objects(dev)
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"] == before


def test_nothing_is_done_without_a_terminal_to_ask(dev: Deployment) -> None:
    s3 = dev.sandbox.client("s3", "dev")
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=lock("2026-01-01T00:00:00Z"))
    refused = dev.terrarium("recover", "dev", check=False)
    s3.delete_object(Bucket=BUCKET, Key=f"{KEY}.tflock")
    assert refused.returncode == 1
    assert "run it again with --yes" in refused.stderr


def lock(created: str) -> bytes:
    return json.dumps(
        {"ID": "1234", "Operation": "OperationTypeApply", "Who": "runner@elsewhere", "Created": created}
    ).encode()


def objects(deployment: Deployment) -> set[str]:
    found = deployment.sandbox.client("s3", "dev").list_objects_v2(Bucket=BUCKET)
    return {item["Key"] for item in found.get("Contents", ())}
