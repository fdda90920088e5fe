"""An environment with pools on Fargate, on Graviton, with an own machine image and with adapters: jobs run in each.

Jobs of all pools run as local processes of the sandbox: their architecture is that of this machine.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

import terrarium
from environments import load_environment
from terrarium import Resources
from terrarium.manifest import manifest_parameter, parse_manifest
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

pytestmark = pytest.mark.slow  # a deployment

_POOLS = """
[[compute.pools]]
name = "tasks"
launch_type = "fargate"
maximum_vcpus = 16
disk_gib = 40

[[compute.pools]]
name = "arm"
instance_types = ["m8g", "c8g"]
maximum_vcpus = 32

[[compute.pools]]
name = "own"
instance_types = ["m7i"]
maximum_vcpus = 32
ami = "ami-0123456789abcdef0"
root_device = "/dev/sda1"
user_data = '''
#!/bin/bash
sysctl -w vm.max_map_count=262144
'''

[[compute.pools]]
name = "near"
instance_types = ["c7i.48xlarge"]
purchase = "on-demand"
maximum_vcpus = 384
nodes = 2
interconnect = "efa"
zone = 1
capacity_reservation = "cr-0123456789abcdef0"
"""
_SECTIONS = """
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
"""
_EGRESS = 'egress = "nat"'  # multi-node jobs need another egress than that of the tier


def _deployed(home: Path, folder: Path, sections: str) -> Deployment:
    environments = folder / "environments"
    environments.mkdir()
    (environments / "dev.toml").write_text(sections)
    assert load_environment("dev", environments).compute.pools
    checkout = Path(__file__).parents[3]
    sandbox = LocalSandbox(home=home, checkout=checkout, environments=environments)
    sandbox.command("up", "--port", "0")
    deployment = Deployment(sandbox, "dev", folder / "out")
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    deployment.terrarium("images", "push", "dev")
    deployment.terrarium("migrate", "dev")
    return deployment


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    deployment = _deployed(
        tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("dev"), _SECTIONS + _EGRESS + _POOLS
    )
    yield deployment
    deployment.sandbox.command("down")


@pytest.fixture
def lab(dev: Deployment, monkeypatch: pytest.MonkeyPatch) -> terrarium.Lab:
    for name, value in dev.shell.items():
        monkeypatch.setenv(name, value)
    return terrarium.connect("dev")


def test_verify_passes_on_the_first_pool_which_is_on_fargate(dev: Deployment) -> None:
    done = dev.terrarium("verify", "dev", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_job_on_fargate_gets_the_smallest_size_that_has_what_it_requests(lab: terrarium.Lab) -> None:
    job = lab.compute.submit(
        ["python", "-c", "import os; print(os.environ['AWS_EXECUTION_ENV'])"],
        code=None,
        pool="tasks",
        resources=Resources(vcpus=3, memory=9000),
    )
    job.result(seconds=120)
    assert "AWS_ECS_FARGATE" in list(job.logs())
    (described,) = lab.compute._batch.describe_jobs(jobs=[job.id])["jobs"]
    required = {one["type"]: one["value"] for one in described["container"]["resourceRequirements"]}
    assert required == {"VCPU": "4", "MEMORY": "9216"}
    assert described["platformCapabilities"] == ["FARGATE"]


def test_an_array_runs_on_fargate(lab: terrarium.Lab) -> None:
    job = lab.compute.submit(["python", "-c", "pass"], code=None, pool="tasks", array=3)
    assert [state.status for state in job.results(seconds=120)] == ["SUCCEEDED"] * 3


@pytest.mark.parametrize("pool", ["arm", "own"])
def test_a_job_runs_in_the_pool_as_a_process_of_this_machine(lab: terrarium.Lab, pool: str) -> None:
    job = lab.compute.submit(["python", "-c", "print('ran')"], code=None, pool=pool)
    job.result(seconds=120)
    assert "ran" in list(job.logs())


def test_nodes_of_a_job_start_in_a_placement_group_with_adapters(dev: Deployment) -> None:
    (group,) = dev.sandbox.client("ec2", "dev").describe_placement_groups()["PlacementGroups"]
    environments = dev.sandbox.client("batch", "dev").describe_compute_environments()["computeEnvironments"]
    (placed,) = (one["computeResources"] for one in environments if "near" in one["computeEnvironmentName"])
    assert placed["placementGroup"] == group["GroupName"]
    assert "securityGroupIds" not in placed, "Batch takes those of the launch template's interfaces"


def test_a_multi_node_job_runs_in_the_pool_with_adapters(lab: terrarium.Lab) -> None:
    job = lab.compute.submit(
        ["python", "-c", "print('ran')"], code=None, pool="near", resources=Resources(nodes=2, memory=512)
    )
    job.result(seconds=120)
    assert "ran" in list(job.logs())


def test_a_pool_on_arm64_uses_the_base_image_of_that_architecture(dev: Deployment) -> None:
    name = manifest_parameter("dev")
    value = dev.sandbox.client("ssm", "dev").get_parameter(Name=name, WithDecryption=True)["Parameter"][
        "Value"
    ]
    manifest = parse_manifest(value, source=name)
    (pool,) = (pool for pool in manifest.compute.pools if pool.name == "arm")
    (definition,) = dev.sandbox.client("batch", "dev").describe_job_definitions(
        jobDefinitions=[pool.job_definitions[0].job_definition_arn]
    )["jobDefinitions"]
    assert definition["containerProperties"]["image"].endswith("-arm64")


def test_a_second_deployment_changes_nothing(dev: Deployment) -> None:
    assert dev.terraform("plan", "-detailed-exitcode", "-input=false", check=False).returncode == 0


def test_an_environment_with_fargate_only_is_migrated_and_verified(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (pool,) = (part for part in _POOLS.split("\n\n") if "fargate" in part)
    dev = _deployed(tmp_path_factory.mktemp("home"), tmp_path, _SECTIONS + pool)
    done = dev.terrarium("verify", "dev", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    dev.sandbox.command("down")
