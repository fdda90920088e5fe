"""Lock modes of logs and models: objects that an administrator can delete, and objects that nobody can."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from environments import InvalidEnvironmentError, load_environment
from policies.stack import Stack
from tests.support.local_sandbox import LocalSandbox

FILE = """
account = "111111111111"
region = "eu-central-1"
tier = "{tier}"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
{section}
"""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """S3 as an administrator has it."""
    local = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=Path(__file__).parents[2])
    local.command("up", "--port", "0")
    yield local.client("s3", "dev")
    local.command("down")


def modes(stack: Stack) -> dict[str, tuple[str, int]]:
    """The mode and the days of every locked bucket, by the construct that it belongs to."""
    found = {}
    for lock in stack.resources("aws_s3_bucket_object_lock_configuration"):
        (retention,) = [lock.attributes["rule"]["default_retention"]]
        found[lock.path.partition("/")[0]] = (retention["mode"], retention["days"])
    return found


def test_by_default_the_audit_trail_of_critical_environments_alone_is_locked_for_everybody(
    stacks: dict[str, Stack],
) -> None:
    assert modes(stacks["dev"]) == {}
    assert modes(stacks["staging"]) == {"audit": ("GOVERNANCE", 30), "registry": ("GOVERNANCE", 30)}
    assert modes(stacks["prod"]) == {"audit": ("COMPLIANCE", 365), "registry": ("GOVERNANCE", 365)}


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_an_administrator_deletes_locked_objects_only_in_governance_mode(s3: Any, mode: str) -> None:
    bucket = f"terrarium-lock-{mode.lower()}"
    s3.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": mode, "Days": 1}},
        },
    )
    version = s3.put_object(Bucket=bucket, Key="log", Body=b"x", ChecksumAlgorithm="SHA256")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="log", VersionId=version)
    bypass = {"Bucket": bucket, "Key": "log", "VersionId": version, "BypassGovernanceRetention": True}
    if mode == "GOVERNANCE":
        s3.delete_object(**bypass)
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(**bypass)


@pytest.mark.parametrize(
    ("tier", "section", "reason"),
    [
        ("disposable", '[audit]\nlock_mode = "compliance"\nlocked_days = 30', "protected = true"),
        ("disposable", '[registry]\nlock_mode = "compliance"\nlocked_days = 30', "protected = true"),
        ("critical", "[audit]\nlocked_days = 0", "at least 1"),
        ("standard", '[registry]\nlock_mode = "forever"', "lock_mode"),
    ],
    ids=["audit-not-protected", "registry-not-protected", "nothing-locked", "no-such-mode"],
)
def test_a_lock_that_cannot_be_kept_or_binds_nothing_is_refused(
    tmp_path: Path, tier: str, section: str, reason: str
) -> None:
    (tmp_path / "own.toml").write_text(FILE.format(tier=tier, section=section))
    with pytest.raises(InvalidEnvironmentError, match=reason):
        load_environment("own", folder=tmp_path)


def test_the_registry_of_a_critical_environment_can_be_locked_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        FILE.format(tier="critical", section='[registry]\nlock_mode = "compliance"')
    )
    assert load_environment("own", folder=tmp_path).registry.lock_mode == "compliance"
