"""Choice of a job's pool, and the error if there is none."""

import pytest

from terrarium.compute.batch.placement import choose_pool, granted_resources
from terrarium.compute.errors import PlacementError
from terrarium.compute.resources import Resources
from terrarium.manifest import ComputePool, PoolJobDefinition
from tests.unit.example_manifest import example_manifest

POOLS = example_manifest().compute.pools  # cpu: m7i, 64 vCPUs; gpu: g5; cluster: c7i, 128 vCPUs on 4 nodes


def pool_for(resources: Resources, wanted: str | None = None) -> str:
    return choose_pool(POOLS, resources, wanted=wanted).name


def test_chooses_the_first_pool_that_can_run_the_job() -> None:
    assert pool_for(Resources()) == "cpu"
    assert pool_for(Resources(gpus=1)) == "gpu"
    assert pool_for(Resources(vcpus=100)) == "cluster", "which may run more at once"
    assert pool_for(Resources(nodes=2)) == "cluster"


def test_prefers_pools_without_gpus_for_jobs_without_gpus() -> None:
    backwards = tuple(reversed(POOLS[:2]))
    assert choose_pool(backwards, Resources(), wanted=None).name == "cpu"
    assert choose_pool(backwards, Resources(), wanted="gpu").name == "gpu", "unless it is asked for"


def test_reserves_memory_for_the_instance() -> None:
    largest = 786_432  # MiB of an m7i.48xlarge
    assert pool_for(Resources(memory=largest * 95 // 100), wanted="cpu") == "cpu"
    with pytest.raises(PlacementError, match=f"MiB of memory of {largest}"):
        pool_for(Resources(memory=largest), wanted="cpu")


def test_a_refusal_lists_missing_resources_and_the_nearest_pool() -> None:
    with pytest.raises(PlacementError) as caught:
        pool_for(Resources(gpus=9))
    assert "cpu: no GPUs of 9" in caught.value.problem
    assert "gpu: 8 GPUs of 9" in caught.value.problem
    assert "nearest is pool 'gpu'" in caught.value.remedy


def test_names_a_pool_that_can_run_the_job_if_the_requested_one_cannot() -> None:
    with pytest.raises(PlacementError) as caught:
        pool_for(Resources(nodes=2), wanted="cpu")
    assert caught.value.remedy == "submit it to pool 'cluster', which can run it"
    with pytest.raises(PlacementError, match="pool 'cheap' does not exist") as caught:
        pool_for(Resources(), wanted="cheap")
    assert "cpu, gpu, cluster" in caught.value.remedy


def test_accepts_instance_types_that_the_table_does_not_have() -> None:
    newer = POOLS[0].model_copy(update={"instance_types": ("m99z",)})
    assert choose_pool([newer], Resources(memory=10**7), wanted=None) is newer


def _pool(**changes: object) -> ComputePool:
    return POOLS[0].model_copy(update=changes)


_TASKS = _pool(name="tasks", launch_type="fargate", instance_types=(), maximum_vcpus=16)
_ARM = _pool(
    name="arm",
    architecture="arm64",
    instance_types=("m8g",),
    job_definitions=(
        PoolJobDefinition(
            image="base", job_definition_arn="arn:aws:batch:eu-central-1:1:job-definition/on:1"
        ),
    ),
)
_TRN = _pool(name="trn", accelerator="neuron", instance_types=("trn1.32xlarge",), maximum_vcpus=256)


@pytest.mark.parametrize(
    ("requested", "granted"),
    [
        ((1, 2048), (1, 2048)),
        ((1, 500), (1, 2048)),
        ((1, 9000), (2, 9216)),
        ((3, 8000), (4, 8192)),
        ((8, 61_441), (16, 65_536)),
    ],
)
def test_a_job_on_fargate_gets_the_smallest_size_that_has_its_resources(
    requested: tuple[int, int], granted: tuple[int, int]
) -> None:
    asked = Resources(vcpus=requested[0], memory=requested[1])
    pool = choose_pool([_TASKS], asked, wanted=None)
    got = granted_resources(pool, asked)
    assert (got.vcpus, got.memory) == granted


@pytest.mark.parametrize(
    ("resources", "lacking"),
    [
        (Resources(vcpus=32, memory=61_440), "16 vCPUs of 32"),
        (Resources(memory=200_000), "122880 MiB of memory of 200000"),
        (Resources(gpus=1), "no GPUs of 1"),
        (Resources(nodes=2), "1 nodes of 2"),
    ],
)
def test_a_refusal_names_the_largest_size_of_fargate_within_the_limit_of_the_pool(
    resources: Resources, lacking: str
) -> None:
    with pytest.raises(PlacementError) as caught:
        choose_pool([_TASKS], resources, wanted=None)
    assert lacking in caught.value.problem


def test_a_pool_runs_images_of_its_architecture_only() -> None:
    with pytest.raises(PlacementError, match="image 'torch' for arm64") as caught:
        choose_pool([_ARM], Resources(), wanted="arm", image="torch")
    assert "built for x86_64" in caught.value.problem
    assert choose_pool([_ARM, POOLS[0]], Resources(), wanted=None, image="torch") is POOLS[0]
    assert choose_pool([_ARM], Resources(), wanted="arm") is _ARM
    with pytest.raises(PlacementError, match="image 'mine' for x86_64"):
        choose_pool([POOLS[0]], Resources(), wanted=None, image="mine", architectures=("arm64",))


def test_a_job_with_neuron_devices_gets_the_whole_instance() -> None:
    assert choose_pool([_TRN, POOLS[0]], Resources(), wanted=None) is POOLS[0], "unless it is asked for"
    assert choose_pool([_TRN, POOLS[0]], Resources(), wanted="trn") is _TRN
    assert granted_resources(_TRN, Resources(vcpus=8)).vcpus == 128
    assert granted_resources(POOLS[0], Resources(vcpus=8)).vcpus == 8
