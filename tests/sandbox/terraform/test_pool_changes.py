"""Changes of a deployed pool by the real provider: its queue always has a usable compute environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from tests.stacks.synthesized import synthesize
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform, requests_in

_QUEUE = "compute/pool-cpu/queue"
_ENVIRONMENT = "compute/pool-cpu/environment"
_CHANGES = ("ComputeEnvironment", "JobQueue")


class _Pool:
    """The pool `cpu` of dev and what it needs, deployed by Terraform; nothing else of the environment."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self._terraform = Terraform(folder, variables, log=True)
        self._config = load_environment("dev")
        self._addresses: dict[str, str] = {}
        self.write()
        self._terraform.succeed("init")

    def write(self, **changes: Any) -> None:
        """Synthesize the environment with `changes` of the pool."""
        document = self._config.model_dump(mode="json")
        (pool,) = (pool for pool in document["compute"]["pools"] if pool["name"] == "cpu")
        pool.update(changes)
        stack = synthesize([Environment.model_validate(document)], self._folder / "synthesized")["dev"]
        written = dict(stack.document)
        written["terraform"] = {key: value for key, value in written["terraform"].items() if key != "backend"}
        self._terraform.write(written)
        self._addresses = {
            resource["//"]["metadata"]["path"].partition("/")[2]: f"{kind}.{name}"
            for kind, resources in written["resource"].items()
            for name, resource in resources.items()
        }

    def apply(self, *arguments: str) -> list[str]:
        """Apply; the requests that change compute environments or queues, in order."""
        # Terraform deletes what it has replaced only if that is targeted itself.
        targets = [f"-target={self._addresses[path]}" for path in (_ENVIRONMENT, _QUEUE)]
        log = self._terraform.succeed("apply", "-auto-approve", *targets, *arguments).stderr
        return [request for request in requests_in(log) if request.endswith(_CHANGES)]

    def replace(self) -> list[str]:
        """Apply with a new compute environment, as for a change that Batch does not make in place."""
        return self.apply(f"-replace={self._addresses[_ENVIRONMENT]}")

    def differences(self) -> str:
        """Return the changes in a second plan."""
        return self._terraform.succeed("plan", f"-target={self._addresses[_QUEUE]}").stdout


@pytest.fixture
def pool(own_sandbox: LocalSandbox, tmp_path: Path) -> _Pool:
    own_sandbox.command("up", "--port", "0")
    pool = _Pool(tmp_path, own_sandbox.environment("dev"))
    pool.apply()
    return pool


def _deployed(sandbox: LocalSandbox) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The queue's one compute environment, and all of the account's."""
    batch = sandbox.client("batch", "dev")
    (queue,) = batch.describe_job_queues()["jobQueues"]
    (order,) = queue["computeEnvironmentOrder"]
    everyone = batch.describe_compute_environments()["computeEnvironments"]
    (environment,) = (e for e in everyone if e["computeEnvironmentArn"] == order["computeEnvironment"])
    return environment, everyone


@pytest.mark.slow  # four runs of Terraform
def test_a_pool_is_changed_in_place_and_replaced_only_after_the_queue_has_moved(
    pool: _Pool, own_sandbox: LocalSandbox
) -> None:
    """Batch deletes no compute environment that a queue refers to: "found existing JobQueue relationship"."""
    first, _ = _deployed(own_sandbox)

    pool.write(instance_types=["m7i.4xlarge"], purchase="on-demand", disk_gib=500)
    assert pool.apply() == ["UpdateComputeEnvironment"]
    changed, everyone = _deployed(own_sandbox)
    assert everyone == [changed], "no second one"
    assert changed["computeEnvironmentArn"] == first["computeEnvironmentArn"]
    assert changed["state"] == "ENABLED"
    resources = changed["computeResources"]
    assert resources["instanceTypes"] == ["m7i.4xlarge"]
    assert resources["type"] == "EC2"
    template = resources["launchTemplate"]
    (version,) = own_sandbox.client("ec2", "dev").describe_launch_template_versions(
        LaunchTemplateId=template["launchTemplateId"], Versions=[template["version"]]
    )["LaunchTemplateVersions"]
    (disk,) = version["LaunchTemplateData"]["BlockDeviceMappings"]
    assert disk["Ebs"]["VolumeSize"] == 500, "the version that the compute environment names"
    assert "No changes" in pool.differences()

    assert pool.replace() == [
        "CreateComputeEnvironment",
        "UpdateComputeEnvironment",  # its update policy, which cannot be given at creation
        "UpdateJobQueue",
        "UpdateComputeEnvironment",  # to DISABLED, before it is deleted
        "DeleteComputeEnvironment",
    ]
    replaced, everyone = _deployed(own_sandbox)
    assert everyone == [replaced]
    assert replaced["computeEnvironmentArn"] != first["computeEnvironmentArn"]
    assert replaced["state"] == "ENABLED"
